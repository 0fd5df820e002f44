// What a client depends on in an OpenAPI document, in short: for each operation its method, path,
// parameters, keys of the body and what a success answers. Two documents are compared by it.

import { nodeOf } from "@test/support/contract";

export interface OperationExtract {
  /** "GET /session/{sessionID}" */
  route: string;
  /** "path sessionID", "query directory?": a question mark is "may be left out". */
  parameters: string[];
  /** The keys of the body, one line for each of its variants: "type=api key metadata?". */
  body: string[];
  /** The success: its status and its type, by names of components: "200 Session[]". */
  success: string;
  /** The failures that are declared. */
  errors: string[];
}

/** By operationId. */
export type APIExtract = Record<string, OperationExtract>;

type Node = Record<string, unknown>;

/**
 * The extract of a document. A component whose name is not among `names` is written out, as if it
 * had none; without `names` every component has its name.
 */
export function extractAPI(document: unknown, names?: ReadonlySet<string>): APIExtract {
  const root = nodeOf(document);
  const extract: APIExtract = {};
  for (const [path, methods] of Object.entries(nodeOf(root["paths"]))) {
    for (const [method, value] of Object.entries(nodeOf(methods))) {
      const operation = nodeOf(value);
      const id = String(operation["operationId"]);
      extract[id] = extractOperation({ root, names }, `${method.toUpperCase()} ${path}`, operation);
    }
  }
  return extract;
}

/** The names of the components in the successes of an extract. */
export function namesIn(extract: APIExtract): ReadonlySet<string> {
  const texts = Object.values(extract).map(({ success }) => success);
  return new Set(texts.flatMap((text) => text.match(/\b[A-Z]\w+/g) ?? []));
}

/** Where references lead, and which of them are kept. */
interface Source {
  root: Node;
  names: ReadonlySet<string> | undefined;
}

function extractOperation(source: Source, route: string, operation: Node): OperationExtract {
  const { root } = source;
  const statuses = Object.entries(nodeOf(operation["responses"]));
  const [success] = statuses.filter(([status]) => status.startsWith("2"));
  const parameters = (operation["parameters"] ?? []) as Node[];
  return {
    route,
    parameters: parameters.map((one) => {
      return `${String(one["in"])} ${String(one["name"])}${one["required"] === true ? "" : "?"}`;
    }),
    body: variantsOf(root, contentOf(operation["requestBody"])),
    success: success ? [success[0], typeName(source, contentOf(success[1]))].join(" ").trim() : "",
    errors: statuses.map(([status]) => status).filter((status) => !status.startsWith("2")),
  };
}

/** The schema of the content, whatever its type. */
function contentOf(value: unknown): Node | undefined {
  if (value === undefined) return undefined;
  const content = nodeOf(nodeOf(value)["content"] ?? {});
  const [first] = Object.values(content);
  return first === undefined ? undefined : nodeOf(nodeOf(first)["schema"] ?? {});
}

function variantsOf(root: Node, schema: Node | undefined): string[] {
  if (schema === undefined) return [];
  const target = follow(root, schema);
  const members = membersOf(target);
  if (members) return members.flatMap((member) => variantsOf(root, member));
  const required = (target["required"] ?? []) as unknown[];
  const keys = Object.entries(nodeOf(target["properties"] ?? {})).map(([key, value]) => {
    const [only, ...others] = valuesOf(follow(root, nodeOf(value))) ?? [];
    const fixed = only !== undefined && others.length === 0 ? `=${String(only)}` : "";
    return `${key}${fixed}${required.includes(key) ? "" : "?"}`;
  });
  return [keys.sort().join(" ")];
}

function follow(root: Node, schema: Node): Node {
  const ref = schema["$ref"];
  if (typeof ref !== "string") return schema;
  const name = ref.replace("#/components/schemas/", "");
  return follow(root, nodeOf(nodeOf(nodeOf(root["components"])["schemas"])[name]));
}

function membersOf(schema: Node): Node[] | undefined {
  const members = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(members) ? (members as Node[]) : undefined;
}

function valuesOf(schema: Node): unknown[] | undefined {
  if ("const" in schema) return [schema["const"]];
  return Array.isArray(schema["enum"]) ? schema["enum"] : undefined;
}

/** A type by the names of the components in it, as far as a reader of the document sees them. */
function typeName(source: Source, schema: Node | undefined): string {
  if (schema === undefined) return "";
  const ref = schema["$ref"];
  if (typeof ref === "string") {
    const name = ref.replace("#/components/schemas/", "");
    const isKept = source.names?.has(name) ?? true;
    return isKept ? name : typeName(source, follow(source.root, schema));
  }
  const nameOf = (value: unknown) => typeName(source, nodeOf(value ?? {}));
  const members = membersOf(schema);
  if (members) return members.map(nameOf).sort().join(" | ");
  const { type, items, properties, additionalProperties: others } = schema;
  if (type === "array") return `${nameOf(items)}[]`;
  if (properties !== undefined) {
    const entries = Object.entries(nodeOf(properties));
    return `{ ${entries
      .map(([key, value]) => `${key}: ${nameOf(value)}`)
      .sort()
      .join(", ")} }`;
  }
  if (typeof others === "object" && others !== null) return `{ [key]: ${nameOf(others)} }`;
  return typeof type === "string" ? type : "any";
}
