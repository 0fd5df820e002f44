// Segments: a growing Markdown text as stretches of a few paragraphs. All but the last are finished
// and never change, so that they are parsed, highlighted and laid out once, however long the text
// becomes. Cuts are made at blank lines outside of code, before a line that begins something new.

/** From this many lines on a stretch is cut at the next place for it. */
const SEGMENT_LINES = 24;
/** What continues a list, a quote or an indented block belongs to what is before it. */
const CONTINUES = /^(?:\s|[-*+>|]|\d+[.)]\s|$)/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

export class Segments {
  #finished: string[] = [];
  /** How much of the text the finished stretches are. */
  #length = 0;
  #text = "";

  /** The stretches of `text`; quick when it is the former text and more. */
  of(text: string): readonly string[] {
    if (!text.startsWith(this.#text)) this.#forget();
    this.#text = text;
    for (;;) {
      const rest = text.slice(this.#length);
      const cut = findCut(rest);
      if (cut === undefined) return rest === "" ? this.#finished : [...this.#finished, rest];
      this.#finished = [...this.#finished, rest.slice(0, cut).trimEnd()];
      this.#length += cut;
    }
  }

  #forget(): void {
    this.#finished = [];
    this.#length = 0;
  }
}

/** Where the first stretch of the text ends and another can begin; undefined while it may grow. */
function findCut(text: string): number | undefined {
  let fence: string | undefined;
  let lines = 0;
  let isAfterBlank = false;
  // A line counts only once the next has begun: until then it may become something else.
  for (let start = 0; start < text.length; lines++) {
    const end = text.indexOf("\n", start);
    if (end === -1) return undefined;
    const line = text.slice(start, end);
    const mark = FENCE.exec(line)?.[1];
    const isNew = isAfterBlank && fence === undefined && !CONTINUES.test(line);
    if (isNew && lines >= SEGMENT_LINES) return start;
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    isAfterBlank = line.trim() === "";
    start = end + 1;
  }
  return undefined;
}
