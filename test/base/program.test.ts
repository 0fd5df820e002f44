import { expect, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { findOnPath, launchOf, upward } from "@/base/program";
import { runProcess } from "@/base/process";
import { tempTree } from "@test/support/temp";

test("directories are listed upward to the top, or alone where that is not above", () => {
  expect(upward("/a/b/c", "/a")).toEqual(["/a/b/c", "/a/b", "/a"]);
  expect(upward("/a", "/a")).toEqual(["/a"]);
  expect(upward("/a/b", "/c")).toEqual(["/a/b"]);
});

test("a program is found on the given PATH alone", async () => {
  await using t = await tempTree({ "bin/mine": "#!/bin/sh\n", "bin/text": "" });
  await chmod(join(t.path, "bin/mine"), 0o755);
  const env = { PATH: join(t.path, "bin") };
  expect(findOnPath("mine", env, t.path)).toBe(join(t.path, "bin/mine"));
  expect(findOnPath("text", env, t.path)).toBeUndefined();
  expect(findOnPath("sh", env, t.path)).toBeUndefined();
});

test("a script for Node runs without Node, other programs as they are", async () => {
  await using t = await tempTree({
    script: "#!/usr/bin/env node\nconsole.log(process.argv.slice(2).join());\n",
    plain: "#!/bin/sh\n",
  });
  const env = { PATH: t.path };
  const { argv, env: more } = await launchOf(join(t.path, "script"), ["a", "b"], env);
  const { stdout } = await runProcess(argv, { cwd: t.path, env: { ...env, ...more } });
  expect(stdout).toBe("a,b\n");
  const plain = join(t.path, "plain");
  expect(await launchOf(plain, ["a"], env)).toEqual({ argv: [plain, "a"], env: {} });
});
