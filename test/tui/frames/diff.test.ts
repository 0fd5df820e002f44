// The diff viewer as the specification draws it.
import { test } from "bun:test";
import { expectFrame } from "@test/support/frames";
import { recordedTui } from "@test/support/recorded-tui";
import { SESSION } from "@test/support/transcript";
import { inSession } from "./recorded";

const CHANGED = [
  "--- src/app.ts",
  "+++ src/app.ts",
  "@@ -1,4 +1,6 @@",
  " export function add(a: number, b: number) {",
  "-  return a + b",
  "-  // no",
  "+  // sum of both",
  "+  return a + b + 0",
  "+  // of two",
  "+  // numbers",
  " }",
  "@@ -8,1 +10,1 @@",
  " export default add",
  "",
].join("\n");

const NEW = "--- /dev/null\n+++ src/new.ts\n@@ -0,0 +1,1 @@\n+export const x = 1\n";

test("diff-viewer-120", async () => {
  const files = [
    { file: "src/app.ts", patch: CHANGED, additions: 4, deletions: 2, status: "modified" },
    { file: "src/new.ts", patch: NEW, additions: 1, deletions: 0, status: "added" },
  ];
  const answers = { "GET /vcs/diff": () => files };
  const source = { type: "worktree" } as const;
  const back = { screen: "session", sessionID: SESSION } as const;
  const state = inSession([], { route: { screen: "diff", source, back } });
  await using tui = await recordedTui({ columns: 120, rows: 20, state, answers });
  await tui.settle("src/app.ts");
  tui.terminal.mockInput.pressKey("m");
  await tui.settle("1/2 reviewed");
  expectFrame("diff-viewer-120", tui.terminal);
});
