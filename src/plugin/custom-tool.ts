// A custom tool: an object with a description and `execute`, as people write it, becomes a tool of
// ours. Its permission is its id, its time and its output are bounded, and what it answers is taken
// apart with care: it is code that anybody may have written.
import { invalid } from "@/base/error";
import { t } from "@/base/schema";
import { isRecord, type JSONRecord } from "@/config/json";
import type { Tool, ToolAttachment, ToolContext, ToolResult } from "@/tool/tool";
import type { ZodModule } from "./plugin-modules";
import { toolSchema, type ToolSchema } from "./tool-schema";
import { callWithin } from "@/base/within-time";

/** What a file exports as a tool, or a plugin has under `tool`. */
export interface ToolSource {
  description: string;
  args?: unknown;
  execute: (args: unknown, context: unknown) => unknown;
}

/** What providers take as the name of a tool. */
const ID = /^[a-zA-Z0-9_-]{1,64}$/;
const EXECUTE_LIMIT_MS = 10 * 60_000;
const METADATA_MAX_CHARACTERS = 256 * 1024;
const ATTACHMENTS_MAX = 20;
const ATTACHMENT_MAX_CHARACTERS = 20 * 1024 * 1024;

export function isToolSource(value: unknown): value is ToolSource {
  if (!isRecord(value)) return false;
  return typeof value["description"] === "string" && typeof value["execute"] === "function";
}

/** Throws AppError invalid when the name or the arguments cannot be a tool's. */
export async function customTool(
  id: string,
  source: ToolSource,
  zod: () => Promise<ZodModule>,
): Promise<Tool> {
  if (!ID.test(id)) {
    throw invalid(
      `${JSON.stringify(id)} cannot name a tool: use up to 64 letters, digits, _ and -`,
    );
  }
  const schema = await toolSchema(source.args, zod);
  return {
    id,
    description: source.description.trim(),
    parameters: t.Unsafe(schema.parameters),
    run: (input, context) => run({ id, source, schema }, input, context),
  };
}

async function run(
  { id, source, schema }: { id: string; source: ToolSource; schema: ToolSchema },
  input: unknown,
  context: ToolContext,
): Promise<ToolResult> {
  const args = await schema.parse(input);
  await context.ask({ permission: id, patterns: ["*"], always: ["*"], metadata: {} });
  const { clock } = context.host;
  const controller = new AbortController();
  const signal = AbortSignal.any([context.signal, controller.signal]);
  const work = async () => source.execute(args, contextOf(context, signal));
  try {
    // It may write any file.
    const answer = await context.changes.tree(() =>
      callWithin(work, { limitMs: EXECUTE_LIMIT_MS, clock }),
    );
    return toResult(answer);
  } finally {
    controller.abort(new DOMException("The call is over", "AbortError"));
  }
}

/** The context by its published names. */
function contextOf(context: ToolContext, signal: AbortSignal): JSONRecord {
  const { sessionID, messageID, callID, agent, directory, worktree } = context;
  return {
    ...{ sessionID, messageID, callID, agent, directory, worktree },
    abort: signal,
    metadata: (update: unknown) => {
      if (!isRecord(update)) return;
      const { title, metadata } = update;
      context.report({
        ...(typeof title === "string" ? { title } : {}),
        ...(isRecord(metadata) ? { metadata: plain(metadata) } : {}),
      });
    },
    ask: async (asked: unknown) => {
      const request = isRecord(asked) ? asked : {};
      const { permission, metadata } = request;
      if (typeof permission !== "string") throw invalid("ask: permission: expected a text");
      await context.ask({
        permission,
        patterns: texts(request["patterns"]),
        always: texts(request["always"]),
        metadata: isRecord(metadata) ? plain(metadata) : {},
      });
    },
  };
}

function toResult(answer: unknown): ToolResult {
  if (!isRecord(answer) || typeof answer["output"] !== "string") {
    return { title: "", output: toText(answer), metadata: {} };
  }
  const { title, output, metadata, attachments } = answer;
  // Whether its output is cut is not for the tool to say.
  const { truncated: _, ...rest } = isRecord(metadata) ? plain(metadata) : {};
  const files = Array.isArray(attachments) ? attachments.flatMap(toAttachment) : [];
  return {
    title: typeof title === "string" ? title : "",
    output,
    metadata: rest,
    ...(files.length > 0 ? { attachments: files.slice(0, ATTACHMENTS_MAX) } : {}),
  };
}

function toText(answer: unknown): string {
  if (typeof answer === "string") return answer;
  if (answer === undefined || answer === null) return "";
  try {
    return JSON.stringify(answer) ?? String(answer);
  } catch {
    throw invalid("The tool gave something that is neither text nor JSON");
  }
}

function toAttachment(value: unknown): ToolAttachment[] {
  if (!isRecord(value)) return [];
  const { mime, url, filename } = value;
  if (typeof mime !== "string" || typeof url !== "string" || !url.startsWith("data:")) return [];
  if (url.length > ATTACHMENT_MAX_CHARACTERS) return [];
  return [{ mime, url, ...(typeof filename === "string" ? { filename } : {}) }];
}

/** As JSON has it; nothing when it has no JSON, or too much. */
function plain(metadata: JSONRecord): JSONRecord {
  try {
    const text = JSON.stringify(metadata);
    const copy: unknown = text.length > METADATA_MAX_CHARACTERS ? {} : JSON.parse(text);
    return isRecord(copy) ? copy : {};
  } catch {
    return {}; // circles and the like: it is for show only
  }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
