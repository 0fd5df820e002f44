// Rules about what a file of src does when it is imported (nothing) and keeps (nothing): no
// module-level state, no module-level work; main.ts alone is meant to do something.

import {
  identifier,
  isNode,
  type Node,
  type Source,
  type Violation,
  walk,
} from "@test/tidy/source";

/** What `new` may make at module level, because it holds nothing that changes. */
const STATELESS: readonly string[] = ["RegExp", "TextDecoder", "TextEncoder", "URL", "Glob"];

/** Statements that declare; any other does something. */
const DECLARATIONS: readonly string[] = [
  "ClassDeclaration",
  "ExportAllDeclaration",
  "ExportDefaultDeclaration",
  "ExportNamedDeclaration",
  "FunctionDeclaration",
  "ImportDeclaration",
  "TSDeclareFunction",
  "TSInterfaceDeclaration",
  "TSModuleDeclaration",
  "TSTypeAliasDeclaration",
  "VariableDeclaration",
];

const FUNCTIONS: readonly string[] = [
  "ArrowFunctionExpression",
  "FunctionDeclaration",
  "FunctionExpression",
];

type Report = (node: Node, message: string) => void;

/** Applies to src, main.ts excepted. */
export function checkModuleState(sources: readonly Source[]): Violation[] {
  return sources
    .filter(({ path }) => path.startsWith("src/") && path !== "src/main.ts")
    .flatMap(checkSource);
}

function checkSource(source: Source): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (node, message) => {
    const line = source.lineAt(node.start);
    violations.push({ path: source.path, line, rule: "module state", message });
  };
  for (const statement of source.body) {
    checkStatement(statement, report);
    for (const node of walk(statement, isRunOnImport)) checkNode(node, report);
  }
  return violations;
}

function checkStatement(statement: Node, report: Report): void {
  if (!DECLARATIONS.includes(statement.type)) {
    report(statement, "importing a file does nothing: put this in a function that someone calls");
  }
  const inner = statement["declaration"];
  const declaration = isNode(inner) ? inner : statement;
  if (declaration.type !== "VariableDeclaration") return;
  if (declaration["kind"] !== "const" && declaration["declare"] !== true) {
    const kind = String(declaration["kind"]);
    report(declaration, `module-level ${kind}: make it a field of the service that owns it`);
  }
  for (const declarator of nodes(declaration["declarations"])) checkInitializer(declarator, report);
}

/** A literal that can be filled is state; one that is readonly to the type checker is a table. */
function checkInitializer(declarator: Node, report: Report): void {
  const literal = declarator["init"];
  if (!isNode(literal)) return;
  const isArray = literal.type === "ArrayExpression";
  const isEmptyObject = literal.type === "ObjectExpression" && isEmpty(literal["properties"]);
  if (!isArray && !isEmptyObject) return;
  if (isReadonlyType(declarator["id"])) return;
  const what = isArray ? "array" : "empty object";
  report(declarator, `module-level mutable ${what}: write "as const", or give it a readonly type`);
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isReadonlyType(id: unknown): boolean {
  const annotation = isNode(id) ? id["typeAnnotation"] : undefined;
  const type = isNode(annotation) ? annotation["typeAnnotation"] : undefined;
  if (!isNode(type)) return false;
  if (type.type === "TSTypeOperator") return type["operator"] === "readonly";
  return /^(Readonly|ReadonlyArray)$/.test(identifier(type["typeName"]) ?? "");
}

/** Of a function only the outside is run on import, of a class only its static parts. */
function isRunOnImport(node: Node): boolean {
  if (FUNCTIONS.includes(node.type)) return false;
  const isMember = node.type === "PropertyDefinition" || node.type === "MethodDefinition";
  return !isMember || node["static"] === true;
}

function checkNode(node: Node, report: Report): void {
  if (node.type === "NewExpression" && !isStateless(node["callee"])) {
    const name = identifier(node["callee"]) ?? "...";
    const instead = /^(Weak)?(Map|Set)$/.test(name)
      ? "a table is an object literal, a cache is a field of the service that owns it"
      : "make it where it is owned, in the composition root or a constructor";
    report(node, `module-level new ${name}: ${instead}`);
  }
  if (node.type === "AwaitExpression") {
    report(node, "module-level await: importing a file does nothing");
  }
  const isStaticField = node.type === "PropertyDefinition" && node["static"] === true;
  if (isStaticField && node["readonly"] !== true) {
    report(node, "static field that can change: make it readonly, or a field of the instance");
  }
}

function isStateless(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === "MemberExpression") {
    return identifier(callee["object"]) === "Intl" || isStateless(callee["property"]);
  }
  return STATELESS.includes(identifier(callee) ?? "");
}

function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}
