// Zip archives for tests: stored or deflated, with permissions, and with what should not be there.

import { crc32, deflateRawSync } from "node:zlib";

export interface ZipFile {
  name: string;
  text: string;
  /** Permissions and kind, as Unix has them. */
  mode?: number;
  isStored?: boolean;
  /** Instead of the right one. */
  crc?: number;
}

export function zip(files: readonly ZipFile[], comment = ""): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const whole = Buffer.from(file.text);
    const data = file.isStored ? whole : deflateRawSync(whole);
    const name = Buffer.from(file.name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2); // names are UTF-8
    common.writeUInt16LE(file.isStored ? 0 : 8, 4);
    common.writeUInt32LE(file.crc ?? crc32(whole), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(whole.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([signature(0x04034b50), common, name, data]);
    const entry = Buffer.alloc(14);
    entry.writeUInt16LE(file.mode ?? 0, 8);
    entry.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([signature(0x02014b50), Buffer.alloc(2), common, entry, name]));
    parts.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(18);
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(at, 12);
  end.writeUInt16LE(comment.length, 16);
  return Buffer.concat([...parts, ...directory, signature(0x06054b50), end, Buffer.from(comment)]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
