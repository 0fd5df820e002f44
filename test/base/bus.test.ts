// The bus tells everyone who listens, in order, and survives a listener that throws.
import { expect, test } from "bun:test";
import { Bus } from "@/base/bus";
import { Logger } from "@/base/log";

test("listeners hear what comes after they subscribed, until they leave", () => {
  const bus = new Bus<number>(Logger.silent());
  const heard: number[] = [];
  bus.publish(1);
  const leave = bus.subscribe((value) => heard.push(value));
  bus.publish(2);
  leave();
  leave();
  bus.publish(3);
  expect([heard, bus.listenerCount]).toEqual([[2], 0]);
});

test("a listener that throws does not keep the value from the others", () => {
  const bus = new Bus<number>(Logger.silent());
  const heard: number[] = [];
  bus.subscribe(() => {
    throw new Error("no");
  });
  bus.subscribe((value) => heard.push(value));
  bus.publish(1);
  expect(heard).toEqual([1]);
});

test("a value reaches those who listened when it was published", () => {
  const bus = new Bus<number>(Logger.silent());
  const late: number[] = [];
  bus.subscribe((value) => {
    if (value === 1) bus.subscribe((other) => late.push(other));
  });
  bus.publish(1);
  bus.publish(2);
  expect(late).toEqual([2]);
});
