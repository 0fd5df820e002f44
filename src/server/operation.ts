// Operations: what a route takes and answers, declared once. The declaration becomes the route's
// options: validators for what comes in (our own, because Elysia's compiled ones cost tens of
// milliseconds at the first request of a large schema) and the entry in the published document.
// What goes out is declared for the document and checked in tests, never while serving.
import type { DocumentDecoration } from "elysia";
import { isValid, t, type Static, type TSchema } from "@/base/schema";
import {
  BadRequestError,
  ConflictError,
  ForbiddenError,
  InternalError,
  LimitError,
  NotFoundError,
  UnauthorizedError,
  UnavailableError,
} from "@/schema/error";
import { checkInput, type InputKind, readBody, readQuery } from "./request-input";

/** The groups of the document, in its order, and what each is about. */
export const GROUPS = {
  Global: "The server itself, and the events of all directories",
  Project: "The projects this server has seen",
  "Path & VCS": "Where a directory stands, and its version control",
  Instance: "What the server holds for a directory",
  Config: "The merged configuration of a directory",
  Provider: "Providers of models, and how to log in to them",
  Sessions: "Conversations",
  Messages: "What is said in a session",
  Commands: "Slash commands",
  Files: "Searching and reading files",
  "Tools (Experimental)": "What the model can do",
  "LSP, Formatters & MCP": "What stands around the model",
  Agents: "Agents and skills",
  Permissions: "What waits for consent",
  Questions: "What waits for an answer",
  PTY: "Terminals",
  TUI: "What the terminal interface is to do",
  Logging: "Lines that clients add to the log",
  Auth: "Credentials of providers",
  Events: "The event stream of a directory",
  Docs: "This document",
} as const;

type Group = keyof typeof GROUPS;

interface Inputs {
  params?: TSchema;
  query?: TSchema;
  body?: TSchema;
}

interface Declaration extends Inputs {
  id: string;
  group: Group;
  /** A few words, as a heading. */
  summary: string;
  description?: string;
  /** Whether the request chooses a directory, and with it an instance. */
  place: "global" | "directory";
  /** What a success answers; none is 204. */
  response?: TSchema;
  /** The response is a stream of server-sent events, each of this schema. */
  isStream?: boolean;
  /** The content type of a response that is not JSON. */
  type?: string;
  /** Headers of a success, and what they hold. */
  headers?: Readonly<Record<string, string>>;
  /** Nothing that the path names has to be there: no 404. */
  takesAnyID?: boolean;
  /** Takes no password: who knows the address may ask. */
  isOpen?: boolean;
  /** Failures beyond those that any request may meet. */
  errors?: readonly (409 | 413)[];
}

/** An input as Elysia takes it: it asks `validate`, and types the handler by `types`. */
interface Input<S extends TSchema> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "opencode";
    readonly types?: { readonly input: Static<S>; readonly output: Static<S> };
    validate(value: unknown): { value: Static<S> };
  };
}

/** The options of a route. */
type Options<I extends Inputs> = {
  [K in keyof Inputs & keyof I]: I[K] extends TSchema ? Input<I[K]> : never;
} & { detail: DocumentDecoration };

const DESCRIBE = "describe";

const ERRORS: Readonly<Record<number, TSchema>> = {
  400: BadRequestError,
  401: UnauthorizedError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  413: LimitError,
  500: InternalError,
  503: UnavailableError,
};

const DIRECTORY = {
  name: "directory",
  in: "query",
  required: false,
  description: "The directory to work in; without it the one the server was started in",
  schema: t.String(),
};

/** The options of the route that `declaration` describes. */
export function operation<const I extends Declaration>(declaration: I): Options<I> {
  const { params, query, body } = declaration;
  const options = {
    // A function, because most processes are never asked for the document.
    detail: { operationId: declaration.id, [DESCRIBE]: () => describe(declaration) },
    ...(params && { params: input(params, "Params") }),
    ...(query && {
      query: input(query, "Query"),
      // In place of Elysia's own, which splits texts at commas and reads what looks like JSON.
      transform: ({ request }: { request: Request }) => ({
        query: readQuery(query, request.url),
      }),
    }),
    ...(body && {
      body: input(body, "Payload"),
      parse: [({ request }: { request: Request }) => readBody(request)],
    }),
  };
  // The keys are there exactly when the declaration has them, which the compiler cannot follow.
  return options as unknown as Options<I>;
}

function input<S extends TSchema>(schema: S, kind: InputKind): Input<S> {
  const validate = (value: unknown) => ({ value: checkInput(schema, value, kind) });
  return { "~standard": { version: 1, vendor: "opencode", validate } };
}

/**
 * What the document says of a route, by the `detail` that `operation` gave it; undefined for a
 * route without one. Its schemas are as they are: openapi.ts makes them plain.
 */
export function describeOperation(detail: unknown): DocumentDecoration | undefined {
  if (typeof detail !== "object" || detail === null || !(DESCRIBE in detail)) return undefined;
  const describe = detail[DESCRIBE];
  return typeof describe === "function" ? describe() : undefined;
}

function describe(declaration: Declaration): DocumentDecoration {
  const { id, group, summary, description, place, params, query, body } = declaration;
  const detail = {
    operationId: id,
    tags: [group],
    summary,
    ...(description !== undefined && { description }),
    parameters: [
      ...parameters(params, "path"),
      ...(place === "directory" ? [DIRECTORY] : []),
      ...parameters(query, "query"),
    ],
    ...(body && {
      requestBody: {
        required: !isValid(body, {}),
        content: { "application/json": { schema: body } },
      },
    }),
    responses: responses(declaration),
  };
  return detail as unknown as DocumentDecoration;
}

function parameters(schema: TSchema | undefined, place: "path" | "query") {
  const required: unknown = schema?.["required"];
  return Object.entries<TSchema>(schema?.["properties"] ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || (Array.isArray(required) && required.includes(name)),
    ...(property.description !== undefined && { description: property.description }),
    schema: property,
  }));
}

function responses(declaration: Declaration) {
  const { place, params, body, response, headers, errors, ...rest } = declaration;
  const type = rest.type ?? (rest.isStream ? "text/event-stream" : "application/json");
  const success = response
    ? { description: "Success", content: { [type]: { schema: response } } }
    : { description: "Done; there is nothing to say" };
  const hasUnknown = place === "directory" || (params !== undefined && !rest.takesAnyID);
  const statuses = [
    ...(rest.isOpen ? [400, 403] : [400, 401, 403]),
    ...(hasUnknown ? [404] : []),
    ...(errors ?? []),
    ...(body ? [413] : []),
    ...[500, 503],
  ];
  return {
    [response ? 200 : 204]: { ...success, ...(headers && { headers: describeHeaders(headers) }) },
    ...Object.fromEntries(statuses.map((status) => [status, describeError(status)])),
  };
}

function describeHeaders(headers: Readonly<Record<string, string>>) {
  const entries = Object.entries(headers).map(([name, description]) => {
    return [name, { description, schema: t.String() }];
  });
  return Object.fromEntries(entries);
}

function describeError(status: number) {
  const schema = ERRORS[status];
  const content = { "application/json": { schema } };
  return { description: schema?.description ?? "Failure", content };
}
