// Errors as clients see them: one JSON shape for every failure, a status for every kind. The only
// place where an AppError becomes HTTP. What is not expected is logged with a reference, and the
// client gets the reference alone: never a stack, never HTML.
import { AppError, type ErrorKind, errorMessage, isAbort } from "@/base/error";
import type { Logger } from "@/base/log";
import type { ErrorBody } from "@/schema/error";

/** The status of an expected failure. */
const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  denied: 403,
  "not-found": 404,
  conflict: 409,
  busy: 409,
  limit: 413,
  internal: 500,
  unavailable: 503,
};

const REFERENCE_LENGTH = 8;

/** The id that each request is given before anything else. */
export function requestIDOf(set: { headers: Record<string, unknown> }): string {
  return String(set.headers["x-request-id"]);
}

/** An answer in the one error shape. */
export function errorResponse(
  status: number,
  name: string,
  message: string,
  data: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Response {
  const body: ErrorBody = { name, data: { ...data, message } };
  return Response.json(body, { status, headers });
}

/** The answer to whatever a handler, or what stands before it, has thrown. */
export function answerError(
  error: unknown,
  { log, requestID }: { log: Logger; requestID: string },
): Response {
  const thrown = unwrap(error);
  if (thrown instanceof AppError && thrown.kind !== "internal") {
    const { kind, name, message, data } = thrown;
    return errorResponse(STATUS_OF_KIND[kind], name, message, { requestID, ...data });
  }
  if (isAbort(thrown)) {
    const message = "The work was stopped before it was done";
    return errorResponse(503, "AbortedError", message, { requestID });
  }
  const ref = `err_${crypto.randomUUID().slice(0, REFERENCE_LENGTH)}`;
  log.error("a request failed", {
    ref,
    id: requestID,
    error: errorMessage(thrown),
    stack: thrown instanceof Error ? thrown.stack : undefined,
  });
  const message = `Unexpected failure of the server: its log has the details under ${ref}`;
  return errorResponse(500, "UnknownError", message, { ref, requestID });
}

/** Elysia wraps what is thrown while a body is read; the cause is what matters. */
function unwrap(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof AppError ? error.cause : error;
}
