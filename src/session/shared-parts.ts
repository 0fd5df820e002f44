// Shared parts: what a reader of a shared session gets to see of a session, a message and a part.
// Pure. Every field that goes out is named here, and every text of it is masked; what is new in a
// schema stays private until it is named. The shapes are the usual ones, so that clients which know
// sessions know shared ones.
import type { Message, MessageWithParts } from "@/schema/message";
import type { MessageError } from "@/schema/message-error";
import type { Part, ToolPart, ToolState } from "@/schema/part";
import type { Session } from "@/schema/session";
import type { ShareMask } from "./share-mask";

/** Of a failure this is told; what the provider answered may hold anything. */
const ERROR_KEYS: readonly string[] = [
  "message",
  "providerID",
  "statusCode",
  "isRetryable",
  "retries",
];

export function sharedSession(session: Session, mask: ShareMask): Session {
  const { id, slug, version, time, cost, tokens, agent, model } = session;
  return {
    id,
    slug,
    version,
    title: mask.text(session.title),
    projectID: "shared",
    directory: ".",
    time: { created: time.created, updated: time.updated },
    ...(cost !== undefined && { cost }),
    ...(tokens && { tokens }),
    ...(agent !== undefined && { agent }),
    ...(model && { model }),
  };
}

export function sharedMessage({ info, parts }: MessageWithParts, mask: ShareMask) {
  return { info: sharedInfo(info, mask), parts: parts.flatMap((part) => sharedPart(part, mask)) };
}

function sharedInfo(info: Message, mask: ShareMask): Message {
  const { id, sessionID, agent } = info;
  if (info.role === "user") {
    const { role, time, model } = info;
    return { id, sessionID, role, time, agent, model };
  }
  const { role, time, parentID, modelID, providerID, mode, cost, tokens, summary } = info;
  return {
    ...{ id, sessionID, role, time, parentID, modelID, providerID, mode, agent, cost, tokens },
    path: { cwd: ".", root: "." },
    ...(summary !== undefined && { summary }),
    ...(info.finish !== undefined && { finish: info.finish }),
    ...(info.structured !== undefined && { structured: mask.value(info.structured) }),
    ...(info.error && { error: sharedError(info.error, mask) }),
  };
}

function sharedError(error: MessageError, mask: ShareMask): MessageError {
  const kept = Object.entries(error.data).filter(([key]) => ERROR_KEYS.includes(key));
  const data = mask.value(Object.fromEntries(kept));
  // The keys that are left out are optional ones, and masking keeps the types.
  return { name: error.name, data } as MessageError;
}

/** None for what is no part of the conversation: what the program wrote, and its bookkeeping. */
export function sharedPart(part: Part, mask: ShareMask): Part[] {
  const { id, sessionID, messageID } = part;
  const own = { id, sessionID, messageID };
  switch (part.type) {
    case "text": {
      if (part.synthetic || part.ignored) return [];
      const isGrowing = part.time !== undefined && part.time.end === undefined;
      const text = mask.text(isGrowing ? settled(part.text) : part.text);
      return [{ ...own, type: "text", text, ...(part.time && { time: part.time }) }];
    }
    case "reasoning": {
      const text = mask.text(part.time.end === undefined ? settled(part.text) : part.text);
      return [{ ...own, type: "reasoning", text, time: part.time }];
    }
    case "tool":
      return [{ ...own, ...sharedCall(part, mask) }];
    case "file": {
      const filename = part.filename === undefined ? undefined : mask.path(part.filename);
      // What is in a file is not shared: it cannot be masked when it is an image.
      const file = { type: "file" as const, mime: part.mime, url: "data:," };
      return [{ ...own, ...file, ...(filename !== undefined && { filename }) }];
    }
    case "agent":
      return [{ ...own, type: "agent", name: part.name }];
    case "subtask": {
      const { type, agent } = part;
      const prompt = mask.text(part.prompt);
      return [{ ...own, type, agent, prompt, description: mask.text(part.description) }];
    }
    case "patch":
      return [{ ...own, type: "patch", hash: "", files: part.files.map(mask.path) }];
    case "compaction":
      return [{ ...own, type: "compaction", auto: part.auto }];
    default:
      return [];
  }
}

/**
 * What can be masked of a text that is being written: a secret of which the beginning is there has
 * the form of none yet, so the last word waits until it is whole.
 */
function settled(text: string): string {
  let end = text.length;
  while (end > 0 && /\S/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function sharedCall({ callID, tool, state }: ToolPart, mask: ShareMask) {
  return { type: "tool" as const, callID, tool: mask.text(tool), state: sharedState(state, mask) };
}

/** Without metadata: tools put there what their own views need, the whole of files included. */
function sharedState(state: ToolState, mask: ShareMask): ToolState {
  const input = maskInput(state.input, mask);
  switch (state.status) {
    case "pending":
      return { status: "pending", input: {}, raw: "" };
    case "running": {
      const title = state.title === undefined ? undefined : mask.text(state.title);
      return { status: "running", input, time: state.time, ...(title !== undefined && { title }) };
    }
    case "completed": {
      const { status, time } = state;
      const title = mask.text(state.title);
      return { status, input, title, output: mask.text(state.output), metadata: {}, time };
    }
    case "error":
      return { status: "error", input, error: mask.text(state.error), time: state.time };
  }
}

function maskInput(input: Record<string, unknown>, mask: ShareMask): Record<string, unknown> {
  const masked = mask.value(input);
  return typeof masked === "object" && masked !== null ? { ...masked } : {};
}
