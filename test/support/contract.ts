// The published document as a judge: calls operations by their ids and holds every answer and
// every event against the schema that /doc declares for it.

import { findIssues, type TSchema } from "@/base/schema";
import type { Answer, TestApp } from "@test/support/test-app";

type Node = Record<string, unknown>;

export interface Operation {
  id: string;
  method: string;
  /** With its parameters in braces: "/session/{sessionID}". */
  path: string;
  summary: unknown;
  tags: unknown;
  parameters: { name: string; in: string; required: boolean; schema: Node }[];
  hasBody: boolean;
  isBodyRequired: boolean;
  responses: Record<string, Node>;
}

export interface Call {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
  /** What is expected; 200 when absent. */
  status?: number;
}

export class Contract {
  readonly document: Node;
  readonly operations: readonly Operation[];
  readonly #app: TestApp;
  readonly #resolved = new Map<string, Node>();

  private constructor(app: TestApp, document: Node) {
    this.#app = app;
    this.document = document;
    this.operations = operationsOf(document);
  }

  static async of(app: TestApp): Promise<Contract> {
    const { body } = await app.request("GET", "/doc");
    return new Contract(app, nodeOf(body));
  }

  operation(id: string): Operation {
    const found = this.operations.find((operation) => operation.id === id);
    if (!found) throw new Error(`/doc has no operation ${id}`);
    return found;
  }

  /** Throws unless the answer has the expected status and fits what is declared for it. */
  async call(id: string, call: Call = {}): Promise<Answer> {
    const operation = this.operation(id);
    const path = fillPath(operation.path, call.params ?? {});
    const query = new URLSearchParams(call.query ?? {}).toString();
    const url = query === "" ? path : `${path}?${query}`;
    const method = operation.method.toUpperCase();
    const answer = await this.#app.request(method, url, call.body, call.headers);
    const expected = call.status ?? 200;
    if (answer.status !== expected) {
      const got = `${answer.status}: ${JSON.stringify(answer.body)}`;
      throw new Error(`${id}: expected ${expected}, got ${got}`);
    }
    this.check(id, answer);
    return answer;
  }

  /** Throws unless the answer is one that the operation declares. */
  check(id: string, { status, headers, body }: Answer): void {
    const response = this.operation(id).responses[status];
    if (!response) throw new Error(`${id}: /doc declares no answer ${status}`);
    const content = nodeOf(response["content"] ?? {});
    const [type] = Object.keys(content);
    if (type === undefined) {
      if (body !== undefined) throw new Error(`${id}: ${status} has a body, /doc declares none`);
      return;
    }
    const sent = headers.get("content-type")?.split(";")[0];
    if (sent !== type.split(";")[0])
      throw new Error(`${id}: ${status} is ${sent}, /doc declares ${type}`);
    this.#fit(`${id} ${status}`, nodeOf(nodeOf(content[type])["schema"]), body);
  }

  /** Throws unless `value` is an event as the stream of this operation declares it. */
  checkEvent(id: string, value: unknown): void {
    const content = nodeOf(this.operation(id).responses["200"]?.["content"]);
    this.#fit(id, nodeOf(nodeOf(content["text/event-stream"])["schema"]), value);
  }

  #fit(what: string, schema: Node, value: unknown): void {
    const [issue] = findIssues(this.#resolve(schema) as unknown as TSchema, value);
    if (!issue) return;
    const told = JSON.stringify(value)?.slice(0, 500);
    throw new Error(`${what}: ${issue.path}: ${issue.message} in ${told}`);
  }

  /** The schema with every reference replaced by what it names. */
  #resolve(node: Node): Node {
    const ref = node["$ref"];
    if (typeof ref !== "string") return resolveEach(node, (value) => this.#resolve(value));
    const known = this.#resolved.get(ref);
    if (known) return known;
    const name = ref.replace("#/components/schemas/", "");
    const found = nodeOf(nodeOf(nodeOf(this.document["components"])["schemas"])[name]);
    const target: Node = {};
    this.#resolved.set(ref, target); // first, because a schema may hold itself
    return Object.assign(target, this.#resolve(found));
  }
}

function resolveEach(node: Node, resolve: (node: Node) => Node): Node {
  const each = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(each);
    return typeof value === "object" && value !== null ? resolve(nodeOf(value)) : value;
  };
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, each(value)]));
}

function operationsOf(document: Node): Operation[] {
  return Object.entries(nodeOf(document["paths"])).flatMap(([path, methods]) =>
    Object.entries(nodeOf(methods)).map(([method, value]): Operation => {
      const node = nodeOf(value);
      const requestBody = node["requestBody"];
      return {
        id: String(node["operationId"]),
        method,
        path,
        summary: node["summary"],
        tags: node["tags"],
        parameters: node["parameters"] as Operation["parameters"],
        hasBody: requestBody !== undefined,
        isBodyRequired: requestBody !== undefined && nodeOf(requestBody)["required"] === true,
        responses: node["responses"] as Operation["responses"],
      };
    }),
  );
}

export function fillPath(path: string, params: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${path} needs ${name}`);
    return encodeURIComponent(value);
  });
}

export function nodeOf(value: unknown): Node {
  if (typeof value !== "object" || value === null) throw new Error(`no object: ${String(value)}`);
  return value as Node;
}
