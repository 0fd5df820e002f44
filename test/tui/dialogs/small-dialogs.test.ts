import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openAgents } from "@/tui/dialogs/agents";
import { openPalette } from "@/tui/dialogs/palette";
import { openKeys } from "@/tui/dialogs/keys";
import { openRename } from "@/tui/dialogs/rename";
import { openThemes } from "@/tui/dialogs/themes";
import { TextDialog } from "@/tui/dialogs/text-dialog";
import { Shell } from "@/tui/shell";
import { Sync } from "@/tui/sync";
import { tempDirectory, writeTree } from "@test/support/temp";
import { agent, session } from "./facts";
import { dialogScreen } from "./support";

test("agents show whose they are and what they may", async () => {
  const ask = { permission: "edit", pattern: "*", action: "ask" as const };
  const plans = { permission: "edit", pattern: ".opencode/plans/*", action: "allow" as const };
  await using screen = await dialogScreen({
    width: 80,
    height: 13,
    state: {
      facts: {
        agents: [
          agent("build", { native: true }),
          agent("plan", { native: true, permission: [ask, plans] }),
          agent("docs", { description: "Docs writer" }),
          agent("hidden", { hidden: true }),
          agent("general", { mode: "subagent" }),
        ],
      },
    },
  });
  openAgents(screen.ui);
  const frame = await screen.frame();
  expect(frame).not.toMatch(/hidden|general/);
  expect(frame).toMatch(/plan +native +edits ask/);
  screen.terminal.mockInput.pressArrow("down");
  screen.terminal.mockInput.pressEnter();
  expect(screen.ui.store.state.choice.agent).toBe("plan");
});

test("an agent's file is opened, where it has one", async () => {
  await using directory = await tempDirectory();
  const path = directory.path;
  await writeTree(path, { "sub/a.txt": "", ".opencode/agents/docs.md": "Write." });
  const agents = [agent("build", { native: true }), agent("docs")];
  const facts = { agents, path: { directory: join(path, "sub"), worktree: path } as never };
  const env = { EDITOR: `cp -t ${path}/sub`, PATH: process.env["PATH"] ?? "" };
  await using screen = await dialogScreen({ env, state: { facts } });
  openAgents(screen.ui);
  screen.terminal.mockInput.pressKey("e");
  await screen.until(() => screen.toasts.length > 0);
  expect(screen.toasts.join()).toContain("build is defined by no file");
  screen.terminal.mockInput.pressArrow("down");
  screen.terminal.mockInput.pressKey("e");
  await screen.until(() => !screen.ui.dialogs.isOpen);
  await screen.until(() => existsSync(join(path, "sub/docs.md")));
});

test("the palette shows what applies, with its keys", async () => {
  await using screen = await dialogScreen({});
  await screen.ui.keyChoices.bind("session_fork", "f9");
  openPalette(screen.ui);
  expect(await screen.frame()).toMatch(/Fork session +f9/);
  const frame = await screen.frame();
  expect(frame).toMatch(/Suggested/);
  expect(frame).toMatch(/Switch session +ctrl\+x l/);
  expect(frame).toMatch(/Switch model +ctrl\+x m/);
  expect(frame).toContain("↑↓ move  enter run  alt+k rebind");
  await screen.terminal.mockInput.typeText("/compact");
  expect(await screen.frame()).toMatch(/Compact session +ctrl\+x c/);
  screen.terminal.mockInput.pressEnter();
  expect(screen.actions).toEqual(["session.compact"]);
  expect(screen.ui.dialogs.isOpen).toBe(false);
});

test("an action gets another key, which counts at once", async () => {
  await using screen = await dialogScreen({});
  const { mockInput: keys } = screen.terminal;
  openKeys(screen.ui);
  await keys.typeText("fork session");
  expect(await screen.frame()).toMatch(/Fork session +none/);
  keys.pressEnter();
  keys.pressKey("x", { ctrl: true });
  keys.pressKey("f");
  expect(await screen.frame()).toContain("new  ctrl+x f");
  keys.pressEnter();
  await screen.until(() => screen.ui.keymap.label("session.fork") !== undefined);
  expect(screen.ui.keymap.label("session.fork")).toBe("ctrl+x f");
  await screen.frame();
  expect(await screen.frame()).toMatch(/Fork session +ctrl\+x f/);
});

test("another title is saved, and an empty one is refused", async () => {
  const one = session("1", "Fix flaky login test");
  await using screen = await dialogScreen({
    width: 80,
    height: 10,
    answers: { [`PATCH /session/${one.id}`]: () => one },
  });
  const { mockInput: keys } = screen.terminal;
  openRename(screen.ui, one);
  keys.pressKey("u", { ctrl: true });
  keys.pressEnter();
  await screen.until(() => screen.ui.dialogs.isOpen);
  expect(await screen.frame()).toContain("A session needs a title.");
  await keys.typeText("Other");
  keys.pressEnter();
  await screen.until(() => !screen.ui.dialogs.isOpen);
  expect(screen.sent.at(-1)?.body).toEqual({ title: "Other" });
});

test("themes are shown while one moves, and only kept by enter", async () => {
  await using screen = await dialogScreen({});
  const { theme, memory } = screen.ui;
  const { mockInput: keys } = screen.terminal;
  openThemes(screen.ui);
  expect(await screen.frame()).toMatch(/● opencode +dark light/);
  expect(await screen.frame()).toContain("const x: number = 1 // preview");
  keys.pressKey("m");
  expect(theme.chosen.mode).toBe("dark");
  await keys.typeText("nord");
  expect([theme.name, theme.chosen.name]).toEqual(["nord", "opencode"]);
  keys.pressKey("m");
  expect(await screen.frame()).toContain("> nordm");
  expect(theme.chosen.mode).toBe("dark");
  keys.pressEscape();
  await screen.terminal.flush();
  await screen.until(() => !screen.ui.dialogs.isOpen);
  expect([theme.name, theme.chosen]).toEqual(["opencode", { name: "opencode", mode: "auto" }]);
  openThemes(screen.ui);
  await keys.typeText("nord");
  keys.pressEnter();
  expect(theme.name).toBe("nord");
  expect(memory.get("theme")).toEqual({ name: "nord", instead: "" });
});

test("a secret is never on the screen", async () => {
  await using screen = await dialogScreen({});
  const given: string[] = [];
  screen.ui.dialogs.open(
    new TextDialog(screen.ui, {
      title: "Key",
      isSecret: true,
      placeholder: "sk-…",
      enterText: "save",
      onSubmit: (value) => void given.push(value),
    }),
  );
  expect(await screen.frame()).toContain("sk-…");
  await screen.terminal.mockInput.typeText("hunter2");
  const frame = await screen.frame();
  expect(frame).toContain("•••••••");
  expect(frame).not.toContain("hunter2");
  screen.terminal.mockInput.pressEnter();
  await screen.until(() => given.length > 0);
  expect(given).toEqual(["hunter2"]);
});

test("what is typed into a dialog stays in it while the screen is made anew beneath", async () => {
  await using screen = await dialogScreen({});
  const shell = new Shell(screen.ui, new Sync(screen.ui));
  openThemes(screen.ui);
  await screen.terminal.mockInput.typeText("nord");
  expect(await screen.frame()).toContain("> nord");
  expect(screen.ui.theme.name).toBe("nord");
  expect(screen.ui.prompt.text).toBe("");
  shell.focus();
  expect(screen.ui.prompt.isEmpty).toBe(true);
});
