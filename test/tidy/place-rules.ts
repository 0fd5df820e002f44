// Rules about what may stand where: the process and the console have their files, tools have
// their prompts, and files open by saying what they are.

import {
  identifier,
  isNode,
  type Node,
  type Source,
  type Violation,
  walk,
} from "@test/tidy/source";

interface Place {
  object: string;
  /** Undefined means every property. */
  properties?: readonly string[];
  only: readonly string[];
  instead: string;
}

/** Folders ("src/cli/") and files that alone may touch a global. */
const PLACES: readonly Place[] = [
  {
    object: "process",
    properties: ["env"],
    only: ["src/base/env.ts"],
    instead: "take an Env as an argument",
  },
  {
    object: "Bun",
    properties: ["env"],
    only: ["src/base/env.ts"],
    instead: "take an Env as an argument",
  },
  {
    object: "process",
    properties: ["cwd", "chdir", "argv"],
    only: ["src/cli/", "src/main.ts"],
    instead: "take the directory as an argument",
  },
  {
    object: "process",
    properties: ["exit", "exitCode", "stdout", "stderr", "stdin"],
    only: ["src/cli/", "src/tui/", "src/main.ts"],
    instead: "only the command line reads, writes and ends; return or throw what it needs",
  },
  {
    object: "Bun",
    properties: ["stdout", "stderr", "stdin"],
    only: ["src/cli/", "src/tui/", "src/main.ts"],
    instead: "only the command line reads and writes them",
  },
  {
    object: "console",
    only: ["src/base/log.ts", "src/cli/output.ts"],
    instead: "write to a Logger, or in cli through output.ts",
  },
];

/** process.env, process.cwd, console and their like are touched in their places only. */
export function checkPlaces(sources: readonly Source[]): Violation[] {
  return inSrc(sources).flatMap((source) =>
    source.body
      .flatMap((statement) => [...walk(statement)])
      .flatMap(accesses)
      .flatMap(({ object, property, node }) => {
        const place = PLACES.find(
          (one) => one.object === object && (!one.properties || one.properties.includes(property)),
        );
        if (!place || place.only.some((where) => isWithin(source.path, where))) return [];
        const where = place.only.map((path) => path.slice("src/".length)).join(", ");
        const message = `${object}.${property} only in ${where}: ${place.instead}`;
        return [{ path: source.path, line: source.lineAt(node.start), rule: "place", message }];
      }),
  );
}

interface Access {
  object: string;
  property: string;
  node: Node;
}

/** `process.env`, `process["env"]`, `const { env } = process`, `import { env } from "process"`. */
function accesses(node: Node): Access[] {
  if (node.type === "MemberExpression") {
    return accessOf(node["object"], [node["property"]], node);
  }
  if (node.type === "VariableDeclarator") {
    const id = node["id"];
    if (!isNode(id) || id.type !== "ObjectPattern") return [];
    const keys = nodes(id["properties"]).map((property) => property["key"]);
    return accessOf(node["init"], keys, node);
  }
  if (node.type === "ImportDeclaration") {
    const source = node["source"];
    const name = isNode(source)
      ? /^(?:node:)?(process|console)$/.exec(String(source["value"]))
      : null;
    if (!name?.[1]) return [];
    const imported = nodes(node["specifiers"]).map((specifier) => specifier["imported"]);
    return namesOf(imported).map((property) => ({ object: name[1] ?? "", property, node }));
  }
  return [];
}

function accessOf(object: unknown, properties: unknown[], node: Node): Access[] {
  const isGlobal = isNode(object) && identifier(object["object"]) === "globalThis";
  const name = isGlobal ? identifier(object["property"]) : identifier(object);
  if (name === undefined) return [];
  return namesOf(properties).map((property) => ({ object: name, property, node }));
}

function namesOf(keys: unknown[]): string[] {
  return keys.flatMap((key) => {
    const name = identifier(key) ?? (isNode(key) ? key["value"] : undefined);
    return typeof name === "string" ? [name] : [];
  });
}

/** A file of src/tool that calls defineTool has its prompt beside it, and the reverse. */
export function checkToolPrompts(
  paths: readonly string[],
  sources: readonly Source[],
): Violation[] {
  const tools = sources
    .filter(({ path }) => path.startsWith("src/tool/"))
    .filter((source) => source.body.some((statement) => [...walk(statement)].some(callsDefineTool)))
    .map(({ path }) => path.replace(/\.ts$/, ".txt"));
  const prompts = paths.filter((path) => /^src\/tool\/.*\.txt$/.test(path));
  const rule = "tool prompt";
  return [
    ...tools
      .filter((path) => !prompts.includes(path))
      .map((path) => ({ path, line: 1, rule, message: "the tool's prompt is missing: write it" })),
    ...prompts
      .filter((path) => !tools.includes(path))
      .map((path) => ({ path, line: 1, rule, message: "no tool of this name calls defineTool" })),
  ];
}

function callsDefineTool(node: Node): boolean {
  return node.type === "CallExpression" && identifier(node["callee"]) === "defineTool";
}

/** Every file of src opens with a comment that says what it owns, promises and leaves to whom. */
export function checkOpening(sources: readonly Source[]): Violation[] {
  return inSrc(sources)
    .filter(({ text }) => !/^(#![^\n]*\n)?(\/\/|\/\*)/.test(text))
    .map(({ path }) => ({
      path,
      line: 1,
      rule: "opening comment",
      message: "say in 2-8 lines what the file owns, promises, and leaves to whom",
    }));
}

function inSrc(sources: readonly Source[]): Source[] {
  return sources.filter(({ path }) => path.startsWith("src/"));
}

function isWithin(path: string, where: string): boolean {
  return where.endsWith("/") ? path.startsWith(where) : path === where;
}

function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}
