import { expect, test } from "bun:test";
import { AppError, busy, denied, invalid, limitReached, notFound, unavailable } from "@/base/error";
import { EXIT_CODES, exitCodeOf, exitCodeOfMessage, statusOf } from "@/cli/exit-code";
import type { MessageError } from "@/schema/message-error";
import { noModel } from "@/session/no-model";

test("each kind of failure has its code", () => {
  const codes = [
    [invalid("wrong"), 2],
    [notFound("Session", "ses_1"), 2],
    [noModel(), 2],
    [busy("busy"), 1],
    [unavailable("disk full"), 1],
    [new AppError("unavailable", "ProviderAuthError", "log in again"), 4],
    [new AppError("internal", "Bug", "bug"), 1],
    [new Error("bug"), 1],
    [denied("no"), 3],
    [limitReached("too much"), 5],
    [new DOMException("Aborted", "AbortError"), 130],
  ] as const;
  expect(codes.map(([error]) => exitCodeOf(error))).toEqual(codes.map(([, code]) => code));
});

test("each failure of an answer has its code", () => {
  const api: MessageError = { name: "APIError", data: { message: "500", isRetryable: true } };
  const auth: MessageError = { name: "ProviderAuthError", data: { providerID: "x", message: "" } };
  const overflow: MessageError = { name: "ContextOverflowError", data: { message: "" } };
  const length: MessageError = { name: "MessageOutputLengthError", data: {} };
  const aborted: MessageError = { name: "MessageAbortedError", data: { message: "" } };
  const unknown: MessageError = { name: "UnknownError", data: { message: "" } };
  const errors = [api, auth, overflow, length, aborted, unknown];
  expect(errors.map(exitCodeOfMessage)).toEqual([4, 4, 5, 5, 130, 1]);
});

test("every published code has a word of its own, and signals are interrupts", () => {
  const words = EXIT_CODES.map(({ code }) => statusOf(code));
  expect(new Set(words).size).toBe(EXIT_CODES.length);
  expect([statusOf(143), statusOf(129), statusOf(77)]).toEqual([
    "interrupted",
    "interrupted",
    "failed",
  ]);
});
