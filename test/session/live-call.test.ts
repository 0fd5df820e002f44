// The part of a call while its tool runs: reports add up, the end is the end.
import { expect, test } from "bun:test";
import type { Part, ToolPart } from "@/schema/part";
import { LiveCall } from "@/session/live-call";

const part: ToolPart = {
  id: "prt_1",
  sessionID: "ses_1",
  messageID: "msg_1",
  type: "tool",
  tool: "bash",
  callID: "call",
  state: { status: "pending", input: {}, raw: "" },
};

function liveCall() {
  const written: Part[] = [];
  const live = new LiveCall(part, { input: { a: 1 }, start: 5 }, (value) => written.push(value));
  return { live, states: () => written.map((value) => value.type === "tool" && value.state) };
}

test("reports add up in the running state until the end", () => {
  const { live, states } = liveCall();
  live.report({ title: "Run", metadata: { output: "a" } });
  live.report({ metadata: { count: 1 } });
  live.end({
    status: "completed",
    input: { a: 1 },
    output: "o",
    title: "t",
    metadata: { exit: 0 },
    time: { start: 5, end: 6 },
  });
  live.report({ metadata: { late: true } });
  expect(states()).toMatchObject([
    { status: "running", input: { a: 1 }, time: { start: 5 } },
    { status: "running", title: "Run", metadata: { output: "a" } },
    { status: "running", title: "Run", metadata: { output: "a", count: 1 } },
    { status: "completed", metadata: { exit: 0 } },
  ]);
});

test("it begins anew when a person has answered, which is told with what comes next", () => {
  const { live, states } = liveCall();
  live.restart(9);
  expect([live.start, states().length]).toEqual([9, 1]);
  live.report({ title: "Run" });
  expect(states().at(-1)).toMatchObject({ title: "Run", time: { start: 9 } });
});

test("what a failed call had shown stays to be seen", () => {
  const { live, states } = liveCall();
  live.report({ metadata: { output: "a" } });
  const time = { start: 5, end: 6 };
  live.end({ status: "error", input: {}, error: "e", time, metadata: { interrupted: true } });
  expect(states().at(-1)).toMatchObject({ metadata: { output: "a", interrupted: true } });
});
