import { expect, test } from "bun:test";
import {
  parseInstructions,
  parsePrompts,
  parseResources,
  parseTemplates,
  parseTools,
} from "@/mcp/offers";

const tool = (name: unknown, more: Record<string, unknown> = {}) => ({
  name,
  inputSchema: { type: "object", properties: {} },
  ...more,
});

test("a tool that is no good costs only itself", () => {
  const tools = parseTools([
    tool("b"),
    tool(""),
    tool(7),
    null,
    "x",
    tool("c", { inputSchema: { type: "array" } }),
    tool("d", { inputSchema: "none" }),
    tool("e\u001b[2J"),
    tool("f".repeat(300)),
    tool("g", { execution: { taskSupport: "required" } }),
    tool("a"),
    tool("a", { description: "a second one" }),
  ]);
  expect(tools.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(tools[0]?.description).toBe("");
});

test("descriptions are bounded and hold nothing that is not seen", () => {
  const description = `\u001b[31mred\u202e\u{e0041} text\n${"é".repeat(5_000)}`;
  const [found] = parseTools([tool("a", { description })]);
  expect(found?.description).toStartWith("[31mred text\né");
  expect(Buffer.byteLength(found?.description ?? "")).toBeLessThanOrEqual(4_096);
  expect(parseInstructions(`a\u0000b${"c".repeat(10_000)}`)).toHaveLength(8_192);
  expect(parseInstructions("  \n")).toBeUndefined();
  expect(parseInstructions({})).toBeUndefined();
});

test("lists are bounded", () => {
  const many = Array.from({ length: 5_000 }, (_, at) => tool(`t${at}`));
  expect(parseTools(many)).toHaveLength(1_000);
});

test("prompts keep the arguments that can be understood, in their order", () => {
  const prompt = {
    name: "p",
    title: "A prompt",
    arguments: [{ name: "z", required: true }, null, { name: "" }, { name: "a", required: "yes" }],
  };
  expect(parsePrompts([prompt])).toEqual([
    {
      name: "p",
      description: "A prompt",
      arguments: [
        { name: "z", required: true },
        { name: "a", required: false },
      ],
    },
  ]);
});

test("resources say whose they are", () => {
  const found = parseResources(
    [{ uri: "b://2", name: "two", mimeType: "text/plain" }, { uri: "a://1" }, { name: "no uri" }],
    "server",
  );
  expect(found).toEqual([
    { name: "a://1", uri: "a://1", client: "server" },
    { name: "two", uri: "b://2", mimeType: "text/plain", client: "server" },
  ]);
});

test("templates are told of as resources are", () => {
  const found = parseTemplates(
    [
      { uriTemplate: "b://{id}", name: "b", mimeType: "text/plain" },
      { uri: "a://1", name: "a" },
    ],
    "server",
  );
  expect(found).toEqual([
    { name: "b", uriTemplate: "b://{id}", mimeType: "text/plain", client: "server" },
  ]);
});
