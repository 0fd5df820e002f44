// Command templates, pure: which placeholders a template has, and what becomes of them.
// `$1`, `$2`, ... are words of the arguments, `$ARGUMENTS` is all of them as they were typed.

const PLACEHOLDER = /\$(ARGUMENTS\b|[1-9]\d{0,2}(?!\d))/g;

/** The placeholders of a template, for clients: numbered ones ascending, then `$ARGUMENTS`. */
export function templateHints(template: string): string[] {
  const found = new Set(Array.from(template.matchAll(PLACEHOLDER), (match) => match[0]));
  return [...found].sort((a, b) => rank(a) - rank(b));
}

/**
 * Puts the arguments into a template. Quotes keep words together, and the placeholder with the
 * highest number takes all words from its own on; missing words are empty. A template without any
 * placeholder gets the arguments behind a blank line. What is put in is never expanded itself.
 */
export function expandTemplate(template: string, args: string): string {
  const hints = templateHints(template);
  if (hints.length === 0) return args.trim() === "" ? template : `${template}\n\n${args.trim()}`;
  return templateFiller(template, args)(template);
}

/** The same for a template that is taken apart: fills a piece of it, with no arguments behind. */
export function templateFiller(template: string, args: string): (piece: string) => string {
  const words = splitWords(args);
  const numbers = templateHints(template).filter((hint) => hint !== "$ARGUMENTS");
  const last = Math.max(0, ...numbers.map(rank));
  return (piece) =>
    piece.replace(PLACEHOLDER, (_, name: string) => {
      if (name === "ARGUMENTS") return args.trim();
      const number = Number(name);
      return number === last ? words.slice(number - 1).join(" ") : (words[number - 1] ?? "");
    });
}

/**
 * The words of a line. A quote opens at the start of a word or behind "=", so that apostrophes
 * inside words are text; one that is never closed is text as well.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const opens = /["']/.test(character) && (word === undefined || word.endsWith("="));
    const end = opens ? line.indexOf(character, at + 1) : -1;
    word = (word ?? "") + (end < 0 ? character : line.slice(at + 1, end));
    if (end >= 0) at = end;
  }
  if (word !== undefined) words.push(word);
  return words;
}

function rank(hint: string): number {
  return hint === "$ARGUMENTS" ? Number.MAX_SAFE_INTEGER : Number(hint.slice(1));
}
