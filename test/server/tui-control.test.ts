import { expect, test } from "bun:test";
import { TuiControl } from "@/server/tui-control";
import { FakeClock } from "@test/support/clock";

const never = () => new AbortController().signal;
const request = (path: string) => ({ path, body: { of: path } });

test("requests go to their callers in order, and their answers come back in order", async () => {
  const control = new TuiControl(new FakeClock());
  const first = control.ask("/p", request("a"), never());
  const second = control.ask("/p", request("b"), never());
  const third = control.ask("/other", request("c"), never());
  expect(await control.next("/p", never())).toEqual(request("a"));
  expect(await control.next("/p", never())).toEqual(request("b"));
  expect(await control.next("/other", never())).toEqual(request("c"));
  control.respond("/p", 1);
  control.respond("/p", { two: 2 });
  control.respond("/other", null);
  expect(await Promise.all([first, second, third])).toEqual([1, { two: 2 }, null]);
  control.respond("/p", "to nobody");
});

test("of two callers that wait, the first gets the first request, and no other", async () => {
  const clock = new FakeClock();
  const control = new TuiControl(clock);
  const callers = [control.next("/p", never()), control.next("/p", never())];
  expect(control.isAttended("/p")).toBe(true);
  expect(control.isAttended("/other")).toBe(false);
  void control.ask("/p", request("a"), never());
  expect(await callers[0]).toEqual(request("a"));
  void control.ask("/p", request("b"), never());
  expect(await callers[1]).toEqual(request("b"));
  expect(control.isAttended("/p")).toBe(false);
  expect(clock.pending).toBe(0);
});

test("a caller gives up after a minute, or when it leaves", async () => {
  const clock = new FakeClock();
  const control = new TuiControl(clock);
  const patient = control.next("/p", never());
  await clock.advance(60_000);
  expect(await patient).toBeUndefined();
  const leaving = new AbortController();
  const gone = control.next("/p", leaving.signal);
  leaving.abort();
  expect(await gone).toBeUndefined();
  expect(clock.pending).toBe(0);
  // What comes then is for the next caller.
  void control.ask("/p", request("a"), never());
  expect(await control.next("/p", never())).toEqual(request("a"));
});

test("who asks may leave, before and after the request was handed out", async () => {
  const control = new TuiControl(new FakeClock());
  const leaving = new AbortController();
  const asked = control.ask("/p", request("a"), leaving.signal);
  leaving.abort(new Error("left"));
  await expect(asked).rejects.toThrow("left");
  const later = new AbortController();
  const handed = control.ask("/p", request("b"), later.signal);
  expect(await control.next("/p", never())).toEqual(request("b"));
  later.abort(new Error("left"));
  await expect(handed).rejects.toThrow("left");
  const next = control.ask("/p", request("c"), never());
  expect(await control.next("/p", never())).toEqual(request("c"));
  control.respond("/p", "for c");
  expect(await next).toBe("for c");
});

test("neither requests nor callers are without limit", () => {
  const control = new TuiControl(new FakeClock());
  for (let count = 0; count < 100; count++) void control.ask("/p", request("a"), never());
  expect(() => control.ask("/p", request("a"), never())).toThrow("wait");
  for (let count = 0; count < 100; count++) void control.next("/q", never());
  expect(() => control.next("/q", never())).toThrow("wait");
});

test("at the end of the server whoever waits gets the empty answer", async () => {
  const clock = new FakeClock();
  const control = new TuiControl(clock);
  const callers = [control.next("/p", never()), control.next("/p", never())];
  callers.push(control.next("/other", never()));
  control.close();
  expect(await Promise.all(callers)).toEqual([undefined, undefined, undefined]);
  expect(clock.pending).toBe(0);
});
