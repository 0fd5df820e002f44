import { expect, test } from "bun:test";
import type { Part } from "@/schema/part";
import { estimateParts, estimateResult, estimateText } from "@/session/token-estimate";

const place = { id: "prt_1", sessionID: "ses_1", messageID: "msg_1" };

test("bytes count, not characters", () => {
  expect(estimateText("abcdefgh")).toBe(2);
  expect(estimateText("語".repeat(8))).toBe(6);
  expect(estimateText("")).toBe(0);
});

test("an image counts as one, however long its URL; a text file stands in its text", () => {
  const file = { ...place, type: "file" as const, url: `data:;base64,${"A".repeat(1_000_000)}` };
  expect(estimateParts([{ ...file, mime: "image/png" }])).toBeLessThan(5_000);
  expect(estimateParts([{ ...file, mime: "image/png" }])).toBeGreaterThan(500);
  expect(estimateParts([{ ...file, mime: "text/plain" }])).toBe(0);
});

test("what a model does not read counts nothing", () => {
  const ignored: Part = { ...place, type: "text", text: "abcdefgh", ignored: true };
  expect(estimateParts([ignored, { ...place, type: "step-start" }])).toBe(0);
  const state = {
    status: "completed" as const,
    input: {},
    output: "abcdefgh",
    title: "",
    metadata: {},
    time: { start: 1, end: 1 },
  };
  const call = { ...place, type: "tool" as const, tool: "read", callID: "c", state };
  expect(estimateResult(call)).toBe(2);
  const compacted = { ...state, time: { ...state.time, compacted: 1 } };
  expect(estimateResult({ ...call, state: compacted })).toBe(0);
});
