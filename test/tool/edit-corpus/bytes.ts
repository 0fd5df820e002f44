// Edits of files that are not plain UTF-8, by their bytes: what the edit does not name stays as it
// is, whatever it means.

export interface ByteEdit {
  name: string;
  file: Buffer;
  old: string;
  fresh: string;
  /** The bytes afterwards, or the words of the refusal. */
  expect: Buffer | RegExp;
}

const latin1 = (text: string) => Buffer.from(text, "latin1");
const utf8 = (text: string) => Buffer.from(text, "utf8");
const wide = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le");
const wideBig = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16();
const bytes = (...parts: (Buffer | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : part)));

const b = (
  name: string,
  file: Buffer,
  old: string,
  fresh: string,
  expect: Buffer | RegExp,
): ByteEdit => ({ name, file, old, fresh, expect });

/** "Привет" in Windows-1251, and a line of Shift-JIS. */
const CYRILLIC = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]);
const JAPANESE = Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea]);
const EVERY_BYTE = Buffer.from(Array.from({ length: 255 }, (_, n) => n + 1));

export const BYTE_EDITS: readonly ByteEdit[] = [
  b("Latin-1, another line", latin1("é\nb\n"), "b", "c", latin1("é\nc\n")),
  b("Latin-1, the line itself", latin1("café au lait\n"), "au", "du", latin1("café du lait\n")),
  b("Latin-1, a letter quoted", latin1("café\nx\n"), "café", "thé", latin1("thé\nx\n")),
  b("Latin-1, CRLF", latin1("é\r\nb\r\n"), "b\n", "b\nü\n", latin1("é\r\nb\r\nü\r\n")),
  b("Latin-1, what it cannot hold", latin1("é\nb\n"), "b", "漢", /cannot hold/),
  b("Windows-1251", bytes(CYRILLIC, utf8("\na\n")), "a", "z", bytes(CYRILLIC, utf8("\nz\n"))),
  b("Shift-JIS", bytes(JAPANESE, utf8("\na\n")), "a", "z", bytes(JAPANESE, utf8("\nz\n"))),
  b(
    "each byte but zero",
    bytes(EVERY_BYTE, utf8("\nmark\n")),
    "mark",
    "MARK",
    bytes(EVERY_BYTE, utf8("\nMARK\n")),
  ),
  b(
    "a stray byte in UTF-8",
    bytes(utf8("é ü\n"), 0xff, utf8("\nb\n")),
    "b",
    "漢",
    bytes(utf8("é ü\n"), 0xff, utf8("\n漢\n")),
  ),
  b(
    "a stray byte in UTF-8, its neighbours quoted",
    bytes(utf8("é ü\nx"), 0x80, utf8("y\n")),
    "é ü",
    "ü é",
    bytes(utf8("ü é\nx"), 0x80, utf8("y\n")),
  ),
  b(
    "a character cut in two",
    bytes(utf8("é ü ö\n"), 0xe6, 0xbc, utf8("\nb\n")),
    "b",
    "c",
    bytes(utf8("é ü ö\n"), 0xe6, 0xbc, utf8("\nc\n")),
  ),
  b(
    "half a surrogate pair in UTF-8",
    bytes(utf8("é ü ö à\n"), 0xed, 0xa0, 0x80, utf8("\nb\n")),
    "b",
    "c",
    bytes(utf8("é ü ö à\n"), 0xed, 0xa0, 0x80, utf8("\nc\n")),
  ),
  b(
    "characters of private use beside a stray byte",
    bytes(utf8("\uEEFF é ü ö\n"), 0xff, utf8("\nb\n")),
    "b",
    "c",
    bytes(utf8("\uEEFF é ü ö\n"), 0xff, utf8("\nc\n")),
  ),
  b(
    "characters of private use in the new text",
    bytes(utf8("é ü\n"), 0xff, utf8("\nb\n")),
    "b",
    "\uEE90",
    bytes(utf8("é ü\n"), 0xff, utf8("\n\uEE90\n")),
  ),
  b(
    "half a character in the new text",
    bytes(utf8("é ü\nb"), 0xff, utf8("\n")),
    "b",
    "\ud83d",
    bytes(utf8("é ü\n\uFFFD"), 0xff, utf8("\n")),
  ),
  b("UTF-16, little end first", wide("a\nb é 漢\n"), "b", "c", wide("a\nc é 漢\n")),
  b("UTF-16, big end first", wideBig("a\nb é 漢\n"), "é", "ü", wideBig("a\nb ü 漢\n")),
  b("UTF-16, CRLF", wide("a\r\nb\r\n"), "a\nb", "x\ny\nz", wide("x\r\ny\r\nz\r\n")),
  b("UTF-16, new letters", wide("a\n"), "a", "😀 漢", wide("😀 漢\n")),
  b("UTF-16, half a pair kept", wide("\ud83d\nb\n"), "b", "c", wide("\ud83d\nc\n")),
  b("UTF-16, lenient", wide("  a()\n  b()\n"), "a()\nb()", "a()\nc()", wide("  a()\n  c()\n")),
  b("UTF-16, half a character", bytes(wide("ab"), 0x61), "a", "b", /binary/),
  b("UTF-16 without a mark", Buffer.from("ab\n", "utf16le"), "a", "b", /binary/),
  b("zero bytes", bytes(utf8("a"), 0, utf8("b")), "a", "b", /binary/),
  b("control characters", utf8("a\u0001\u001b[0m\nb\n"), "b", "c", utf8("a\u0001\u001b[0m\nc\n")),
  b(
    "form feeds and other spaces",
    utf8("a\f\v\u0085\u2028b\nc\n"),
    "c",
    "d",
    utf8("a\f\v\u0085\u2028b\nd\n"),
  ),
  b("a lone carriage return at the end", utf8("a\nb\r"), "a", "c", utf8("c\nb\r")),
  b("carriage returns before the pair", utf8("a\r\r\nb\r\n"), "b", "c", utf8("a\r\r\nc\r\n")),
  b("the mark in the middle", utf8("a\uFEFFb\nc\n"), "c", "d", utf8("a\uFEFFb\nd\n")),
  b("two marks", utf8("\uFEFF\uFEFFa\n"), "a", "b", utf8("\uFEFF\uFEFFb\n")),
];
