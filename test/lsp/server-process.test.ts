import { tmpdir } from "node:os";
import { expect, test } from "bun:test";
import { isRunning } from "@/base/process";
import { ServerProcess } from "@/lsp/server-process";

function start(...argv: string[]): ServerProcess {
  return new ServerProcess({ argv, cwd: tmpdir(), env: process.env });
}

test("says how it ended, with the last of what it said", async () => {
  const noisy = "yes noise | head -c 2000000 >&2; echo the end >&2; exit 7";
  const ended = await start("sh", "-c", noisy).ended();
  expect(ended).toStartWith("ended with exit code 7: ");
  expect(ended).toEndWith("the end");
  expect(ended.length).toBeLessThan(5_000);
});

test("its end is told though what it started lives on", async () => {
  const child = start("sh", "-c", "sleep 1000 & echo bye >&2; exit 3");
  expect(await child.ended()).toBe("ended with exit code 3: bye");
  await child.kill();
});

test("one that does not read is not written to without end", async () => {
  const child = start("sleep", "1000");
  const piece = new Uint8Array(16 * 1024 * 1024);
  const writes = Array.from({ length: 5 }, () => child.write(piece));
  expect(await Promise.all(writes).catch(String)).toContain("does not read");
  await child.kill();
  expect(await isRunning(child.pid)).toBe(false);
});

test("a program that is not there is named", () => {
  expect(() => start("no-such-server")).toThrow("Cannot run no-such-server: it was not found");
});
