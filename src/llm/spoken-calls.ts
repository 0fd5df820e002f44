// Spoken calls: tool calls that a model wrote into its text, in the markup it was trained on, where
// the server in front of it did not take them out. Each way of writing is a row of a table here.
//
// A text is calls only when it is nothing else: the marker, calls of tools that were offered, with
// arguments that parse, and the end. Whatever talks about such markup, quotes it in a code block,
// goes on after it or names another tool stays text.

import { asRecord } from "./json-record";
import type { ModelTool } from "./model-event";
import { readLooseJSON } from "./loose-json";

export interface SpokenCall {
  tool: string;
  /** JSON text of an object. */
  input: string;
}

/**
 * Where calls may begin in a text, and who writes so. Longer ones before their own beginnings.
 * Hermes, Qwen: <tool_call>{json}; GLM: <tool_call>name<arg_key>; Qwen-Coder: <function=name>;
 * MiniMax, Claude behind proxies: <invoke name="..">; Qwen2.5-Coder: <tools>; Nemotron: <TOOLCALL>;
 * Granite, Phi: <|tool_call|>; Llama 3: <|python_tag|>; Mistral: [TOOL_CALLS]; Kimi K2 and
 * DeepSeek: their section tokens, with plain or wide bars; gpt-oss: its commentary channel.
 */
export const CALL_MARKERS: readonly string[] = [
  "<tool_call>",
  "<tool_calls>",
  "<toolcall>",
  "<TOOLCALL>",
  "<function_call>",
  "<function_calls>",
  "<minimax:tool_call>",
  "<function=",
  "<invoke name=",
  "<tools>",
  "<|tool_call|>",
  "<|tool_calls_section_begin|>",
  "<|tool_call_begin|>",
  "<|python_tag|>",
  "<|channel|>commentary to=",
  "<|start|>assistant<|channel|>commentary to=",
  "<｜tool▁calls▁begin｜>",
  "<｜tool▁call▁begin｜>",
  "<|tool▁calls▁begin|>",
  "<|tool▁call▁begin|>",
  "[TOOL_CALLS]",
];

/** How an answer begins that may be nothing but calls: JSON (Llama 3.2, Granite), Phi-4-mini's. */
export const BARE_CALLS = /^\s*(?:\{|\[\s*\{|functools\[)/;

/** What stands around and between calls and says nothing. */
const WRAPPER = new RegExp(
  [
    "\\s+",
    "</?(?:tool_calls?|toolcall|TOOLCALL|function_calls?|minimax:tool_call|tools)>",
    "<[|｜]tool[_▁]calls?(?:_section)?(?:[_▁](?:begin|end))?[|｜]>",
    "<\\|(?:python_tag|call|end|eom_id|eot_id|im_end|start)\\|>(?:assistant)?",
    "</s>",
    "\\[/?TOOL_CALLS\\]",
    "functools(?=\\[)",
    "```(?=\\s*<[|｜])",
    "[,;](?=\\s*<)",
  ].join("|"),
  "y",
);

type Found = { calls: SpokenCall[]; end: number } | undefined;
type Read = (text: string, at: number, tools: readonly ModelTool[]) => Found;

/** Tried in order, each at the place where a call would begin. */
const FORMATS: readonly Read[] = [readJSON, readTagged, readGLM, readNamed];

/**
 * The calls that the text consists of; undefined when it is anything else. `text` begins with one
 * of the markers, or is the whole of an answer that begins with a brace.
 */
export function readSpokenCalls(
  text: string,
  tools: readonly ModelTool[],
): SpokenCall[] | undefined {
  const calls: SpokenCall[] = [];
  let at = skipWrappers(text, 0);
  while (at < text.length) {
    const start = at;
    const found = firstOf(FORMATS, (read) => read(text, start, tools));
    if (!found) return undefined;
    calls.push(...found.calls);
    at = skipWrappers(text, found.end);
  }
  return calls.length > 0 ? calls : undefined;
}

/** The calls that a thought ends in: a model that forgets to end the thought makes them there. */
export function readThoughtCalls(
  thought: string,
  tools: readonly ModelTool[],
): SpokenCall[] | undefined {
  if (tools.length === 0) return undefined;
  const last = Math.max(...CALL_MARKERS.map((marker) => thought.lastIndexOf(marker)));
  if (last < 0) return undefined;
  // Markers stand within each other: the outermost on the last line that has one begins the calls.
  const line = thought.slice(thought.lastIndexOf("\n", last) + 1);
  const at = Math.min(...CALL_MARKERS.map((marker) => indexOr(line, marker, Infinity)));
  return readSpokenCalls(line.slice(at), tools);
}

function indexOr(text: string, word: string, otherwise: number): number {
  const at = text.indexOf(word);
  return at < 0 ? otherwise : at;
}

/** Whether a call could still come of it: the name of a tool stands near the beginning of one. */
export function mayBecomeCalls(text: string, tools: readonly ModelTool[]): boolean {
  const head = text.slice(0, HEAD_CHARACTERS);
  if (head.length < HEAD_CHARACTERS || ARGUMENTS_FIRST.test(head)) return true;
  return tools.some(({ name }) => head.includes(name));
}

/** The name may come behind them, however long they are. */
const ARGUMENTS_FIRST = /^\S*\s*\{\s*"(arguments|parameters|args|input)"\s*:/;

const HEAD_CHARACTERS = 300;

function firstOf<T, R>(values: readonly T[], work: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const result = work(value);
    if (result !== undefined) return result;
  }
  return undefined;
}

function skipWrappers(text: string, from: number): number {
  let at = from;
  for (;;) {
    WRAPPER.lastIndex = at;
    const [skipped] = WRAPPER.exec(text) ?? [];
    if (!skipped) return at;
    at += skipped.length;
  }
}

/** `{"name": .., "arguments": {..}}` or a list of such. */
function readJSON(text: string, at: number, tools: readonly ModelTool[]): Found {
  const read = readLooseJSON(text, at);
  if (!read) return undefined;
  const values: unknown[] = Array.isArray(read.value) ? read.value : [read.value];
  const calls = values.map((value) => callOf(value, tools));
  const found = calls.filter((call) => call !== undefined);
  return found.length === calls.length && found.length > 0
    ? { calls: found, end: read.end }
    : undefined;
}

function callOf(value: unknown, tools: readonly ModelTool[]): SpokenCall | undefined {
  const outer = asRecord(value);
  const inner = asRecord(outer?.["function"]) ?? outer;
  if (!inner) return undefined;
  const name = [inner["name"], inner["tool"], inner["tool_name"], inner["function"]].find(isText);
  const tool = findTool(name, tools);
  if (!tool) return undefined;
  const given = [inner["arguments"], inner["parameters"], inner["args"], inner["input"]];
  const args = given.find((entry) => entry !== undefined && entry !== null) ?? {};
  const read = isText(args) ? readLooseJSON(args, 0)?.value : args;
  const input = asRecord(read);
  return input && { tool: tool.name, input: JSON.stringify(input) };
}

const TAGGED = /<(?:function=([^>\s]+)|invoke name="([^"]+)")\s*>/y;
const TAGGED_VALUE =
  /\s*<parameter(?:=([^>]+)| name="([^"]+)"[^>]*)>([\s\S]*?)<\/parameter>(?=\s*(?:<|$))/y;

/** `<function=name><parameter=key>value</parameter></function>`, or the same with `invoke`. */
function readTagged(text: string, at: number, tools: readonly ModelTool[]): Found {
  TAGGED.lastIndex = at;
  const opened = TAGGED.exec(text);
  const tool = findTool(opened?.[1] ?? opened?.[2], tools);
  if (!opened || !tool) return undefined;
  const start = at + opened[0].length;
  const whole = readLooseJSON(text, skipSpace(text, start));
  const read = whole ? { values: whole.value, end: whole.end } : readValues(text, start);
  const closed = /\s*<\/(?:function|invoke)>/y;
  closed.lastIndex = read.end;
  const [close] = closed.exec(text) ?? [];
  if (close === undefined && text.slice(read.end).trim() !== "") return undefined;
  const input = asRecord(read.values);
  if (!input) return undefined;
  const typed = whole ? input : typedValues(input, tool);
  const call = { tool: tool.name, input: JSON.stringify(typed) };
  return { calls: [call], end: read.end + (close?.length ?? text.length - read.end) };
}

function readValues(text: string, start: number): { values: Record<string, string>; end: number } {
  const values: Record<string, string> = {};
  let end = start;
  for (;;) {
    TAGGED_VALUE.lastIndex = end;
    const found = TAGGED_VALUE.exec(text);
    if (!found) return { values, end };
    values[(found[1] ?? found[2] ?? "").trim()] = withoutFrame(found[3] ?? "");
    end += found[0].length;
  }
}

const GLM = /([\w.-]+)\s*(?=<arg_key>)/y;
const GLM_VALUE =
  /\s*<arg_key>([^<]+)<\/arg_key>\s*<arg_value>([\s\S]*?)<\/arg_value>(?=\s*(?:<|$))/y;

/** `name<arg_key>key</arg_key><arg_value>value</arg_value>`. */
function readGLM(text: string, at: number, tools: readonly ModelTool[]): Found {
  GLM.lastIndex = at;
  const opened = GLM.exec(text);
  const tool = findTool(opened?.[1], tools);
  if (!opened || !tool) return undefined;
  const values: Record<string, string> = {};
  let end = at + opened[0].length;
  for (;;) {
    GLM_VALUE.lastIndex = end;
    const found = GLM_VALUE.exec(text);
    if (!found) break;
    values[(found[1] ?? "").trim()] = withoutFrame(found[2] ?? "");
    end += found[0].length;
  }
  if (Object.keys(values).length === 0) return undefined;
  const call = { tool: tool.name, input: JSON.stringify(typedValues(values, tool)) };
  return { calls: [call], end };
}

/** A name, a token between, and JSON: Mistral, DeepSeek, Kimi K2, gpt-oss, each its own token. */
const NAMED = new RegExp(
  "(?:(?:<\\|channel\\|>)?commentary to=|function<[|｜]tool▁sep[|｜]>)?" +
    "(?:functions?\\.)?([\\w-]+?)(?::\\d+)?" +
    "\\s*(?:(?:<\\|(?:constrain|channel|message)\\|>|json|code|commentary)\\s*)*" +
    "(?:\\[ARGS\\]|<[|｜]tool▁sep[|｜]>|<\\|tool_call_argument_begin\\|>|```(?:json)?)?" +
    "\\s*(?=\\{)",
  "y",
);

function readNamed(text: string, at: number, tools: readonly ModelTool[]): Found {
  NAMED.lastIndex = at;
  const opened = NAMED.exec(text);
  const tool = findTool(opened?.[1], tools);
  const read = opened && tool ? readLooseJSON(text, at + opened[0].length) : undefined;
  const input = asRecord(read?.value);
  if (!tool || !read || !input) return undefined;
  const fence = /^\s*```/.exec(text.slice(read.end, read.end + 20))?.[0].length ?? 0;
  const end = opened?.[0].includes("```") ? read.end + fence : read.end;
  return { calls: [{ tool: tool.name, input: JSON.stringify(input) }], end };
}

function findTool(name: unknown, tools: readonly ModelTool[]): ModelTool | undefined {
  if (!isText(name)) return undefined;
  const plain = name.trim().replace(/^functions?\./, "");
  const lower = plain.toLowerCase();
  return tools.find((tool) => tool.name === plain) ?? tools.find((tool) => tool.name === lower);
}

/** Values between tags are text; the tool's schema says which are more than that. */
function typedValues(values: Record<string, unknown>, tool: ModelTool): Record<string, unknown> {
  const properties = asRecord(tool.parameters["properties"]) ?? {};
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const wanted = asRecord(properties[key])?.["type"];
      return [key, isText(value) && wanted !== "string" ? typedValue(value) : value];
    }),
  );
}

function typedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // a plain word: the check of the call says if it does not fit
  }
}

/** A value on lines of its own has the line ends of its tags around it. */
function withoutFrame(text: string): string {
  return text.replace(/^\r?\n/, "").replace(/\r?\n$/, "");
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text.charAt(at))) at++;
  return at;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
