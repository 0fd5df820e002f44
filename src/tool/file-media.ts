// What a file is by its name and first bytes: an image or a PDF that a model can look at, text, or
// something that it cannot read.

import { isWide } from "./text-encoding";

/** What models take as attachments, by magic number; anything else is text or refused. */
export function mediaType(bytes: Uint8Array): string | undefined {
  const starts = (...magic: number[]) => magic.every((byte, index) => bytes[index] === byte);
  const ascii = (at: number, text: string) => {
    return [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
  };
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a)) return "image/png";
  if (starts(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (ascii(0, "GIF87a") || ascii(0, "GIF89a")) return "image/gif";
  if (ascii(0, "RIFF") && ascii(8, "WEBP")) return "image/webp";
  if (ascii(0, "%PDF-")) return "application/pdf";
  return undefined;
}

/** Names that promise a format which is no text. */
const BINARY_NAMES = new RegExp(
  "\\.(" +
    "zip|tar|t?gz|bz2|xz|zst|7z|rar|jar|war|exe|dll|so|dylib|class|o|a|lib|obj|wasm|py[co]|bin|" +
    "dat|docx?|xlsx?|pptx?|od[tsp]|sqlite3?|db|ttf|otf|woff2?|mp[34]|m4a|mov|avi|mkv|webm|ogg|" +
    "wav|flac)$",
  "i",
);
const SAMPLE_BYTES = 4_096;
const CONTROL_SHARE_MAX = 0.3;
/** No tabs, line ends, form feeds and escapes. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROLS = /[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/g;

/** Whether the file is not text, judged by its name and its first bytes. */
export function isBinary(path: string, start: Uint8Array): boolean {
  if (start.length === 0) return false;
  const sample = start.subarray(0, SAMPLE_BYTES);
  if (isWide(sample)) return false;
  if (sample.includes(0)) return true;
  const controls = countControls(sample);
  if (controls > sample.length * CONTROL_SHARE_MAX) return true;
  // A name is believed only where the bytes do not contradict it.
  return BINARY_NAMES.test(path) && (controls > 0 || !isUTF8(sample));
}

/** By a pattern, which costs a tenth of looking at each byte in turn. */
function countControls(bytes: Uint8Array): number {
  const characters = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return characters.match(CONTROLS)?.length ?? 0;
}

function isUTF8(bytes: Uint8Array): boolean {
  try {
    // The sample may end within a character.
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false; // Not UTF-8: that is the answer.
  }
}

export function dataURL(mime: string, bytes: Uint8Array): string {
  return `data:${mime};base64,${Buffer.from(bytes).toString("base64")}`;
}
