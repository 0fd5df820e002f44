// A session as a document: Markdown to read, HTML to show, JSON to keep. Pure, but for reading the
// messages.

import type { MessageWithParts } from "@/schema/message";
import type { Part, ToolPart } from "@/schema/part";
import type { Session } from "@/schema/session";
import type { Ui } from "@/tui/ui";

export type ExportFormat = "Markdown" | "JSON" | "HTML";

export interface ExportOptions {
  format: ExportFormat;
  thinking: boolean;
  toolDetails: boolean;
  /** Agent, model and time of each answer. */
  metadata: boolean;
}

const PAGE = 100;
/** More than any session has; a bound on what a strange server can cost. */
const PAGES_MAX = 1_000;

export const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  Markdown: "md",
  JSON: "json",
  HTML: "html",
};

/** All messages of a session, oldest first. */
export async function readMessages(ui: Ui, sessionID: string): Promise<MessageWithParts[]> {
  const messages: MessageWithParts[] = [];
  let before: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const query = { limit: PAGE, ...(before !== undefined && { before }) };
    const found = await ui.client.message.page(sessionID, query);
    messages.unshift(...found.messages);
    before = found.older;
    if (before === undefined) break;
  }
  return messages;
}

export function exportSession(
  session: Session,
  messages: readonly MessageWithParts[],
  options: ExportOptions,
): string {
  if (options.format === "JSON") return `${JSON.stringify({ info: session, messages }, null, 2)}\n`;
  const markdown = toMarkdown(session, messages, options);
  return options.format === "HTML" ? toHTML(session.title, markdown) : markdown;
}

/** `fix-flaky-login-test`. */
export function fileName(title: string): string {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join("-").slice(0, 60) || "session";
}

function toMarkdown(
  session: Session,
  messages: readonly MessageWithParts[],
  options: ExportOptions,
): string {
  const sections = messages.flatMap((message) => {
    const text = message.parts.map((part) => partText(part, options)).filter((one) => one !== "");
    return text.length === 0 ? [] : [`## ${headingOf(message, options)}`, ...text];
  });
  const head = [`# ${session.title}`, `Session ${session.id}, ${day(session.time.created)}`];
  return `${[...head, ...sections].join("\n\n")}\n`;
}

function headingOf({ info }: MessageWithParts, { metadata }: ExportOptions): string {
  if (info.role === "user") return "User";
  if (!metadata) return "Assistant";
  const { created, completed } = info.time;
  const seconds =
    completed === undefined ? "" : ` · ${((completed - created) / 1_000).toFixed(1)}s`;
  return `Assistant (${info.agent} · ${info.modelID}${seconds})`;
}

function partText(part: Part, { thinking, toolDetails }: ExportOptions): string {
  if (part.type === "text") return part.synthetic === true ? "" : part.text.trim();
  if (part.type === "reasoning") {
    const text = part.text.trim();
    return thinking && text !== "" ? `_Thinking_\n\n${text.replace(/^/gm, "> ")}` : "";
  }
  if (part.type === "file") return `[${part.filename ?? part.url.slice(0, 80)}]`;
  return part.type === "tool" ? toolText(part, toolDetails) : "";
}

function toolText({ tool, state }: ToolPart, hasDetails: boolean): string {
  const head = `**Tool: ${tool}**`;
  if (!hasDetails) return head;
  const input = fenced(JSON.stringify(state.input, null, 2), "json");
  if (state.status === "completed") return [head, input, fenced(state.output)].join("\n\n");
  if (state.status === "error") return [head, input, "Error:", fenced(state.error)].join("\n\n");
  return `${head}\n\n${input}`;
}

/** A fence that is longer than any in the text. */
function fenced(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, "")}\n${fence}`;
}

function toHTML(title: string, markdown: string): string {
  // The text is shown as it is: what a model or a file says must not run in a browser.
  const style =
    "body{max-width:60rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui}" +
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 ui-monospace,monospace}";
  return [
    "<!doctype html>",
    '<html lang="en">',
    `<head><meta charset="utf-8"><title>${Bun.escapeHTML(title)}</title>`,
    `<style>${style}</style></head>`,
    `<body><pre>${Bun.escapeHTML(markdown)}</pre></body>`,
    "</html>",
    "",
  ].join("\n");
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
