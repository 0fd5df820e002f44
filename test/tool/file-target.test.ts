import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { permissionPattern, resolveTarget } from "@/tool/file-target";
import { toolBench } from "@test/support/tool-context";

test("paths are relative to the directory, titles to the worktree", async () => {
  await using bench = await toolBench({ "sub/a.ts": "" });
  const context = { ...bench.context, directory: join(bench.directory, "sub") };
  const path = join(bench.directory, "sub/a.ts");
  const target = { path, real: path, title: "sub/a.ts", patterns: ["sub/a.ts"], outside: false };
  expect(await resolveTarget("a.ts", context)).toEqual(target);
  expect(await resolveTarget("../sub/a.ts", context)).toEqual(target);
  expect(await resolveTarget(path, context)).toEqual(target);
  expect((await resolveTarget("..", context)).title).toBe(".");
});

test("outside is what really lies outside", async () => {
  await using bench = await toolBench({ "a.ts": "" });
  await symlink(bench.home, join(bench.directory, "out"));
  await symlink(bench.directory, join(bench.home, "in"));
  const outside = async (path: string) => (await resolveTarget(path, bench.context)).outside;
  expect(await outside("a.ts")).toBe(false);
  expect(await outside("not/yet/there")).toBe(false);
  expect(await outside("out/new.ts")).toBe(true);
  expect(await outside("~/in/a.ts")).toBe(false);
  expect(await outside("~/x")).toBe(true);
  expect(await outside("../project-2")).toBe(true);
});

test("a worktree that is the file system's root makes nothing inside", async () => {
  await using bench = await toolBench({ "a.ts": "" });
  const context = { ...bench.context, worktree: "/" };
  expect(await resolveTarget("a.ts", context)).toMatchObject({ title: "a.ts", outside: false });
  expect(await resolveTarget("/etc/hosts", context)).toMatchObject({ outside: true });
  expect(permissionPattern(join(bench.directory, "a.ts"), context)).toBe("a.ts");
});

test("empty paths and NUL are refused", async () => {
  await using bench = await toolBench();
  expect(resolveTarget(" ", bench.context)).rejects.toThrow("path is empty");
  expect(resolveTarget("a\0b", bench.context)).rejects.toThrow("NUL");
});
