// A conversation in the shape that a server takes, whatever stands in it.

import { describe, expect, test } from "bun:test";
import type { ModelMessage } from "@/llm/model-event";
import { toSendable } from "@/llm/sendable";
import { modelOf } from "@test/llm/scripted-request";

const ADDRESS = { baseURL: "http://127.0.0.1:1/v1", wire: "openai-compatible" } as const;

function send(npm: string, messages: ModelMessage[], id = "main"): ModelMessage[] {
  return toSendable(messages, modelOf(ADDRESS, { api: { id, url: "", npm } }));
}

function user(...texts: string[]): ModelMessage {
  return { role: "user", content: texts.map((text) => ({ type: "text", text })) };
}

function assistant(...texts: string[]): ModelMessage {
  return { role: "assistant", content: texts.map((text) => ({ type: "text", text })) };
}

function call(toolCallId: string): ModelMessage[] {
  const named = { toolCallId, toolName: "read" };
  const output = { type: "text" as const, value: "one" };
  return [
    { role: "assistant", content: [{ type: "tool-call", ...named, input: {} }] },
    { role: "tool", content: [{ type: "tool-result", ...named, output }] },
  ];
}

function idsOf(messages: readonly ModelMessage[]): string[] {
  return messages.flatMap(({ content }) =>
    typeof content === "string"
      ? []
      : content.flatMap((part) => ("toolCallId" in part ? [part.toolCallId] : [])),
  );
}

const rolesOf = (messages: readonly ModelMessage[]) => messages.map(({ role }) => role).join(" ");

test("what is fit to be sent is the same", () => {
  const messages = [user("Hi"), ...call("call_1"), user("And?")];
  const sent = send("@ai-sdk/anthropic", messages);
  expect(sent).toEqual(messages);
  for (const [index, message] of sent.entries()) expect(message).toBe(messages[index] ?? message);
});

test("half of a character is none, wherever it stands", () => {
  const half = "a\ud83d";
  const [message, , result] = send("@ai-sdk/openai", [
    user(half),
    {
      role: "assistant",
      content: [
        { type: "tool-call", toolCallId: "c", toolName: "x", input: { [half]: [half, "😀"] } },
      ],
    },
    {
      role: "tool",
      content: [
        {
          type: "tool-result",
          toolCallId: "c",
          toolName: "x",
          output: { type: "text", value: half },
        },
      ],
    },
  ]);
  expect(JSON.stringify([message, result])).not.toContain("\\ud83d");
  expect(message).toEqual(user("a\uFFFD"));
});

test("empty texts and messages are left out", () => {
  const messages = [user("Hi", " \n"), assistant(""), user(""), assistant("Yes", ""), user("Ok")];
  expect(send("@ai-sdk/anthropic", messages)).toEqual([user("Hi"), assistant("Yes"), user("Ok")]);
});

test("a conversation that ends with the model's own words is gone on with", () => {
  expect(rolesOf(send("@ai-sdk/anthropic", [user("Hi"), assistant("Yes")]))).toBe(
    "user assistant user",
  );
});

describe("ids of calls", () => {
  const odd = ["call.1", "functions.read:0", "ü", "x".repeat(65), "toolu_01AbC-d"];

  test.each([
    ["@ai-sdk/mistral", /^[a-zA-Z0-9]{9}$/],
    ["@ai-sdk/openai", /^[\w-]{1,64}$/],
    ["@ai-sdk/amazon-bedrock", /^[\w-]{1,64}$/],
    ["@ai-sdk/openai-compatible", /^[\w-]{1,64}$/],
  ])("of %s", (npm, allowed) => {
    const ids = idsOf(send(npm, [user("Hi"), ...odd.flatMap(call)]));
    expect(ids).toHaveLength(2 * odd.length);
    for (const id of ids) expect(id).toMatch(allowed);
    // Calls and results stay together, different ones apart, and each is always the same.
    expect(new Set(ids).size).toBe(odd.length);
    expect(idsOf(send(npm, [user("Hi"), ...odd.toReversed().flatMap(call)])).toSorted()).toEqual(
      ids.toSorted(),
    );
  });

  test("that are allowed are kept", () => {
    expect(idsOf(send("@ai-sdk/anthropic", call("toolu_01AbC-d")))[0]).toBe("toolu_01AbC-d");
    expect(idsOf(send("@ai-sdk/mistral", call("aB3dE6gH9")))[0]).toBe("aB3dE6gH9");
  });
});

describe("roles", () => {
  const history = [user("Hi"), ...call("aB3dE6gH9"), user("And?"), assistant("A"), assistant("B")];

  test.each([
    ["@ai-sdk/mistral", "main", "user assistant tool assistant user assistant user assistant user"],
    [
      "@ai-sdk/openai-compatible",
      "mistralai/devstral-2",
      "user assistant tool assistant user assistant user assistant user",
    ],
    ["@ai-sdk/google", "gemini-3-pro", "user assistant tool user assistant user assistant user"],
    ["@ai-sdk/openai", "gpt-5", "user assistant tool user assistant assistant user"],
  ])("of %s, %s", (npm, id, roles) => {
    expect(rolesOf(send(npm, history, id))).toBe(roles);
  });
});

test("reasoning of OpenAI goes back sealed or not at all", () => {
  const part = (itemId: string, sealed: string | null, text: string) => ({
    type: "reasoning" as const,
    text,
    providerOptions: { openai: { itemId, reasoningEncryptedContent: sealed } },
  });
  const content = [
    part("a", null, "One."),
    part("a", "secret", "Two."),
    part("b", null, "Cut"),
    { type: "text" as const, text: "Yes" },
  ];
  const [, sent] = send("@ai-sdk/openai", [user("Hi"), { role: "assistant", content }, user("Ok")]);
  expect(sent).toEqual({
    role: "assistant",
    content: content.filter(({ text }) => text !== "Cut"),
  });
});
