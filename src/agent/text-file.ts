// Reading text files that others put there: only regular files (a pipe under a familiar name must
// not hang the program), and only their first bytes.
import { open, stat } from "node:fs/promises";
import { errorCode } from "@/base/error";
import { fileFailure } from "@/base/file";

export interface TextStart {
  text: string;
  /** Bytes of the whole file; `text` holds fewer when that is more than was asked for. */
  size: number;
  truncated: boolean;
}

/**
 * The first `maxBytes` of a file, or undefined when there is no regular file. Throws AppError
 * unavailable when it cannot be read.
 */
export async function readStart(path: string, maxBytes: number): Promise<TextStart | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    const file = await open(path, "r");
    try {
      const buffer = Buffer.alloc(Math.min(maxBytes, found.size));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      const decoder = new TextDecoder();
      // Streaming leaves out half a character at the cut.
      const truncated = found.size > maxBytes;
      const text = decoder.decode(buffer.subarray(0, bytesRead), { stream: truncated });
      return { text, size: found.size, truncated };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    throw fileFailure("read", path, error);
  }
}
