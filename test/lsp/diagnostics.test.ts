import { expect, test } from "bun:test";
import { Diagnostics } from "@/lsp/diagnostics";
import { FakeClock } from "@test/support/clock";

const PATH = "/p/a.ts";
const NEVER = new AbortController().signal;
const RANGE = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };

function told(messages: readonly string[], version?: number) {
  const diagnostics = messages.map((message) => ({ range: RANGE, message, severity: 2 }));
  return { uri: `file://${PATH}`, diagnostics, ...(version === undefined ? {} : { version }) };
}

test("the last word counts, but not one about an older text", () => {
  const store = new Diagnostics(new FakeClock());
  store.publish(told(["one"], 1), () => 1);
  store.publish(told(["old"], 0), () => 1);
  expect(store.of(PATH)).toEqual([{ range: RANGE, severity: 2, message: "one" }]);
  store.publish(told([]), () => 1);
  expect(store.of(PATH)).toEqual([]);
});

test("what is asked for stands beside what is told", () => {
  const store = new Diagnostics(new FakeClock());
  store.publish(told(["told"]), () => undefined);
  store.answer(PATH, [{ range: RANGE, message: "asked", code: 7, source: "x", tags: [1] }, null]);
  expect(store.of(PATH)).toEqual([
    { range: RANGE, severity: 2, message: "told" },
    { range: RANGE, severity: 1, message: "asked", code: 7, source: "x" },
  ]);
  store.forget(PATH);
  expect(store.of(PATH)).toEqual([]);
});

test("errors of all files are counted, and nothing else is", () => {
  const store = new Diagnostics(new FakeClock());
  store.publish(told(["a warning"]), () => undefined);
  expect(store.errorCount).toBe(0);
  store.answer(PATH, [{ range: RANGE, message: "one" }]);
  store.answer("/p/b.ts", [{ range: RANGE, message: "two", severity: 1 }]);
  expect(store.errorCount).toBe(2);
  store.forget(PATH);
  expect(store.errorCount).toBe(1);
});

test("settled a moment after the last of several words", async () => {
  const clock = new FakeClock();
  const store = new Diagnostics(clock);
  let settled: boolean | undefined;
  const waiting = store.settled(PATH, 0, 3_000, NEVER).then((value) => (settled = value));
  store.publish(told([]), () => undefined);
  await clock.advance(100);
  store.publish(told(["more"]), () => undefined);
  await clock.advance(149);
  expect(settled).toBeUndefined();
  await clock.advance(1);
  expect(await waiting).toBe(true);
  expect(clock.pending).toBe(0);
});

test("what was said before the mark is not waited for again, and waiting ends", async () => {
  const clock = new FakeClock();
  const store = new Diagnostics(clock);
  store.publish(told([]), () => undefined);
  const late = store.settled(PATH, store.timesTold(PATH), 3_000, NEVER);
  await clock.advance(3_000);
  expect(await late).toBe(false);
  const abort = new AbortController();
  const aborted = store.settled(PATH, 1, 3_000, abort.signal);
  abort.abort();
  expect(await aborted).toBe(false);
  expect(clock.pending).toBe(0);
});

test("bounded: files, problems of a file, and the length of a message", () => {
  const store = new Diagnostics(new FakeClock());
  const many = Array.from({ length: 600 }, () => "x".repeat(3_000));
  store.publish(told(many), () => undefined);
  expect(store.of(PATH)).toHaveLength(500);
  expect(store.of(PATH)[0]?.message).toHaveLength(2_000);
  for (let at = 0; at < 1_000; at++) {
    store.publish({ uri: `file:///other/${at}`, diagnostics: [] }, () => undefined);
  }
  expect(store.of(PATH)).toEqual([]);
  for (const wrong of [null, 7, { uri: 1 }, { uri: "x:y", diagnostics: [] }]) {
    store.publish(wrong, () => undefined);
  }
});
