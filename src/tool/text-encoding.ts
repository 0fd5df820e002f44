// How the bytes of a text file become text and the same bytes again. UTF-8; UTF-16 that says so by
// its byte order mark; UTF-8 with stray bytes in it; and anything else as Latin-1, which gives each
// byte a character. Whatever it was, text that is not changed gives the bytes it came from.
import { invalid } from "@/base/error";

export type TextEncoding = "utf8" | "utf16le" | "utf16be" | "mixed" | "latin1";

export interface DecodedText {
  text: string;
  /** It begins with a byte order mark, which `text` does not show. */
  bom: boolean;
  encoding: TextEncoding;
}

const BOM = "\uFEFF";
/** Stray bytes 0x80-0xff of "mixed" are these halves of characters, which no UTF-8 has. */
const STRAY_BASE = 0xdc00;
const STRAY_PATTERN = /([\u{DC80}-\u{DCFF}])/u;

/** Without a byte order mark at its beginning. */
export function stripBOM(text: string): string {
  return text.startsWith(BOM) ? text.slice(1) : text;
}

/** Whether the bytes begin with the byte order mark of UTF-16. */
export function isWide(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** Undefined for what is no text: bytes of zero, but for those of UTF-16. */
export function decodeText(bytes: Buffer): DecodedText | undefined {
  if (isWide(bytes)) return decodeWide(bytes);
  if (bytes.includes(0)) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text: stripBOM(text), bom: text.startsWith(BOM), encoding: "utf8" };
  } catch {
    return decodeStray(bytes);
  }
}

/** The bytes of `text`. Throws AppError invalid when the encoding has no such character. */
export function encodeText(path: string, text: string, format: Omit<DecodedText, "text">): Buffer {
  const whole = (format.bom ? BOM : "") + text;
  switch (format.encoding) {
    case "utf8":
      return Buffer.from(whole, "utf8");
    case "utf16le":
      return Buffer.from(whole, "utf16le");
    case "utf16be":
      return Buffer.from(whole, "utf16le").swap16();
    case "mixed":
      return encodeStray(whole);
    case "latin1":
      if (!/[^\0-\xff]/.test(text)) return Buffer.from(text, "latin1");
      throw invalid(`${path} is not UTF-8, and the new text has characters that it cannot hold`);
  }
}

/** The text as a person or a model may read it. */
export function shownText({ encoding, text }: DecodedText): string {
  return encoding === "utf8" || encoding === "latin1" ? text : text.toWellFormed();
}

function decodeWide(bytes: Buffer): DecodedText | undefined {
  if (bytes.length % 2 === 1) return undefined;
  const encoding = bytes[0] === 0xff ? "utf16le" : "utf16be";
  const little = encoding === "utf16le" ? bytes : Buffer.from(bytes).swap16();
  return { text: stripBOM(little.toString("utf16le")), bom: true, encoding };
}

/** Mostly UTF-8 where more characters are than stray bytes. */
function decodeStray(bytes: Buffer): DecodedText {
  const pieces: string[] = [];
  let characters = 0;
  let strays = 0;
  let from = 0;
  for (let at = 0; at < bytes.length;) {
    const length = lengthOfCharacter(bytes, at);
    if (length > 1) characters++;
    if (length > 0) at += length;
    else {
      strays++;
      pieces.push(bytes.toString("utf8", from, at));
      pieces.push(String.fromCharCode(STRAY_BASE + (bytes[at] ?? 0)));
      from = ++at;
    }
  }
  if (strays >= characters) {
    return { text: bytes.toString("latin1"), bom: false, encoding: "latin1" };
  }
  const text = pieces.join("") + bytes.toString("utf8", from);
  return { text: stripBOM(text), bom: text.startsWith(BOM), encoding: "mixed" };
}

/** How many bytes the character there has; 0 when there is none of UTF-8. */
function lengthOfCharacter(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  // Overlong forms, halves of surrogate pairs, and what is beyond Unicode.
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let next = at + 2; next < at + length; next++) {
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function encodeStray(text: string): Buffer {
  const pieces = text.split(STRAY_PATTERN);
  return Buffer.concat(
    pieces.map((piece, index) =>
      index % 2 === 1
        ? Buffer.from([piece.charCodeAt(0) - STRAY_BASE])
        : Buffer.from(piece, "utf8"),
    ),
  );
}
