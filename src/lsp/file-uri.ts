// File paths as the URIs of the protocol, and back. Servers write the same file in different ways
// (drive letters, escapes), so files are compared by path, never by URI.
import { fileURLToPath, pathToFileURL } from "node:url";

export function toFileURI(path: string): string {
  return pathToFileURL(path).href;
}

/** Undefined for what is no file of this machine. */
export function fromFileURI(uri: string): string | undefined {
  if (!uri.startsWith("file:")) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined; // a server's mistake: an escape that is none, or another host
  }
}
