// What an image becomes: itself where it fits, smaller where it does not, or nothing.

import { expect, test } from "bun:test";
import { fitImage, type ImageLimits } from "@/host/image";
import { pngFile } from "@test/support/png";

const LIMITS: ImageLimits = { resizes: true, maxWidth: 200, maxHeight: 100, maxBytes: 10_000 };
const NOISE = pngFile(150, 90, true);

async function fitted(bytes: Uint8Array, limits: Partial<ImageLimits> = {}) {
  const image = await fitImage(bytes, { ...LIMITS, ...limits });
  if (typeof image === "string") return image;
  const { width, height, format } = await new Bun.Image(image.bytes).metadata();
  expect(image.mime).toBe(`image/${format}`);
  expect(image.bytes.length).toBeLessThanOrEqual(limits.maxBytes ?? LIMITS.maxBytes);
  return { width, height, format, isSame: image.bytes === bytes };
}

test("one that fits stays as it is", async () => {
  expect(await fitted(pngFile(20, 10))).toEqual({
    width: 20,
    height: 10,
    format: "png",
    isSame: true,
  });
});

test("too wide or too high, it keeps its shape and fits", async () => {
  expect(await fitted(pngFile(400, 100))).toMatchObject({ width: 200, height: 50, format: "png" });
  expect(await fitted(pngFile(100, 400))).toMatchObject({ width: 25, height: 100 });
});

test("of too many bytes, it becomes a JPEG", async () => {
  expect(NOISE.length).toBeGreaterThan(LIMITS.maxBytes);
  expect(await fitted(NOISE)).toMatchObject({ width: 150, height: 90, format: "jpeg" });
});

test("of far too many, it becomes smaller as well", async () => {
  expect(await fitted(NOISE, { maxBytes: 3_000 })).toMatchObject({ format: "jpeg" });
  expect(await fitted(NOISE, { maxBytes: 10 })).toBe("too large");
});

test("not to be resized, it is too large", async () => {
  expect(await fitted(pngFile(400, 100), { resizes: false })).toBe("too large");
  expect(await fitted(NOISE, { resizes: false })).toBe("too large");
  expect(await fitted(pngFile(20, 10), { resizes: false })).toMatchObject({ isSame: true });
});

test("formats that models do not take become one that they do", async () => {
  const header = "424d3a0000000000000036000000280000000100000001000000010018";
  const bmp = Buffer.from(`${header.padEnd(108, "0")}0000ff00`, "hex");
  bmp.writeUInt32LE(4, 34);
  expect(await fitted(bmp)).toMatchObject({ width: 1, height: 1, format: "png" });
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["words", Buffer.from("<html>not an image</html>")],
  ["a header alone", pngFile(20, 10).subarray(0, 40)],
  ["pixels that are cut", NOISE.subarray(0, NOISE.length / 2)],
  ["an extent that is a lie", lyingPNG()],
])("%s cannot be read", async (_, bytes) => {
  expect(await fitted(bytes)).toBe("unreadable");
});

/** A few bytes that claim to be 60,000 pixels wide and high. */
function lyingPNG(): Buffer {
  const file = pngFile(60_000, 1);
  file.writeUInt32BE(60_000, 20);
  return file;
}
