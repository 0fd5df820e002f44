// Structured output: a prompt may ask for an answer that fits a JSON schema. The model gives it by
// calling a tool that takes just that; here are the tool, and the judgement of a step by what came
// of it.
import { invalid } from "@/base/error";
import { findIssues, formatIssue, t, type SchemaIssue, type TSchema } from "@/base/schema";
import type { ModelTool } from "@/llm/model-event";
import type { OutputFormat, OutputFormatJsonSchema } from "@/schema/message";
import type { MessageError } from "@/schema/message-error";
import type { Part } from "@/schema/part";
import { defineTool, type Tool } from "@/tool/tool";

const TOOL = "StructuredOutput";
const RETRIES_DEFAULT = 2;
/** A model that has failed so often will not do better, and each time costs the whole context. */
const RETRIES_MAX = 10;
const ISSUES_SHOWN = 10;
const SCHEMA_MAX_CHARACTERS = 200_000;
/** Under this key stands an answer that is no object: a tool takes nothing else. */
const WRAPPED = "value";

/** Said to a model that answered without the tool. */
export const REMINDER =
  `Give the answer by calling the ${TOOL} tool now, with arguments that fit its schema. ` +
  "An answer in words is not read.";

/** What the system prompt says beside the tool. */
export const INSTRUCTION =
  `The answer is read by a program. When the work is done, call the ${TOOL} tool once, with the ` +
  "whole answer in its arguments; do not write the answer as text.";

const DESCRIPTION =
  "Gives the final answer in the form that was asked for, and ends the turn. Call it once, after " +
  "all other work is done.";

/** Undefined for a prompt that asks for text. */
export function findSchema(format: OutputFormat | undefined): OutputFormatJsonSchema | undefined {
  return format?.type === "json_schema" ? format : undefined;
}

/** Throws AppError invalid for a schema that nothing could be checked with. */
export function checkFormat(format: OutputFormat | undefined): void {
  const wanted = findSchema(format);
  if (!wanted) return;
  const path = "format.schema";
  if (JSON.stringify(wanted.schema).length > SCHEMA_MAX_CHARACTERS) {
    throw invalid(`${path}: at most ${SCHEMA_MAX_CHARACTERS} characters`, { path });
  }
}

/** The tool as the model is told of it: with the caller's own schema. */
export function describeTool({ schema }: OutputFormatJsonSchema): ModelTool {
  const { $schema: _, ...own } = schema;
  const parameters = isObjectSchema(own)
    ? { ...own, type: "object" }
    : { type: "object", properties: { [WRAPPED]: own }, required: [WRAPPED] };
  return { name: TOOL, description: DESCRIPTION, parameters };
}

/** The tool that takes the answer, and refuses one that does not fit. */
export function structuredTool(format: OutputFormatJsonSchema): Tool {
  return defineTool({
    id: TOOL,
    description: DESCRIPTION,
    // What fits is said by the caller's schema, which is not ours to trust: `run` looks.
    parameters: t.Object({}),
    run: async (input) => {
      const issues = issuesOf(format, unwrap(format, input));
      if (issues.length > 0) {
        const list = issues.slice(0, ISSUES_SHOWN).map(formatIssue).join("; ");
        throw invalid(`The answer does not fit the schema: ${list}. Call the tool again.`);
      }
      return { title: "Structured answer", output: "The answer was taken.", metadata: {} };
    },
  });
}

interface Judgement {
  /** The answer, when it has come. */
  value?: unknown;
  /** Undefined leaves it to what the calls of the step say. */
  outcome?: "go-on" | "stop";
  error?: MessageError;
}

/**
 * What a step that came to its end means for the answer that `format` asks for: it is there, it is
 * asked for once more, or it has failed too often. Counts the misses of the turn.
 */
export function judgeStructured(
  format: OutputFormat | undefined,
  parts: readonly Part[],
  turn: { structuredMisses: number },
): Judgement {
  const wanted = findSchema(format);
  if (!wanted) return {};
  const calls = parts.filter((part) => part.type === "tool");
  const own = calls.filter(({ tool, state }) => tool === TOOL || state.input["tool"] === TOOL);
  const given = own.find(({ tool, state }) => tool === TOOL && state.status === "completed");
  if (given) return { value: unwrap(wanted, given.state.input), outcome: "stop" };
  if (calls.length > 0 && own.length === 0) return {};
  const retries = Math.min(wanted.retryCount ?? RETRIES_DEFAULT, RETRIES_MAX);
  turn.structuredMisses++;
  // A refused call has its reason as its result, which the model sees by itself.
  if (turn.structuredMisses <= retries) return own.length > 0 ? {} : { outcome: "go-on" };
  const what = own.length > 0 ? "did not give an answer that fits" : "did not call the tool for it";
  const message = `The model ${what}: a structured answer was asked for`;
  return { error: { name: "StructuredOutputError", data: { message, retries } } };
}

function issuesOf({ schema }: OutputFormatJsonSchema, value: unknown): SchemaIssue[] {
  try {
    // A JSON schema is what findIssues follows; TypeBox's own keys are for its types alone.
    return findIssues(schema as unknown as TSchema, value);
  } catch {
    // A schema that cannot be followed (a broken pattern, a key of the wrong type) judges nothing.
    return [];
  }
}

function unwrap({ schema }: OutputFormatJsonSchema, input: Record<string, unknown>): unknown {
  return isObjectSchema(schema) ? input : input[WRAPPED];
}

function isObjectSchema(schema: Record<string, unknown>): boolean {
  if (schema["type"] === "object") return true;
  return schema["type"] === undefined && schema["properties"] !== undefined;
}
