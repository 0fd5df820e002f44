// Risky words: the parts of a command line that deserve a second look before it is allowed. They
// are only shown in another colour; what may run is decided by rules and by the person. Pure, and
// linear in the length of the line.

export interface Span {
  start: number;
  end: number;
}

interface Token extends Span {
  text: string;
}

const WORDS = new RegExp(
  "^(?:sudo|doas|su|rm|rmdir|shred|dd|mkfs(?:\\.\\w+)?|truncate|chmod|chown|kill|killall|pkill|" +
    "shutdown|reboot|eval)$",
);
/** By the program, what must follow it, word by word and without options. */
const PAIRS: Readonly<Record<string, RegExp>> = {
  git: /^(?:push|clean)$/,
  npm: /^publish$/,
  pnpm: /^publish$/,
  yarn: /^publish$/,
  bun: /^publish$/,
  cargo: /^publish$/,
};
/** What runs the command that follows it. */
const WRAPPER = /^(?:sudo|doas|env|xargs|time|nohup|exec|then|do|else|\w+=.*)$/;
const DOWNLOAD = /^(?:curl|wget)$/;
const SHELL = /^(?:ba|z|da|fi|k)?sh$/;

/** Where they are in the command line, in order, without overlaps. */
export function riskySpans(command: string): Span[] {
  const spans: Span[] = [];
  let isStart = true;
  let program: Token | undefined;
  let download: Token | undefined;
  for (const token of tokens(command)) {
    if (isOperator(token.text)) {
      isStart = true;
      program = undefined;
      if (token.text !== "|") download = undefined;
    } else if (isStart) {
      if (download && SHELL.test(token.text)) cover(spans, download.start, token.end);
      else if (WORDS.test(token.text)) cover(spans, token.start, token.end);
      if (DOWNLOAD.test(token.text)) download = token;
      isStart = WRAPPER.test(token.text);
      program = isStart ? undefined : token;
    } else if (program && !token.text.startsWith("-")) {
      if (PAIRS[program.text]?.test(token.text)) cover(spans, program.start, token.end);
      program = undefined;
    }
  }
  return spans;
}

/** Adds a span in the place of those that lie in it. */
function cover(spans: Span[], start: number, end: number): void {
  while ((spans.at(-1)?.start ?? -1) >= start) spans.pop();
  spans.push({ start, end });
}

function isOperator(text: string): boolean {
  return /^[;&|(){}\n`]/.test(text);
}

function tokens(command: string): Token[] {
  const found = command.matchAll(/[;&|(){}\n`]|[^\s;&|(){}`]+/g);
  return [...found]
    .filter(([text]) => text !== "$")
    .map(({ 0: text, index }) => ({ text, start: index, end: index + text.length }));
}
