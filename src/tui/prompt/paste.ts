// Pasting: what comes from the clipboard is cleaned of control characters, and judged: a long text
// becomes a chip, a path or an image one of its own kind. Pure; whether a path exists is asked by
// whoever pastes.
import { extname, isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Chip } from "./chip";

const CHIP_LINES_MIN = 3;
const CHIP_CHARACTERS_MIN = 150;
const PATH_CHARACTERS_MAX = 4_096;

/** The text of a paste: LF at line ends, no escape sequence, no control character but the tab. */
export function cleanPaste(pasted: string | Uint8Array): string {
  const text = typeof pasted === "string" ? pasted : new TextDecoder().decode(pasted);
  const lines = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  const plain = lines.includes("\u001b") ? Bun.stripANSI(lines) : lines;
  return dropControls(plain);
}

/** The text without control characters; newlines and tabs stay. */
export function dropControls(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, "");
}

/** Whether a paste is shown as `[Pasted ~n lines]`. */
export function isLongPaste(text: string): boolean {
  if (text.length >= CHIP_CHARACTERS_MIN) return true;
  return text.trimEnd().split("\n").length >= CHIP_LINES_MIN;
}

export function pasteChip(text: string): Chip {
  return { type: "paste", text };
}

/**
 * The absolute path that a paste may be, as terminals write dropped files: quoted, with escaped
 * spaces, or as a `file:` URL. Undefined for what is clearly something else.
 */
export function pastedPath(text: string, directory: string, home: string): string | undefined {
  const line = text.trim();
  if (line === "" || line.length > PATH_CHARACTERS_MAX || line.includes("\n")) return undefined;
  const path = unquote(line);
  if (path === undefined) return undefined;
  if (path === "~" || path.startsWith("~/")) return resolve(home, path.slice(2));
  if (isAbsolute(path)) return resolve(path);
  // A word or two that happen to be the name of a file are more likely meant as words.
  return path.includes("/") && !/\s/.test(path) ? resolve(directory, path) : undefined;
}

/** How a chip names a file: relative where it lies in the project. */
export function shownPath(path: string, directory: string): string {
  const way = relative(directory, path);
  const isOutside = way === "" || way === ".." || way.startsWith("../") || isAbsolute(way);
  return isOutside ? path : way;
}

/** The media type of images that models take, by the name of the file. */
export function imageType(path: string): string | undefined {
  switch (extname(path).toLowerCase()) {
    case ".png":
      return "image/png";
    case ".jpg":
    case ".jpeg":
      return "image/jpeg";
    case ".gif":
      return "image/gif";
    case ".webp":
      return "image/webp";
    default:
      return undefined;
  }
}

function unquote(line: string): string | undefined {
  if (/^file:\/\//i.test(line)) {
    try {
      return fileURLToPath(line);
    } catch {
      return undefined; // a URL of another machine, or no path at all: text as any other
    }
  }
  const quoted = /^(['"])(.*)\1$/.exec(line);
  return quoted ? quoted[2] : line.replaceAll(/\\([\s'"()&\\[\]])/g, "$1");
}
