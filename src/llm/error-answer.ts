// What a provider answered when it answered with an error: with a failing status, with an error
// behind status 200, or in the middle of a stream. One shape of all, not yet judged.

import { readErrorBody } from "./error-body";

export interface Answer {
  /** Of HTTP; for an error behind 200 or in a stream, the status its words stand for. */
  statusCode: number | undefined;
  url: string | undefined;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** The provider's words; empty when there are none. */
  words: string;
  /** Machine-readable names the provider gave the error: its type, code or status. */
  tags: string;
}

const TAG_STATUS: readonly [RegExp, number][] = [
  [/overloaded/i, 529],
  [/rate_?limit|resource_exhausted|too_many_requests|throttl/i, 429],
  [/unauthenticated|authentication_error|invalid_api_key/i, 401],
  [/permission/i, 403],
  [/not_found/i, 404],
  [/unavailable/i, 503],
  [/server_error|api_error|^internal/i, 500],
  [/invalid|failed_precondition/i, 400],
];

/**
 * Brings an error of the packages, or an error value from within a stream, to one shape; undefined
 * for what is no answer of a provider at all.
 */
export function readAnswer(error: unknown): Answer | undefined {
  if (typeof error === "string" && error) return { ...emptyAnswer(), words: error, body: error };
  if (typeof error !== "object" || error === null) return undefined;
  const value = error as Record<string, unknown>;
  if (value["name"] === "AI_UnsupportedFunctionalityError") return unsupported(ownWords(value));
  const statusCode = statusOf(value);
  const isPackageError = error instanceof Error;
  // A frame that broke the package's schema often holds the provider's error in another shape.
  const inner = isPackageError ? (value["value"] ?? value["data"]) : error;
  const text = textBody(value, inner);
  const read = readErrorBody(text);
  if (isPackageError && statusCode === undefined && !(read && "value" in value)) return undefined;
  if (!isPackageError && !read && typeof value["message"] !== "string") return undefined;
  // A package whose answer has a body that says nothing has no words of its own either.
  const hasOwnWords = !isPackageError || (text === "" && (statusCode ?? 0) >= 400);
  const words = read?.message ?? (hasOwnWords ? ownWords(value) : "");
  const tags = read?.tags ?? "";
  return {
    statusCode: errorStatus(statusCode, read?.status, tags),
    url: typeof value["url"] === "string" ? value["url"] : undefined,
    headers: lowerCase(value["responseHeaders"]),
    body: text,
    words,
    tags,
  };
}

/** What a package refuses to send, such as the address of a file, as its provider would. */
function unsupported(words: string): Answer {
  return { ...emptyAnswer(), statusCode: 415, words: `Unsupported media: ${words}` };
}

function emptyAnswer(): Answer {
  return { statusCode: undefined, url: undefined, headers: {}, body: "", words: "", tags: "" };
}

function textBody(value: Record<string, unknown>, inner: unknown): string {
  const body = value["responseBody"];
  if (typeof body === "string" && body !== "") return body;
  if (inner === undefined || inner === null) return "";
  return typeof inner === "string" ? inner : (safeStringify(inner) ?? "");
}

function safeStringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // Cyclic, so it never came over a wire: there is no body to show.
    return undefined;
  }
}

function ownWords(value: Record<string, unknown>): string {
  const message = value["message"];
  return typeof message === "string" ? message : "";
}

function statusOf(value: Record<string, unknown>): number | undefined {
  const status = value["statusCode"];
  return typeof status === "number" && status > 0 ? Math.floor(status) : undefined;
}

/** A 200 that carries an error has the status its words stand for. */
function errorStatus(
  http: number | undefined,
  inBody: number | undefined,
  tags: string,
): number | undefined {
  if (http !== undefined && http >= 400) return http;
  if (inBody !== undefined) return inBody;
  return TAG_STATUS.find(([tag]) => tag.test(tags))?.[1] ?? http;
}

function lowerCase(headers: unknown): Record<string, string> {
  if (typeof headers !== "object" || headers === null) return {};
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

export function isHTML(body: string): boolean {
  return /^\s*(<!doctype html|<html|<head|<body)/i.test(body);
}
