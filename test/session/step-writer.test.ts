// Growing text reaches listeners at a pace, and nothing of it is lost.
import { expect, test } from "bun:test";
import type { Part, TextPart } from "@/schema/part";
import { StepWriter } from "@/session/step-writer";
import { assistantMessage } from "@test/storage/fixtures";
import { testRecords } from "./support";

async function writer() {
  const test = await testRecords();
  const info = assistantMessage(test.sessionID, 1);
  test.store.putMessage(info);
  const parts: Part[] = [];
  const writer = new StepWriter(test.records, test.clock, parts);
  const { id: messageID, sessionID } = info;
  let part: TextPart = { id: "prt_1", sessionID, messageID, type: "text", text: "" };
  const grow = (text: string) => {
    part = { ...part, text: part.text + text };
    writer.write([{ type: "grow", part, text }]);
  };
  const stored = () => test.store.findPart(sessionID, messageID, "prt_1");
  const deltas = () =>
    test.told.flatMap(({ type, properties }) =>
      type === "message.part.delta" ? [properties["delta"]] : [],
    );
  writer.put(part);
  test.told.length = 0;
  return { ...test, writer, parts, grow, deltas, stored, present: () => part };
}

test("chunks are merged into at most about 60 deltas a second, none is lost", async () => {
  using t = await writer();
  for (let index = 0; index < 1_000; index++) {
    t.grow("x");
    await t.clock.advance(1);
  }
  t.writer.put(t.present());
  expect(t.deltas().length).toBeLessThanOrEqual(64);
  expect(t.deltas().join("")).toBe("x".repeat(1_000));
  const whole = t.told.filter(({ type }) => type === "message.part.updated");
  expect(whole.length).toBeLessThanOrEqual(6);
  expect(t.stored()).toMatchObject({ text: "x".repeat(1_000) });
});

test("the first chunk is told at once, the next when its time has come", async () => {
  using t = await writer();
  t.grow("a");
  expect(t.deltas()).toEqual(["a"]);
  t.grow("b");
  t.grow("c");
  expect(t.deltas()).toEqual(["a"]);
  await t.clock.advance(16);
  expect(t.deltas()).toEqual(["a", "bc"]);
});

test("a text that stalls is written whole soon after, and then no timer is left", async () => {
  using t = await writer();
  t.grow("stalled");
  expect(t.stored()).toMatchObject({ text: "" });
  await t.clock.advance(250);
  expect(t.stored()).toMatchObject({ text: "stalled" });
  expect(t.parts).toEqual([t.present()]);
  await t.clock.advance(10_000);
  expect(t.told.filter(({ type }) => type === "message.part.updated")).toHaveLength(1);
  expect(t.clock.pending).toBe(0);
});

test("a long text is written whole more seldom", async () => {
  using t = await writer();
  for (let index = 0; index < 100; index++) {
    t.grow("x".repeat(1_000));
    await t.clock.advance(50);
  }
  const whole = t.told.filter(({ type }) => type === "message.part.updated");
  expect(whole.length).toBeLessThan(12);
  expect(whole.length).toBeGreaterThan(3);
});

test("what is to be told comes before the whole, in order", async () => {
  using t = await writer();
  t.grow("a");
  t.grow("b");
  t.writer.put({ ...t.present(), time: { start: 1, end: 2 } });
  expect(t.told.map(({ type }) => type)).toEqual([
    "message.part.delta",
    "message.part.delta",
    "message.part.updated",
  ]);
});

test("after the close nothing is written any more", async () => {
  using t = await writer();
  t.grow("a");
  t.writer.close();
  expect(t.clock.pending).toBe(0);
  await t.clock.advance(1_000);
  expect(t.stored()).toMatchObject({ text: "" });
});

test("a store that fails does not throw out of a timer; the end of the part tells it", async () => {
  using t = await writer();
  t.grow("a");
  t.database.close();
  await t.clock.advance(1_000);
  expect(() => t.writer.put(t.present())).toThrow(/closed/);
});

test("a part that is taken back is gone everywhere", async () => {
  using t = await writer();
  t.grow("a");
  t.writer.write([{ type: "remove", part: t.present() }]);
  await t.clock.advance(1_000);
  expect(t.stored()).toBeUndefined();
  expect(t.parts).toEqual([]);
  expect(t.told.at(-1)?.type).toBe("message.part.removed");
});
