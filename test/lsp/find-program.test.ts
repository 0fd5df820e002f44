import { chmod, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import type { Env } from "@/base/env";
import { findProgram } from "@/lsp/find-program";
import type { ServerCommand } from "@/lsp/language-server";
import { tempTree, type TempDirectory } from "@test/support/temp";

const COMMAND = { program: "some-server", args: ["--stdio"], package: "@scope/some-server" };
const PACKAGE = JSON.stringify({ bin: { other: "no.js", "some-server": "./lib/main.js" } });

/** With the programs of the project, unless it says otherwise. */
function find(
  commands: readonly ServerCommand[],
  [root, top]: [root: string, top: string],
  env: Env,
  withOwn = true,
) {
  const installed = { place: join(root, "installed"), env: { ITS: "own" } };
  return findProgram(commands, { root, top, env, withOwn, installed });
}

async function place(): Promise<TempDirectory & { bin: string; project: string }> {
  const root = await tempTree({
    "bin/some-server": "#!/bin/sh\n",
    "bin/js-server": "#!/usr/bin/env node\n",
    "bin/node": "",
    "bare/js-server": "#!/usr/bin/env node\n",
    "project/deep/": "",
  });
  for (const name of ["bin/some-server", "bin/js-server", "bin/node", "bare/js-server"]) {
    await chmod(join(root.path, name), 0o755);
  }
  const [bin, project] = [join(root.path, "bin"), join(root.path, "project")];
  return Object.assign(root, { bin, project });
}

test("the project's own package comes before the PATH, from any directory below it", async () => {
  await using root = await place();
  const { bin, project } = root;
  const found = (withOwn = true) =>
    find([COMMAND], [join(project, "deep"), project], { PATH: bin }, withOwn);
  expect(await found()).toEqual({ argv: [join(bin, "some-server"), "--stdio"], env: {} });
  const home = join(project, "node_modules/@scope/some-server");
  await Bun.write(join(home, "package.json"), PACKAGE);
  expect(await found()).toEqual({
    argv: [join(bin, "node"), join(home, "lib/main.js"), "--stdio"],
    env: {},
  });
  expect((await found(false))?.argv[0]).toBe(join(bin, "some-server"));
  const above = find([COMMAND], [join(project, "deep"), join(project, "deep")], { PATH: bin });
  expect((await above)?.argv[0]).toBe(join(bin, "some-server"));
  await Bun.write(join(home, "package.json"), "{ not JSON");
  expect((await found())?.argv[0]).toBe(join(bin, "some-server"));
});

test("a script for Node runs under this executable where there is no Node", async () => {
  await using root = await place();
  const script = { program: "js-server", args: [] };
  const bare = join(root.path, "bare");
  expect(await find([script], [root.path, root.path], { PATH: root.bin })).toEqual({
    argv: [join(root.bin, "node"), join(root.bin, "js-server")],
    env: {},
  });
  expect(await find([script], [root.path, root.path], { PATH: bare })).toEqual({
    argv: [process.execPath, "--config=/dev/null", "--no-env-file", join(bare, "js-server")],
    env: { BUN_BE_BUN: "1" },
  });
});

test("the first program that is there; paths begin at the root", async () => {
  await using root = await place();
  const { bin, project } = root;
  const commands = [
    { program: "absent", args: [] },
    { program: "some-server", args: ["x"] },
  ];
  const found = await find(commands, [project, project], { PATH: bin });
  expect(found?.argv).toEqual([join(bin, "some-server"), "x"]);
  expect(await find(commands, [project, project], {})).toBeUndefined();
  await symlink(join(bin, "some-server"), join(project, "own"));
  const own = [{ program: "./own", args: [] }];
  expect((await find(own, [project, project], {}))?.argv).toEqual([join(project, "own")]);
  expect(await find(own, [project, project], {}, false)).toBeUndefined();
});
