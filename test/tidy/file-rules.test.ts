import { expect, test } from "bun:test";
import { checkOpening, checkPlaces, checkToolPrompts } from "@test/tidy/place-rules";
import { parseSource, type Violation } from "@test/tidy/source";
import { checkModuleState } from "@test/tidy/state-rules";
import { checkPatterns, checkTable, checkTopLevel, checkWidth } from "@test/tidy/text-rules";

const lines = (violations: Violation[]) => violations.map(({ line }) => line);
const found = (violations: Violation[]) => violations.map(({ path, line }) => `${path}:${line}`);
const state = (text: string) => lines(checkModuleState([parseSource("src/base/a.ts", text)]));
const places = (path: string, text: string) => lines(checkPlaces([parseSource(path, text)]));

test.each([
  [`let count = 0;`],
  [`export let count = 0;`],
  [`var count = 0;`],
  [`const cache = new Map<string, number>();`],
  [`export const seen: ReadonlySet<string> = new Set(["a"]);`],
  [`const bus = new Bus();`],
  [`const table = { a: { b: new WeakMap() } };`],
  [`const list = [1, 2];`],
  [`const list: string[] = [];`],
  [`const cache: Record<string, string> = {};`],
  [`class A { static count = 0; }`],
  [`class A { static #cache = new Map(); }`],
  [`start();`],
  [`if (a) start();`],
  [`const text = await read();`],
])("module-level state or work is found: %s", (text) => {
  expect(state(`// a\n${text}`)).toContain(2);
});

test.each([
  [`const a = 1; const pattern = /a/g; const encoder = new TextEncoder();`],
  [`const number = new Intl.NumberFormat("en"); const glob = new Bun.Glob("*");`],
  [`const list = [1, 2] as const; const rows = [{ a: 1 }] as const satisfies Row[];`],
  [`const list: readonly string[] = ["a"]; const names: ReadonlyArray<string> = ["a"];`],
  [`const table = { a: [1, 2] }; const none: Readonly<Record<string, string>> = {};`],
  [`function make() { let a = 0; const m = new Map(); start(); return [a, m]; }`],
  [`const make = () => new Map(); const object = { make() { return new Set(); } };`],
  [`class A { #map = new Map(); list = []; static readonly limit = 1; static of() { new A(); } }`],
  [`declare const VERSION: string; declare let other: string;`],
  [`type A = string; interface B { a: A } export type { A }; export default make;`],
])("what keeps nothing is let be: %s", (text) => {
  expect(state(text)).toEqual([]);
});

test("main.ts and tests may do things when imported", () => {
  const sources = [parseSource("src/main.ts", `run();`), parseSource("test/a.ts", `let a = 1;`)];
  expect(checkModuleState(sources)).toEqual([]);
});

test("the environment is read in one file, in whatever spelling", () => {
  const text = `process.env.A;
process["env"];
globalThis.process.env;
const { env } = process;
import { env as e } from "node:process";
Bun.env.B;
// process.env
const s = "process.env";
const env2 = options.env;`;
  expect(places("src/host/a.ts", text)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(places("src/base/env.ts", text)).toEqual([]);
  expect(places("test/base/env.test.ts", text)).toEqual([]);
});

test("the working directory, the exit and the streams are the command line's", () => {
  const text = `process.cwd();\nprocess.exit(1);\nprocess.stdout.write("");\nBun.stderr;`;
  expect(places("src/session/a.ts", text)).toEqual([1, 2, 3, 4]);
  expect(places("src/cli/run.ts", text)).toEqual([]);
  expect(places("src/base/a.ts", `process.kill(1); process.platform; process.pid;`)).toEqual([]);
});

test("the console has two files", () => {
  expect(places("src/cli/run.ts", `console.log(1);\nconsole.error(2);`)).toEqual([1, 2]);
  expect(places("src/cli/output.ts", `console.log(1);`)).toEqual([]);
  expect(places("src/base/log.ts", `console.error(1);`)).toEqual([]);
});

test("a tool without a prompt and a prompt without a tool are found", () => {
  const sources = [
    parseSource("src/tool/bash.ts", `export const bash = defineTool({});`),
    parseSource("src/tool/read.ts", `export function read() { return defineTool({}); }`),
    parseSource("src/tool/define-tool.ts", `export function defineTool() {}`),
  ];
  const paths = ["src/tool/bash.txt", "src/tool/gone.txt"];
  expect(found(checkToolPrompts(paths, sources))).toEqual([
    "src/tool/read.txt:1",
    "src/tool/gone.txt:1",
  ]);
});

test("a file of src that does not open with a comment is found", () => {
  const sources = [
    parseSource("src/base/a.ts", `const a = 1;`),
    parseSource("src/base/b.ts", `// B: what b is.\nconst b = 1;`),
    parseSource("src/main.ts", `#!/usr/bin/env bun\n/* main */`),
    parseSource("test/a.ts", `const a = 1;`),
  ];
  expect(found(checkOpening(sources))).toEqual(["src/base/a.ts:1"]);
});

test.each([
  ["src/a.ts", `const a = "${"/wo"}rk/main/x";`],
  ["README.md", `cd ${"/ho"}me/alice/code/x`],
  ["src/a.ts", `// see ${"/Us"}ers/alice/x`],
  ["test/a.ts", `// ${"TO"}DO: later`],
  ["src/tool/a.txt", `${"FIX"}ME`],
  ["bun.lock", `"a": ["a@1", "${"https"}://registry.example/a.tgz"]`],
  ["test/a.test.ts", `test${".only"}("a", run);`],
  ["src/a.ts", `const a = 1; `],
])("what has no place in %s is found: %s", (path, text) => {
  expect(lines(checkPatterns([{ path, text: `first\n${text}` }]))).toEqual([2]);
});

test.each([
  ["src/a.ts", `const a = "/home/user/project"; const b = "src/work/a"; todo.update();`],
  ["src/a.ts", `import a from "@/work/b"; const c = \`\${root}/work/a\`; get("/session/:id/todo")`],
  ["README.md", `https://example.com/`],
  ["test/a.test.ts", `test.skipIf(isWindows)("a", run);`],
])("what is right in %s is let be: %s", (path, text) => {
  expect(checkPatterns([{ path, text }])).toEqual([]);
});

test("binary files have no text to judge", () => {
  expect(checkPatterns([{ path: "src/a.gz", text: undefined }])).toEqual([]);
});

test("lines past 100 columns are found in code, unless they hold a URL", () => {
  const text = `${"a".repeat(100)}\n${"a".repeat(101)}\n// https://e.example/${"a".repeat(100)}`;
  expect(lines(checkWidth([{ path: "src/a.ts", text }]))).toEqual([2]);
  expect(checkWidth([{ path: "src/tool/a.txt", text }])).toEqual([]);
});

test("a name that does not belong at the top is found once", () => {
  const paths = ["src/a.ts", ".ci/run", "tools/a.ts", "tools/b.ts", "package-lock.json"];
  expect(found(checkTopLevel(paths))).toEqual(["tools:1", "package-lock.json:1"]);
});

test("a table that differs is found at its line", () => {
  const table = ["| a |", "| --- |", "| 1 |", "| 2 |"];
  const readme = (rows: string[]) => ["# Title", "", ...rows, "", "text"].join("\n");
  expect(checkTable(readme(table), table)).toEqual([]);
  expect(lines(checkTable(readme(["| a |", "| --- |", "| 1 |", "| 3 |"]), table))).toEqual([6]);
  expect(lines(checkTable(readme(["| a |", "| --- |", "| 1 |"]), table))).toEqual([6]);
  expect(lines(checkTable(readme([...table, "| 3 |"]), table))).toEqual([7]);
  expect(lines(checkTable("no table", table))).toEqual([1]);
});
