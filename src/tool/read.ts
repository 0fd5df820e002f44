// read: shows the model a window of a file, the entries of a directory, or an image or PDF. What
// it showed is recorded, so that a later change can tell whether the file is still what was seen.
import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorCode, invalid } from "@/base/error";
import { fileFailure } from "@/base/file";
import { t, type Static } from "@/base/schema";
import { cutBytes, formatBytes } from "@/base/text";
import { askExternalRead } from "./external-directory";
import { dataURL, isBinary, mediaType } from "./file-media";
import { hashBytes } from "./file-reads";
import { fileNotFound, type FileTarget, findKind, resolveTarget } from "./file-target";
import description from "./read.txt" with { type: "text" };
import { type LineWindow, readWindow } from "./read-lines";
import { decodeText, isWide, shownText } from "./text-encoding";
import { toLF } from "./text-file";
import { defineTool, type ToolAttachment, type ToolContext, type ToolResult } from "./tool";

const parameters = t.Object({
  filePath: t.String(),
  offset: t.Optional(t.Integer({ description: "First line, from 1" })),
  limit: t.Optional(t.Integer({ description: "Lines, default 2000" })),
});
type Input = Static<typeof parameters>;

const LINES_DEFAULT = 2_000;
const OUTPUT_MAX_BYTES = 50 * 1024;
const PREVIEW_LINES = 20;
const PREVIEW_MAX_BYTES = 8 * 1024;
/** Files up to this size are read as a whole, so that their content is known by its hash. */
const WHOLE_MAX_BYTES = 4 * 1024 * 1024;
const ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024;
const INSTRUCTIONS_MAX_BYTES = 20 * 1024;
const START_BYTES = 4_096;

export const readTool = defineTool({ id: "read", description, parameters, run });

async function run(input: Input, context: ToolContext): Promise<ToolResult> {
  const target = await resolveTarget(input.filePath, context);
  await askExternalRead(target, context);
  await context.ask({
    permission: "read",
    patterns: target.patterns,
    always: ["*"],
    metadata: { filepath: target.path },
  });
  context.signal.throwIfAborted();
  const kind = await findKind(target.real);
  if (kind === undefined) throw await fileNotFound(target.path);
  if (kind === "directory") return readDirectory(input, target);
  if (kind === "other") throw invalid(`Not a regular file: ${target.path}`);
  try {
    return await readFile(input, target, context);
  } catch (error) {
    throw errorCode(error) === undefined ? error : fileFailure("read", target.path, error);
  }
}

async function readFile(
  input: Input,
  target: FileTarget,
  context: ToolContext,
): Promise<ToolResult> {
  const { size, mtimeMs } = await stat(target.real);
  const isLong = size > WHOLE_MAX_BYTES;
  // A short one is opened once.
  const whole = isLong ? undefined : Buffer.from(await Bun.file(target.real).arrayBuffer());
  const start = whole?.subarray(0, START_BYTES) ?? (await readStart(target.real));
  const mime = mediaType(start);
  if (mime !== undefined) return readMedia(mime, size, target, context);
  // UTF-16 can be turned into what is read in pieces, but not in pieces itself.
  const isUnreadable = isWide(start) && (isLong || size % 2 === 1);
  if (isUnreadable || isBinary(target.path, start)) {
    throw invalid(`Cannot read binary file: ${target.path}`);
  }
  const first = Math.max(1, input.offset ?? 1);
  const limit = Math.max(1, input.limit ?? LINES_DEFAULT);
  const maxBytes = Math.min(OUTPUT_MAX_BYTES, context.limits.maxBytes);
  const request = { first, limit, maxBytes, signal: context.signal };
  let window: LineWindow;
  if (whole) {
    const decoded = decodeText(whole);
    const isPlain = !decoded || decoded.encoding === "utf8";
    window = await readWindow([isPlain ? whole : Buffer.from(shownText(decoded))], request);
    const text = toLF(decoded ? shownText(decoded) : whole.toString("utf8"));
    const state = { mtimeMs, size: whole.length, hash: hashBytes(whole), text };
    context.reads.record(target.real, state);
  } else {
    window = await readWindow(createReadStream(target.real), request);
    context.reads.record(target.real, { mtimeMs, size });
  }
  if (window.lines.length === 0 && first > 1) {
    const total = window.total ?? 0;
    throw invalid(`Offset ${first} is out of range for this file (${total} lines)`);
  }
  if (!target.outside) context.touchFile?.(target.path);
  const instructions = await findInstructions(target, context);
  return formatFile(target, window, { instructions, maxBytes });
}

async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(START_BYTES), 0, START_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

type Instructions = { path: string; content: string }[];

async function findInstructions(target: FileTarget, context: ToolContext): Promise<Instructions> {
  if (target.outside) return [];
  return (await context.instructionsFor?.(target.path)) ?? [];
}

function formatFile(
  target: FileTarget,
  window: LineWindow,
  { instructions, maxBytes }: { instructions: Instructions; maxBytes: number },
): ToolResult {
  const { first, lines, total } = window;
  const last = first + lines.length - 1;
  const body = lines.map((line, index) => `${first + index}: ${line}\n`).join("");
  const truncated = window.capped || total === undefined || last < total;
  const output = [
    `<path>${target.path}</path>\n<type>file</type>\n<content>\n${body}\n`,
    `${formatFooter(window, last, maxBytes)}\n</content>`,
    ...instructions.map(formatInstruction),
  ].join("");
  const preview = cutBytes(lines.slice(0, PREVIEW_LINES).join("\n"), PREVIEW_MAX_BYTES, "head");
  const display = { type: "file", path: target.path, first, last, ...(total ? { total } : {}) };
  return {
    title: target.title,
    output,
    metadata: { preview, truncated, loaded: instructions.map(({ path }) => path), display },
  };
}

function formatFooter(
  { first, total, capped }: LineWindow,
  last: number,
  maxBytes: number,
): string {
  const next = `Use offset=${last + 1} to continue.`;
  if (capped) {
    return `(Output capped at ${formatBytes(maxBytes)}. Showing lines ${first}-${last}. ${next})`;
  }
  if (total === undefined) return `(Showing lines ${first}-${last} of many. ${next})`;
  if (last < total) return `(Showing lines ${first}-${last} of ${total}. ${next})`;
  return `(End of file - total ${total} lines)`;
}

function formatInstruction({ path, content }: Instructions[number]): string {
  const text = cutBytes(content, INSTRUCTIONS_MAX_BYTES, "head");
  return `\n\n<system-reminder>\nInstructions from: ${path}\n${text}\n</system-reminder>`;
}

async function readMedia(
  mime: string,
  size: number,
  target: FileTarget,
  context: ToolContext,
): Promise<ToolResult> {
  if (size > ATTACHMENT_MAX_BYTES) {
    const limit = formatBytes(ATTACHMENT_MAX_BYTES);
    throw invalid(`${target.path} is too large to show: ${formatBytes(size)}, at most ${limit}`);
  }
  const bytes = await Bun.file(target.real).bytes();
  context.signal.throwIfAborted();
  const output = mime === "application/pdf" ? "PDF read successfully" : "Image read successfully";
  const attachment: ToolAttachment = {
    mime,
    url: dataURL(mime, bytes),
    filename: basename(target.path),
  };
  return {
    title: target.title,
    output,
    metadata: {
      preview: output,
      truncated: false,
      loaded: [],
      display: { type: "media", path: target.path, mime },
    },
    attachments: [attachment],
  };
}

async function readDirectory(input: Input, target: FileTarget): Promise<ToolResult> {
  const names = await listEntries(target);
  const limit = Math.max(1, input.limit ?? LINES_DEFAULT);
  const first = Math.max(1, input.offset ?? 1);
  if (first > 1 && first > names.length) {
    const total = names.length;
    throw invalid(`Offset ${first} is out of range for this directory (${total} entries)`);
  }
  const shown = names.slice(first - 1, first - 1 + limit);
  const last = first + shown.length - 1;
  const truncated = last < names.length;
  const footer = truncated
    ? `(Showing entries ${first}-${last} of ${names.length}. Use offset=${last + 1} to continue.)`
    : `(${names.length} entries)`;
  const entries = [...shown, footer].join("\n");
  const head = `<path>${target.path}</path>\n<type>directory</type>`;
  const output = `${head}\n<entries>\n${entries}\n</entries>`;
  return {
    title: target.title,
    output,
    metadata: {
      preview: shown.slice(0, PREVIEW_LINES).join("\n"),
      truncated,
      loaded: [],
      display: { type: "directory", path: target.path, total: names.length },
    },
  };
}

/** Sorted; directories, also behind a link, end with a slash. */
async function listEntries(target: FileTarget): Promise<string[]> {
  try {
    const entries = await readdir(target.real, { withFileTypes: true });
    const names = entries.map(async (entry) => {
      const isDirectory =
        entry.isDirectory() ||
        (entry.isSymbolicLink() && (await isDirectoryLink(join(target.real, entry.name))));
      return isDirectory ? `${entry.name}/` : entry.name;
    });
    return (await Promise.all(names)).sort();
  } catch (error) {
    throw fileFailure("list", target.path, error);
  }
}

/** A link that leads nowhere is shown as a file. */
async function isDirectoryLink(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
