// Every kind of part is accepted as it is stored and as it is sent; faults name the right member.

import { describe, expect, test } from "bun:test";
import { findIssues, formatIssue, type TSchema } from "@/base/schema";
import { Part, PartInput, type ToolState } from "@/schema/part";

const base = { id: "prt_1", sessionID: "ses_1", messageID: "msg_1" };
const time = { start: 1, end: 2 };
const tokens = { input: 1, output: 2, reasoning: 0, cache: { read: 0, write: 0 } };
const place = { line: 0, character: 0 };

const states: ToolState[] = [
  { status: "pending", input: {}, raw: "" },
  { status: "running", input: { command: "ls" }, time: { start: 1 } },
  { status: "completed", input: {}, output: "", title: "", metadata: { exit: 0 }, time },
  { status: "error", input: {}, error: "failed", time },
];

const parts = [
  { ...base, type: "text", text: "hello" },
  { ...base, type: "text", text: "hello", synthetic: true, ignored: false, time, metadata: {} },
  { ...base, type: "reasoning", text: "", time: { start: 1 } },
  { ...base, type: "file", mime: "text/plain", url: "file:///a" },
  { ...base, type: "agent", name: "explore", source: { value: "@explore", start: 0, end: 8 } },
  { ...base, type: "subtask", prompt: "p", description: "d", agent: "general" },
  ...states.map((state) => ({ ...base, type: "tool", callID: "c", tool: "bash", state })),
  { ...base, type: "step-start" },
  { ...base, type: "step-finish", reason: "stop", cost: 0.1, tokens },
  { ...base, type: "step-finish", reason: "stop", cost: 0, tokens: { ...tokens, total: 3 } },
  { ...base, type: "snapshot", snapshot: "abc" },
  { ...base, type: "patch", hash: "abc", files: ["/a"] },
  {
    ...base,
    type: "retry",
    attempt: 1,
    error: { name: "APIError", data: { message: "m", isRetryable: true } },
    time: { created: 1 },
  },
  { ...base, type: "compaction", auto: true, overflow: true, tail_start_id: "msg_2" },
];

const sources = [
  { type: "file", path: "a" },
  { type: "symbol", path: "a", range: { start: place, end: place }, name: "f", kind: 12 },
  { type: "resource", clientName: "docs", uri: "docs://a" },
];

function explain(schema: TSchema, value: unknown): string[] {
  return findIssues(schema, value).map(formatIssue);
}

describe("Part", () => {
  test.each(parts)("accepts a stored part of type $type", (part) => {
    expect(explain(Part, part)).toEqual([]);
  });

  test.each(sources)("accepts a file part whose source is a $type", (source) => {
    const text = { value: "@a", start: 0, end: 2 };
    const part = { ...base, type: "file", mime: "m", url: "u", source: { ...source, text } };
    expect(explain(Part, part)).toEqual([]);
  });

  test("names the fault of the member that is meant", () => {
    const part = { ...base, type: "tool", callID: "c", tool: "bash" };
    expect(explain(Part, { ...part, state: { status: "completed", input: [], time } })).toEqual([
      "state.input: expected object, got array",
      "state.output: is required",
      "state.title: is required",
      "state.metadata: is required",
    ]);
    expect(explain(Part, { ...part, state: { status: "done" } })).toEqual([
      'state.status: expected one of "pending", "running", "completed", "error", got "done"',
    ]);
    expect(explain(Part, { ...base, id: "x", type: "text", text: "" })).toEqual([
      'id: must begin with "prt", got "x"',
    ]);
  });
});

describe("PartInput", () => {
  test("needs no ids, and takes only what a client may send", () => {
    expect(explain(PartInput, { type: "text", text: "hi" })).toEqual([]);
    expect(explain(PartInput, { id: "prt_9", type: "agent", name: "plan" })).toEqual([]);
    expect(explain(PartInput, { type: "tool" })).toEqual([
      'type: expected one of "text", "file", "agent", "subtask", got "tool"',
    ]);
  });
});
