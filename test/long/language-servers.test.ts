// The real servers for TypeScript, Python, shell scripts and YAML, from this repository's packages,
// with Node and under this executable alone; and many starts and ends of servers that misbehave.

import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "bun:test";
import { isRunning } from "@/base/process";
import { fromFileURI } from "@/lsp/file-uri";
import {
  fakes,
  linkPackages,
  lspBench,
  type LSPBench,
  type LSPBenchOptions,
  recordOf,
} from "@test/lsp/fixture";
import type { Tree } from "@test/support/temp";

const NEVER = new AbortController().signal;
const TIMEOUT_MS = 180_000;
/** A first look at a file may come to its limit while the machine is busy with other tests. */
const CHECKS_MAX = 20;

async function project(tree: Tree, options: LSPBenchOptions): Promise<LSPBench> {
  const bench = await lspBench(tree, options);
  await linkPackages(bench);
  return bench;
}

/** Checks a file until there is an error, or none any more. */
async function check(bench: LSPBench, name: string, wanted: "errors" | "none"): Promise<string> {
  for (let round = 0; ; round++) {
    const { text } = await bench.servers.checkFile(bench.path(name), name, NEVER);
    if ((text !== "") === (wanted === "errors") || round === CHECKS_MAX) return text;
  }
}

/** Waits for what serves the file, however long it takes to get ready. */
async function ready(bench: LSPBench, name: string): Promise<void> {
  await bench.navigation.documentSymbols(bench.path(name), NEVER);
}

function places(bench: LSPBench, found: { uri: string; range: { start: { line: number } } }[]) {
  return found
    .map(({ uri, range }) => [
      fromFileURI(uri)?.slice(bench.directory.length + 1),
      range.start.line,
    ])
    .sort();
}

describe.each([
  ["with Node", process.env["PATH"] ?? ""],
  ["under this executable", "/nowhere"],
])("%s", (_, PATH) => {
  const options = { env: { PATH } };

  test(
    "TypeScript",
    async () => {
      await using bench = await project(
        {
          "bun.lock": "",
          "tsconfig.json": '{"compilerOptions":{"strict":true}}',
          "my lib/ädd.ts": "/** Adds. */\nexport function add(a: number) {\n  return a;\n}\n",
          "src/use.ts": "import { add } from '../my lib/ädd';\nexport const three = add(1);\n",
        },
        { ...options, files: ["src/use.ts"] },
      );
      const { navigation } = bench;
      const [library, use] = [bench.path("my lib/ädd.ts"), bench.path("src/use.ts")];
      // Nothing runs yet: the symbols of the project are what starts it.
      const symbols = await navigation.symbols("add", NEVER);
      expect(symbols[0]).toMatchObject({ name: "add", kind: 12 });
      expect(
        places(
          bench,
          symbols.slice(0, 1).map((one) => one.location),
        ),
      ).toEqual([["my lib/ädd.ts", 1]]);
      expect(bench.servers.status()).toMatchObject([{ id: "typescript", status: "connected" }]);

      const at = { line: 1, character: 22 };
      expect(await navigation.hover(use, at, NEVER)).toContain("add(a: number): number");
      const definition = await navigation.places("definitionProvider", use, at, NEVER);
      expect(places(bench, definition)).toEqual([["my lib/ädd.ts", 1]]);
      const references = await navigation.places("referencesProvider", use, at, NEVER);
      expect(places(bench, references)).toEqual([
        ["my lib/ädd.ts", 1],
        ["src/use.ts", 0],
        ["src/use.ts", 1],
      ]);
      expect(await navigation.documentSymbols(use, NEVER)).toMatchObject([{ name: "three" }]);
      const calls = await navigation.calls("incoming", library, { line: 1, character: 17 }, NEVER);
      expect(calls.map(({ ranges }) => ranges[0]?.start.line)).toEqual([1]);

      expect(await check(bench, "src/use.ts", "none")).toBe("");
      await writeFile(use, "import { add } from '../my lib/ädd';\n\nadd('😀' );\n");
      expect(await check(bench, "src/use.ts", "errors")).toBe(
        "<diagnostics file=\"src/use.ts\">\nERROR [3:5] Argument of type 'string' is not " +
          "assignable to parameter of type 'number'.\n</diagnostics>",
      );
      // What one file needs another may break and mend.
      await writeFile(library, "export function add(a: string) {\n  return a;\n}\n");
      expect(await check(bench, "my lib/ädd.ts", "none")).toBe("");
      expect(await check(bench, "src/use.ts", "none")).toBe("");
    },
    TIMEOUT_MS,
  );

  test(
    "Python",
    async () => {
      await using bench = await project(
        {
          "pyproject.toml": "",
          "my lib/ädd.py": "def add(a: int) -> int:\n    return a\n\nadd(1)\n",
        },
        options,
      );
      const { navigation } = bench;
      const name = "my lib/ädd.py";
      await ready(bench, name);
      const at = { line: 3, character: 1 };
      expect(await navigation.hover(bench.path(name), at, NEVER)).toContain("add(a: int) -> int");
      const definition = await navigation.places("definitionProvider", bench.path(name), at, NEVER);
      expect(places(bench, definition)).toEqual([[name, 0]]);
      const references = await navigation.places("referencesProvider", bench.path(name), at, NEVER);
      expect(places(bench, references)).toEqual([
        [name, 0],
        [name, 3],
      ]);
      expect(await navigation.documentSymbols(bench.path(name), NEVER)).toMatchObject([
        { name: "add" },
      ]);
      expect(await check(bench, name, "none")).toBe("");
      await writeFile(bench.path(name), "x: int = 'text'\n");
      expect(await check(bench, name, "errors")).toContain("ERROR [1:10]");
    },
    TIMEOUT_MS,
  );

  test(
    "shell scripts",
    async () => {
      const text = "#!/bin/bash\ngreet() {\n  echo hello\n}\ngreet\ngreet\n";
      await using bench = await project({ "bin/run me.sh": text }, options);
      const { navigation } = bench;
      const [name, at] = ["bin/run me.sh", { line: 4, character: 1 }];
      await ready(bench, name);
      expect(await navigation.hover(bench.path(name), at, NEVER)).toContain("greet");
      const definition = await navigation.places("definitionProvider", bench.path(name), at, NEVER);
      expect(places(bench, definition)).toEqual([[name, 1]]);
      const references = await navigation.places("referencesProvider", bench.path(name), at, NEVER);
      expect(places(bench, references)).toEqual([
        [name, 1],
        [name, 4],
        [name, 5],
      ]);
      expect(await navigation.documentSymbols(bench.path(name), NEVER)).toMatchObject([
        { name: "greet" },
      ]);
      expect(await check(bench, name, "none")).toBe("");
    },
    TIMEOUT_MS,
  );

  test(
    "YAML",
    async () => {
      await using bench = await project({ "my conf.yaml": "a: 1\nb:\n  c: 2\n" }, options);
      const name = "my conf.yaml";
      await ready(bench, name);
      expect(await bench.navigation.documentSymbols(bench.path(name), NEVER)).toMatchObject([
        { name: "a" },
        { name: "b", children: [{ name: "c" }] },
      ]);
      expect(await check(bench, name, "none")).toBe("");
      await writeFile(bench.path(name), "a: 1\nb: [\n");
      expect(await check(bench, name, "errors")).toContain("ERROR [3:1]");
      await writeFile(bench.path(name), "a: 1\nb: []\n");
      expect(await check(bench, name, "none")).toBe("");
    },
    TIMEOUT_MS,
  );
});

test(
  "a gigabyte on stderr costs no memory and no answer",
  async () => {
    await using bench = await lspBench(
      { "a.fake": "" },
      { lsp: fakes({ fake: ["noisy", "1024"] }) },
    );
    Bun.gc(true);
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
    try {
      expect((await recordOf(bench, "a.fake")).heard[0]?.method).toBe("initialize");
    } finally {
      clearInterval(watch);
    }
    expect(peak - before).toBeLessThan(150 * 1024 * 1024);
  },
  TIMEOUT_MS,
);

test(
  "twenty projects with three servers each leave no process behind",
  async () => {
    const modes = { plain: ["plain"], noisy: ["noisy", "8"], stubborn: ["stubborn"] } as const;
    const pids = new Set<number>();
    const cycle = async () => {
      await using bench = await lspBench(
        { "a.plain": "", "a.noisy": "", "a.stubborn": "" },
        {
          lsp: Object.fromEntries(
            Object.entries(modes).map(([id, mode]) => {
              return [id, Object(fakes({ [id]: mode }, [`.${id}`]))[id]];
            }),
          ),
        },
      );
      for (const name of ["a.plain", "a.noisy", "a.stubborn"]) {
        const { pid, children } = await recordOf(bench, name);
        for (const one of [pid, ...children]) pids.add(one);
      }
    };
    for (let round = 0; round < 5; round++) await Promise.all([1, 2, 3, 4].map(cycle));
    expect(pids.size).toBe(20 * 4);
    const running = await Promise.all([...pids].map(isRunning));
    expect(running).not.toContain(true);
  },
  TIMEOUT_MS,
);
