import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { LANGUAGE_SERVERS } from "@/lsp/languages";
import type { LanguageServer } from "@/lsp/language-server";
import { findRootFacts } from "@/lsp/root-facts";
import { tempTree } from "@test/support/temp";

function server(id: string): LanguageServer {
  const found = LANGUAGE_SERVERS.find((one) => one.id === id);
  if (!found) throw new Error(`no server ${id}`);
  return found;
}

test("the project's TypeScript, from a package below it", async () => {
  await using root = await tempTree({ "node_modules/typescript/lib/x.js": "", "app/": "" });
  const find = (top: string) => {
    return findRootFacts(server("vue"), { root: join(root.path, "app"), top, env: {}, argv: [] });
  };
  expect((await find(root.path)).initialization).toEqual({
    typescript: { tsdk: join(root.path, "node_modules/typescript/lib") },
  });
  expect((await find(join(root.path, "app"))).initialization).toEqual({});
});

test("without it, the TypeScript that was installed with the server", async () => {
  await using root = await tempTree({
    "lib/node_modules/typescript/lib/x.js": "",
    "lib/node_modules/@astrojs/language-server/bin/node.js": "",
    "bin/": "",
    "app/": "",
  });
  const script = join(root.path, "bin/astro-ls");
  await symlink("../lib/node_modules/@astrojs/language-server/bin/node.js", script);
  const app = join(root.path, "app");
  const place = { root: app, top: app, env: {}, argv: ["/usr/bin/node", script, "--stdio"] };
  expect((await findRootFacts(server("astro"), place)).initialization).toEqual({
    typescript: { tsdk: join(root.path, "lib/node_modules/typescript/lib") },
  });
});

test("the project's Python before the active one, beside the table's settings", async () => {
  await using root = await tempTree({ "env/bin/python": "", "a/.venv/bin/python": "", "b/": "" });
  const find = (name: string) => {
    const env = { VIRTUAL_ENV: join(root.path, "env") };
    const place = { root: join(root.path, name), top: root.path, env, argv: [] };
    return findRootFacts(server("pyright"), place);
  };
  expect((await find("a")).settings).toEqual({
    python: {
      analysis: { diagnosticMode: "openFilesOnly" },
      pythonPath: join(root.path, "a/.venv/bin/python"),
    },
  });
  expect(Object((await find("b")).settings["python"]).pythonPath).toBe(
    join(root.path, "env/bin/python"),
  );
});

test("most servers need to be told nothing", async () => {
  const place = { root: "/nowhere", top: "/nowhere", env: {}, argv: ["/bin/gopls"] };
  const facts = await findRootFacts(server("gopls"), place);
  expect(facts).toEqual({ initialization: {}, settings: {} });
});
