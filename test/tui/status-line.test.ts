// The status row as a person has chosen it.
import { expect, test } from "bun:test";
import { readSettings } from "@/tui/settings";
import { ChosenStatusLine } from "@/tui/status-line";
import { testScreen } from "@test/support/screen";
import { tempDirectory } from "@test/support/temp";

test("items stand in the chosen order, those with nothing to say left out", async () => {
  const facts = { vcs: { branch: "main" }, config: { model: "p/m" } };
  await using screen = await testScreen({ state: { directory: "/home/user/proj", facts } });
  const line = new ChosenStatusLine(screen.ui);
  expect(line.text("ses_1")).toBeUndefined();
  line.items = ["branch", "cost", "cwd", "model"];
  expect(line.text("ses_1")).toBe("main · ~/proj · m");
});

test("a program gets the session as JSON, and its first line is shown", async () => {
  await using directory = await tempDirectory();
  const command = 'sed \'s/.*"branch":"\\([a-z]*\\)".*/on \\1/\'; echo; echo more';
  const settings = readSettings({ statusline: { command } });
  const state = { directory: directory.path, facts: { vcs: { branch: "main" } } };
  await using screen = await testScreen({ state });
  const line = new ChosenStatusLine({ ...screen.ui, settings });
  const printed = new Promise<void>((resolve) => void line.subscribe(resolve));
  expect(line.text("ses_1")).toBe("");
  await printed;
  expect(line.text("ses_1")).toBe("on main");
});
