import { expect, test } from "bun:test";
import { Listeners } from "@/app/listeners";

test("each counts from when it joins until it leaves, and leaves once", () => {
  const listeners = new Listeners();
  const leave = listeners.join();
  const other = listeners.join();
  expect(listeners.count).toBe(2);
  leave();
  leave();
  expect(listeners.count).toBe(1);
  other();
  expect(listeners.count).toBe(0);
});
