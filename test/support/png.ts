// PNG files of any size: grey, plain or noisy, so that they are as small or as large as is wanted.

import { deflateSync } from "node:zlib";

/** `noise` fills it with what no encoder makes small. */
export function pngFile(width: number, height: number, noise = false): Buffer {
  const rows = Buffer.alloc((width + 1) * height, 0x80);
  let state = 1;
  for (let y = 0; y < height; y++) {
    const start = y * (width + 1);
    rows[start] = 0; // the row's filter
    if (!noise) continue;
    for (let x = 1; x <= width; x++) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      rows[start + x] = state >> 16;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    block("IHDR", header),
    block("IDAT", deflateSync(rows, { level: 1 })),
    block("IEND", Buffer.alloc(0)),
  ]);
}

function block(type: string, content: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length);
  const body = Buffer.concat([Buffer.from(type), content]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(Bun.hash.crc32(body));
  return Buffer.concat([size, body, check]);
}
