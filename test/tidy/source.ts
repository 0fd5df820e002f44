// A source file as the tidy rules see it: its syntax tree and what it imports. Parsed, not
// searched, so that strings and comments never count and type-only imports always do.

import { posix } from "node:path";
import { parseSync } from "oxc-parser";

export interface Import {
  specifier: string;
  /** "dynamic" is `import("...")`, run when it is reached; "type" leaves nothing at run time. */
  kind: "static" | "dynamic" | "type";
  /** `export ... from`: the file passes on what another one declares. */
  isReexport: boolean;
  line: number;
}

/** A node of the ESTree, of which rules read what they know by its type. */
export type Node = { type: string; start: number; end: number } & Record<string, unknown>;

export interface Source {
  /** From the top of the repository, with "/": "src/base/id.ts". */
  path: string;
  text: string;
  body: Node[];
  imports: Import[];
  lineAt(offset: number): number;
}

export interface Violation {
  path: string;
  line: number;
  rule: string;
  /** What is wrong, and what to do instead. */
  message: string;
}

/** What people read when a rule fails. */
export function formatViolation(violation: Violation): string {
  return `${violation.path}:${violation.line}  ${violation.rule}: ${violation.message}`;
}

/** Throws when the text does not parse: the type checker says more about it. */
export function parseSource(path: string, text: string): Source {
  const parsed = parseSync(path, text);
  const error = parsed.errors[0];
  if (error) throw new Error(`${path} does not parse: ${error.message}`);
  // The tree is ESTree by the parser's contract; Node is its least common shape.
  const body = parsed.program.body as unknown as Node[];
  const lineAt = (offset: number) => text.slice(0, offset).split("\n").length;
  return { path, text, body, imports: collectImports(body, lineAt), lineAt };
}

/** The node and all below it, parents first. `enter` says whether to go into a node. */
export function* walk(node: Node, enter: (node: Node) => boolean = () => true): Generator<Node> {
  yield node;
  if (!enter(node)) return;
  for (const value of Object.values(node)) {
    const children = Array.isArray(value) ? value : [value];
    for (const child of children) if (isNode(child)) yield* walk(child, enter);
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** The name of an identifier node, or undefined for anything else. */
export function identifier(node: unknown): string | undefined {
  return isNode(node) && node.type === "Identifier" ? String(node["name"]) : undefined;
}

/** The path that an import of project code means, without extension; undefined for npm. */
export function importedPath(from: string, specifier: string): string | undefined {
  if (specifier.startsWith("@/")) return posix.join("src", specifier.slice(2));
  if (specifier.startsWith("@test/")) return posix.join("test", specifier.slice(6));
  if (specifier.startsWith(".")) return posix.join(posix.dirname(from), specifier);
  return undefined;
}

/** "session" for src/session/loop.ts, "main.ts" for src/main.ts, undefined outside src. */
export function folderOf(path: string): string | undefined {
  return path.startsWith("src/") ? path.split("/")[1] : undefined;
}

function collectImports(body: Node[], lineAt: (offset: number) => number): Import[] {
  const imports: Import[] = [];
  for (const statement of body) {
    for (const node of walk(statement)) {
      const kind = importKind(node);
      const source = node["source"];
      if (!kind || !isNode(source) || typeof source["value"] !== "string") continue;
      const isReexport = node.type.startsWith("Export");
      imports.push({ specifier: source["value"], kind, isReexport, line: lineAt(node.start) });
    }
  }
  return imports;
}

function importKind(node: Node): Import["kind"] | undefined {
  switch (node.type) {
    case "ImportDeclaration":
      return onlyTypes(node, "importKind") ? "type" : "static";
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
      return onlyTypes(node, "exportKind") ? "type" : "static";
    case "ImportExpression":
      return "dynamic";
    case "TSImportType":
      return "type";
    default:
      return undefined;
  }
}

/** `import type { A }`; `import { type A }` counts as a value, because the import itself stays. */
function onlyTypes(node: Node, key: "importKind" | "exportKind"): boolean {
  return node[key] === "type";
}
