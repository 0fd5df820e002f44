import { expect, test } from "bun:test";
import { FakeClock } from "@test/support/clock";

test("timers fire when due, in order, ties in order of setting", async () => {
  const clock = new FakeClock(1000);
  const fired: [string, number][] = [];
  const note = (name: string) => () => void fired.push([name, clock.now()]);
  clock.timer(20, note("late"));
  clock.timer(10, note("first"));
  clock.timer(10, note("second"));
  const cancel = clock.timer(5, note("cancelled"));
  cancel();
  await clock.advance(15);
  expect(fired).toEqual([
    ["first", 1010],
    ["second", 1010],
  ]);
  expect(clock.now()).toBe(1015);
  expect(clock.pending).toBe(1);
  await clock.advance(5);
  expect(fired.at(-1)).toEqual(["late", 1020]);
});

test("a loop of sleeps passes as often as fits in one advance", async () => {
  const clock = new FakeClock(0);
  const wokenAt: number[] = [];
  const loop = (async () => {
    for (let turn = 0; turn < 5; turn++) {
      await clock.sleep(10);
      wokenAt.push(clock.now());
    }
  })();
  await clock.advance(35);
  expect(wokenAt).toEqual([10, 20, 30]);
  await clock.advance(100);
  await loop;
  expect(wokenAt).toEqual([10, 20, 30, 40, 50]);
});

test("an aborted sleep rejects with the reason and leaves nothing pending", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const sleep = clock.sleep(10, controller.signal);
  controller.abort(new Error("stop"));
  expect(sleep).rejects.toThrow("stop");
  expect(clock.pending).toBe(0);
  expect(clock.sleep(10, controller.signal)).rejects.toThrow("stop");
  expect(clock.pending).toBe(0);
});

test("a test can wait until the code under test sleeps", async () => {
  const clock = new FakeClock();
  let woken = false;
  const work = (async () => {
    await Promise.resolve();
    await clock.sleep(10);
    woken = true;
  })();
  await clock.waitForPending();
  await clock.advance(10);
  await work;
  expect(woken).toBe(true);
});
