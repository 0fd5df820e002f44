// The text of a file as servers are told it.
import { readFile, stat } from "node:fs/promises";

/** Larger files are generated ones, which nobody asks about and servers choke on. */
const DOCUMENT_MAX_BYTES = 2 * 1024 * 1024;

/** Whether there is such a file. */
export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false; // not there
}

/** Undefined for what is no text of a size that a person writes. */
export async function readDocument(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined); // not there
  if (!found?.isFile() || found.size > DOCUMENT_MAX_BYTES) return undefined;
  const bytes = await readFile(path).catch(() => undefined); // gone meanwhile, or forbidden
  if (!bytes || bytes.includes(0)) return undefined;
  // A mark at the start is no character of the text: columns would be one too many.
  return new TextDecoder().decode(bytes);
}
