// Queues hand values over in order; locks let one at a time through.
import { expect, test } from "bun:test";
import { AsyncQueue, KeyedLock } from "@/base/queue";

async function collect<T>(queue: AsyncQueue<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of queue) items.push(item);
  return items;
}

test("a reader gets what comes before, while and until the close", async () => {
  const queue = new AsyncQueue<number>();
  queue.push(1);
  const reading = collect(queue);
  await Promise.resolve();
  queue.push(2);
  queue.push(3);
  queue.close();
  queue.push(4);
  expect(await reading).toEqual([1, 2, 3]);
});

test("a failure comes after the values before it", async () => {
  const queue = new AsyncQueue<number>();
  queue.push(1);
  queue.fail(new Error("broken"));
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of queue) seen.push(item);
  })();
  expect(reading).rejects.toThrow("broken");
  await reading.catch(() => undefined);
  expect(seen).toEqual([1]);
});

test("work under one key runs in order, under another side by side", async () => {
  const lock = new KeyedLock();
  const steps: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = lock.run("a", async () => {
    await gate.promise;
    steps.push("a1");
  });
  const second = lock.run("a", async () => void steps.push("a2"));
  await lock.run("b", async () => void steps.push("b"));
  gate.resolve();
  await Promise.all([first, second]);
  expect(steps).toEqual(["b", "a1", "a2"]);
});

test("a failure is the caller's, the next one still runs", async () => {
  const lock = new KeyedLock();
  const failed = lock.run("a", () => Promise.reject(new Error("no")));
  const next = lock.run("a", async () => "yes");
  expect(failed).rejects.toThrow("no");
  expect(await next).toBe("yes");
});
