// Ids sort by their creation, whatever the clock does.
import { expect, test } from "bun:test";
import { IDs, isID } from "@/base/id";
import { FakeClock } from "@test/support/clock";

test("ids of one prefix sort by creation, sessions newest first", () => {
  const ids = new IDs(new FakeClock());
  const made = Array.from({ length: 5_000 }, () => ids.create("msg"));
  expect([...made].sort()).toEqual(made);
  const sessions = Array.from({ length: 100 }, () => ids.create("ses"));
  expect([...sessions].sort().reverse()).toEqual(sessions);
});

test("an id has the published form", () => {
  const ids = new IDs(new FakeClock());
  expect(ids.create("prt")).toMatch(/^prt_[0-9a-f]{12}[0-9A-Za-z]{14}$/);
});

test("the time in an id is the low 48 bits of milliseconds times 4096 plus a counter", () => {
  const clock = new FakeClock();
  const id = new IDs(clock).create("evt");
  const bits = (BigInt(clock.now()) * 4096n + 1n) & 0xffff_ffff_ffffn;
  expect(id.slice(4, 16)).toBe(bits.toString(16).padStart(12, "0"));
});

test("a clock that is set back does not undo the order", () => {
  let now = 2_000;
  const ids = new IDs({ now: () => now, sleep: async () => {}, timer: () => () => {} });
  const before = ids.create("msg");
  now = 1_000;
  expect(ids.create("msg") > before).toBe(true);
});

test("only the prefix and a sane length make an id", () => {
  expect(isID("ses", "ses_1")).toBe(true);
  expect(isID("ses", "msg_1")).toBe(false);
  expect(isID("ses", `ses_${"x".repeat(100)}`)).toBe(false);
  expect(isID("ses", 7)).toBe(false);
});
