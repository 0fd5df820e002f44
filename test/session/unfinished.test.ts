// Every kind of part that can be left unfinished is brought to an end, and nothing else is touched.
import { expect, test } from "bun:test";
import type { Part } from "@/schema/part";
import { ended, endUnfinished, interrupted } from "@/session/unfinished";
import { assistant, user } from "./support";

const at = (number: number) => ({
  id: `prt_${number}`,
  sessionID: "ses_0001",
  messageID: "msg_0002",
});
const tool = { type: "tool" as const, tool: "bash", callID: "call" };
const open: Part[] = [
  { ...at(1), ...tool, state: { status: "pending", input: {}, raw: '{"a' } },
  {
    ...at(2),
    ...tool,
    state: { status: "running", input: { a: 1 }, time: { start: 5 }, metadata: { output: "x" } },
  },
  { ...at(3), type: "text", text: "half", time: { start: 5 } },
  { ...at(4), type: "reasoning", text: "half", time: { start: 5 } },
];
const closed: Part[] = [
  { ...at(5), type: "text", text: "a prompt's text" },
  { ...at(6), type: "text", text: "whole", time: { start: 1, end: 2 } },
  { ...at(7), type: "step-start" },
  {
    ...at(8),
    ...tool,
    state: { status: "error", input: {}, error: "e", time: { start: 1, end: 2 } },
  },
];

test("what is open is ended", () => {
  const running = assistant(2, [...open, ...closed]);
  if (running.info.role === "assistant") running.info.time = { created: 1 };
  const { info, parts } = endUnfinished(running, interrupted(9));
  const error = expect.stringContaining("Interrupted");
  expect(info).toMatchObject({
    time: { created: 1, completed: 9 },
    error: { name: "MessageAbortedError", data: { message: error } },
  });
  expect(parts).toMatchObject([
    { state: { status: "error", input: {}, error, metadata: { interrupted: true } } },
    {
      state: {
        status: "error",
        input: { a: 1 },
        time: { start: 5, end: 9 },
        metadata: { output: "x", interrupted: true },
      },
    },
    { text: "half", time: { start: 5, end: 9 } },
    { text: "half", time: { start: 5, end: 9 } },
  ]);
  const whole = ended(running, interrupted(9));
  expect(whole.parts).toEqual([...parts, ...closed]);
  expect(endUnfinished(whole, interrupted(10))).toEqual({ parts: [] });
});

test("prompts, and what has ended, stay as they are", () => {
  expect(endUnfinished(user(1, "Hi"), interrupted(9))).toEqual({ parts: [] });
  expect(endUnfinished(assistant(2, closed), interrupted(9))).toEqual({ parts: [] });
});
