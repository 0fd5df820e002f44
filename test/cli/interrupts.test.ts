import { expect, test } from "bun:test";
import { Interrupts } from "@/cli/interrupts";
import { FakeClock } from "@test/support/clock";

/** The processes below this one are the tests' own. */
const nothing = () => Promise.resolve();

test("the first signal asks, then ends children, then gives the process up", async () => {
  const clock = new FakeClock();
  let ended = 0;
  const interrupts = new Interrupts(clock, async () => void ended++);
  let said = 0;
  interrupts.lastWords = () => said++;
  interrupts.graceMs = 500;
  interrupts.interrupt(143);
  expect(interrupts.signal.aborted).toBe(true);
  expect([interrupts.code, said, ended]).toEqual([143, 0, 0]);
  await clock.advance(500);
  expect(await interrupts.overdue).toBe(143);
  expect([said, ended]).toEqual([1, 1]);
});

test("the second signal ends at once, with the code of the first", async () => {
  const interrupts = new Interrupts(new FakeClock(), nothing);
  interrupts.graceMs = 60_000;
  interrupts.interrupt(130);
  interrupts.interrupt(143);
  expect(await interrupts.overdue).toBe(130);
});

test("a command without grace ends at the first signal", async () => {
  const interrupts = new Interrupts(new FakeClock(), nothing);
  interrupts.interrupt(130);
  expect(await interrupts.overdue).toBe(130);
});
