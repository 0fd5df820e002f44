// Calls and thoughts that servers left in the text, and texts that only look like it.

import { chatFinish, chatText, chunk, callDelta, DONE, READ, type WireScript } from "./script";

const READ_A = ["read", { filePath: "a.txt" }] as const;
const READ_B = ["read", { filePath: "b.txt" }] as const;
const CALL_A = `{"name": "read", "arguments": ${READ}}`;
const LONG = { filePath: "c.txt", content: "x".repeat(500) };
const CALL_B = '{"name": "read", "arguments": {"filePath": "b.txt"}}';

function says(
  name: string,
  source: string,
  text: string,
  expect: WireScript["expect"],
): WireScript {
  return {
    name,
    source,
    answers: [{ pieces: [...chatText(text), chatFinish("stop"), DONE] }],
    expect,
  };
}

/** A text that stays what it is. */
function stays(name: string, text: string): WireScript {
  return says(name, "people who talk about models", text, { text });
}

export const CHAT_TEXT_SCRIPTS: readonly WireScript[] = [
  says("a call in <tool_call>", "Hermes, Qwen", `Look.\n<tool_call>\n${CALL_A}\n</tool_call>`, {
    calls: [READ_A],
    text: "Look.\n",
  }),
  says(
    "two calls in <tool_call>, the last not closed",
    "Qwen under Ollama",
    `<tool_call>\n${CALL_A}\n</tool_call>\n<tool_call>\n${CALL_B}`,
    { calls: [READ_A, READ_B] },
  ),
  says(
    "a call in <tool_call> whose arguments are a JSON text",
    "Qwen behind LiteLLM",
    `<tool_call>{"name": "read", "arguments": ${JSON.stringify(READ)}}</tool_call>`,
    { calls: [READ_A] },
  ),
  says(
    "a call whose name comes behind long arguments",
    "models that sort their keys",
    `<tool_call>${JSON.stringify({ arguments: LONG, name: "write" })}`,
    { calls: [["write", LONG]] },
  ),
  says(
    "a call with line ends within its strings",
    "small models",
    [
      '<tool_call>{"name": "write", "arguments": {"filePath": "c.txt", "content": "',
      'one\ntwo\n"}}</tool_call>',
    ].join(""),
    { calls: [["write", { filePath: "c.txt", content: "one\ntwo\n" }]] },
  ),
  says(
    "a call whose arguments quote the end of one",
    "Qwen",
    [
      '<tool_call>{"name": "write", "arguments": {"filePath": "c.txt", "content": "',
      '</tool_call> {"}}</tool_call>',
    ].join(""),
    { calls: [["write", { filePath: "c.txt", content: "</tool_call> {" }]] },
  ),
  says(
    "a call in tags of function and parameters",
    "Qwen3-Coder",
    [
      "<tool_call>\n<function=read>\n<parameter=filePath>\n",
      "a.txt\n</parameter>\n<parameter=limit>\n1\n</parameter>\n",
      "</function>\n</tool_call>",
    ].join(""),
    { calls: [["read", { filePath: "a.txt", limit: 1 }]] },
  ),
  says(
    "a call in tags of invoke and parameters",
    "MiniMax, Claude behind proxies",
    [
      '<minimax:tool_call>\n<invoke name="read">\n<parameter name="filePath">a.txt<',
      "/parameter>\n</invoke>\n</minimax:tool_call>",
    ].join(""),
    { calls: [READ_A] },
  ),
  says(
    "calls in function_calls and invoke",
    "Claude behind proxies",
    [
      'Reading both.\n\n<function_calls>\n<invoke name="read">\n',
      '<parameter name="filePath">a.txt</parameter>\n</invoke>\n',
      '<invoke name="read">\n<parameter name="filePath">b.txt</parameter>\n',
      "</invoke>\n</function_calls>",
    ].join(""),
    { calls: [READ_A, READ_B], text: "Reading both.\n\n" },
  ),
  says(
    "a call in tags of keys and values",
    "GLM 4.5",
    "<tool_call>read\n<arg_key>filePath</arg_key>\n<arg_value>a.txt</arg_value>\n</tool_call>",
    { calls: [READ_A] },
  ),
  says("calls after [TOOL_CALLS]", "Mistral 7B to Small 3", `[TOOL_CALLS][${CALL_A},${CALL_B}]`, {
    calls: [READ_A, READ_B],
  }),
  says(
    "calls after [TOOL_CALLS] and [ARGS]",
    "Devstral, Magistral",
    `[TOOL_CALLS]read[ARGS]${READ}[TOOL_CALLS]read{"filePath": "b.txt"}`,
    { calls: [READ_A, READ_B] },
  ),
  says(
    "calls between section tokens",
    "Kimi K2",
    [
      `I look.<|tool_calls_section_begin|><|tool_call_begin|>functions.read:0<|tool`,
      `_call_argument_begin|>${READ}<|tool_call_end|><|tool_calls_section_end|>`,
    ].join(""),
    { calls: [READ_A], text: "I look." },
  ),
  says(
    "calls between tokens with wide bars",
    "DeepSeek V3.1",
    [
      `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>read<｜tool▁sep｜>${READ}<｜tool▁call▁en`,
      `d｜><｜tool▁calls▁end｜>`,
    ].join(""),
    { calls: [READ_A] },
  ),
  says(
    "calls in fences between tokens with wide bars",
    "DeepSeek R1",
    [
      `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>read\n`,
      `\`\`\`json\n${READ}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    ].join(""),
    { calls: [READ_A] },
  ),
  says(
    "a call after <|python_tag|>",
    "Llama 3.1",
    `<|python_tag|>{"name": "read", "parameters": ${READ}}`,
    {
      calls: [READ_A],
    },
  ),
  says("a call that is the whole text", "Llama 3.2, Qwen2.5-Coder under Ollama", CALL_A, {
    calls: [READ_A],
  }),
  says("calls in a list that is the whole text", "Granite, Phi-4", `[${CALL_A}, ${CALL_B}]`, {
    calls: [READ_A, READ_B],
  }),
  says("calls after functools", "Phi-4-mini", `functools[${CALL_A}]`, { calls: [READ_A] }),
  says("a call in <tools>", "Qwen2.5-Coder", `<tools>\n${CALL_A}\n</tools>`, { calls: [READ_A] }),
  says(
    "a call on the commentary channel",
    "gpt-oss without its parser",
    [
      `<|channel|>analysis<|message|>I look.<|end|><|start|>assistant<|channel|>com`,
      `mentary to=functions.read <|constrain|>json<|message|>${READ}<|call|>`,
    ].join(""),
    { calls: [READ_A], reasoning: "I look." },
  ),
  {
    name: "a call that comes as such and as text",
    source: "LM Studio",
    answers: [
      {
        pieces: [
          ...chatText(`<tool_call>${CALL_A}</tool_call>`),
          chunk(callDelta({ index: 0, id: "c1", function: { name: "read", arguments: READ } })),
          chatFinish("tool_calls"),
          DONE,
        ],
      },
    ],
    expect: { calls: [READ_A] },
  },
  says("a thought in <think>", "DeepSeek R1, Qwen3", "<think>\nHm.\n</think>\n\nHello", {
    text: "Hello",
    reasoning: "\nHm.\n",
  }),
  says(
    "a thought in <think>, then a call",
    "Qwen3, MiniMax",
    `<think>Hm.</think>\n\n<tool_call>${CALL_A}</tool_call>`,
    { calls: [READ_A], reasoning: "Hm." },
  ),
  says("an empty thought", "Qwen3 told not to think", "<think>\n\n</think>\n\nHello", {
    text: "Hello",
    reasoning: "\n\n",
  }),
  says("a thought in [THINK]", "Magistral", "[THINK]Hm.[/THINK]Hello", {
    text: "Hello",
    reasoning: "Hm.",
  }),
  says(
    "a thought whose beginning is in the prompt",
    "DeepSeek and Qwen templates under vLLM",
    "Hm, let me see.\n</think>\n\nHello",
    { text: "Hello", reasoning: "Hm, let me see.\n" },
  ),
  says("an answer within a thought that never ends", "small models", "<think>It is 4.", {
    text: "It is 4.",
  }),
  {
    name: "a call within a thought that never ends",
    source: "Qwen3 under vLLM with a reasoning parser",
    answers: [
      {
        pieces: [
          chunk({ reasoning_content: `I look.\n<tool_call>${CALL_A}</tool_call>` }),
          chatFinish("stop"),
          DONE,
        ],
      },
    ],
    expect: { calls: [READ_A], reasoning: `I look.\n<tool_call>${CALL_A}</tool_call>` },
  },
  says("the final channel", "gpt-oss without its parser", "<|channel|>final<|message|>Hello", {
    text: "Hello",
  }),
  stays("talk about <think> in a sentence", "The tags `<think>` and </think> enclose thoughts."),
  stays(
    "a call in a block of code",
    `Such a call looks like this:\n\n\`\`\`xml\n<tool_call>\n${CALL_A}\n</tool_call>\n\`\`\``,
  ),
  stays("a call in a span of code", `Write \`<tool_call>${CALL_A}</tool_call>\` for that.`),
  stays("JSON in a block of code", `\`\`\`json\n${CALL_A}\n\`\`\``),
  stays("a call with words after it", `<tool_call>${CALL_A}</tool_call> is how one calls a tool.`),
  stays(
    "a call of a tool that is not there",
    '<tool_call>{"name": "fly", "arguments": {}}</tool_call>',
  ),
  stays(
    "a call without arguments that parse",
    '<tool_call>{"name": "read", "arguments": {"filePath": }}</tool_call>',
  ),
  stays("JSON that is no call", '{"name": "Ada", "arguments": ["for", "against"]}'),
  stays(
    "a tag that is never closed",
    `The tag <tool_call> begins a call. ${"It ends later. ".repeat(40)}`,
  ),
  stays("a thought in the middle", "First this. <think>Then that.</think> Done with it."),
];
