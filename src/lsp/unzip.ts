// Unzip: the files of a zip archive that is in memory, written below a directory. For archives of
// programs: no encryption, no archives beyond 4 GiB; links are left out, and a name that leads out
// of the directory fails the whole.
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";
import { invalid } from "@/base/error";
import { isInside } from "@/base/file";

const UNPACKED_MAX_BYTES = 2 * 1024 ** 3;
const END = { signature: 0x06054b50, length: 22, commentMax: 0xffff };
const ENTRY = { signature: 0x02014b50, length: 46 };
const LOCAL = { signature: 0x04034b50, length: 30 };
const STORED = 0;
const DEFLATED = 8;
const KIND_MASK = 0o170000;
const LINK = 0o120000;

interface Entry {
  name: string;
  method: number;
  crc: number;
  packed: number;
  unpacked: number;
  /** Unix permissions and kind; 0 where the archive says nothing. */
  mode: number;
  at: number;
}

/** Throws AppError invalid for what is no such archive. */
export async function unzip(bytes: Uint8Array, directory: string): Promise<void> {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readEntries(archive).filter(({ name, mode }) => {
    return !name.endsWith("/") && (mode & KIND_MASK) !== LINK;
  });
  const total = entries.reduce((sum, { unpacked }) => sum + unpacked, 0);
  if (total > UNPACKED_MAX_BYTES) throw invalid("the archive is too large when it is unpacked");
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (!isInside(directory, path)) throw invalid(`the archive leads to ${entry.name}`);
    await mkdir(dirname(path), { recursive: true });
    await Bun.write(path, readFile(archive, entry));
    const permissions = entry.mode & 0o777;
    if (permissions !== 0) await chmod(path, permissions);
  }
}

function readEntries(archive: Buffer): Entry[] {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  const entries: Entry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let n = 0; n < count; n++) {
    checkSignature(archive, at, ENTRY);
    const nameLength = archive.readUInt16LE(at + 28);
    const moreLength = archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    entries.push({
      method: archive.readUInt16LE(at + 10),
      crc: archive.readUInt32LE(at + 16),
      packed: archive.readUInt32LE(at + 20),
      unpacked: archive.readUInt32LE(at + 24),
      mode: archive.readUInt16LE(at + 40),
      at: archive.readUInt32LE(at + 42),
      name: archive.toString("utf8", at + ENTRY.length, at + ENTRY.length + nameLength),
    });
    at += ENTRY.length + nameLength + moreLength;
  }
  return entries;
}

/** It ends with a comment of any length, seldom one that is not empty. */
function findEnd(archive: Buffer): number {
  const first = Math.max(0, archive.length - END.length - END.commentMax);
  for (let at = archive.length - END.length; at >= first; at--) {
    if (archive.readUInt32LE(at) === END.signature) return at;
  }
  throw invalid("it is no zip archive");
}

function readFile(archive: Buffer, { at, crc, method, name, packed, unpacked }: Entry): Buffer {
  checkSignature(archive, at, LOCAL);
  const before = archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  const start = at + LOCAL.length + before;
  const data = archive.subarray(start, start + packed);
  if (method !== STORED && method !== DEFLATED) throw invalid(`${name} is packed in another way`);
  const whole =
    method === STORED ? data : inflateRawSync(data, { maxOutputLength: Math.max(1, unpacked) });
  if (whole.length !== unpacked || crc32(whole) !== crc) throw invalid(`${name} is damaged`);
  return whole;
}

function checkSignature(
  archive: Buffer,
  at: number,
  { signature, length }: { signature: number; length: number },
): void {
  if (at + length > archive.length || archive.readUInt32LE(at) !== signature) {
    throw invalid("the archive is damaged");
  }
}
