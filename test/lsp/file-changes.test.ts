import { expect, test } from "bun:test";
import { FileChanges } from "@/lsp/file-changes";
import { FakeClock } from "@test/support/clock";

test("changes of a moment are one message, the last of each file", async () => {
  const clock = new FakeClock();
  const told: [string, string][][] = [];
  const changes = new FileChanges(clock, (all) => told.push([...all]));
  changes.add("/a", "add");
  changes.add("/b", "change");
  changes.add("/a", "unlink");
  await clock.advance(100);
  changes.flush();
  changes.add("/c", "add");
  changes.flush();
  expect(told).toEqual([
    [
      ["/a", "unlink"],
      ["/b", "change"],
    ],
    [["/c", "add"]],
  ]);
  expect(clock.pending).toBe(0);
});

test("a flood is bounded; after close nothing is told", async () => {
  const clock = new FakeClock();
  const sizes: number[] = [];
  const changes = new FileChanges(clock, (all) => sizes.push(all.size));
  for (let at = 0; at < 6_000; at++) changes.add(`/${at}`, "add");
  changes.flush();
  changes.add("/x", "add");
  changes.close();
  await clock.advance(1_000);
  expect(sizes).toEqual([5_000]);
});
