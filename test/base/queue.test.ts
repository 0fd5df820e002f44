// Queues hand values over in order; locks let one at a time through.
import { expect, test } from "bun:test";
import { AsyncQueue, KeyedLock, settleAll } from "@/base/queue";

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

test("a few of a list at a time, begun in order, settled in order", async () => {
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const begun: number[] = [];
  const works = gates.map(({ promise }, n) => () => {
    begun.push(n);
    return promise;
  });
  const done = settleAll(works, 2);
  expect(begun).toEqual([0, 1]);
  gates[1]?.resolve(1);
  await gates[1]?.promise;
  await Promise.resolve();
  gates[0]?.reject(new Error("no"));
  for (const [n, gate] of gates.entries()) gate.resolve(n);
  const results = await done;
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(results.map((one) => (one.status === "fulfilled" ? one.value : "failed"))).toEqual([
    "failed",
    1,
    2,
    3,
    4,
  ]);
});
