import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Logger } from "@/base/log";
import { installPackage, isInstalled } from "@/plugin/npm-package";
import { packageRegistry } from "@test/support/package-registry";
import { tempDirectory } from "@test/support/temp";

async function place(url: string) {
  const temp = await tempDirectory();
  const options = {
    directory: join(temp.path, "packages"),
    env: { PATH: process.env["PATH"], HOME: temp.path, BUN_CONFIG_REGISTRY: url },
    signal: new AbortController().signal,
    log: Logger.silent(),
  };
  return { options, [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose]() };
}

function demo(name: string, version: string) {
  const files = { "index.js": "export default async () => ({ answer: 42 });" };
  return { name, version, files, manifest: { scripts: { postinstall: "touch ran" } } };
}

test("a package is installed once, without its scripts, and asked for no more", async () => {
  await using temp = await tempDirectory();
  await using source = await packageRegistry(temp.path, [demo("@team/demo", "1.2.3")]);
  await using at = await place(source.url);
  const { directory } = at.options;
  expect(await isInstalled("@team/demo", directory)).toBe(false);
  const path = await installPackage("@team/demo", at.options);
  expect(path).toEndWith("node_modules/@team/demo/index.js");
  const exports = (await import(path)) as { default(): Promise<unknown> };
  expect(await exports.default()).toEqual({ answer: 42 });
  expect(existsSync(join(path, "../ran"))).toBe(false);
  const count = source.asked.length;
  expect(count).toBeGreaterThan(0);
  expect(await installPackage("@team/demo", at.options)).toBe(path);
  expect(source.asked).toHaveLength(count);
  // Another version is another place.
  expect(await isInstalled("@team/demo@1.0.0", directory)).toBe(false);
  expect(await readdir(directory)).toEqual(["@team+demo@latest"]);
});

test("what cannot be installed says why, and leaves nothing behind", async () => {
  await using temp = await tempDirectory();
  await using source = await packageRegistry(temp.path, [demo("demo", "1.0.0")]);
  await using at = await place(source.url);
  await expect(installPackage("missing", at.options)).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("404"),
  });
  await expect(installPackage("demo@9.9.9", at.options)).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("9.9.9"),
  });
  expect(await readdir(at.options.directory)).toEqual([]);
});

test.each(["", "-g", "--help", "a b", "../evil", "a/b/c", "http://127.0.0.1/x.tgz", "a@;rm"])(
  "%p is no package, and nothing runs",
  async (spec) => {
    await using at = await place("http://127.0.0.1:9/");
    await expect(installPackage(spec, at.options)).rejects.toMatchObject({ kind: "invalid" });
  },
);
