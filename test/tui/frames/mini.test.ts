// Mini mode as the specification draws it: what was printed, and the footer beneath it.
import { test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import { expectFrame } from "@test/support/frames";
import { recordedTui } from "@test/support/recorded-tui";
import { SESSION, textPart, toolPart, userMessage } from "@test/support/transcript";
import { answer, inSession, START } from "./recorded";

const PATCH = "--- a\n+++ a\n@@ -1,2 +1,3 @@\n-one\n+two\n+three\n same\n";

/** A turn that has ended, and one that has just begun. */
const MESSAGES: MessageWithParts[] = [
  userMessage(1, "fix the flaky test"),
  answer(
    2,
    (id) => [
      textPart(id, 1, "I'll look at the test first."),
      toolPart(id, 2, "read", { input: { filePath: "src/auth.ts" }, title: "src/auth.ts" }),
      toolPart(id, 3, "bash", {
        input: { command: "bun test test/auth.test.ts" },
        metadata: { output: "failed", exit: 1 },
      }),
      toolPart(id, 4, "edit", {
        ...{ input: { filePath: "src/auth.ts" }, title: "src/auth.ts", metadata: { diff: PATCH } },
      }),
      textPart(id, 5, "Done: it used the wall clock."),
    ],
    { cost: 0.31, time: { created: START, completed: START + 38_400 } },
  ),
];

test("mini-80", async () => {
  const state = inSession([]);
  await using tui = await recordedTui({ columns: 80, rows: 14, state, at: START, isMini: true });
  await tui.settle("ctrl+p");
  const { externalOutput } = tui.terminal;
  const loaded = { type: "transcript.loaded", sessionID: SESSION, place: "newest" } as const;
  tui.tui.store.dispatch({ ...loaded, messages: MESSAGES });
  let printed = "";
  while (!printed.includes("38.4s")) {
    await tui.settle();
    printed += externalOutput.takeText();
  }
  const properties = { sessionID: SESSION, status: { type: "busy" } } as const;
  tui.tui.store.dispatch({
    ...{ type: "heard", at: START },
    event: { id: "evt_1", type: "session.status", properties },
  });
  await tui.settle("esc interrupt");
  expectFrame("mini-80", tui.terminal, printed);
});
