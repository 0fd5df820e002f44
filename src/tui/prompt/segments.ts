// Segments: where the cursor may stand in a text. Clusters (what a person takes for one character)
// and words, both by Unicode; a window around the place is looked at, so that the length of the
// text does not matter.

const WINDOW = 512;

/** The end of the cluster that begins at `offset`. */
export function nextCluster(text: string, offset: number): number {
  if (offset >= text.length) return text.length;
  const part = text.slice(offset, offset + WINDOW);
  const [first] = clusters(part);
  return offset + (first?.segment.length ?? 1);
}

/** The start of the cluster that ends at `offset`. */
export function previousCluster(text: string, offset: number): number {
  if (offset <= 0) return 0;
  const from = Math.max(0, offset - WINDOW);
  const found = clusters(text.slice(from, offset)).containing(offset - from - 1);
  return from + (found?.index ?? offset - from - 1);
}

/** The end of the word at or behind `offset`; the end of the text when there is none. */
export function nextWord(text: string, offset: number): number {
  for (let at = offset; at < text.length; at += WINDOW) {
    const from = Math.max(lineStart(text, at), at - WINDOW);
    const part = text.slice(from, at + WINDOW);
    for (const { index, segment, isWordLike } of words(part)) {
      const end = from + index + segment.length;
      if (isWordLike && end > offset) return end;
    }
  }
  return text.length;
}

/** The start of the word at or before `offset`; 0 when there is none. */
export function previousWord(text: string, offset: number): number {
  for (let at = offset; at > 0; at -= WINDOW) {
    const from = Math.max(0, at - WINDOW);
    const part = text.slice(from, Math.min(offset, at + WINDOW));
    let found = -1;
    for (const { index, isWordLike } of words(part)) {
      if (isWordLike && from + index < offset) found = from + index;
    }
    if (found >= 0) return found;
  }
  return 0;
}

/** The start of the line on which `offset` lies. */
export function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** The end of the line on which `offset` lies, before its newline. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end;
}

function clusters(text: string): Intl.Segments {
  return new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text);
}

function words(text: string): Intl.Segments {
  return new Intl.Segmenter(undefined, { granularity: "word" }).segment(text);
}
