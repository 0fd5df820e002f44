// Which error each failure becomes, whether it may be retried, and what must never be kept of it.

import { describe, expect, test } from "bun:test";
import { APICallError } from "@ai-sdk/provider";
import { type FailureContext, toFailure } from "@/llm/failure";
import { FullContextError, IncompleteAnswerError, SetupError, StallError } from "@/llm/wire-error";

const KEY = "sk-very-secret-key";

const context: FailureContext = {
  providerID: "acme",
  providerName: "Acme",
  secrets: [KEY],
  isAborted: false,
};

function refusal(
  statusCode: number,
  body: unknown,
  responseHeaders: Record<string, string> = {},
): APICallError {
  return new APICallError({
    message: "status text",
    url: "https://api.acme.test/v1/chat?key=abc",
    requestBodyValues: {},
    statusCode,
    responseHeaders,
    responseBody: typeof body === "string" ? body : JSON.stringify(body),
  });
}

describe("which error it becomes", () => {
  const cases: [string, unknown, string][] = [
    ["401", refusal(401, { error: { message: "Bad key" } }), "ProviderAuthError"],
    ["403", refusal(403, { error: { message: "Not allowed" } }), "ProviderAuthError"],
    ["403 from a gateway's web page", refusal(403, "<html><title>No</title>"), "APIError"],
    ["413", refusal(413, "Request Entity Too Large"), "ContextOverflowError"],
    [
      "OpenAI's code",
      refusal(400, { error: { message: "Too long", code: "context_length_exceeded" } }),
      "ContextOverflowError",
    ],
    [
      "Anthropic's words",
      refusal(400, { error: { message: "prompt is too long: 210000 tokens > 200000 maximum" } }),
      "ContextOverflowError",
    ],
    [
      "Google's words",
      refusal(400, [{ error: { message: "The input token count (9) exceeds the maximum (8)" } }]),
      "ContextOverflowError",
    ],
    [
      "a local server's words",
      refusal(500, { error: "the request exceeds the available context size" }),
      "ContextOverflowError",
    ],
    ...[
      "Prompt exceeds max length",
      "Range of input length should be [1, 98304]",
      "length of prompt_tokens (9000) must be less than max_seq_len (8192).",
      "Input length 9000 exceeds the maximum allowed token length 8192",
    ].map((message): [string, unknown, string] => [
      message,
      refusal(400, { error: { message } }),
      "ContextOverflowError",
    ]),
    ["a context that was full before the answer", new FullContextError(), "ContextOverflowError"],
    [
      "a rate limit that speaks of context windows",
      refusal(429, { error: { message: "Too many requests with a long context window" } }),
      "APIError",
    ],
    [
      "a filter's code",
      refusal(400, { error: { message: "Blocked", code: "content_filter" } }),
      "ContentFilterError",
    ],
    ["an error value of a stream", { message: "Overloaded", type: "overloaded_error" }, "APIError"],
    [
      "an overflow in a stream",
      { error: { code: "context_length_exceeded", message: "x" } },
      "ContextOverflowError",
    ],
    ["a text", "Something went wrong", "APIError"],
    ["a fault of this program", new TypeError("undefined is not a function"), "UnknownError"],
    ["a wrong configuration", new SetupError("No address."), "UnknownError"],
    ["nothing", undefined, "UnknownError"],
  ];

  test.each([
    "Invalid request: Your request exceeded model token limit: 131072",
    "prompt token count of 140000 exceeds the limit of 128000",
    "too many tokens: total number of tokens in the prompt cannot exceed 4081",
    "Input Tokens Exceeded: Number of input tokens exceeds maximum length",
    "The input exceeds the maximum allowed number of input tokens",
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193",
    "input length and `max_tokens` exceed context limit: 199000 + 20000 > 200000",
    "Please reduce the length of the messages or completion. Current length is 9 while limit is 8",
    "invalid params, context window exceeds limit (2013)",
  ])("%s", (message) => {
    const { error } = toFailure(refusal(400, { error: { message } }), context);
    expect(error.name).toBe("ContextOverflowError");
  });

  test.each(cases)("%s", (_, thrown, name) => {
    expect(toFailure(thrown, context).error.name).toBe(name as never);
  });

  test("whatever was thrown, after an abort it is the abort", () => {
    const { error, isRetryable } = toFailure(refusal(500, "x"), { ...context, isAborted: true });
    expect(error).toEqual({ name: "MessageAbortedError", data: { message: "Aborted" } });
    expect(isRetryable).toBe(false);
  });
});

describe("whether it may be retried", () => {
  const cases: [string, unknown, boolean][] = [
    ["a dropped connection", withCode(new Error("x"), "ECONNRESET"), true],
    ["a refused connection, deep in the causes", wrapped("ConnectionRefused"), true],
    ["an untrusted certificate", withCode(new Error("x"), "SELF_SIGNED_CERT_IN_CHAIN"), false],
    ["a stall", new StallError("chunk", 1000), true],
    ["a cut answer", new IncompleteAnswerError("the stream ended"), true],
    ["an overloaded error of a stream", { type: "overloaded_error", message: "Overloaded" }, true],
    ["an invalid request in a stream", { type: "invalid_request_error", message: "Bad" }, false],
    ["an error value nobody knows", { message: "Hm" }, true],
    ["used up credits in a stream", { message: "You are out of credits" }, false],
    ["a fault of this program", new TypeError("x"), false],
  ];

  test.each(cases)("%s", (_, thrown, isRetryable) => {
    expect(toFailure(thrown, context).isRetryable).toBe(isRetryable);
  });
});

describe("what is told", () => {
  test("the provider's own words, status, body and address without query", () => {
    const body = { error: { message: "No such model", type: "not_found" } };
    expect(toFailure(refusal(404, body), context).error).toEqual({
      name: "APIError",
      data: {
        message: "No such model",
        statusCode: 404,
        isRetryable: false,
        responseHeaders: {},
        responseBody: JSON.stringify(body),
        metadata: { url: "https://api.acme.test/v1/chat" },
      },
    });
  });

  test("a missing key comes with what to do", () => {
    const text = JSON.stringify(toFailure(refusal(401, { message: "no key" }), context).error);
    expect(text).toContain("opencode auth login acme");
    expect(text).toContain("no key");
  });

  test("a web page becomes a sentence with its title", () => {
    const { error } = toFailure(refusal(502, "<html><title>Bad gateway</title>"), context);
    expect(error.data["message"]).toContain('a web page, "Bad gateway",');
    expect(error.data["message"]).toContain("provider.acme.options.baseURL");
  });

  test("an untrusted certificate comes with what to do", () => {
    const { error } = toFailure(withCode(new Error("x"), "CERT_HAS_EXPIRED"), context);
    expect(error.data["message"]).toContain("NODE_EXTRA_CA_CERTS");
  });

  test("an unreachable server is named, and nothing of the path", () => {
    const thrown = Object.assign(wrapped("ECONNREFUSED"), { url: "http://10.0.0.1:99/v1/x?key=1" });
    const { error } = toFailure(thrown, context);
    expect(error.data["message"]).toContain("http://10.0.0.1:99");
    expect(JSON.stringify(error)).not.toContain("key=1");
  });

  test("a stall names the option that sets its limit", () => {
    const { error } = toFailure(new StallError("headers", 2_000), context);
    expect(error.data["message"]).toContain("provider.acme.options.headerTimeout");
    expect(error.data["message"]).toContain("2 s");
  });
});

describe("what is not kept", () => {
  test("the key, wherever it is echoed", () => {
    const body = { error: { message: `Incorrect API key provided: ${KEY}` } };
    for (const status of [400, 401, 429]) {
      expect(JSON.stringify(toFailure(refusal(status, body), context))).not.toContain(KEY);
    }
  });

  test("cookies and credential headers", () => {
    const headers = { "Set-Cookie": "a=1", Authorization: "Bearer x", "x-request-id": "r1" };
    const { error } = toFailure(refusal(500, "{}", headers), context);
    expect(error.data).toHaveProperty("responseHeaders", { "x-request-id": "r1" });
  });

  test("more than a few thousand characters", () => {
    const body = { error: { message: "x".repeat(100_000) } };
    expect(JSON.stringify(toFailure(refusal(500, body), context)).length).toBeLessThan(8_000);
  });
});

function withCode(error: Error, code: string): Error {
  return Object.assign(error, { code });
}

function wrapped(code: string): Error {
  return new Error("a", { cause: new Error("b", { cause: withCode(new Error("c"), code) }) });
}
