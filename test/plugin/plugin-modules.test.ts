import { expect, test } from "bun:test";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "@/base/error";
import { Logger } from "@/base/log";
import { PluginModules } from "@/plugin/plugin-modules";
import { FakeClock } from "@test/support/clock";
import { tempTree, type Tree } from "@test/support/temp";

async function open(files: Tree) {
  const temp = await tempTree(files);
  const clock = new FakeClock();
  const modules = new PluginModules(clock, Logger.silent());
  return {
    clock,
    modules,
    path: (name: string) => join(temp.path, name),
    async [Symbol.asyncDispose]() {
      modules.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

test("TypeScript is imported, and what comes with the helper is there", async () => {
  await using t = await open({
    "a.ts": `
      import { tool, type Plugin } from "@opencode-ai/plugin";
      import { tool as same } from "@opencode-ai/plugin/tool";
      import { createOpencodeClient } from "@opencode-ai/sdk";
      import { z } from "zod";
      enum Kind { One = "one" }
      const client = createOpencodeClient({ baseUrl: "http://127.0.0.1:1" });
      export const facts = [
        typeof same, z === tool.schema, Kind.One, typeof client.session.list,
      ];`,
  });
  const exports = await t.modules.load(t.path("a.ts"));
  expect(exports["facts"]).toEqual(["function", true, "one", "function"]);
});

test.each<[kind: string, name: string, text: string]>([
  ["a module", "a.ts", "export default COUNT;"],
  ["one that waits", "a.ts", "await Bun.sleep(1); export default COUNT;"],
  ["one of the older form", "a.js", "module.exports = { default: COUNT, [MARK]: true };"],
  ["the file of such a package", "a.cjs", "module.exports = COUNT;"],
])("%s is run once, and anew when it has changed", async (_, name, text) => {
  const key = `count-${Bun.randomUUIDv7()}`;
  const count = `globalThis["${key}"] = (globalThis["${key}"] ?? 0) + 1`;
  const source = text.replace("COUNT", count).replace("MARK", '"__esModule"');
  await using t = await open({ [name]: source });
  const first = await t.modules.load(t.path(name));
  expect(first["default"]).toBe(1);
  expect((await t.modules.load(t.path(name)))["default"]).toBe(1);
  await utimes(t.path(name), 1, 1);
  expect((await t.modules.load(t.path(name)))["default"]).toBe(2);
});

test("a directory's own packages come first", async () => {
  await using t = await open({
    "node_modules/@opencode-ai/sdk/package.json": JSON.stringify({ main: "index.js" }),
    "node_modules/@opencode-ai/sdk/index.js": "export const own = true;",
    "a.js": `import * as sdk from "@opencode-ai/sdk"; export default Object.keys(sdk);`,
  });
  // In a process of its own: what the test above was given is given to all of this one.
  const code = `
    const { PluginModules } = await import("@/plugin/plugin-modules");
    const { Logger } = await import("@/base/log");
    const { systemClock } = await import("@/base/clock");
    const modules = new PluginModules(systemClock, Logger.silent());
    const exports = await modules.load(process.env.FILE);
    process.stdout.write(JSON.stringify(exports.default));`;
  const child = Bun.spawn([process.execPath, "-e", code], {
    cwd: join(import.meta.dir, "../.."),
    env: { PATH: process.env["PATH"], FILE: t.path("a.js") },
    stdout: "pipe",
    stderr: "pipe",
  });
  expect([await child.stdout.text(), await child.stderr.text()]).toEqual(['["own"]', ""]);
});

test("a file that has changed is imported anew", async () => {
  await using t = await open({ "a.js": "export default 1;" });
  const path = t.path("a.js");
  expect(await t.modules.load(path)).toEqual({ default: 1 });
  await writeFile(path, "export default 2;");
  await utimes(path, 2_000_000_000, 2_000_000_000);
  expect(await t.modules.load(path)).toEqual({ default: 2 });
});

test("what cannot be loaded names the file and says why", async () => {
  await using t = await open({
    "broken.ts": "export default {",
    "throws.ts": "throw new Error('out of order');",
    "needs.ts": "import 'no-such-package';",
    "hangs.ts": "await new Promise(() => {});",
  });
  for (const [name, reason] of [
    ["missing.ts", "ENOENT"],
    ["broken.ts", "Expected"],
    ["throws.ts", "out of order"],
    ["needs.ts", "no-such-package"],
  ] as const) {
    const loading = t.modules.load(t.path(name));
    await expect(loading).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringMatching(new RegExp(`/${name} could not be loaded: .*${reason}`)),
    });
  }
  const told = t.modules.load(t.path("hangs.ts")).catch(errorMessage);
  await t.clock.waitForPending();
  await t.clock.advance(10_000);
  expect(await told).toEndWith("did not answer within 10 seconds");
});
