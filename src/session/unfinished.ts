// What was left unfinished, brought to an end state: by a process that died, by a failure in the
// middle of a step, or in a copy of a session that goes on elsewhere. Pure.
import type { AssistantMessage, MessageWithParts } from "@/schema/message";
import type { MessageError } from "@/schema/message-error";
import type { Part } from "@/schema/part";

export interface Ending {
  now: number;
  /** Why the message did not come to its own end. */
  error: MessageError;
  /** What the model reads as the result of a call that has none. */
  result: string;
}

/** How what a dead process left behind is ended. */
export function interrupted(now: number): Ending {
  const text = "Interrupted: the program ended while this was running";
  return { now, error: { name: "MessageAbortedError", data: { message: text } }, result: text };
}

/** The message and the parts that have to change to be ended; none when all of it has ended. */
export function endUnfinished(
  { info, parts }: MessageWithParts,
  ending: Ending,
): { info?: AssistantMessage; parts: Part[] } {
  const ended = parts.flatMap((part) => endPart(part, ending) ?? []);
  if (info.role !== "assistant" || info.time.completed !== undefined) return { parts: ended };
  const time = { ...info.time, completed: ending.now };
  return { info: { ...info, time, error: ending.error }, parts: ended };
}

/** The whole message as it is when `endUnfinished` has been done to it. */
export function ended(message: MessageWithParts, ending: Ending): MessageWithParts {
  const { info, parts } = endUnfinished(message, ending);
  const present = (part: Part) => parts.find(({ id }) => id === part.id) ?? part;
  return { info: info ?? message.info, parts: message.parts.map(present) };
}

function endPart(part: Part, { now, result }: Ending): Part | undefined {
  if (part.type === "tool") {
    const { state } = part;
    if (state.status === "completed" || state.status === "error") return undefined;
    const isRunning = state.status === "running";
    const metadata = { ...(isRunning ? state.metadata : {}), interrupted: true };
    const time = { start: isRunning ? state.time.start : now, end: now };
    return {
      ...part,
      state: { status: "error", input: state.input, error: result, metadata, time },
    };
  }
  // The texts of a prompt have no time: they never ran.
  const isText = part.type === "reasoning" || part.type === "text";
  if (!isText || part.time === undefined || part.time.end !== undefined) return undefined;
  return { ...part, time: { ...part.time, end: now } };
}
