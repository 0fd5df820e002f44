import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { CLI_TIMEOUT_MS, CLIHome } from "@test/cli/support";
import { packageRegistry } from "@test/support/package-registry";
import { tempDirectory, writeTree } from "@test/support/temp";

setDefaultTimeout(CLI_TIMEOUT_MS);

const FACE = "export default { id: 'hello', tui: async () => {} };";
const SERVER = "export const Server = async () => ({});";

function pluginsOf(...place: string[]): Promise<unknown> {
  return Bun.file(join(...place))
    .json()
    .then(({ plugin }: { plugin: unknown }) => plugin);
}

test("a file is named where it belongs, relative to what names it, and trusted", async () => {
  await using home = await CLIHome.open();
  await writeTree(home.project, { "code/hello.ts": FACE, "server.ts": SERVER });
  const face = await home.run(["plugin", "./code/hello.ts"]);
  expect([face.exitCode, face.stdout]).toEqual([0, ""]);
  expect(face.stderr).toContain(`a plugin of the terminal UI: ${join(home.project, "tui.json")}`);
  expect(await pluginsOf(home.project, "tui.json")).toEqual(["./code/hello.ts"]);
  const server = await home.run(["plugin", "./server.ts"]);
  expect(server.stderr).toContain(`of the server: ${join(home.project, "opencode.json")}`);
  expect(await pluginsOf(home.project, "opencode.json")).toEqual(["./server.ts"]);
  const state = join(home.home, ".local/state/opencode/trust.json");
  expect(await Bun.file(state).json()).toMatchObject({
    directories: { [home.project]: { by: "edit" } },
  });
});

test("a package goes where its entry points say; another version only by force", async () => {
  await using temp = await tempDirectory();
  const files = { "s.js": SERVER, "t.js": FACE };
  const manifest = { exports: { ".": "./s.js", "./tui": "./t.js" } };
  const both = { name: "both", version: "1.0.0", files, manifest };
  await using registry = await packageRegistry(temp.path, [both]);
  await using home = await CLIHome.open({ enabled_providers: ["none"] });
  const env = { BUN_CONFIG_REGISTRY: registry.url };
  const install = (...words: string[]) => home.run(["plugin", "-g", ...words], { env });
  expect((await install("both@1.0.0")).exitCode).toBe(0);
  for (const name of ["opencode.json", "tui.json"]) {
    expect(await pluginsOf(home.configDirectory, name)).toEqual(["both@1.0.0"]);
  }
  const refused = await install("both");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toContain("names both@1.0.0 already: --force puts both in its place");
  expect((await install("-f", "both")).exitCode).toBe(0);
  expect(await pluginsOf(home.configDirectory, "tui.json")).toEqual(["both"]);
});

test("what is no module, or not there, is named with what to do", async () => {
  await using home = await CLIHome.open();
  await writeTree(home.project, { "data.json": "{}" });
  const fail = async (...words: string[]) => (await home.run(["plugin", ...words])).stderr;
  expect(await fail("./nowhere.ts")).toContain(`${join(home.project, "nowhere.ts")}: there is no`);
  expect(await fail("./data.json")).toContain("data.json is no JavaScript or TypeScript");
  expect(await fail("a b")).toContain('"a b" is neither a package, name@version, nor a path');
  expect(await fail()).toContain("missing required argument 'module'");
  expect(await Bun.file(join(home.project, "tui.json")).exists()).toBe(false);
});
