// AppError: every failure that is expected. Services throw kinds; the borders (HTTP, command line,
// tool result, assistant message) translate a kind into a status, an exit code or a text.
// The message is for a person: it names the key, file, port or id at fault, and what to do.

export type ErrorKind =
  "invalid" | "not-found" | "conflict" | "busy" | "denied" | "unavailable" | "limit" | "internal";

export class AppError extends Error {
  readonly kind: ErrorKind;
  /** Machine-readable facts beside the message; sent to clients, so never a secret. */
  readonly data: Record<string, unknown>;

  constructor(
    kind: ErrorKind,
    name: string,
    message: string,
    data: Record<string, unknown> = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.kind = kind;
    this.name = name;
    this.data = data;
  }
}

type Data = Record<string, unknown>;

/** The caller's input is wrong; `message` says where and what is expected. */
export function invalid(message: string, data?: Data, cause?: unknown): AppError {
  return new AppError("invalid", "BadRequest", message, data, { cause });
}

/** `what` is the noun as a person reads it: notFound("Session", "ses_1"). */
export function notFound(what: string, id: string, hint?: string): AppError {
  const message = `${what} not found: ${id}${hint ? `. ${hint}` : ""}`;
  return new AppError("not-found", "NotFoundError", message);
}

/** The request contradicts the present state, and repeating it will not help. */
export function conflict(message: string, data?: Data): AppError {
  return new AppError("conflict", "ConflictError", message, data);
}

/** The thing exists and works on something else now; repeating later helps. */
export function busy(message: string, data?: Data): AppError {
  return new AppError("busy", "SessionBusyError", message, data);
}

export function denied(message: string, data?: Data): AppError {
  return new AppError("denied", "ForbiddenError", message, data);
}

/** Something outside (disk, program, network, provider) does not do its part. */
export function unavailable(message: string, data?: Data, cause?: unknown): AppError {
  return new AppError("unavailable", "UnavailableError", message, data, { cause });
}

export function limitReached(message: string, data?: Data): AppError {
  return new AppError("limit", "LimitError", message, data);
}

/** The words of whatever was thrown. */
export function errorMessage(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  return typeof error === "string" ? error : (JSON.stringify(error) ?? String(error));
}

/** True for what an aborted AbortSignal throws (DOMException AbortError, also as a cause). */
export function isAbort(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "AbortError" || isAbort(error.cause);
}

/** The system's code of a failed call ("ENOENT", "SQLITE_BUSY"), if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
