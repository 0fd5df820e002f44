// Attaching: a path that was pasted, or an image of the clipboard, becomes a chip. Files are looked
// at on this machine; where the server is another one, only images can be sent along.
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { limitReached } from "@/base/error";
import { formatBytes } from "@/base/text";
import type { Chip } from "./chip";
import { imageType, shownPath } from "./paste";

const IMAGE_MAX_BYTES = 20 * 1024 * 1024;

/**
 * The chip for a path: an image with its content, a file or directory by its name. Undefined when
 * nothing is there. Throws AppError limit for an image that is too large to be sent.
 */
export async function attachPath(path: string, directory: string): Promise<Chip | undefined> {
  const found = await stat(path).catch(() => undefined); // not there, or not ours to look at
  if (!found) return undefined;
  const mime = imageType(path);
  if (found.isFile() && mime !== undefined) {
    if (found.size > IMAGE_MAX_BYTES) throw tooLarge(path, found.size);
    return imageChip(mime, await readFile(path), basename(path));
  }
  const shown = shownPath(path, directory);
  if (found.isDirectory()) return { type: "file", path: shown.replace(/\/?$/, "/") };
  return found.isFile() ? { type: "file", path: shown } : undefined;
}

/** Throws AppError limit for an image that is too large to be sent. */
export function imageChip(mime: string, bytes: Uint8Array, filename?: string): Chip {
  if (bytes.length > IMAGE_MAX_BYTES) throw tooLarge(filename ?? "the image", bytes.length);
  const url = `data:${mime};base64,${Buffer.from(bytes).toString("base64")}`;
  return { type: "image", number: 1, mime, url, ...(filename !== undefined && { filename }) };
}

function tooLarge(name: string, bytes: number) {
  const limit = formatBytes(IMAGE_MAX_BYTES);
  return limitReached(`${name}: ${formatBytes(bytes)} is too large; images may have ${limit}`);
}
