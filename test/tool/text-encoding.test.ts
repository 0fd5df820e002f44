import { expect, test } from "bun:test";
import { decodeText, encodeText, shownText } from "@/tool/text-encoding";
import { readSeed } from "@test/support/seed";

/** A generator of numbers below `limit` that a seed repeats. */
function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

test("any bytes without zeros are the same bytes again", () => {
  const seed = readSeed();
  const next = random(seed);
  const pieces = ["é", "漢", "😀", "a", "\uFEFF", "\uEEFF", "\r\n"].map((text) =>
    Buffer.from(text),
  );
  for (let round = 0; round < 500; round++) {
    const parts = Array.from({ length: next(40) }, () =>
      next(5) === 0
        ? Buffer.from([1 + next(255)])
        : (pieces[next(pieces.length)] ?? expect.unreachable()),
    );
    const bytes = Buffer.concat(parts);
    const decoded = decodeText(bytes);
    // By chance it may begin as UTF-16 does, and be half a character.
    if (!decoded) continue;
    const again = encodeText("a", decoded.text, decoded);
    expect(again.toString("hex"), `SEED=${seed}`).toBe(bytes.toString("hex"));
    expect(shownText(decoded).isWellFormed(), `SEED=${seed}`).toBe(true);
  }
});

test("the encoding is the one that says most", () => {
  const encoding = (...parts: (string | number)[]) =>
    decodeText(
      Buffer.concat(
        parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))),
      ),
    )?.encoding;
  expect(encoding("é")).toBe("utf8");
  expect(encoding("é ü", 0xff)).toBe("mixed");
  expect(encoding("é", 0xff)).toBe("latin1");
  expect(encoding(0xe9, "a")).toBe("latin1");
  expect(encoding(0xff, 0xfe, "a", 0)).toBe("utf16le");
  expect(encoding(0xfe, 0xff, 0, "a")).toBe("utf16be");
  expect(encoding("a", 0)).toBeUndefined();
});
