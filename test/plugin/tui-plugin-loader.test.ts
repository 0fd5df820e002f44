import { expect, test } from "bun:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { systemClock } from "@/base/clock";
import { Logger } from "@/base/log";
import { PluginModules } from "@/plugin/plugin-modules";
import { TuiPluginLoader } from "@/plugin/tui-plugin-loader";
import { TuiPluginMetas } from "@/plugin/tui-plugin-meta";
import { packageRegistry } from "@test/support/package-registry";
import { tempDirectory, writeTree, type Tree } from "@test/support/temp";

async function place(files: Tree, registry = "") {
  const temp = await tempDirectory();
  await writeTree(temp.path, files);
  const log = Logger.silent();
  const modules = new PluginModules(systemClock, log);
  const loader = new TuiPluginLoader({
    modules,
    packages: join(temp.path, "packages"),
    env: { PATH: process.env["PATH"], HOME: temp.path, BUN_CONFIG_REGISTRY: registry },
    log,
    signal: new AbortController().signal,
  });
  const load = (name: string) => loader.load(pathToFileURL(join(temp.path, name)).href);
  return {
    ...{ path: temp.path, loader, load },
    async [Symbol.asyncDispose]() {
      modules.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

const FACE = "export default { id: 'acme', tui: async () => 7 };";

test("a file, or a directory's file, is loaded with its id, or its name", async () => {
  await using at = await place({
    "a.ts": FACE,
    "b.ts": "export default { tui: async () => 7 };",
    "c/package.json": '{"exports":{"./tui":{"import":"./lib/face.js"}}}',
    "c/lib/face.js": FACE,
    "d/tui.ts": FACE,
  });
  const a = await at.load("a.ts");
  expect(a).toMatchObject({ id: "acme", source: "file", target: join(at.path, "a.ts") });
  expect(await a.start?.({}, {}, {})).toBe(7);
  expect((await at.load("b.ts")).id).toBe("b");
  expect((await at.load("c")).target).toBe(join(at.path, "c/lib/face.js"));
  expect((await at.load("d")).target).toBe(join(at.path, "d/tui.ts"));
});

test("what is wrong with one is said, with its path", async () => {
  await using at = await place({ "a.ts": "export const x = 1;", "e/other.ts": FACE });
  await expect(at.load("a.ts")).rejects.toThrow("a.ts exports no { id, tui }");
  await expect(at.load("nowhere.ts")).rejects.toThrow("nowhere.ts: there is no such file");
  await expect(at.load("e")).rejects.toThrow('has no "./tui" in its package.json');
  await expect(at.loader.load("file://elsewhere/a.ts")).rejects.toThrow(
    '"file://elsewhere/a.ts" is no address',
  );
});

test("a package is installed and entered by ./tui; one of themes has nothing to run", async () => {
  await using temp = await tempDirectory();
  const face = { "t.js": FACE.replace("id: 'acme', ", "") };
  const themes = { "night.json": "{}" };
  await using source = await packageRegistry(temp.path, [
    { name: "face", version: "1.2.3", files: face, manifest: { exports: { "./tui": "./t.js" } } },
    { name: "looks", version: "1.0.0", files: themes, manifest: { "oc-themes": ["night.json"] } },
    { name: "other", version: "1.0.0", files: { "index.js": "" } },
  ]);
  await using at = await place({}, source.url);
  const loaded = await at.loader.load("face");
  expect(loaded).toMatchObject({ id: "face", source: "npm", version: "1.2.3", themes: [] });
  const looks = await at.loader.load("looks");
  expect(looks.start).toBeUndefined();
  expect(looks.themes).toEqual([expect.stringMatching(/looks\/night\.json$/)]);
  await expect(at.loader.load("other")).rejects.toThrow("other has nothing for the terminal UI");
});

test("what is known of earlier loads says whether it is another one", async () => {
  await using at = await place({ "a.ts": FACE });
  const metas = new TuiPluginMetas(join(at.path, "state", "meta.json"), systemClock);
  const module = await at.load("a.ts");
  const first = await metas.count(module);
  expect(first).toMatchObject({ id: "acme", state: "first", load_count: 1, source: "file" });
  expect(await metas.count(module)).toMatchObject({ state: "same", load_count: 2 });
  const other = await metas.count({ ...module, modified: 1 });
  expect(other).toMatchObject({ state: "updated", first_time: first.first_time });
});
