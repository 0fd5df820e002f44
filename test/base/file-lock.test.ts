import { expect, test } from "bun:test";
import { readdir, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { systemClock } from "@/base/clock";
import { withFileLock } from "@/base/file-lock";
import { tempDirectory, writeTree } from "@test/support/temp";

test("one piece of work at a time, and nothing stays behind", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "a.lock");
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, () =>
      withFileLock(path, systemClock, async () => {
        inside++;
        most = Math.max(most, inside);
        await Promise.resolve();
        inside--;
      }),
    ),
  );
  expect(most).toBe(1);
  expect(await readdir(directory.path)).toEqual([]);
});

test("gives the result or the error of the work, and is free again after both", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "a.lock");
  const failing = withFileLock(path, systemClock, async () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await withFileLock(path, systemClock, async () => 7)).toBe(7);
});

test("takes the lock of a process that has died", async () => {
  await using directory = await tempDirectory();
  const child = Bun.spawn(["true"]);
  await child.exited;
  await writeTree(directory.path, { "a.lock": `${child.pid} ${hostname()} 00` });
  const taken = await Promise.all(
    [1, 2, 3].map((n) => withFileLock(join(directory.path, "a.lock"), systemClock, async () => n)),
  );
  expect(taken).toEqual([1, 2, 3]);
  expect(await readdir(directory.path)).toEqual([]);
});

test("takes a lock that is older than any work, whoever owns it", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "a.lock");
  await writeTree(directory.path, { "a.lock": "1 elsewhere 00" });
  await utimes(path, new Date(), new Date(systemClock.now() - 60_000));
  expect(await withFileLock(path, systemClock, async () => "mine")).toBe("mine");
});

test("waits for the lock of a living process", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "a.lock");
  const order: string[] = [];
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const first = withFileLock(path, systemClock, async () => {
    started.resolve();
    await release.promise;
    order.push("first");
  });
  await started.promise;
  const waited = Promise.withResolvers<void>();
  const clock = {
    ...systemClock,
    sleep: async (ms: number) => {
      waited.resolve();
      await systemClock.sleep(ms);
    },
  };
  const second = withFileLock(path, clock, async () => order.push("second"));
  await waited.promise;
  release.resolve();
  await Promise.all([first, second]);
  expect(order).toEqual(["first", "second"]);
});

test("names the path when no lock can be made", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "missing", "a.lock");
  await expect(withFileLock(path, systemClock, async () => 1)).rejects.toThrow(path);
});
