// What the kernel tells of a directory, at once and in order.
import { expect, test } from "bun:test";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { IN, openInotify } from "@/host/inotify";
import { tempTree } from "@test/support/temp";

const onLinux = test.skipIf(process.platform !== "linux");

onLinux("what a finished call has changed is there without waiting", async () => {
  await using directory = await tempTree({ "a.txt": "a", "d/": "" });
  const inotify = await openInotify();
  if (!inotify) throw new Error("no inotify");
  const watch = inotify.watch(directory.path) ?? 0;
  expect(inotify.read()).toEqual([]);
  await writeFile(join(directory.path, "a.txt"), "b");
  await writeFile(join(directory.path, "ü"), "");
  await rename(join(directory.path, "d"), join(directory.path, "e"));
  const events = inotify.read();
  const names = new Set(events.map(({ name }) => name));
  expect([...names]).toEqual(["a.txt", "ü", "d", "e"]);
  expect(events.every((event) => event.watch === watch)).toBe(true);
  expect(events.at(-2)?.mask).toBe(IN.MOVED_FROM | IN.IS_DIRECTORY);
  inotify.unwatch(watch);
  expect(inotify.read()).toEqual([{ watch, mask: IN.IGNORED, name: "" }]);
  await rm(join(directory.path, "a.txt"));
  expect(inotify.read()).toEqual([]);
  inotify.close();
});

onLinux("what is no directory is not watched", async () => {
  await using directory = await tempTree({ "a.txt": "a" });
  const inotify = await openInotify();
  expect(inotify?.watch(join(directory.path, "gone"))).toBeUndefined();
  expect(inotify?.watch(join(directory.path, "a.txt"))).toBeUndefined();
  inotify?.close();
});

onLinux("more than the queue holds is told as such", async () => {
  await using directory = await tempTree({ a: "a", b: "b" });
  const inotify = await openInotify();
  inotify?.watch(directory.path);
  const length = Number(await Bun.file("/proc/sys/fs/inotify/max_queued_events").text());
  for (let count = 0; count <= length; count += 2) {
    await writeFile(join(directory.path, "a"), "");
    await writeFile(join(directory.path, "b"), "");
  }
  expect(inotify?.read().at(-1)?.mask).toBe(IN.OVERFLOW);
  inotify?.close();
});
