import { chmod, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { findProgram } from "@/lsp/find-program";
import { tempTree, type TempDirectory } from "@test/support/temp";

const COMMAND = { program: "some-server", args: ["--stdio"], package: "@scope/some-server" };
const PACKAGE = JSON.stringify({ bin: { other: "no.js", "some-server": "./lib/main.js" } });

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
  const find = () => findProgram([COMMAND], join(project, "deep"), project, { PATH: bin });
  expect(await find()).toEqual({ argv: [join(bin, "some-server"), "--stdio"], env: {} });
  const home = join(project, "node_modules/@scope/some-server");
  await Bun.write(join(home, "package.json"), PACKAGE);
  expect(await find()).toEqual({
    argv: [join(bin, "node"), join(home, "lib/main.js"), "--stdio"],
    env: {},
  });
  const above = findProgram([COMMAND], join(project, "deep"), join(project, "deep"), { PATH: bin });
  expect((await above)?.argv[0]).toBe(join(bin, "some-server"));
  await Bun.write(join(home, "package.json"), "{ not JSON");
  expect((await find())?.argv[0]).toBe(join(bin, "some-server"));
});

test("a script for Node runs under this executable where there is no Node", async () => {
  await using root = await place();
  const script = { program: "js-server", args: [] };
  const bare = join(root.path, "bare");
  expect(await findProgram([script], root.path, root.path, { PATH: root.bin })).toEqual({
    argv: [join(root.bin, "node"), join(root.bin, "js-server")],
    env: {},
  });
  expect(await findProgram([script], root.path, root.path, { PATH: bare })).toEqual({
    argv: [process.execPath, join(bare, "js-server")],
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
  const found = await findProgram(commands, project, project, { PATH: bin });
  expect(found?.argv).toEqual([join(bin, "some-server"), "x"]);
  expect(await findProgram(commands, project, project, {})).toBeUndefined();
  await symlink(join(bin, "some-server"), join(project, "own"));
  const own = await findProgram([{ program: "./own", args: [] }], project, project, {});
  expect(own?.argv).toEqual([join(project, "own")]);
});
