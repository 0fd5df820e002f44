// The scripted model is trusted by nearly every other test, so what it refuses is tested here.

import { describe, expect, test } from "bun:test";
import { SCRIPTED_KEY, scriptedModel } from "./scripted-model";
import type { WireName } from "./turn";

const PATHS: Record<WireName, string> = {
  "openai-compatible": "/v1/chat/completions",
  anthropic: "/v1/messages",
  openai: "/v1/responses",
  google: "/v1beta/models/main:streamGenerateContent?alt=sse",
  mistral: "/v1/chat/completions",
  bedrock: "/model/main/converse-stream",
};

/** What the server finds wrong with the body; it answers 400 exactly when that is something. */
async function violations(wire: WireName, body: Record<string, unknown>): Promise<string[]> {
  await using model = scriptedModel({ wire, side: false, turns: [{ text: "Hi" }] });
  const headers = { "x-api-key": SCRIPTED_KEY };
  const request = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(model.url + PATHS[wire], request);
  await response.text();
  expect(response.status).toBe(model.violations.length > 0 ? 400 : 200);
  return model.violations;
}

const user = { role: "user", content: "Hello" };

describe("chat completions", () => {
  const call = (id: string, args = "{}") => ({
    id,
    type: "function",
    function: { name: "read", arguments: args },
  });
  const asks = (...ids: string[]) => ({
    role: "assistant",
    content: null,
    tool_calls: ids.map((id) => call(id)),
  });
  const answers = (id: string) => ({ role: "tool", tool_call_id: id, content: "x" });
  const check = (...messages: unknown[]) => violations("openai-compatible", { messages });

  test("paired calls and results pass, in any order of results", async () => {
    expect(await check(user, asks("a", "b"), answers("b"), answers("a"), user)).toEqual([]);
  });

  test("a call without result", async () => {
    expect(await check(user, asks("a", "b"), answers("a"), user)).toEqual([
      'messages[3]: call "b" has no result',
    ]);
    expect(await check(user, asks("a"))).toEqual([
      'the end: call "a" has no result',
      "the last message is the model's own",
    ]);
  });

  test("a result without call, twice, or too late", async () => {
    const orphan = (at: number) => `messages[${at}]: result "a" has no open call before it`;
    expect(await check(user, answers("a"))).toEqual([orphan(1)]);
    expect(await check(user, asks("a"), answers("a"), answers("a"))).toEqual([orphan(3)]);
    expect(await check(user, asks("a"), user, answers("a"))).toContain(orphan(3));
  });

  test("an id that is used twice", async () => {
    const messages = [user, asks("a"), answers("a"), asks("a"), answers("a")];
    expect(await check(...messages)).toEqual(['messages[3]: call id "a" is used twice']);
  });

  test("arguments that are no JSON object", async () => {
    for (const args of ["", "{", "null", "[]", '"x"']) {
      const assistant = { role: "assistant", content: null, tool_calls: [call("a", args)] };
      expect(await check(user, assistant, answers("a"))).toHaveLength(1);
    }
  });

  test("messages without content, and unknown roles", async () => {
    expect(await check(user, { role: "assistant", content: null }, user)).toHaveLength(1);
    expect(await check({ role: "user", content: [] })).toHaveLength(1);
    expect(await check({ role: "robot", content: "x" })).toHaveLength(1);
    expect(await check()).toHaveLength(1);
  });

  test("tools that no server would take", async () => {
    const tool = (name: string, parameters: unknown = { type: "object" }) => ({
      type: "function",
      function: { name, parameters },
    });
    const tools = (...list: unknown[]) =>
      violations("openai-compatible", { messages: [user], tools: list });
    expect(await tools(tool("a"), tool("b"))).toEqual([]);
    expect(await tools(tool("a"), tool("a"))).toHaveLength(1);
    expect(await tools(tool("a b"))).toHaveLength(1);
    expect(await tools(tool("a", {}))).toHaveLength(1);
  });
});

describe("messages", () => {
  const use = (id: string) => ({ type: "tool_use", id, name: "read", input: {} });
  const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "x" });
  const says = (role: string, ...content: unknown[]) => ({ role, content });
  const check = (...messages: unknown[]) => violations("anthropic", { max_tokens: 1, messages });

  test("paired calls and results pass, with text after the results", async () => {
    const text = { type: "text", text: "Go on" };
    const results = says("user", result("a"), result("b"), text);
    expect(await check(user, says("assistant", use("a"), use("b")), results)).toEqual([]);
  });

  test("results in two messages with text between them", async () => {
    const text = { type: "text", text: "Wait" };
    const problems = await check(
      user,
      says("assistant", use("a"), use("b")),
      says("user", result("a"), text),
      says("user", result("b")),
    );
    expect(problems).toContain('messages[2]: call "b" has no result');
  });

  test("text before results, empty text, empty messages", async () => {
    const text = { type: "text", text: "Wait" };
    const late = says("user", text, result("a"));
    expect(await check(user, says("assistant", use("a")), late)).toEqual([
      "messages[2]: tool_result blocks must come first",
    ]);
    expect(await check(says("user", { type: "text", text: " " }))).toHaveLength(1);
    expect(await check(says("user"))).toHaveLength(1);
  });

  test("thinking without signature, a start by the assistant, too many cache marks", async () => {
    const thinking = { type: "thinking", thinking: "Hm" };
    const hi = { type: "text", text: "Hi" };
    expect(await check(user, says("assistant", thinking, hi), user)).toHaveLength(1);
    const signed = { ...thinking, signature: "x" };
    expect(await check(user, says("assistant", signed, hi), user)).toEqual([]);
    expect(await check(user, says("assistant", hi, signed), user)).toHaveLength(1);
    expect(await check(says("assistant", { type: "text", text: "Hi" }), user)).toHaveLength(1);
    const marked = { type: "text", text: "x", cache_control: { type: "ephemeral" } };
    expect(await check(says("user", marked, marked, marked, marked))).toEqual([]);
    expect(await check(says("user", marked, marked, marked, marked, marked))).toHaveLength(1);
  });

  test("max_tokens is required", async () => {
    expect(await violations("anthropic", { messages: [user] })).toHaveLength(1);
  });
});

describe("responses", () => {
  const call = (id: string) => ({
    type: "function_call",
    call_id: id,
    name: "read",
    arguments: "{}",
  });
  const output = (id: string) => ({ type: "function_call_output", call_id: id, output: "x" });
  const check = (...input: unknown[]) => violations("openai", { store: false, input });

  test("paired calls and outputs pass", async () => {
    expect(await check(user, call("a"), call("b"), output("a"), output("b"))).toEqual([]);
    expect(await check(user, call("a"), output("a"), call("b"), output("b"))).toEqual([]);
  });

  test("unpaired ones, references to what was not stored, reasoning nobody can read", async () => {
    expect(await check(user, call("a"), user)).toHaveLength(1);
    expect(await check(user, output("a"))).toHaveLength(1);
    expect(await check(user, { type: "item_reference", id: "msg_1" })).toHaveLength(1);
    const reasoning = { type: "reasoning", id: "rs_1", summary: [] };
    const said = { role: "assistant", content: [{ type: "output_text", text: "Hi" }] };
    expect(await check(user, reasoning, said, user)).toHaveLength(1);
    const sealed = { ...reasoning, encrypted_content: "x" };
    expect(await check(user, sealed, said, user)).toEqual([]);
    expect(await check(user, said, sealed, user)).toHaveLength(1);
  });
});

describe("generateContent", () => {
  const turn = (role: string, ...parts: unknown[]) => ({ role, parts });
  const call = { functionCall: { name: "read", args: {} } };
  const response = (name: string) => ({ functionResponse: { name, response: { output: "x" } } });
  const hello = turn("user", { text: "Hello" });
  const check = (...contents: unknown[]) => violations("google", { contents });

  test("responses belong to calls by place and name", async () => {
    const both = turn("user", response("read"), response("read"));
    expect(await check(hello, turn("model", call, call), both)).toEqual([]);
  });

  test("too few, too many, another name, an empty turn", async () => {
    const one = turn("user", response("read"));
    expect(await check(hello, turn("model", call, call), one)).toHaveLength(1);
    expect(await check(hello, turn("model", call), turn("user", response("x")))).toHaveLength(2);
    expect(await check(hello, one)).toHaveLength(1);
    expect(await check(turn("user"))).toHaveLength(1);
    const said = turn("model", { text: "Hi" });
    expect(await check(hello, said, turn("model", call), one)).toHaveLength(1);
  });
});

describe("converse", () => {
  const says = (role: string, ...content: unknown[]) => ({ role, content });
  const hello = says("user", { text: "Hello" });
  const hi = { text: "Hi" };
  const use = { toolUse: { toolUseId: "a", name: "read", input: {} } };
  const result = { toolResult: { toolUseId: "a", content: [{ text: "x" }] } };
  const tool = { name: "read", inputSchema: { json: { type: "object" } } };
  const toolConfig = { tools: [{ toolSpec: tool }] };
  const check = (...messages: unknown[]) => violations("bedrock", { toolConfig, messages });

  test("paired calls and results pass, with their tools alone", async () => {
    const messages = [hello, says("assistant", use), says("user", result)];
    expect(await check(...messages)).toEqual([]);
    expect(await violations("bedrock", { messages })).toEqual(["toolConfig must be defined"]);
  });

  test("roles, blanks, thoughts, documents and cache points", async () => {
    expect(await check(hello, hello)).toHaveLength(1);
    expect(await check(says("assistant", hi), hello)).toHaveLength(1);
    expect(await check(says("user", { text: " " }))).toHaveLength(1);
    const thought = (signature?: string) => ({
      reasoningContent: { reasoningText: { text: "Hm", signature } },
    });
    expect(await check(hello, says("assistant", thought("x"), hi), hello)).toEqual([]);
    expect(await check(hello, says("assistant", thought(), hi), hello)).toHaveLength(1);
    expect(await check(hello, says("assistant", hi, thought("x")), hello)).toHaveLength(1);
    const document = (name: string) => ({ document: { name, format: "pdf", source: {} } });
    expect(await check(says("user", document("a"), document("a")))).toHaveLength(1);
    expect(await check(says("user", document("a.pdf")))).toHaveLength(1);
    const point = { cachePoint: { type: "default" } };
    expect(await check(says("user", hi, point, point, point, point, point))).toHaveLength(1);
  });
});

test("a request without the key is refused", async () => {
  await using model = scriptedModel({ side: false, turns: [{ text: "Hi" }] });
  const body = JSON.stringify({ messages: [user] });
  const response = await fetch(`${model.baseURL}/chat/completions`, { method: "POST", body });
  expect(response.status).toBe(400);
  expect(model.violations).toEqual(["the key is missing"]);
});

test("requests without tools get a title and take no turn; the script's end is told", async () => {
  await using model = scriptedModel({ turns: [] });
  const ask = (tools?: unknown) =>
    fetch(`${model.baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${SCRIPTED_KEY}` },
      body: JSON.stringify({ messages: [user], tools }),
    });
  expect(await (await ask()).text()).toContain("A short title");
  const tool = { type: "function", function: { name: "a", parameters: { type: "object" } } };
  expect((await ask([tool])).status).toBe(400);
  expect(model.sideRequests).toHaveLength(1);
  expect(model.requests).toHaveLength(1);
  expect(model.violations).toEqual(["a request came after the last turn of the script"]);
});

test("models are listed under both addresses", async () => {
  await using model = scriptedModel({ models: ["main", "small"] });
  for (const path of ["/models", "/v1/models"]) {
    const list = await (await fetch(model.url + path)).json();
    expect(list).toMatchObject({ data: [{ id: "main" }, { id: "small" }] });
  }
});

test("it serves as a process of its own until its input ends", async () => {
  const script = JSON.stringify({ turns: [{ text: "Hi" }], side: false });
  const server = Bun.spawn([process.execPath, `${import.meta.dir}/serve.ts`, script], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = readLines(server.stdout);
  const { value } = await lines.next();
  const { baseURL } = JSON.parse(value ?? "{}");
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${SCRIPTED_KEY}` },
    body: JSON.stringify({ messages: [user] }),
  });
  expect(await response.text()).toContain("Hi");
  await server.stdin.end();
  const { value: summary } = await lines.next();
  expect(JSON.parse(summary ?? "{}")).toEqual({ requests: 1, violations: [] });
  expect(await server.exited).toBe(0);
});

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}
