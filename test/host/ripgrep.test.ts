// Searching and listing with the real ripgrep.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Logger } from "@/base/log";
import { resolvePaths } from "@/base/paths";
import { Ripgrep } from "@/host/ripgrep";
import { tempTree } from "@test/support/temp";

const ripgrep = new Ripgrep(resolvePaths({}, "/nonexistent"), Logger.silent());

const TREE = {
  ".git/config": "needle",
  ".gitignore": "ignored/\nsecret.ts\n",
  ".hidden/a.ts": "needle in hidden\n",
  "ignored/b.ts": "needle ignored\n",
  "secret.ts": "needle secret\n",
  "src/a.ts": "first\nthe needle one\nand needle needle\n",
  "src/deep/b.tsx": "needle two\r\n",
  "src/c.js": "needle three\n",
  "with space/d.txt": "no match\n",
  "binary.dat": new Uint8Array([110, 101, 101, 100, 108, 101, 0, 1, 2]),
};

async function list(options: Parameters<Ripgrep["files"]>[0]): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of ripgrep.files(options)) paths.push(path);
  return paths.sort();
}

test("lists what is not ignored, hidden files too, never .git", async () => {
  await using tree = await tempTree(TREE);
  expect(await list({ cwd: tree.path })).toEqual([
    ".gitignore",
    ".hidden/a.ts",
    "binary.dat",
    "src/a.ts",
    "src/c.js",
    "src/deep/b.tsx",
    "with space/d.txt",
  ]);
  expect(await list({ cwd: tree.path, hidden: false })).not.toContain(".hidden/a.ts");
});

test("globs choose by name or by path, and never bring back what is ignored", async () => {
  await using tree = await tempTree(TREE);
  const cwd = tree.path;
  expect(await list({ cwd, globs: ["*.ts"] })).toEqual([".hidden/a.ts", "src/a.ts"]);
  expect(await list({ cwd, globs: ["**/*.{ts,tsx}"] })).toContain("src/deep/b.tsx");
  expect(await list({ cwd, globs: ["src/*"] })).toEqual(["src/a.ts", "src/c.js"]);
  expect(await list({ cwd, globs: ["./src/**"] })).toHaveLength(3);
  expect(await list({ cwd, globs: ["**/*"] })).not.toContain("ignored/b.ts");
  expect(await list({ cwd, globs: ["secret.ts"] })).toEqual([]);
  expect(await list({ cwd, globs: ["src/**", "!*.js"] })).toEqual(["src/a.ts", "src/deep/b.tsx"]);
});

test("a limit ends the listing", async () => {
  await using tree = await tempTree(TREE);
  expect(await list({ cwd: tree.path, limit: 2 })).toHaveLength(2);
});

test("finds lines in the order of paths with the places of what matched", async () => {
  await using tree = await tempTree(TREE);
  const matches = await ripgrep.search({ cwd: tree.path, pattern: "needle", limit: 100 });
  expect(matches.map(({ path, line_number }) => `${path.text}:${line_number}`)).toEqual([
    ".hidden/a.ts:1",
    "src/a.ts:2",
    "src/a.ts:3",
    "src/c.js:1",
    "src/deep/b.tsx:1",
  ]);
  expect(matches[2]).toEqual({
    path: { text: "src/a.ts" },
    lines: { text: "and needle needle\n" },
    line_number: 3,
    absolute_offset: 21,
    submatches: [
      { match: { text: "needle" }, start: 4, end: 10 },
      { match: { text: "needle" }, start: 11, end: 17 },
    ],
  });
});

test("the limit is exact and the same every time", async () => {
  await using tree = await tempTree(TREE);
  const search = () => ripgrep.search({ cwd: tree.path, pattern: "needle", limit: 2 });
  const matches = await search();
  expect(matches.map(({ path }) => path.text)).toEqual([".hidden/a.ts", "src/a.ts"]);
  expect(await search()).toEqual(matches);
});

test("include narrows by name or by path, and never brings back what is ignored", async () => {
  await using tree = await tempTree(TREE);
  const found = async (include: string) => {
    const matches = await ripgrep.search({ cwd: tree.path, pattern: "needle", include, limit: 9 });
    return [...new Set(matches.map(({ path }) => path.text))];
  };
  expect(await found("*.ts")).toEqual([".hidden/a.ts", "src/a.ts"]);
  expect(await found("*.{tsx,js}")).toEqual(["src/c.js", "src/deep/b.tsx"]);
  expect(await found("src/*.ts")).toEqual(["src/a.ts"]);
  expect(await found("**/deep/*")).toEqual(["src/deep/b.tsx"]);
  expect(await found("secret.ts")).toEqual([]);
  expect(await found("*")).toHaveLength(4);
});

test("patterns may begin with a dash, look around, and meet the ends of lines", async () => {
  await using tree = await tempTree({ "a.txt": "--flag\nfoobar\r\n" });
  const count = async (pattern: string) =>
    (await ripgrep.search({ cwd: tree.path, pattern, limit: 9 })).length;
  expect(await count("--flag")).toBe(1);
  expect(await count("foo(?=bar)")).toBe(1);
  expect(await count("bar$")).toBe(1);
});

test("a bad pattern is told in ripgrep's words", async () => {
  await using tree = await tempTree(TREE);
  const search = ripgrep.search({ cwd: tree.path, pattern: "a(", limit: 1 });
  expect(search).rejects.toMatchObject({ kind: "invalid" });
  expect(search).rejects.toThrow("unclosed group");
  await search.catch(() => {});
});

test("long lines are cut, and texts that are not UTF-8 are read", async () => {
  await using tree = await tempTree({
    "long.js": `needle${"x".repeat(500_000)}`,
    "latin.txt": new Uint8Array([0x6e, 0x65, 0x65, 0x64, 0x6c, 0x65, 0xe9, 0x0a]),
  });
  const matches = await ripgrep.search({ cwd: tree.path, pattern: "needle", limit: 9 });
  expect(matches.map(({ path }) => path.text)).toEqual(["latin.txt", "long.js"]);
  expect(matches[1]?.lines.text.length).toBe(10_000);
});

test("a missing directory and a file as directory are errors", async () => {
  await using tree = await tempTree(TREE);
  const at = (cwd: string) => ripgrep.search({ cwd, pattern: "x", limit: 1 });
  await expect(at(join(tree.path, "none"))).rejects.toMatchObject({ kind: "not-found" });
  await expect(at(join(tree.path, "src/a.ts"))).rejects.toMatchObject({ kind: "invalid" });
});

test("an abort ends the search", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  expect(ripgrep.search({ cwd: "/", pattern: "x", limit: 9, signal })).rejects.toThrow("enough");
});
