// Content: what tools, prompts and resources answer, made into bounded text and attachments, pure.
// What is too large or of an unknown kind is replaced by a note, so that the model knows of it.
import { cutBytes, formatBytes } from "@/base/text";
import type { McpContent } from "./definition";
import { isFields, withoutControls } from "./plain-text";

/** Longer text is cut. */
export const TEXT_MAX_BYTES = 1024 * 1024;
/** In base64; larger ones are left out. */
const ATTACHMENT_MAX_LENGTH = 14 * 1024 * 1024;
const ATTACHMENTS_MAX = 20;
const ATTACHMENTS_MAX_LENGTH = 28 * 1024 * 1024;
const BLOCKS_MAX = 10_000;

type Fields = Record<string, unknown>;

/** The answer of a tool: `content` blocks, and `structuredContent` as a value. */
export function parseToolResult(result: Fields): McpContent & { isError: boolean } {
  const structured = isFields(result["structuredContent"])
    ? result["structuredContent"]
    : undefined;
  const content = new ContentBuilder();
  for (const block of blocksOf(result["content"])) content.add(block);
  // Servers repeat the value as text for clients that know no better; these are not shown it twice.
  if (structured && content.isEmpty) content.addText(JSON.stringify(structured, undefined, 2));
  const parsed = content.finish();
  const isSmall = !structured || JSON.stringify(structured).length <= TEXT_MAX_BYTES;
  return {
    ...parsed,
    ...(structured && isSmall && { structured }),
    isError: result["isError"] === true,
  };
}

/** The messages of a prompt, one after the other. */
export function parsePromptResult(result: Fields): McpContent {
  const content = new ContentBuilder();
  for (const message of blocksOf(result["messages"])) {
    const blocks = message["content"];
    for (const block of Array.isArray(blocks) ? blocksOf(blocks) : blocksOf([blocks])) {
      content.add(block);
    }
  }
  return content.finish();
}

/** The contents of a resource: texts, and blobs as attachments. */
export function parseResourceResult(result: Fields): McpContent {
  const content = new ContentBuilder();
  for (const resource of blocksOf(result["contents"])) content.add({ type: "resource", resource });
  return content.finish();
}

function blocksOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.slice(0, BLOCKS_MAX).filter(isFields) : [];
}

class ContentBuilder {
  readonly #texts: string[] = [];
  readonly #attachments: McpContent["attachments"] = [];
  #attachedLength = 0;
  #truncated = false;

  get isEmpty(): boolean {
    return this.#texts.length === 0 && this.#attachments.length === 0;
  }

  addText(text: string): void {
    this.#texts.push(text);
  }

  add(block: Fields): void {
    const { type, text, data } = block;
    if (type === "text" && typeof text === "string") return this.addText(text);
    if ((type === "image" || type === "audio") && typeof data === "string") {
      return this.#attach(data, block["mimeType"], undefined);
    }
    if (type === "resource" && isFields(block["resource"])) return this.#add(block["resource"]);
    if (type === "resource_link") return this.addText(describeLink(block));
    this.addText(`[content of type ${nameOf(type)} left out]`);
  }

  finish(): McpContent {
    const text = withoutControls(this.#texts.join("\n"));
    const size = Buffer.byteLength(text);
    if (size <= TEXT_MAX_BYTES) {
      return { text, attachments: this.#attachments, truncated: this.#truncated };
    }
    const note = `\n[cut after ${formatBytes(TEXT_MAX_BYTES)} of ${formatBytes(size)}]`;
    const kept = cutBytes(text, TEXT_MAX_BYTES - note.length, "head");
    return { text: kept + note, attachments: this.#attachments, truncated: true };
  }

  #add(resource: Fields): void {
    const { text, blob, uri, mimeType } = resource;
    if (typeof text === "string") this.addText(text);
    else if (typeof blob === "string") this.#addBlob(blob, mimeType, uri);
    else this.addText(`[resource ${nameOf(uri)} is empty]`);
  }

  #addBlob(blob: string, mimeType: unknown, uri: unknown): void {
    const text = isText(mimeType) && isBase64(blob) ? decodeText(blob) : undefined;
    if (text === undefined) this.#attach(blob, mimeType, fileName(uri));
    else this.addText(text);
  }

  #attach(data: string, mimeType: unknown, filename: string | undefined): void {
    const mime = typeof mimeType === "string" && isMediaType(mimeType) ? mimeType : BINARY;
    const base64 = data.replace(/\s+/g, "");
    const isFull =
      this.#attachments.length >= ATTACHMENTS_MAX ||
      base64.length > ATTACHMENT_MAX_LENGTH ||
      this.#attachedLength + base64.length > ATTACHMENTS_MAX_LENGTH;
    if (isFull || !isBase64(base64)) {
      const size = formatBytes((base64.length * 3) / 4);
      const why = isFull ? "too large, or one of too many" : "its data is not base64";
      this.#truncated ||= isFull;
      return this.addText(`[${mime} of ${size} left out: ${why}]`);
    }
    this.#attachedLength += base64.length;
    const url = `data:${mime};base64,${base64}`;
    this.#attachments.push({ mime, url, ...(filename !== undefined && { filename }) });
  }
}

const BINARY = "application/octet-stream";

function isMediaType(text: string): boolean {
  return /^[\w.+-]{1,64}\/[\w.+-]{1,64}$/.test(text);
}

function isText(mimeType: unknown): boolean {
  return typeof mimeType === "string" && /^text\/|^application\/json\b/i.test(mimeType);
}

/** Undefined for what is no UTF-8. */
function decodeText(base64: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(base64, "base64"));
  } catch {
    return undefined; // it is attached as it is
  }
}

function isBase64(text: string): boolean {
  return text !== "" && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function describeLink(block: Fields): string {
  const { name, uri, description } = block;
  const about = typeof description === "string" && description !== "" ? `: ${description}` : "";
  return `[resource ${nameOf(name)} at ${nameOf(uri)}${about}]`;
}

function nameOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 1_000) : "unknown";
}

function fileName(uri: unknown): string | undefined {
  if (typeof uri !== "string") return undefined;
  return uri.split(/[?#]/)[0]?.split("/").pop()?.slice(0, 255) || undefined;
}
