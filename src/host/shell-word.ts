// Words of a shell command line: what a node of the syntax tree will be once quotes are removed.
// A word that depends on the moment of running (variables, substitutions, braces) has no value.
// It promises never to give a value that the shell would read differently; when in doubt there
// is none. Which words make a command, and what that command is, is left to shell-syntax.ts.
import type { Node } from "web-tree-sitter";

export interface Word {
  /** Quotes and escapes removed; undefined when it is known only at run time. */
  readonly value: string | undefined;
  /** As written. */
  readonly source: string;
  /** It is exactly one argument, whatever it expands to. */
  readonly single: boolean;
  /** It holds an unquoted `*`, `?` or `[`, which the shell replaces by matching file names. */
  readonly glob: boolean;
}

/** A word that is given as it is. */
export function plainWord(value: string): Word {
  return { value, source: value, single: true, glob: false };
}

/** A word of which nothing is known, shown as `source`. */
export function dynamicWord(source: string, single = false): Word {
  return { value: undefined, source, single, glob: false };
}

/** How a word is written in a permission pattern: its value, or its source if it has none. */
export function wordText(word: Word): string {
  return word.value ?? word.source;
}

/** The word written so that a shell reads exactly its value. */
export function quoteWord(word: Word): string {
  if (word.value === undefined) return word.source;
  return `'${word.value.replaceAll("'", "'\\''")}'`;
}

/** Reads a word from its node. */
export function readWord(node: Node): Word {
  switch (node.type) {
    case "word":
    case "number":
    case "variable_name":
    case "test_operator":
      return readBareWord(node.text);
    case "command_name":
      return joinWords(childrenOf(node).map(readWord), node.text);
    case "raw_string":
      return quoted(node.text.slice(1, -1), node.text);
    case "ansi_c_string":
      return quoted(decodeAnsiC(node.text.slice(2, -1)), node.text);
    case "string":
    case "translated_string":
      return readString(node);
    case "concatenation":
      return readConcatenation(node);
    case "variable_assignment":
      return readAssignmentWord(node);
    default:
      return node.isNamed ? dynamicWord(node.text) : readBareWord(node.text);
  }
}

/** Words written without a space between them are one word. */
export function joinWords(words: readonly Word[], source: string): Word {
  // A lone dollar before a quote begins $"...", which the parser does not always see as one.
  if (words.length > 1 && words.some((word) => word.source === "$")) return dynamicWord(source);
  return {
    value: words.every((word) => word.value !== undefined)
      ? words.map((word) => word.value).join("")
      : undefined,
    source,
    single: words.every((word) => word.single),
    glob: words.some((word) => word.glob),
  };
}

function quoted(value: string | undefined, source: string): Word {
  return { value, source, single: true, glob: false };
}

function readBareWord(text: string): Word {
  const bare = text.replaceAll(/\\[^]/g, "");
  if (/[`$]/.test(bare.replace(/\$$/, ""))) return dynamicWord(text);
  if (isBraceExpansion(bare)) return dynamicWord(text);
  return {
    value: text.replaceAll("\\\n", "").replaceAll(/\\([^])/g, "$1"),
    source: text,
    single: true,
    glob: /[*?[]/.test(bare),
  };
}

/** `{a,b}` and `{1..3}`, which become several words; `{}` and `{x}` stay as they are. */
function isBraceExpansion(bare: string): boolean {
  return /\{[^]*(,|\.\.)[^]*\}/.test(bare);
}

function readConcatenation(node: Node): Word {
  const children = childrenOf(node);
  const bare = children
    .map((child) => (isQuoted(child) ? "" : child.text.replaceAll(/\\[^]/g, "")))
    .join("");
  if (isBraceExpansion(bare)) return dynamicWord(node.text);
  return joinWords(children.map(readWord), node.text);
}

function childrenOf(node: Node): Node[] {
  return node.children.flatMap((child) => (child ? [child] : []));
}

function isQuoted(node: Node): boolean {
  return ["string", "raw_string", "ansi_c_string", "translated_string"].includes(node.type);
}

/** `NAME=value` as an argument of `export` and its like. */
function readAssignmentWord(node: Node): Word {
  const value = node.childForFieldName("value");
  const name = node.childForFieldName("name");
  if (!value || !name || name.type !== "variable_name") return dynamicWord(node.text, true);
  const prefix = plainWord(node.text.slice(0, value.startIndex - node.startIndex));
  return joinWords([prefix, readWord(value)], node.text);
}

/** The parser leaves blanks of a string out of its nodes, so it is read by positions. */
function readString(node: Node): Word {
  const text = node.text;
  const start = text.indexOf('"') + 1;
  const expansions = node.namedChildren.filter(
    (child) => child && child.type !== "string_content" && child.type !== "string",
  );
  if (expansions.length > 0) return dynamicWord(text, !/[@]/.test(text));
  if (node.type === "translated_string") {
    const inner = node.namedChildren[0];
    return inner ? { ...readString(inner), source: text } : dynamicWord(text, true);
  }
  const content = text.slice(start, -1);
  if (/[`]|\$[({A-Za-z_0-9@*#?!-]/.test(content.replaceAll(/\\[^]/g, ""))) {
    return dynamicWord(text);
  }
  return quoted(content.replaceAll("\\\n", "").replaceAll(/\\(["\\$`])/g, "$1"), text);
}

const ANSI_C: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The text of `$'...'`; undefined for what is not certain to be read alike by every shell. */
function decodeAnsiC(text: string): string | undefined {
  let certain = true;
  const decoded = text.replaceAll(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|([^]))/g,
    (_match, hex?: string, short?: string, long?: string, octal?: string, letter?: string) => {
      const point = short ?? long;
      const digits = point ?? hex ?? octal;
      if (digits !== undefined) {
        const code = Number.parseInt(digits, octal === undefined ? 16 : 8);
        // Above ASCII, the other two forms mean bytes.
        if (code > 0 && code <= (point === undefined ? 0x7f : 0x10ffff)) {
          return String.fromCodePoint(code);
        }
        certain = false;
        return "";
      }
      if (letter !== undefined && "\\'\"?".includes(letter)) return letter;
      const control = letter === undefined ? undefined : ANSI_C[letter];
      if (control === undefined) certain = false;
      return control ?? "";
    },
  );
  return certain ? decoded : undefined;
}
