// Messages of both roles, every failure an assistant message may end with, and the prompt's body.

import { describe, expect, test } from "bun:test";
import { findIssues, formatIssue, isValid, type TSchema } from "@/base/schema";
import { CommandInput, Message, PromptInput, ShellInput } from "@/schema/message";
import type { MessageError } from "@/schema/message-error";

const user = {
  id: "msg_1",
  sessionID: "ses_1",
  role: "user",
  time: { created: 1 },
  agent: "build",
  model: { providerID: "p", modelID: "m" },
};
const assistant = {
  id: "msg_2",
  sessionID: "ses_1",
  role: "assistant",
  parentID: "msg_1",
  time: { created: 1 },
  providerID: "p",
  modelID: "m",
  mode: "build",
  agent: "build",
  path: { cwd: "/a", root: "/" },
  cost: 0,
  tokens: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
};
const errors: MessageError[] = [
  { name: "ProviderAuthError", data: { providerID: "p", message: "no key" } },
  { name: "UnknownError", data: { message: "m", ref: "err_1" } },
  { name: "MessageOutputLengthError", data: {} },
  { name: "MessageAbortedError", data: { message: "Aborted" } },
  { name: "StructuredOutputError", data: { message: "m", retries: 2 } },
  { name: "ContextOverflowError", data: { message: "m" } },
  { name: "ContentFilterError", data: { message: "m" } },
  { name: "APIError", data: { message: "m", isRetryable: false, statusCode: 400 } },
];

function explain(schema: TSchema, value: unknown): string[] {
  return findIssues(schema, value).map(formatIssue);
}

describe("Message", () => {
  test("accepts a user message, with a format that stays readable once stored", () => {
    const format = { type: "json_schema", schema: { type: "object" }, retryCount: 2 };
    expect(explain(Message, user)).toEqual([]);
    expect(explain(Message, { ...user, format, tools: { bash: false } })).toEqual([]);
  });

  test("accepts an assistant message that runs, and one that is complete", () => {
    const done = { ...assistant, time: { created: 1, completed: 2 }, finish: "stop" };
    expect(explain(Message, assistant)).toEqual([]);
    expect(explain(Message, { ...done, structured: [1], summary: true })).toEqual([]);
  });

  test.each(errors)("accepts an assistant message that ended with $name", (error) => {
    expect(explain(Message, { ...assistant, error })).toEqual([]);
  });

  test("says what an assistant message lacks", () => {
    const { parentID: _, ...orphan } = assistant;
    expect(explain(Message, orphan)).toEqual(["parentID: is required"]);
    expect(explain(Message, { ...assistant, error: { name: "APIError", data: {} } })).toEqual([
      "error.data.message: is required",
      "error.data.isRetryable: is required",
    ]);
    expect(explain(Message, { role: "system" })).toEqual([
      'role: expected one of "user", "assistant", got "system"',
    ]);
  });
});

describe("the bodies that start a turn", () => {
  test("a prompt needs parts only, which may be none", () => {
    expect(explain(PromptInput, { parts: [] })).toEqual([]);
    expect(explain(PromptInput, {})).toEqual(["parts: is required"]);
    expect(explain(PromptInput, { parts: [{ type: "text", text: 1 }], messageID: "x" })).toEqual([
      'messageID: must begin with "msg", got "x"',
      "parts[0].text: expected string, got number",
    ]);
  });

  test("a model is an object in a prompt and a text in a slash command", () => {
    const command = { command: "init", arguments: "" };
    expect(explain(PromptInput, { parts: [], model: "p/m" })).toEqual([
      "model: expected object, got string",
    ]);
    expect(isValid(CommandInput, { ...command, model: "p/m" })).toBe(true);
    expect(isValid(ShellInput, { command: "ls", agent: "build" })).toBe(true);
    expect(explain(CommandInput, { ...command, parts: [{ type: "text", text: "" }] })[0]).toBe(
      'parts[0].type: expected "file", got "text"',
    );
  });
});
