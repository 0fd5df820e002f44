// Exit codes: what the end of a command means to the program that started it. The one table from
// failures to codes; help and README publish it.
import { AppError, isAbort, type ErrorKind } from "@/base/error";
import type { MessageError } from "@/schema/message-error";

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  denied: 3,
  provider: 4,
  limit: 5,
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** Code, the word for it in JSON results, and its meaning, as published. */
export const EXIT_CODES: readonly { code: number; status: string; meaning: string }[] = [
  { code: EXIT.done, status: "done", meaning: "done" },
  { code: EXIT.failed, status: "failed", meaning: "failed" },
  { code: EXIT.usage, status: "usage", meaning: "no model, or bad usage or configuration" },
  { code: EXIT.denied, status: "denied", meaning: "a permission was denied" },
  { code: EXIT.provider, status: "provider", meaning: "the model's provider failed" },
  {
    code: EXIT.limit,
    status: "limit",
    meaning: "a limit was reached (steps, output, context, budget)",
  },
  { code: EXIT.interrupted, status: "interrupted", meaning: "interrupted (SIGTERM: 143)" },
];

const OF_KIND: Readonly<Record<ErrorKind, number>> = {
  invalid: EXIT.usage,
  "not-found": EXIT.usage,
  conflict: EXIT.failed,
  busy: EXIT.failed,
  denied: EXIT.denied,
  unavailable: EXIT.failed,
  limit: EXIT.limit,
  internal: EXIT.failed,
};

const OF_MESSAGE_ERROR: Readonly<Record<MessageError["name"], number>> = {
  APIError: EXIT.provider,
  ProviderAuthError: EXIT.provider,
  ContentFilterError: EXIT.provider,
  ContextOverflowError: EXIT.limit,
  MessageOutputLengthError: EXIT.limit,
  MessageAbortedError: EXIT.interrupted,
  StructuredOutputError: EXIT.failed,
  UnknownError: EXIT.failed,
};

/** The code for something that was thrown. */
export function exitCodeOf(error: unknown): number {
  if (isAbort(error)) return EXIT.interrupted;
  if (!(error instanceof AppError)) return EXIT.failed;
  if (error.name === "NoModelError") return EXIT.usage;
  return error.name === "ProviderAuthError" ? EXIT.provider : OF_KIND[error.kind];
}

/** The code for a failure that is stored on an answer. */
export function exitCodeOfMessage(error: MessageError): number {
  return OF_MESSAGE_ERROR[error.name];
}

/** The word of a code in the result of `run --format json`. */
export function statusOf(code: number): string {
  if (code === EXIT.terminated || code === EXIT.hangup) return "interrupted";
  return EXIT_CODES.find((one) => one.code === code)?.status ?? "failed";
}
