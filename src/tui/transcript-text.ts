// A session as Markdown, for the clipboard: what was asked and answered, and which tools ran.
import type { MessageWithParts } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Session } from "@/schema/session";

export function transcriptText(session: Session, messages: readonly MessageWithParts[]): string {
  const texts = messages.map(({ info, parts }) => {
    const head = info.role === "user" ? "## User" : `## Assistant (${info.modelID})`;
    const body = parts.map(partText).filter(Boolean).join("\n\n");
    return body && `${head}\n\n${body}`;
  });
  return [`# ${session.title}`, ...texts.filter(Boolean)].join("\n\n") + "\n";
}

/** The text of the newest answer; undefined when there is none. */
export function answerText(messages: readonly MessageWithParts[]): string | undefined {
  const texts = messages.map(({ info, parts }) => (info.role === "user" ? "" : textOf(parts)));
  return texts.findLast((text) => text !== "");
}

function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === "text" ? [part.text.trim()] : [])).join("\n\n");
}

function partText(part: Part): string {
  if (part.type === "text") return part.synthetic ? "" : part.text.trim();
  if (part.type === "file") return `[${part.filename ?? part.mime}]`;
  if (part.type !== "tool") return "";
  const { state } = part;
  const output = state.status === "completed" ? state.output : "";
  const fence = "`".repeat(
    Math.max(3, ...[...output.matchAll(/`+/g)].map(([run]) => run.length + 1)),
  );
  return `**${part.tool}**\n\n${fence}\n${output.trim()}\n${fence}`;
}
