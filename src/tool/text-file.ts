// A text file as it stands on disk: its text, and what must survive a change of it (byte order
// mark, encoding, line endings, mode). Writing is atomic. Who may change what is not decided here.
import { constants } from "node:fs";
import { access, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode, invalid } from "@/base/error";
import { fileFailure, writeFileAtomic } from "@/base/file";
import { formatBytes } from "@/base/text";
import { type FileState, hashBytes } from "./file-reads";
import { decodeText, encodeText, shownText, stripBOM, type TextEncoding } from "./text-encoding";

export interface TextFormat {
  /** It begins with a byte order mark, which `text` does not show. */
  bom: boolean;
  encoding: TextEncoding;
  /** What most lines end with. */
  eol: "\n" | "\r\n";
  /** Permission bits. */
  mode: number;
}

export interface TextFile extends TextFormat {
  /** Decoded, with the line endings that it has. */
  text: string;
  state: FileState;
}

/** A text beyond this is not changed by tools: matching and diffing would hold up everything. */
const TEXT_FILE_MAX_BYTES = 16 * 1024 * 1024;

const NEW_FILE_MODE = 0o666;

/**
 * Reads a file that a tool is about to change; undefined when there is none. Throws AppError
 * invalid for a directory, a special, binary or too large file, and unavailable when it cannot be
 * read.
 */
export async function readTextFile(path: string): Promise<TextFile | undefined> {
  const loaded = await load(path);
  if (!loaded) return undefined;
  const { bytes, mode, mtimeMs } = loaded;
  const decoded = decodeText(bytes);
  if (!decoded) throw invalid(`Cannot edit binary file: ${path}`);
  const { text, bom, encoding } = decoded;
  const size = bytes.length;
  const state = { mtimeMs, size, hash: hashBytes(bytes), text: toLF(shownText(decoded)) };
  return { text, bom, encoding, eol: findEOL(text), mode, state };
}

async function load(path: string) {
  try {
    const before = await stat(path);
    if (before.isDirectory()) throw invalid(`Path is a directory, not a file: ${path}`);
    if (!before.isFile()) throw invalid(`Not a regular file: ${path}`);
    if (before.size > TEXT_FILE_MAX_BYTES) throw tooLarge(path, before.size);
    const file = await open(path, "r");
    try {
      const { mode, mtimeMs } = await file.stat();
      return { bytes: await file.readFile(), mode: mode & 0o7777, mtimeMs };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw code === undefined ? error : fileFailure("read", path, error);
  }
}

function tooLarge(path: string, size: number): Error {
  const limit = formatBytes(TEXT_FILE_MAX_BYTES);
  return invalid(`${path} is too large to edit: ${formatBytes(size)}, at most ${limit}`);
}

/**
 * Replaces or makes the file with `text` in the given format (default: UTF-8, the umask's mode),
 * making missing directories; returns its state. Throws AppError invalid when the file's encoding
 * has no such character, unavailable when it cannot be written.
 */
export async function writeTextFile(
  path: string,
  text: string,
  format: TextFormat | undefined,
): Promise<FileState> {
  const encoded = { bom: format?.bom === true, encoding: format?.encoding ?? "utf8" };
  const bytes = encodeText(path, text, encoded);
  await prepareWrite(path);
  const mode = format?.mode ?? NEW_FILE_MODE & ~process.umask();
  await writeFileAtomic(path, bytes, { mode });
  const { mtimeMs } = await stat(path);
  return {
    mtimeMs,
    size: bytes.length,
    hash: hashBytes(bytes),
    text: toLF(shownText({ text, ...encoded })),
  };
}

/** Lines end with "\n" alone. */
export function toLF(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
}

/** Lines end with `eol`, whatever they ended with. */
export function toEOL(text: string, eol: TextFormat["eol"]): string {
  const normal = toLF(text);
  return eol === "\n" ? normal : normal.replaceAll("\n", "\r\n");
}

/**
 * A whole new text for a file: its line endings are kept where the text shows none of its own. Its
 * mark and its mode are the writer's to keep.
 */
export function keepFormat(content: string, before: TextFormat | undefined): string {
  if (!before) return content;
  const text = stripBOM(content).toWellFormed();
  return before.eol === "\r\n" && !text.includes("\r") ? toEOL(text, "\r\n") : text;
}

/** The more frequent line ending; "\n" when there is none. */
export function findEOL(text: string): TextFormat["eol"] {
  let crlf = 0;
  let all = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    all++;
    if (text[at - 1] === "\r") crlf++;
  }
  return crlf * 2 > all ? "\r\n" : "\n";
}

/** The atomic replacement would not notice that the file itself is read-only. */
async function prepareWrite(path: string): Promise<void> {
  try {
    await access(path, constants.W_OK);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw fileFailure("write", path, error);
    await makeDirectory(dirname(path));
  }
}

async function makeDirectory(path: string): Promise<void> {
  try {
    // The person's project, not ours: the directories get the umask's mode.
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw fileFailure("create the directory", path, error);
  }
}
