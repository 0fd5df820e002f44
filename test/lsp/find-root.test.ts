import { join } from "node:path";
import { expect, test } from "bun:test";
import { findRoots } from "@/lsp/find-root";
import { LANGUAGE_SERVERS } from "@/lsp/languages";
import { tempTree } from "@test/support/temp";

function ruleOf(id: string) {
  const server = LANGUAGE_SERVERS.find((one) => one.id === id);
  if (!server) throw new Error(`no server ${id}`);
  return server.root;
}

async function project() {
  const root = await tempTree({
    "home/": "",
    "repo/bun.lock": "",
    "repo/app/a.ts": "",
    "repo/app/deno/deno.json": "",
    "repo/app/deno/a.ts": "",
    "repo/go.work": "",
    "repo/one/go.mod": "",
    "repo/one/deep/a.go": "",
    "repo/Cargo.toml": "[workspace]\nmembers = ['*']\n",
    "repo/crate/Cargo.toml": "[package]\n",
    "repo/crate/src/a.rs": "",
    "repo/net/App.csproj": "",
    "repo/net/sub/A.cs": "",
    "other/a.ts": "",
  });
  const worktree = join(root.path, "repo");
  const place = { directory: join(worktree, "app"), worktree, home: join(root.path, "home") };
  const find = async (id: string, file: string) => {
    const [found] = await findRoots(join(worktree, file), [ruleOf(id)], place);
    return found?.slice(worktree.length + 1);
  };
  return Object.assign(root, { place, find });
}

test("the nearest marker makes the root, also by the end of its name", async () => {
  await using bench = await project();
  const { find } = bench;
  expect(await find("typescript", "app/a.ts")).toBe("");
  expect(await find("csharp", "net/sub/A.cs")).toBe("net");
  expect(await find("csharp", "net/sub/missing/A.cs")).toBe("net");
});

test("without a marker: the project, the worktree beside it, or nothing", async () => {
  await using bench = await project();
  const { find } = bench;
  expect(await find("bash", "app/a.sh")).toBe("app");
  expect(await find("bash", "one/a.sh")).toBe("");
  expect(await find("deno", "app/a.ts")).toBeUndefined();
});

test("a better marker beats a nearer one", async () => {
  await using bench = await project();
  const { find } = bench;
  expect(await find("gopls", "one/deep/a.go")).toBe("");
  expect(await find("rust", "crate/src/a.rs")).toBe("");
});

test("Deno's files are not TypeScript's", async () => {
  await using bench = await project();
  const { find } = bench;
  expect(await find("deno", "app/deno/a.ts")).toBe("app/deno");
  expect(await find("typescript", "app/deno/a.ts")).toBeUndefined();
});

test("never outside the project, never the home directory", async () => {
  await using bench = await project();
  const { place, find } = bench;
  expect(await find("typescript", "../other/a.ts")).toBeUndefined();
  const home = place.directory;
  const file = join(home, "a.sh");
  expect(await findRoots(file, [ruleOf("bash")], { ...place, home })).toEqual([undefined]);
  const inside = { ...place, home: join(home, "me") };
  expect(await findRoots(file, [ruleOf("bash")], inside)).toEqual([undefined]);
});
