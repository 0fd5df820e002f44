// What a server refuses and a request can do without: it is asked once more without it, at once,
// and never asked for it again. What is refused all the same ends in the server's own words.

import { describe, expect, test } from "bun:test";
import { Logger } from "@/base/log";
import { LLM } from "@/llm/llm";
import type { ModelMessage, ModelRequest } from "@/llm/model-event";
import { collect, errorOf, HELLO, READ_TOOL, requestTo, textOf } from "@test/llm/scripted-request";
import { FakeClock } from "@test/support/clock";
import { objectsOf } from "@test/support/scripted-model/json";
import { type ScriptedModel, scriptedModel } from "@test/support/scripted-model/scripted-model";
import type { NeutralRequest, Turn, WireName } from "@test/support/scripted-model/turn";

const live = new AbortController().signal;

function image(data: string): ModelMessage {
  return {
    role: "user",
    content: [
      { type: "text", text: "See" },
      { type: "file", mediaType: "image/png", data: { type: "data", data } },
    ],
  };
}

const ANSWER: ModelMessage = { role: "assistant", content: [{ type: "text", text: "Yes" }] };

/** Answers 400 in these words as long as `refuses` the request, and then "OK". */
function strict(
  message: string,
  refuses: (request: NeutralRequest) => boolean,
  { status = 400, wire }: { status?: number; wire?: WireName } = {},
): ScriptedModel {
  const turn = (request: NeutralRequest): Turn =>
    refuses(request) ? { status, body: { error: { message } } } : { text: "OK" };
  return scriptedModel({ turns: Array.from({ length: 9 }, () => turn), ...(wire && { wire }) });
}

function newLLM(): LLM {
  return new LLM({ clock: new FakeClock(), log: Logger.silent(), random: () => 0 });
}

async function ask(llm: LLM, model: ScriptedModel, overrides: Partial<ModelRequest> = {}) {
  return collect(llm.stream(requestTo(model, overrides), live));
}

describe("images", () => {
  const words = [
    [400, "messages.0.content.1.image.source.base64.data: Could not process image"],
    [400, "image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes"],
    [415, "Unsupported media type"],
    [413, "Request exceeds the maximum size"],
  ] as const;

  test.each([...words])("refused with %i, %s", async (status, message) => {
    await using model = strict(message, refusesOf("QQ=="), { status });
    const llm = newLLM();
    const messages = [...HELLO, image("QQ==")];
    expect(textOf(await ask(llm, model, { messages }))).toBe("OK");
    expect(model.requests).toHaveLength(2);
    expect(model.requests[1]?.body).toContain("image/png is left out: the provider refused it");
    // It is remembered, and another image is sent.
    const more = [...messages, ANSWER, image("Qg==")];
    expect(textOf(await ask(llm, model, { messages: more }))).toBe("OK");
    expect(model.requests).toHaveLength(3);
    expect(model.requests[2]?.request.messages.map(({ attachments }) => attachments)).toEqual([
      0, 0, 0, 1,
    ]);
  });

  test("one that was answered before is not given up for one that came since", async () => {
    await using model = strict("Could not process image", refusesOf("Qg=="));
    const messages = [...HELLO, image("QQ=="), ANSWER, image("Qg==")];
    expect(textOf(await ask(newLLM(), model, { messages }))).toBe("OK");
    expect(model.requests.at(-1)?.request.messages.map(({ attachments }) => attachments)).toEqual([
      0, 1, 0, 0,
    ]);
  });

  test("where those that came since were not it, all are given up", async () => {
    await using model = strict("Could not process image", refusesOf("QQ=="));
    const messages = [...HELLO, image("QQ=="), ANSWER, image("Qg==")];
    expect(textOf(await ask(newLLM(), model, { messages }))).toBe("OK");
    expect(model.requests).toHaveLength(3);
  });

  test("a request without one is refused at once, whatever is said of images", async () => {
    await using model = strict("no image here", () => true);
    expect(errorOf(await ask(newLLM(), model)).name).toBe("APIError");
    expect(model.requests).toHaveLength(1);
  });

  test("refused without them as well, it ends in the server's words", async () => {
    await using model = strict("The image is not an image", () => true);
    const events = await ask(newLLM(), model, { messages: [...HELLO, image("QQ==")] });
    expect(JSON.stringify(errorOf(events))).toContain("The image is not an image");
    expect(model.requests).toHaveLength(2);
  });
});

describe("schemas of tools", () => {
  const parameters = {
    type: "object",
    $defs: { name: { type: "string", pattern: "^(?=a)", format: "uri" } },
    properties: {
      name: { $ref: "#/$defs/name" },
      kind: { anyOf: [{ const: "a" }, { const: "b" }] },
      size: { type: ["integer", "null"], minimum: 1 },
      list: { type: "array", items: { oneOf: [{ type: "string" }, { type: "null" }] } },
      any: { anyOf: [{ type: "string" }, { type: "number" }] },
      part: { allOf: [{ type: "object", properties: { x: { type: "string" } }, required: ["x"] }] },
    },
    required: ["name", "gone"],
    additionalProperties: false,
  };
  const plain = {
    type: "object",
    properties: {
      name: { type: "string" },
      kind: { type: "string", enum: ["a", "b"] },
      size: { type: "integer" },
      list: { type: "array", items: { type: "string" } },
      any: {},
      part: { type: "object", properties: { x: { type: "string" } }, required: ["x"] },
    },
    required: ["name"],
  };
  const tools = [{ ...READ_TOOL, parameters }];

  test.each([
    [400, 'Unrecognized schema: {"not": {}}'],
    [500, "failed to parse grammar"],
    [400, "Unable to generate parser for this template"],
    [400, "Invalid schema for function 'read': $ref is not supported"],
  ])("refused with %i, %s", async (status, message) => {
    const refuses = ({ tools: [tool] }: NeutralRequest) =>
      JSON.stringify(tool?.parameters).includes("$ref");
    await using model = strict(message, refuses, { status });
    const llm = newLLM();
    expect(textOf(await ask(llm, model, { tools }))).toBe("OK");
    expect(model.requests.at(-1)?.request.tools[0]?.parameters).toEqual(plain);
    await ask(llm, model, { tools });
    expect(model.requests).toHaveLength(3);
  });

  test("one that refers to itself ends", async () => {
    const refuses = ({ tools: [tool] }: NeutralRequest) =>
      JSON.stringify(tool?.parameters).includes("$ref");
    await using model = strict("$ref is not supported", refuses);
    const node = { type: "object", properties: { child: { $ref: "#/$defs/node" } } };
    const endless = { type: "object", properties: { node }, $defs: { node } };
    const tool = { ...READ_TOOL, parameters: endless };
    expect(textOf(await ask(newLLM(), model, { tools: [tool] }))).toBe("OK");
  });
});

test("a limit under its old name gets its new one", async () => {
  const words = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
  await using model = strict(words, ({ raw }) => "max_tokens" in raw);
  const llm = newLLM();
  expect(textOf(await ask(llm, model))).toBe("OK");
  expect(model.requests.at(-1)?.request.raw).toMatchObject({ max_completion_tokens: 8_000 });
  await ask(llm, model);
  expect(model.requests).toHaveLength(3);
});

test("a temperature that is fixed is left out", async () => {
  const words = "'temperature' does not support 0.5 with this model. Only 1 is supported.";
  await using model = strict(words, ({ temperature }) => temperature !== undefined);
  expect(textOf(await ask(newLLM(), model, { temperature: 0.5, topP: 0.9 }))).toBe("OK");
});

test("roles that have to alternate are made to", async () => {
  const refuses = ({ messages }: NeutralRequest) =>
    messages.some(({ role }, index) => role === messages[index - 1]?.role);
  await using model = strict(
    "Conversation roles must alternate user/assistant/user/assistant/...",
    refuses,
    { status: 500 },
  );
  const again: ModelMessage = { role: "user", content: [{ type: "text", text: "There?" }] };
  const events = await ask(newLLM(), model, { messages: [...HELLO, again] });
  expect(textOf(events)).toBe("OK");
  expect(model.requests.at(-1)?.request.messages).toMatchObject([{ text: "HelloThere?" }]);
});

test("a signature that is refused is left out, with what it belongs to", async () => {
  const refuses = ({ raw }: NeutralRequest) => JSON.stringify(raw).includes("old-signature");
  await using model = strict(
    "messages.1.content.0: Invalid `signature` in `thinking` block",
    refuses,
    { wire: "anthropic" },
  );
  const thought = (signature: string): ModelMessage => ({
    role: "assistant",
    content: [
      { type: "reasoning", text: "Hm", providerOptions: { anthropic: { signature } } },
      { type: "text", text: "Yes" },
    ],
  });
  const user: ModelMessage = { role: "user", content: [{ type: "text", text: "More" }] };
  const llm = newLLM();
  const messages = [...HELLO, thought("old-signature"), user];
  expect(textOf(await ask(llm, model, { messages }))).toBe("OK");
  const more = [...messages, thought("new-signature"), user];
  expect(textOf(await ask(llm, model, { messages: more }))).toBe("OK");
  expect(model.requests).toHaveLength(3);
  expect(model.requests[2]?.request.messages.map(({ reasoning }) => reasoning)).toEqual([
    "",
    "",
    "",
    "Hm",
    "",
  ]);
});

test("reasoning that is missed is filled in, for good", async () => {
  const refuses = ({ raw }: NeutralRequest) =>
    objectsOf(raw["messages"]).some(
      (message) => message["role"] === "assistant" && !message["reasoning_content"],
    );
  const words = "thinking is enabled but reasoning_content is missing in assistant message";
  await using model = strict(words, refuses);
  const user: ModelMessage = { role: "user", content: [{ type: "text", text: "More" }] };
  const llm = newLLM();
  const messages = [...HELLO, ANSWER, user];
  expect(textOf(await ask(llm, model, { messages }))).toBe("OK");
  expect(textOf(await ask(llm, model, { messages: [...messages, ANSWER, user] }))).toBe("OK");
  expect(model.requests).toHaveLength(3);
});

function refusesOf(data: string): (request: NeutralRequest) => boolean {
  return ({ raw }) => JSON.stringify(raw).includes(data);
}

describe("thinking that the calls under way did not begin with", () => {
  const words =
    "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found " +
    "`tool_use`. When `thinking` is enabled, a final `assistant` message must start with a " +
    "thinking block";
  const thinking = { type: "enabled", budgetTokens: 2_000 };
  const call = (toolCallId: string): ModelMessage[] => [
    {
      role: "assistant",
      content: [{ type: "tool-call", toolCallId, toolName: "read", input: { filePath: "a" } }],
    },
    {
      role: "tool",
      content: [
        {
          type: "tool-result",
          toolCallId,
          toolName: "read",
          output: { type: "text", value: "a" },
        },
      ],
    },
  ];
  const refuses = ({ raw }: NeutralRequest) =>
    raw["thinking"] !== undefined && JSON.stringify(raw).includes('"tool_use"');

  test("is not asked for as long as they are", async () => {
    await using model = strict(words, refuses, { wire: "anthropic" });
    const llm = newLLM();
    const asks = (messages: ModelMessage[]) =>
      ask(llm, model, { messages, tools: [READ_TOOL], options: { thinking } });
    expect(textOf(await asks([...HELLO, ...call("one")]))).toBe("OK");
    expect(textOf(await asks([...HELLO, ...call("one"), ...call("two")]))).toBe("OK");
    expect(model.requests.map(({ request }) => request.raw["thinking"] !== undefined)).toEqual([
      true,
      false,
      false,
    ]);
    expect(textOf(await asks(HELLO))).toBe("OK");
    expect(model.requests.at(-1)?.request.raw).toHaveProperty("thinking");
  });
});
