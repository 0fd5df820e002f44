// What a model streams becomes parts, each begun once and ended once.
import { expect, test } from "bun:test";
import { IDs } from "@/base/id";
import { StepParts, type PartChange } from "@/session/step-parts";
import { FakeClock } from "@test/support/clock";

function stepParts() {
  const clock = new FakeClock();
  const ids = new IDs(clock);
  return new StepParts({ sessionID: "ses_1", messageID: "msg_1", ids, clock });
}

/** `put text "..."`, `grow text +"..."`: what changed, without ids and times. */
function describe(changes: readonly PartChange[]): string[] {
  return changes.map((change) => {
    const { part } = change;
    if (part.type === "tool") return `${change.type} ${part.tool} ${part.state.status}`;
    const text = "text" in part ? JSON.stringify(part.text) : "";
    return `${change.type} ${part.type} ${text}`;
  });
}

test("text begins, grows and ends as one part", () => {
  const parts = stepParts();
  const changes = [
    ...parts.apply({ type: "text-start", id: "0" }),
    ...parts.apply({ type: "text-delta", id: "0", text: "Hel" }),
    ...parts.apply({ type: "text-delta", id: "0", text: "lo" }),
    ...parts.apply({ type: "text-end", id: "0" }),
  ];
  expect(describe(changes)).toEqual([
    'put text ""',
    'grow text "Hel"',
    'grow text "Hello"',
    'put text "Hello"',
  ]);
  expect(new Set(changes.map((change) => change.part.id)).size).toBe(1);
});

test("text and reasoning under one id of the stream are two parts", () => {
  const parts = stepParts();
  parts.apply({ type: "reasoning-delta", id: "0", text: "hm" });
  parts.apply({ type: "text-delta", id: "0", text: "yes" });
  expect(parts.parts.map((part) => part.type)).toEqual(["reasoning", "text"]);
});

test("what a provider wants back stays with its part", () => {
  const parts = stepParts();
  parts.apply({ type: "reasoning-start", id: "r", metadata: { p: { kind: "thinking" } } });
  parts.apply({ type: "reasoning-end", id: "r", metadata: { q: { signature: "s" } } });
  expect(parts.parts).toMatchObject([
    { metadata: { p: { kind: "thinking" }, q: { signature: "s" } } },
  ]);
});

test("calls run in the order in which the model finished them, with its own words", () => {
  const parts = stepParts();
  parts.apply({ type: "tool-start", callID: "a", tool: "read" });
  parts.apply({ type: "tool-delta", callID: "a", text: '{"filePath":' });
  parts.apply({ type: "tool-call", callID: "b", tool: "grep", input: "{}" });
  parts.apply({ type: "tool-call", callID: "a", tool: "read", input: '{"filePath":"x"}' });
  expect(parts.calls.map(({ part, raw }) => [part.callID, raw])).toEqual([
    ["b", "{}"],
    ["a", '{"filePath":"x"}'],
  ]);
});

test("a retry takes everything back", () => {
  const parts = stepParts();
  parts.apply({ type: "text-delta", id: "0", text: "half" });
  parts.apply({ type: "tool-call", callID: "a", tool: "read", input: "{}" });
  expect(describe(parts.reset())).toEqual(['remove text "half"', "remove read pending"]);
  expect([parts.parts, parts.calls]).toEqual([[], []]);
});

test("the end of the answer ends its texts; a call that is open joins the others", () => {
  const parts = stepParts();
  parts.apply({ type: "text-delta", id: "0", text: "half" });
  parts.apply({ type: "tool-start", callID: "a", tool: "read" });
  parts.apply({ type: "tool-delta", callID: "a", text: '{"file' });
  parts.apply({ type: "tool-call", callID: "b", tool: "grep", input: "{}" });
  expect(describe(parts.close())).toEqual(['put text "half"']);
  expect(parts.parts).toMatchObject([
    { time: { end: expect.any(Number) } },
    { state: { status: "pending" } },
    { state: { status: "pending" } },
  ]);
  expect(parts.calls).toMatchObject([{ raw: "{}" }, { raw: '{"file', isOpen: true }]);
  expect(parts.close()).toEqual([]);
});

test("a failed answer ends its texts and calls, and none is left to be run", () => {
  const parts = stepParts();
  parts.apply({ type: "reasoning-delta", id: "0", text: "half" });
  parts.apply({ type: "tool-start", callID: "a", tool: "read" });
  parts.apply({ type: "tool-call", callID: "b", tool: "grep", input: "{}" });
  expect(describe(parts.fail("cut off"))).toEqual([
    'put reasoning "half"',
    "put read error",
    "put grep error",
  ]);
  expect(parts.parts.slice(1)).toMatchObject([
    { state: { error: "cut off", metadata: { interrupted: true } } },
    { state: { error: "cut off", metadata: { interrupted: true } } },
  ]);
  expect(parts.calls).toEqual([]);
});
