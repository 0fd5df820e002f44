// How full the context of a session is.
import { expect, test } from "bun:test";
import { usageOf } from "@/tui/screens/usage";
import { initialState, type State } from "@/tui/store/state";
import { answerMessage, messageID, SESSION, userMessage } from "@test/support/transcript";

const tokens = { input: 90_000, output: 2_000, reasoning: 500, cache: { read: 40_000, write: 0 } };

function used(...messages: State["transcripts"][string]["messages"]) {
  const transcripts = { [SESSION]: { messages } };
  return usageOf({ ...initialState("/project"), transcripts }, SESSION)?.tokens;
}

test("it is what the newest answer has read and said", () => {
  const asked = userMessage(1, "Do it");
  expect(used(asked)).toBeUndefined();
  expect(
    used(
      asked,
      answerMessage(2, messageID(1), () => [], { tokens }),
    ),
  ).toBe(132_500);
});

test("behind a compaction it is the summary alone, not all that was read for it", () => {
  const before = answerMessage(2, messageID(1), () => [], { tokens });
  const summary = answerMessage(4, messageID(3), () => [], { tokens, summary: true });
  expect(used(before, summary)).toBe(2_000);
});
