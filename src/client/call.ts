// One call of an operation: from method, path and body to the answer's value, or an AppError with
// the server's own words.
import { AppError, type ErrorKind, errorMessage, unavailable } from "@/base/error";
import type { Transport } from "./transport";

/** The values of a query; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface CallOptions {
  query?: Query | undefined;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** What an operation answers, with the headers that a few of them need. */
export interface Answer<T> {
  value: T;
  headers: Headers;
}

/** Sends requests about a directory. */
export class Caller {
  readonly #transport: Transport;
  /** Undefined for the server's own. */
  directory: string | undefined;

  constructor(transport: Transport, directory: string | undefined) {
    this.#transport = transport;
    this.directory = directory;
  }

  async get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return (await this.call<T>("GET", path, { query, signal })).value;
  }

  async post<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    return (await this.call<T>("POST", path, { body, signal })).value;
  }

  async put<T>(path: string, body?: unknown): Promise<T> {
    return (await this.call<T>("PUT", path, { body })).value;
  }

  async patch<T>(path: string, body?: unknown): Promise<T> {
    return (await this.call<T>("PATCH", path, { body })).value;
  }

  async remove<T>(path: string, body?: unknown): Promise<T> {
    return (await this.call<T>("DELETE", path, { body })).value;
  }

  async call<T>(method: string, path: string, options: CallOptions): Promise<Answer<T>> {
    const response = await this.#transport.send(this.#request(method, path, options));
    const text = await response.text();
    const value = text === "" ? undefined : parse(text, path);
    if (!response.ok) throw failure(response.status, value, `${method} ${path}`);
    // The server publishes what it answers; only its errors are looked at before they are used.
    return { value: value as T, headers: response.headers };
  }

  #request(method: string, path: string, { query, body, signal }: CallOptions): Request {
    const url = new URL(`http://localhost${path}`);
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const headers = new Headers();
    if (this.directory !== undefined) {
      headers.set("x-opencode-directory", encodeURIComponent(this.directory));
    }
    if (body !== undefined) headers.set("content-type", "application/json");
    return new Request(url.href, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  }
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unavailable(`The server's answer to ${path} is not JSON: ${errorMessage(error)}`);
  }
}

const KIND_OF_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: "invalid",
  401: "denied",
  403: "denied",
  404: "not-found",
  409: "conflict",
  503: "unavailable",
};

function failure(status: number, value: unknown, operation: string): AppError {
  const { name, data, message } = isObject(value) ? value : {};
  const said = isObject(data) ? data["message"] : message;
  const words = typeof said === "string" ? said : `${operation} was answered with ${status}`;
  const kind = KIND_OF_STATUS[status] ?? "internal";
  return new AppError(kind, typeof name === "string" ? name : "ServerError", words, { status });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
