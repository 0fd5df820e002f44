// A model that repeats itself is noticed; one that polls, or reads much, is not.
import { expect, test } from "bun:test";
import { DoomLoop } from "@/session/doom-loop";

type Call = [tool: string, input: unknown, output: string];

/** The index of the first call that is suspicious, or undefined. */
function firstSuspicion(calls: readonly Call[]): number | undefined {
  const loop = new DoomLoop();
  for (const [index, [tool, input, output]] of calls.entries()) {
    if (loop.isSuspicious([{ tool, input }])) return index;
    loop.record([{ tool, input }], [output]);
  }
  return undefined;
}

const repeat = (count: number, make: (index: number) => Call) =>
  Array.from({ length: count }, (_, index) => make(index));

test("the same call with the same result is suspicious the fourth time", () => {
  expect(firstSuspicion(repeat(10, () => ["read", { filePath: "a" }, "text"]))).toBe(3);
});

test("keys in another order are the same call", () => {
  const inputs = [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ];
  expect(firstSuspicion(repeat(10, (index) => ["grep", inputs[index % 2], "none"]))).toBe(3);
});

test("cycles of two and of three calls are noticed", () => {
  const cycle = (length: number) =>
    repeat(20, (index): Call => ["read", { filePath: `f${index % length}` }, `t${index % length}`]);
  expect(firstSuspicion(cycle(2))).toBe(6);
  expect(firstSuspicion(cycle(3))).toBe(9);
});

test("polling is no repetition: the result changes", () => {
  expect(
    firstSuspicion(repeat(50, (index) => ["bash", { command: "tail log" }, `line ${index}`])),
  ).toBeUndefined();
});

test("many different calls are no repetition", () => {
  expect(
    firstSuspicion(repeat(50, (index) => ["read", { filePath: `f${index}` }, "same text"])),
  ).toBeUndefined();
});

test("a try after each edit is no repetition while something changes between", () => {
  const calls = repeat(20, (index): Call =>
    index % 2 === 0
      ? ["edit", { oldString: `${index}` }, "ok"]
      : ["bash", { command: "bun test" }, `${20 - index} failed`],
  );
  expect(firstSuspicion(calls)).toBeUndefined();
});

test("a call in other white space is the same call", () => {
  const commands = ["ls  -l", "ls -l", "ls\n-l"];
  expect(
    firstSuspicion(repeat(10, (index) => ["bash", { command: commands[index % 3] }, "a"])),
  ).toBe(3);
});

test("the calls of one step are judged together", () => {
  const loop = new DoomLoop();
  const same = { tool: "read", input: { filePath: "a" } };
  for (let step = 0; step < 6; step++) {
    const calls = [same, { tool: "grep", input: { pattern: `p${step}` } }];
    expect(loop.isSuspicious(calls)).toBe(false);
    loop.record(calls, ["text", "none"]);
  }
  const twice = [same, same];
  for (let step = 0; step < 3; step++) loop.record(twice, ["text", "text"]);
  expect(loop.isSuspicious(twice)).toBe(true);
  expect(loop.isSuspicious([same])).toBe(false);
});

test("a model that goes on though it is told is hopeless; another call begins anew", () => {
  const loop = new DoomLoop();
  const calls = [{ tool: "read", input: {} }];
  for (let step = 0; step < 3; step++) loop.record(calls, ["same"]);
  loop.recordRefusal();
  loop.recordRefusal();
  expect([loop.isSuspicious(calls), loop.isHopeless]).toEqual([true, false]);
  loop.recordRefusal();
  expect(loop.isHopeless).toBe(true);
  loop.record([{ tool: "grep", input: {} }], ["other"]);
  expect([loop.isSuspicious(calls), loop.isHopeless]).toEqual([false, false]);
});
