// MarkdownTokens: a growing text read as Markdown. What is long settled is not read again. What
// would take too long to read, or is nested too deep, is text as it stands: whoever wrote it may
// have meant to stop the program.
import { Lexer, type Token } from "marked";

/** The last blocks may still become others: a line below makes a heading of a paragraph. */
const UNSETTLED = 2;
/** A line that begins so goes on with its paragraph, whatever follows in it. */
const PROSE = /^\p{L}/u;
/** Reading the marks of a paragraph takes the square of its length, and more of its links. */
const MARKED_LENGTH_MAX = 6_000;
const LINKS_MAX = 60;

export class MarkdownTokens {
  #tokens: readonly Token[] = [];
  #text = "";

  /** The blocks of `text`; quick when it is the former text and more. */
  of(text: string): readonly Token[] {
    this.#tokens = this.#longer(text) ?? this.#read(text);
    this.#text = text;
    return this.#tokens;
  }

  #read(text: string): Token[] {
    const kept: Token[] = [];
    let length = 0;
    for (const token of this.#tokens.slice(0, -UNSETTLED)) {
      if (!text.startsWith(token.raw, length)) break;
      kept.push(token);
      length += token.raw.length;
    }
    return [...kept, ...readBlocks(text.slice(length))];
  }

  /** A paragraph of which the last line has grown; undefined for all else. */
  #longer(text: string): readonly Token[] | undefined {
    const last = this.#tokens.at(-1);
    if (last?.type !== "paragraph" || !text.startsWith(this.#text)) return undefined;
    const added = text.slice(this.#text.length);
    const line = last.raw.slice(last.raw.lastIndexOf("\n") + 1);
    if (added.includes("\n") || !PROSE.test(line)) return undefined;
    const raw = last.raw + added;
    const tokens = readMarks(new Lexer({ gfm: true }), raw, []);
    return [...this.#tokens.slice(0, -1), { ...last, raw, text: raw, tokens }];
  }
}

function readBlocks(text: string): Token[] {
  const lexer = new Lexer({ gfm: true });
  try {
    const tokens = lexer.blockTokens(text);
    // Marks may be found to hold more of them: the queue grows while it is worked off.
    for (const { src, tokens: into } of lexer.inlineQueue) readMarks(lexer, src, into);
    return tokens;
  } catch {
    // Nested deeper than the stack: nobody would read it as what it is.
    return [{ type: "paragraph", raw: text, text, tokens: [asText(text)] }];
  }
}

function readMarks(lexer: Lexer, text: string, into: Token[]): Token[] {
  const isTooLong =
    text.length > MARKED_LENGTH_MAX || text.split("](", LINKS_MAX + 2).length > LINKS_MAX;
  if (!isTooLong) return lexer.inlineTokens(text, into);
  into.push(asText(text));
  return into;
}

function asText(text: string): Token {
  return { type: "text", raw: text, text, escaped: false };
}
