// Unzip: the files of a zip archive that is in memory, written below a directory. For archives of
// programs: links are left out, and a name that leads out of the directory fails the whole.
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { crc32 } from "node:zlib";
import type { Entry } from "yauzl";
import { errorMessage, invalid } from "@/base/error";

const UNPACKED_MAX_BYTES = 2 * 1024 ** 3;
const KIND_MASK = 0o170000;
const LINK = 0o120000;

/** Throws AppError invalid for what is no such archive. */
export async function unzip(bytes: Uint8Array, directory: string): Promise<void> {
  try {
    await unpack(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), directory);
  } catch (error) {
    throw invalid(`the archive cannot be unpacked: ${errorMessage(error)}`, {}, error);
  }
}

async function unpack(archive: Buffer, directory: string): Promise<void> {
  const { fromBufferPromise } = await import("yauzl");
  // Names that are absolute or have ".." are refused by it.
  const file = await fromBufferPromise(archive, { lazyEntries: true });
  let total = 0;
  for await (const entry of file.eachEntry()) {
    const mode = modeOf(entry);
    if (entry.fileName.endsWith("/") || (mode & KIND_MASK) === LINK) continue;
    total += entry.uncompressedSize;
    if (total > UNPACKED_MAX_BYTES) throw invalid("it is too large when it is unpacked");
    const content = await buffer(await file.openReadStreamPromise(entry));
    if (crc32(content) !== entry.crc32) throw invalid(`${entry.fileName} is damaged`);
    const path = join(directory, entry.fileName);
    await mkdir(dirname(path), { recursive: true });
    await Bun.write(path, content);
    if ((mode & 0o777) !== 0) await chmod(path, mode & 0o777);
  }
}

/** Unix permissions and kind; 0 where the archive says nothing. */
function modeOf({ externalFileAttributes }: Entry): number {
  return externalFileAttributes >>> 16;
}
