import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { findLeftBehind } from "@test/runner/left-behind";
import { tempDirectory, writeTree } from "@test/support/temp";

test("what lies in the temporary directory is told, bun's own entries are not", async () => {
  await using temp = await tempDirectory();
  const mark = crypto.randomUUID();
  await writeTree(temp.path, { "bun-cache/a": "", ".b": "", "c.so": "" });
  expect(await findLeftBehind(temp.path, mark)).toEqual([]);
  await writeTree(temp.path, { "project/a.txt": "" });
  expect(await findLeftBehind(temp.path, mark)).toEqual(["temporary project a.txt"]);
});

test.skipIf(process.platform !== "linux")("a marked process is told and ended", async () => {
  await using temp = await tempDirectory();
  const mark = crypto.randomUUID();
  const child = Bun.spawn(["sleep", "60"], {
    env: { PATH: process.env["PATH"], OPENCODE_TEST_RUN: mark },
  });
  // It is a copy of this process for a moment, and then nothing, until it is what it will be.
  while (!(await readFile(`/proc/${child.pid}/cmdline`, "utf8")).startsWith("sleep"));
  expect(await findLeftBehind(temp.path, mark)).toEqual([`process ${child.pid}: sleep 60`]);
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  expect(await findLeftBehind(temp.path, mark)).toEqual([]);
});
