// A subagent's task as a job: what it has said and called since it was last looked at, its end, and
// how to end it.
import { AppError, errorMessage, isAbort } from "@/base/error";
import type { MessageWithParts } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Session } from "@/schema/session";
import { formatTask } from "@/tool/task";
import type { JobEnd, JobWork } from "@/tool/tool";
import type { Sessions } from "./sessions";

interface TaskOfChild {
  child: Session;
  title: string;
  /** Its answer; rejects with its failure, or when it is stopped. */
  text: Promise<string>;
  stop(): void;
  sessions: Sessions;
}

/** Of a child's messages the last so many are looked at. */
const MESSAGES_MAX = 50;
const TEXT_MAX_CHARACTERS = 500;
const TAIL_MAX_CHARACTERS = 8_000;

export function taskJob({ child, sessions, stop, text, title }: TaskOfChild): JobWork {
  const { id } = child;
  const messages = () => sessions.messages(id, { limit: MESSAGES_MAX }).messages;
  const ended = text.then(
    (answer): JobEnd => ({ status: "completed", text: formatTask(id, "completed", answer) }),
    (error: unknown): JobEnd => ({
      status: isStop(error) ? "stopped" : "failed",
      text: formatTask(id, "error", isStop(error) ? "Stopped" : errorMessage(error)),
    }),
  );
  let seen = "";
  let isOver = false;
  void ended.then(() => (isOver = true));
  return {
    id,
    kind: "task",
    title,
    ended,
    readNew: () => {
      const fresh = finishedParts(messages()).filter((part) => part.id > seen);
      seen = fresh.at(-1)?.id ?? seen;
      // The end has the answer, and how it came to it is nobody's concern any more.
      return isOver ? "" : cut(fresh.map(describe).join("\n"));
    },
    tail: () => cut(finishedParts(messages()).map(describe).join("\n")),
    stop: async () => {
      stop();
      await ended;
    },
  };
}

/** Before it had begun, or in the middle of an answer. */
function isStop(error: unknown): boolean {
  return isAbort(error) || (error instanceof AppError && error.name === "MessageAbortedError");
}

/** What has been said and done, without what is still under way. */
function finishedParts(messages: readonly MessageWithParts[]): Part[] {
  const answers = messages.filter(({ info }) => info.role === "assistant");
  return answers
    .flatMap(({ parts }) => parts)
    .filter((part) => {
      if (part.type === "text") return part.time?.end !== undefined;
      return part.type === "tool" && part.state.status !== "pending";
    });
}

function describe(part: Part): string {
  if (part.type === "text") return part.text.slice(0, TEXT_MAX_CHARACTERS);
  if (part.type !== "tool") return "";
  const { state } = part;
  const title = state.status === "completed" || state.status === "running" ? state.title : "";
  return `[${part.tool}${title ? ` ${title}` : ""}: ${state.status}]`;
}

function cut(text: string): string {
  return text.slice(-TAIL_MAX_CHARACTERS);
}
