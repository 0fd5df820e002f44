// What is told of the error that ended a session.
import { expect, test } from "bun:test";
import type { MessageError } from "@/schema/message-error";
import { causeOf, failureText, isAuthFailure, newestFailure } from "@/tui/store/failure";
import { initialState, type State } from "@/tui/store/state";
import { answerMessage, messageID, SESSION, userMessage } from "@test/support/transcript";

const refused: MessageError = {
  name: "APIError",
  data: {
    message: "invalid x-api-key",
    statusCode: 401,
    isRetryable: false,
    responseHeaders: { "request-id": "req_42", server: "x" },
    responseBody: '{"error":"no"}',
  },
};

function after(error: MessageError | undefined, more: Partial<State> = {}): State {
  const answer = answerMessage(2, messageID(1), () => [], error ? { error } : {});
  return {
    ...initialState("/project"),
    route: { screen: "session", sessionID: SESSION },
    transcripts: { [SESSION]: { messages: [userMessage(1, "Do it"), answer] } },
    ...more,
  };
}

test("the error that ended the session is found with what had been asked", () => {
  const failure = newestFailure(after(refused));
  expect(failure?.error).toBe(refused);
  expect(failure?.asked?.info.id).toBe(messageID(1));
});

test("there is none after an answer, a stop by the person, or while something runs", () => {
  const stopped: MessageError = { name: "MessageAbortedError", data: { message: "stopped" } };
  expect(newestFailure(after(undefined))).toBeUndefined();
  expect(newestFailure(after(stopped))).toBeUndefined();
  expect(newestFailure(after(refused, { status: { [SESSION]: { type: "busy" } } }))).toBe(
    undefined,
  );
  expect(newestFailure(after(refused, { route: { screen: "home" } }))).toBeUndefined();
});

test("the details hold the request's id, the status and the body", () => {
  expect(failureText(after(refused))?.split("\n")).toEqual([
    "model: scripted/main",
    "error: APIError",
    "status: 401",
    "request id: req_42",
    "message: invalid x-api-key",
    'body: {"error":"no"}',
  ]);
});

test("of a session that tries again it is what the provider said", () => {
  const retry = { type: "retry", attempt: 2, message: "Overloaded", next: 0 } as const;
  expect(failureText(after(undefined, { status: { [SESSION]: retry } }))).toBe(
    "attempt 2: Overloaded",
  );
});

test("a refused key says where it is from", () => {
  const provider = { id: "scripted", name: "S", source: "env", env: ["S_KEY"] } as const;
  const whole = { ...provider, env: ["S_KEY"], options: {}, models: {} };
  const facts = { providers: { providers: [whole], default: {} } };
  expect(isAuthFailure(refused)).toBe(true);
  expect(causeOf(after(refused, { facts }), refused, "scripted")).toBe("Key from S_KEY.");
});
