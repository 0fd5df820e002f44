// What came from a server, looked at for the first time: whether it has fields, and its texts
// without what must not reach a terminal or a model unseen.

/**
 * Without what no reader sees and a terminal or a model may obey: control characters but newline
 * and tab, marks that turn the direction of text, and the invisible tag characters.
 */
export function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu, (character) =>
    character === "\n" || character === "\t" ? character : "",
  );
}

export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
