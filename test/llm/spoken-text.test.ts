// Thoughts and calls in a text: the same wherever the text is cut, and told as early as can be.

import { expect, test } from "bun:test";
import type { ModelTool } from "@/llm/model-event";
import { readSpokenCalls } from "@/llm/spoken-calls";
import { SpokenText } from "@/llm/spoken-text";
import { READ_TOOL } from "@test/llm/scripted-request";

const TOOLS: readonly ModelTool[] = [READ_TOOL];

function taken(pieces: readonly string[], tools = TOOLS) {
  const spoken = new SpokenText(tools, true);
  const told = [...pieces.flatMap((piece) => spoken.push(piece)), ...spoken.end()];
  const joined = told.reduce<{ type: string; text: string }[]>((all, { type, text }) => {
    const last = all.at(-1);
    if (last?.type === type) last.text += text;
    else all.push({ type, text });
    return all;
  }, []);
  return { told: joined, held: spoken.held };
}

const TEXTS = [
  "Hello `<tool_call>` there\n```\n<tool_call>\n```\nand <b>more</b>",
  '<think>\nHm </thin\n</think>\n\nLook. <tool_call>{"name": "read", "arguments": {}}</tool_call>',
  'Hm.\n</think>\nLook.[TOOL_CALLS]read[ARGS]{"filePath": "a"}',
  "  \n<thin air> and ~~~ and functools and ```` ``` ````",
  '[{"name": "read", "arguments": {}}]',
  "[THINK]a[/THINK]b",
];

test.each(TEXTS)("%j does not depend on where it is cut", (text) => {
  const whole = taken([text]);
  for (let cut = 1; cut < text.length; cut++) {
    expect(taken([text.slice(0, cut), text.slice(cut)])).toEqual(whole);
  }
  expect(taken([...text])).toEqual(whole);
});

test("what cannot be a call is told at once", () => {
  const spoken = new SpokenText(TOOLS, true);
  expect(spoken.push("Hello <b")).toEqual([{ type: "text", text: "Hello <b" }]);
  expect(spoken.push("old> <tool")).toEqual([{ type: "text", text: "old> " }]);
  expect(spoken.push("box>")).toEqual([{ type: "text", text: "<toolbox>" }]);
});

test("a marker that no call follows is told once that is clear", () => {
  const spoken = new SpokenText(TOOLS, true);
  expect(spoken.push("<tool_call> ")).toEqual([]);
  const words = "is a tag. ".repeat(40);
  expect(spoken.push(words)).toEqual([
    { type: "text", text: "<" },
    { type: "text", text: `tool_call> ${words}` },
  ]);
});

test("without tools nothing is held back", () => {
  const text = '{"name": "read", "arguments": {}} <tool_call>';
  expect(taken([text], [])).toEqual({ told: [{ type: "text", text }], held: "" });
});

test.each([
  '<tool_call>{"name": "read", "arguments": {"filePath": "a"}} and more',
  '<tool_call>{"name": "write", "arguments": {}}</tool_call>',
  '<tool_call>{"name": "read", "arguments": [1]}</tool_call>',
  "<tool_call></tool_call>",
  '<invoke name="read"><parameter name="filePath">a',
  "[TOOL_CALLS]read[ARGS]{",
  '{"name": "read", "arguments": {}, }',
])("%j is no call", (text) => {
  expect(readSpokenCalls(text, TOOLS)).toBeUndefined();
});

test("values between tags are of the types of the tool", () => {
  const tool: ModelTool = {
    name: "set",
    description: "",
    parameters: {
      type: "object",
      properties: {
        text: { type: "string" },
        count: { type: "integer" },
        list: { type: "array" },
        flag: { type: "boolean" },
      },
    },
  };
  const values = { text: "12", count: "12", list: '["a"]', flag: "true" };
  const tags = Object.entries(values).map(
    ([key, value]) => `<parameter=${key}>${value}</parameter>`,
  );
  const [call] = readSpokenCalls(`<function=set>${tags.join("")}</function>`, [tool]) ?? [];
  expect(JSON.parse(call?.input ?? "")).toEqual({ text: "12", count: 12, list: ["a"], flag: true });
});
