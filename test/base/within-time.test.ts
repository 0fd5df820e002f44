// Code that is not ours, bounded: what it waits for, and what it computes.
import { expect, test } from "bun:test";
import { systemClock } from "@/base/clock";
import { callWithin, isLate } from "@/base/within-time";
import { FakeClock } from "@test/support/clock";

const spin = () => {
  for (let turns = 0; ; turns++);
};

test("what it gives and what it throws is as it is", async () => {
  const bound = { limitMs: 1_000, clock: new FakeClock() };
  expect(await callWithin(() => 1, bound)).toBe(1);
  expect(await callWithin(async () => "later", bound)).toBe("later");
  const own = new TypeError("its own");
  const throwing = () => {
    throw own;
  };
  expect(await callWithin(throwing, bound).catch((error: unknown) => error)).toBe(own);
  expect(await callWithin(() => Promise.reject(own), bound).catch((e: unknown) => e)).toBe(own);
});

test("a loop without end is stopped, and nothing after it", async () => {
  const bound = { limitMs: 100, clock: systemClock };
  const steps: string[] = [];
  const loops = [
    spin,
    async () => spin(),
    () => {
      try {
        spin();
      } catch {
        steps.push("it has caught its own end");
      }
    },
  ];
  for (const loop of loops) {
    expect(isLate(await callWithin<unknown>(loop, bound).catch((error: unknown) => error))).toBe(
      true,
    );
  }
  expect(steps).toEqual([]);
  // Longer than the limit, and nobody minds.
  const end = performance.now() + 200;
  while (performance.now() < end) steps.push("on");
  expect(steps.length).toBeGreaterThan(0);
});

test("one that never answers is given up after its time, and on abort", async () => {
  const clock = new FakeClock();
  const never = () => new Promise<never>(() => undefined);
  const late = callWithin(never, { limitMs: 1_000, clock }).catch((error: unknown) => error);
  await clock.waitForPending();
  clock.advance(1_000);
  expect(isLate(await late)).toBe(true);
  const controller = new AbortController();
  const aborted = callWithin(never, { limitMs: 1_000, clock, signal: controller.signal });
  controller.abort(new Error("enough"));
  expect(await aborted.catch(String)).toContain("enough");
  expect(clock.pending).toBe(0);
});
