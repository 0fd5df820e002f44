// The lists above the prompt box, as the specification draws them.
import { test } from "bun:test";
import { expectFrame } from "@test/support/frames";
import { recordedTui } from "@test/support/recorded-tui";
import { agent } from "@test/tui/dialogs/facts";
import { FACTS, inSession } from "./recorded";

test("slash-popup-80", async () => {
  const review = {
    name: "review",
    description: "Review changes (commit, branch or pull request), selected ones",
    template: "",
    hints: [],
  };
  const state = inSession([], { facts: { ...FACTS, commands: [review] } });
  await using tui = await recordedTui({ columns: 80, rows: 24, state });
  await tui.settle("Sonnet 5");
  await tui.terminal.mockInput.typeText("/se");
  await tui.settle("/sessions");
  expectFrame("slash-popup-80", tui.terminal);
});

test("at-popup-80", async () => {
  const author = agent("author", { mode: "subagent", description: "Writes release notes" });
  const issues = { uri: "issue://all", description: "Open issues, by author", client: "github" };
  const answers = {
    "GET /find/file": () => ["src/auth.ts", "test/auth.test.ts", "src/auth/"],
    "GET /experimental/resource": () => ({ "github:authors": { ...issues, name: "authors" } }),
  };
  const state = inSession([], { facts: { ...FACTS, agents: [agent("build"), author] } });
  await using tui = await recordedTui({ columns: 80, rows: 24, state, answers });
  await tui.settle("Sonnet 5");
  await tui.terminal.mockInput.typeText("compare @aut");
  await tui.settle("test/auth.test.ts");
  await tui.settle("MCP");
  expectFrame("at-popup-80", tui.terminal);
});
