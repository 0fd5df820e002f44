import { expect, test } from "bun:test";
import {
  checkBarrels,
  checkCycles,
  checkFences,
  checkHeavy,
  checkLayers,
  checkSpelling,
  checkUnused,
} from "@test/tidy/import-rules";
import { FENCES, isPackage, LAYERS, layerTable, permittedFolders } from "@test/tidy/layers";
import { formatViolation, parseSource, type Violation } from "@test/tidy/source";

type Files = Record<string, string>;

const parse = (files: Files) =>
  Object.entries(files).map(([path, text]) => parseSource(path, text));
const found = (violations: Violation[]) => violations.map(({ path, line }) => `${path}:${line}`);

function permitted(folder: string): string[] {
  const layer = LAYERS.find((one) => one.folder === folder);
  return layer ? permittedFolders(layer) : [];
}

test("imports are found in every form, with what they leave at run time", () => {
  const source = parseSource(
    "src/base/a.ts",
    `import type { A } from "./a1";
import { type B } from "./a2";
export type { C } from "./a3";
export * from "./a4";
let x: import("./a5").T;
const y = () => import("./a6");
import "./a7";
// import "./comment";
const text = 'import "./string"';`,
  );
  expect(source.imports.map(({ specifier, kind, line }) => [specifier, kind, line])).toEqual([
    ["./a1", "type", 1],
    ["./a2", "static", 2],
    ["./a3", "type", 3],
    ["./a4", "static", 4],
    ["./a5", "type", 5],
    ["./a6", "dynamic", 6],
    ["./a7", "static", 7],
  ]);
});

test("the phrases of the table mean folders", () => {
  expect(permitted("base")).toEqual([]);
  expect(permitted("tool")).toEqual(["base", "schema", "host", "lsp", "mcp"]);
  expect(permitted("session")).toContain("agent");
  expect(permitted("session")).toContain("tool");
  expect(permitted("session")).not.toContain("mcp");
  expect(permitted("session")).not.toContain("lsp");
  expect(permitted("session")).not.toContain("app");
  expect(permitted("app")).toContain("session");
  expect(permitted("app")).toContain("mcp");
  expect(permitted("app")).not.toContain("server");
  expect(permitted("cli")).toContain("tui");
  expect(permitted("main.ts")).toEqual(["cli"]);
  expect(layerTable()).toHaveLength(LAYERS.length + 2);
});

test("an import that points up is found, type-only ones too", () => {
  const sources = parse({
    "src/base/bus.ts": `import { Session } from "@/schema/session";`,
    "src/tool/bash.ts": `import type { Loop } from "@/session/loop";\nimport "@/host/shell";`,
    "src/main.ts": `import { main } from "@/cli/main";\nimport { App } from "@/app/app";`,
    "src/tui/app.ts": `const load = () => import("@/app/app");`,
    "src/odd/thing.ts": `import "@/base/bus";`,
    "test/base/bus.test.ts": `import "@/base/bus";\nimport "@/cli/main";`,
  });
  const violations = checkLayers(sources);
  expect(found(violations)).toEqual([
    "src/base/bus.ts:1",
    "src/tool/bash.ts:1",
    "src/main.ts:2",
    "src/tui/app.ts:1",
    "src/odd/thing.ts:1",
  ]);
  expect(violations.map(formatViolation)[0]).toBe(
    'src/base/bus.ts:1  layers: base may import -, not schema ("@/schema/session"): ' +
      "take it as an argument, or move what is shared down",
  );
});

test("climbing imports, needless extensions and the long way round are found", () => {
  const sources = parse({
    "src/tool/a.ts": `import "../base/id";\nimport "@/tool/b";\nimport "./b.ts";\nimport "./b";`,
    "src/server/routes/file.ts": `import "@/server/access";\nimport "@/server/routes/find";`,
    "test/tool/a.test.ts": `import "../support/temp";\nimport "@test/support/temp";`,
    "src/tool/c.ts": `import text from "./c.txt" with { type: "text" };\nimport "elysia";`,
  });
  expect(found(checkSpelling(sources))).toEqual([
    "src/tool/a.ts:1",
    "src/tool/a.ts:2",
    "src/tool/a.ts:3",
    "src/server/routes/file.ts:2",
    "test/tool/a.test.ts:1",
  ]);
});

test("a package outside its fence is found", () => {
  const sources = parse({
    "src/base/schema.ts": `import { t } from "elysia";\nimport "elysia/type-system";`,
    "src/schema/session.ts": `import { t } from "elysia";`,
    "src/server/server.ts": `import "elysia";\nimport "@elysiajs/cors";`,
    "src/app/app.ts": `import "@elysiajs/cors";\nconst load = () => import("@ai-sdk/openai");`,
    "src/storage/open.ts": `import "bun:sqlite";\nimport "drizzle-orm/sqlite-core";`,
    "src/session/sessions.ts": `import type { SQL } from "drizzle-orm/sql";`,
    "src/llm/stream.ts": `import "ai";\nimport "@ai-sdk/provider";\nimport "zod/v4";`,
    "test/server/server.test.ts": `import "elysia";`,
  });
  expect(found(checkFences(sources))).toEqual([
    "src/schema/session.ts:1",
    "src/app/app.ts:1",
    "src/app/app.ts:2",
    "src/session/sessions.ts:1",
    "src/llm/stream.ts:1",
    "src/llm/stream.ts:3",
  ]);
});

test("a fence means the package and its paths, not packages that begin alike", () => {
  expect(isPackage("ai", "ai")).toBe(true);
  expect(isPackage("ai/react", "ai")).toBe(true);
  expect(isPackage("aight", "ai")).toBe(false);
  expect(isPackage("@ai-sdk/xai", "@ai-sdk/*")).toBe(true);
  expect(isPackage("@ai-sdkx/a", "@ai-sdk/*")).toBe(false);
  expect(FENCES.map(({ npm }) => npm)).toContain("bun:sqlite");
});

test("a cycle is told once, with its files", () => {
  const sources = parse({
    "src/base/a.ts": `import "./b";`,
    "src/base/b.ts": `import type { C } from "@/base/c";`,
    "src/base/c.ts": `const load = () => import("./a");`,
    "src/base/d.ts": `import "./a";`,
    "src/base/self.ts": `import "./self";`,
  });
  const violations = checkCycles(sources);
  expect(found(violations)).toEqual(["src/base/a.ts:1", "src/base/self.ts:1"]);
  expect(violations[0]?.message).toStartWith(
    "src/base/a.ts -> src/base/b.ts -> src/base/c.ts -> src/base/a.ts",
  );
});

test("barrels are found, passing on what npm declares is not one", () => {
  const sources = parse({
    "src/tool/index.ts": `export const a = 1;`,
    "src/tool/all.ts": `export * from "./bash";\nexport { b } from "@/base/b";`,
    "src/base/schema.ts": `export { t } from "elysia";\nexport const x = 1;\nexport { x as y };`,
  });
  expect(found(checkBarrels(sources))).toEqual([
    "src/tool/index.ts:1",
    "src/tool/all.ts:1",
    "src/tool/all.ts:2",
  ]);
});

test("files that nothing in src imports are found", () => {
  const files = {
    "src/main.ts": `import "@/cli/main";`,
    "src/cli/main.ts": `const load = () => import("./run");\nimport t from "./a.txt";`,
    "src/cli/run.ts": `import type { T } from "@/cli/types";`,
    "src/cli/types.ts": ``,
    "src/cli/lonely.ts": `import "./lonely";`,
    "src/host/source.ts": ``,
    "src/host/wasm.d.ts": ``,
    "test/cli/lonely.test.ts": `import "@/cli/lonely";`,
  };
  const paths = [...Object.keys(files), "src/cli/a.txt", "src/cli/b.txt", "src/README.md"];
  expect(found(checkUnused(paths, parse(files), ["src/host/source.ts"]))).toEqual([
    "src/cli/lonely.ts:1",
    "src/cli/b.txt:1",
  ]);
});

test("a heavy package on a static way from start-up is found", () => {
  const lazy = `const load = () => import("./far");\nimport type { P } from "web-tree-sitter";
    import path from "web-tree-sitter/tree-sitter.wasm" with { type: "file" };`;
  const files = {
    "src/main.ts": `import "@/cli/main";`,
    "src/cli/main.ts": `const load = () => import("./tui");`,
    "src/cli/tui.ts": `import "@opentui/core";`,
    "src/app/app.ts": `import "@/host/near";`,
    "src/host/near.ts": lazy,
    "src/host/far.ts": `import "web-tree-sitter";`,
  };
  expect(checkHeavy(parse(files))).toEqual([]);
  const eager = { ...files, "src/host/near.ts": `import "./far";` };
  const violations = checkHeavy(parse(eager));
  expect(found(violations)).toEqual(["src/app/app.ts:1"]);
  expect(violations[0]?.message).toStartWith(
    'src/app/app.ts -> src/host/near.ts -> src/host/far.ts loads "web-tree-sitter"',
  );
});
