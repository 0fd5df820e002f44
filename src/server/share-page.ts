// The page of a shared session: read-only HTML that needs nothing of any other host, and nothing
// but one nonce may run or style in it. What the session holds is hostile: all of it is escaped.
import type { Message, MessageWithParts } from "@/schema/message";
import type { Part, ToolPart } from "@/schema/part";
import type { Session, SessionStatus } from "@/schema/session";
import type { SharedSession } from "@/schema/share";
import { renderMarkdown } from "./share-markdown";
import { SHARE_SCRIPT } from "./share-script";
import { SHARE_STYLE } from "./share-style";

/** What a tool took or gave is shown up to here; the JSON has more. */
const SHOWN_MAX_CHARACTERS = 8_000;

/** `isLive` for the newest messages: the page then follows the session. */
export function renderPage(shared: SharedSession, nonce: string, isLive: boolean): string {
  const { info, status, messages, more, cursor } = shared;
  const earlier = more ? messages[0]?.info.id : undefined;
  const articles = messages.map(renderMessage).join("\n");
  return document_(
    { title: info.title, nonce },
    `${renderHead(info, status)}
<p id="notice" class="note" role="status"></p>
${isLive ? "" : '<p class="note"><a href="?">Newest messages</a></p>'}
${earlier === undefined ? "" : `<p class="note">${earlierLink(earlier)}</p>`}
<main${isLive ? ` data-after="${Number(cursor)}"` : ""}>
${articles}
</main>
<script nonce="${nonce}">${SHARE_SCRIPT}</script>`,
  );
}

/** The page where nothing is shared, or not any more. */
export function renderNotice(text: string, nonce: string): string {
  return document_({ title: text, nonce }, `<p>${Bun.escapeHTML(text)}</p>`);
}

function document_({ title, nonce }: { title: string; nonce: string }, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<title>${Bun.escapeHTML(title)}</title>
<style nonce="${nonce}">${SHARE_STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function earlierLink(messageID: string): string {
  return `<a href="?before=${encodeURIComponent(messageID)}">Earlier messages</a>`;
}

/** The title and what the session is doing. */
export function renderHead({ title, time, cost }: Session, { type }: SessionStatus): string {
  const created = new Date(time.created).toISOString().slice(0, 16).replace("T", " ");
  const facts = [`${created} UTC`, ...(cost ? [`$${cost.toFixed(2)}`] : [])];
  if (type !== "idle") facts.push("running");
  return `<header id="head"><h1>${Bun.escapeHTML(title)}</h1><p>${facts.join(" · ")}</p></header>`;
}

/** A message; its parts are the children of its second child. */
export function renderMessage({ info, parts }: MessageWithParts): string {
  const id = Bun.escapeHTML(info.id);
  const inner = parts.map((part) => renderPart(part, info.role)).join("");
  const error = info.role === "assistant" && info.error ? renderError(info.error.data) : "";
  const header = Bun.escapeHTML(describeMessage(info));
  return (
    `<article id="${id}" class="${info.role}"><header>${header}</header>` +
    `<section>${inner}</section>${error}</article>`
  );
}

function describeMessage(info: Message): string {
  return info.role === "user" ? "Prompt" : `${info.agent} · ${info.modelID}`;
}

function renderError(data: object): string {
  const message = "message" in data ? String(data.message) : "The answer failed";
  return `<p class="error">${Bun.escapeHTML(message)}</p>`;
}

/** A part as one element with its id. What a person wrote is shown as it was written. */
export function renderPart(part: Part, role: Message["role"] = "assistant"): string {
  const id = `id="${Bun.escapeHTML(part.id)}"`;
  switch (part.type) {
    case "text":
      return role === "user"
        ? `<div ${id} class="said">${Bun.escapeHTML(part.text)}</div>`
        : `<div ${id}>${renderMarkdown(part.text)}</div>`;
    case "reasoning":
      return collapsed(id, "<i>Thought</i>", renderMarkdown(part.text));
    case "tool":
      return collapsed(id, summarize(part), renderCall(part));
    case "file":
      return note(id, `Attached: ${part.filename ?? "a file"} (${part.mime})`);
    case "agent":
      return note(id, `Agent: ${part.name}`);
    case "subtask":
      return note(id, `Task for ${part.agent}: ${part.description}`);
    case "patch":
      return note(id, `Changed: ${part.files.join(", ")}`);
    case "compaction":
      return note(id, "The conversation up to here is summarised");
    default:
      return `<div ${id} hidden></div>`;
  }
}

function note(id: string, text: string): string {
  return `<div ${id} class="note">${Bun.escapeHTML(text)}</div>`;
}

function collapsed(id: string, summary: string, inner: string): string {
  return `<details ${id}><summary>${summary}</summary>${inner}</details>`;
}

function summarize({ tool, state }: ToolPart): string {
  const title = "title" in state ? (state.title ?? "") : "";
  const status = state.status === "completed" ? "" : ` (${state.status})`;
  return `<b>${Bun.escapeHTML(tool)}</b> ${Bun.escapeHTML(title + status)}`;
}

function renderCall({ state }: ToolPart): string {
  const input = pre(JSON.stringify(state.input, undefined, 2));
  if (state.status === "completed") return input + pre(state.output);
  if (state.status === "error")
    return `${input}<p class="error">${Bun.escapeHTML(state.error)}</p>`;
  return input;
}

function pre(text: string): string {
  const isLong = text.length > SHOWN_MAX_CHARACTERS;
  const shown = isLong ? `${text.slice(0, SHOWN_MAX_CHARACTERS)}\n…` : text;
  return shown === "" ? "" : `<pre>${Bun.escapeHTML(shown)}</pre>`;
}

/** Headers of every page: it runs and loads nothing but its own, and tells nobody where it is. */
export function pageHeaders(request: Request, nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    `connect-src ${ownAddress(request)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy.join("; "),
    "cross-origin-opener-policy": "same-origin",
    ...READER_HEADERS,
  };
}

/** Headers of everything that readers get. */
export const READER_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-robots-tag": "noindex, nofollow",
};

/**
 * Whatever should run in the page after all reaches this one address, not the API beside it. A
 * policy cannot name an IPv6 address.
 */
function ownAddress({ headers, url }: Request): string {
  const host = headers.get("host") ?? "";
  const { pathname } = new URL(url);
  const isNameable = /^[\w.-]+(:\d+)?$/.test(host) && /^[\w./%~-]+$/.test(pathname);
  return isNameable ? `${host}${pathname}` : "'self'";
}
