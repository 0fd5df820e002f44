// The document of the API: OpenAPI 3.1.1, collected from the operations of all routes. Schemas with
// a name become components. Made at the first request for it, and kept.
import { type AnyElysia, Elysia } from "elysia";
import { version } from "@/base/version";
import { describeOperation, GROUPS } from "./operation";

type JSONObject = Record<string, unknown>;

const PATH = "/collected";

/** The document of `server` as JSON text. Collecting it takes some tens of milliseconds. */
export async function createDocument(server: AnyElysia): Promise<string> {
  const collected = await collect(server);
  const schemas: JSONObject = {};
  const paths = plain(collected["paths"], schemas);
  const sorted = Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({
    ...collected,
    paths,
    components: { ...securitySchemes, schemas: Object.fromEntries(sorted) },
  });
}

const securitySchemes = {
  securitySchemes: {
    basic: { type: "http", scheme: "basic" },
    bearer: { type: "http", scheme: "bearer" },
  },
};

/** The package that collects the document, large and for the first `/doc` only. */
export function loadCollector() {
  return import("@elysiajs/swagger");
}

/**
 * What the swagger plugin makes of the routes. It sees their descriptions alone, in a server of its
 * own: of validators it would make invalid parameters, and its pages are not ours to serve.
 */
async function collect(server: AnyElysia): Promise<JSONObject> {
  const { swagger } = await loadCollector();
  const collector = new Elysia().use(
    swagger({
      path: "/page",
      specPath: PATH,
      excludeStaticFile: false,
      documentation: {
        info: {
          title: "opencode",
          version,
          description: "The HTTP API of the opencode server: sessions with a coding agent",
        },
        tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
      },
    }),
  );
  for (const { method, path, hooks } of server.routes) {
    const detail = describeOperation(hooks?.detail);
    if (detail) collector.route(method, path, () => "", { detail });
  }
  const answer = await collector.handle(new Request(`http://localhost${PATH}`));
  const document: unknown = await answer.json();
  return {
    ...(isObject(document) ? document : {}),
    openapi: "3.1.1",
    // An empty requirement: without a password the server asks for none.
    security: [{}, { basic: [] }, { bearer: [] }],
  };
}

/** A copy in which each schema that has a name is a reference to its component. */
function plain(value: unknown, schemas: JSONObject): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, schemas));
  if (!isObject(value)) return value;
  const { $id, ...rest } = value;
  // A property may be called "$id" as well; then it is a schema, not a name.
  if (typeof $id !== "string") return plainNode(value, schemas);
  if (!($id in schemas)) {
    schemas[$id] = {}; // taken, in case it holds itself
    schemas[$id] = plainNode(rest, schemas);
  }
  return { $ref: `#/components/schemas/${$id}` };
}

function plainNode(node: JSONObject, schemas: JSONObject): JSONObject {
  const entries = Object.entries(node).map(([key, value]) => [key, plain(value, schemas)]);
  const result: JSONObject = Object.fromEntries(entries);
  const { patternProperties } = result;
  // A record: whatever its keys are, its values have one schema.
  if (isObject(patternProperties) && typeof result["type"] === "string") {
    delete result["patternProperties"];
    result["additionalProperties"] = Object.values(patternProperties)[0];
  }
  if (Array.isArray(result["enum"]) && typeof result["pattern"] === "string") {
    delete result["pattern"];
  }
  return result;
}

function isObject(value: unknown): value is JSONObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
