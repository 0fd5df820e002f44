// What the grammar is known to read otherwise than a shell does. Each is found here, so that a line
// that has it is not trusted. Found by comparing with real shells; extend it when one more is.
import type { Node } from "web-tree-sitter";
import type { Found } from "./shell-command";
import type { Word } from "./shell-word";

/** Blanks and marks that a person does not see as the shell does (joined emoji are all right). */
const UNSEEN = /(?![\t\n \u200d])[\p{Cc}\p{Cf}\p{Z}]/u;

/** The shell joins the lines and sees a substitution; the parser does not. */
const CONTINUED_DOLLAR = /\$(\\\n)+[({[]/;

/** The parser takes a first line that begins with a backslash for words before the body. */
const BACKSLASH_BODY = /(<<-?[ \t]*(?:\w+|'[^'\n]*'|"[^"\n]*"|\\\w+)(?:[^\n]*[^\n\\])?\n)(?=\\)/g;

/** What can be said of a script by its text alone. */
export function checkText(script: string, found: Found): void {
  if (UNSEEN.test(script)) found.fail("it holds characters that do not show as what they are");
  if (CONTINUED_DOLLAR.test(script)) found.fail("a substitution continues on the next line");
}

/** The script with a blank before such lines, which changes nothing but the parser's mind. */
export function withPlainBodies(script: string): string {
  return script.replaceAll(BACKSLASH_BODY, "$1 ");
}

/**
 * The parser leaves a few substitutions unparsed (backticks inside `${x:-...}`, inside backticks,
 * in here-documents): text that would be one, in a place that should have none, is not trusted.
 */
export function checkHidden(node: Node, found: Found): void {
  if (RAW_NODES.test(node.type) || isRawHeredoc(node)) return;
  if (node.type === "command_substitution" && /^`[^]*\\/.test(node.text)) {
    found.fail("a substitution with escapes inside backticks was not understood");
  }
  for (const text of uncovered(node)) {
    // The shell joins such lines before it reads words; the parser ends the word there.
    if (/^(\\\n)+$/.test(text)) found.fail("a word continues on the next line");
    if (HIDDEN.test(text.replaceAll(/\\[^]/g, ""))) {
      found.fail("a substitution was not understood");
    }
  }
}

const RAW_NODES = /^(raw_string|ansi_c_string|comment|heredoc_start|heredoc_end)$/;
const HIDDEN = /`|\$[({[]/;

/** Whether a here-document is taken as it is, because its delimiter is quoted. */
export function isRawHeredoc(node: Node): boolean {
  if (node.type !== "heredoc_body" && node.type !== "heredoc_content") return false;
  const redirect = node.type === "heredoc_body" ? node.parent : node.parent?.parent;
  const start = redirect?.namedChildren.find((child) => child?.type === "heredoc_start");
  return /['"\\]/.test(start?.text ?? "");
}

/** The parts of a node's text that no child accounts for. */
function uncovered(node: Node): string[] {
  if (node.childCount === 0) return node.isNamed ? [node.text] : [];
  const text = node.text;
  const parts: string[] = [];
  let end = node.startIndex;
  for (const child of node.children) {
    if (!child) continue;
    if (child.startIndex > end) {
      parts.push(text.slice(end - node.startIndex, child.startIndex - node.startIndex));
    }
    end = Math.max(end, child.endIndex);
  }
  if (end < node.endIndex) parts.push(text.slice(end - node.startIndex));
  return parts;
}

/** The parser ends a here-document at lines which the shell reads as part of it. */
export function checkHeredoc(node: Node, script: string, found: Found): void {
  const part = (type: string) => node.namedChildren.find((child) => child?.type === type);
  const [start, body, end] = ["heredoc_start", "heredoc_body", "heredoc_end"].map(part);
  if (!start || !body || !end) return found.fail("a here-document was not understood");
  const delimiter = start.text.replaceAll(/\\([^])|['"]/g, "$1");
  const trim = (line: string) => (node.text.startsWith("<<-") ? line.replace(/^\t+/, "") : line);
  const lineStart = script.lastIndexOf("\n", end.startIndex - 1) + 1;
  const lineEnd = script.indexOf("\n", end.startIndex);
  const last = script.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
  const headEnd = script.indexOf("\n", start.endIndex);
  const lines = script.slice(headEnd + 1, Math.max(headEnd + 1, lineStart - 1)).split("\n");
  const begins = node.namedChildren.every(
    (child) => !child || child.id === body.id || child.id === end.id || child.endIndex <= headEnd,
  );
  if (!begins || trim(last) !== delimiter || lines.some((line) => trim(line) === delimiter)) {
    found.fail("a here-document was not understood");
  }
}

/** Variables that change what other programs run: setting one is part of the command. */
const STEERING = new RegExp(
  "^(PATH|IFS|ENV|BASH_.*|SHELLOPTS|BASHOPTS|CDPATH|PROMPT_COMMAND|PS[0-4]|LD_.*|DYLD_.*|GIT_.*|" +
    ".*PAGER|.*EDITOR|VISUAL|BROWSER|SSH_ASKPASS|SUDO_ASKPASS|NODE_OPTIONS|NODE_PATH|PYTHON.*|" +
    "PERL.*|RUBY.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|CLASSPATH|MAKEFLAGS|CC|CXX|RUSTC.*|CARGO_.*|" +
    "npm_config_.*|NPM_CONFIG_.*|LESSOPEN|LESSCLOSE|MANOPT|TAR_OPTIONS|RSYNC_RSH|GREP_OPTIONS|" +
    "ZDOTDIR|HOME|XDG_CONFIG_HOME|SHELL)$",
);

/** Whether `NAME=value` steers what other programs do. */
export function isSteering(assignment: string): boolean {
  return STEERING.test(/^\w*/.exec(assignment)?.[0] ?? "");
}

const RESERVED = new RegExp(
  "^(!|\\{|\\}|\\(|\\)|\\[\\[|\\]\\]|case|do|done|elif|else|esac|fi|for|function|if|in|select|" +
    "then|until|while)$",
);

/** A command hidden in the index of an array, which some builtins evaluate even when quoted. */
export const HIDDEN_INDEX = /\[[^]*(\$\(|`)/;
const EVALUATING =
  /^(\[|\[\[|declare|export|let|local|mapfile|printf|read|readonly|test|typeset|unset|wait)$/;

/** Builtins with an option that changes what later words run. */
const REDEFINING: Readonly<Record<string, RegExp>> = {
  alias: /=/,
  bind: /^-x/,
  compgen: /^-[CF]/,
  complete: /^-[CF]/,
  enable: /^-f/,
  hash: /^-p/,
  mapfile: /^-C/,
  readarray: /^-C/,
};

/** Why a command may run something else than it says, if it is one that may. */
export function builtinDoubt(words: readonly Word[]): string | undefined {
  const [name = "", ...values] = words.map((word) => word.value);
  const dynamic = words.length > 1 && values[0] === undefined;
  if (RESERVED.test(name)) return `the word ${name} was not understood where it stands`;
  if (name === "eval") return "eval runs a text that is put together at run time";
  if (name === "trap" && dynamic) return "what trap will run is not known until run time";
  if ((name === "source" || name === ".") && dynamic) {
    return `which file ${name} runs is not known until run time`;
  }
  const redefines = Object.hasOwn(REDEFINING, name) ? REDEFINING[name] : undefined;
  if (redefines && values.some((value) => value === undefined || redefines.test(value))) {
    return `${name} changes what later words run`;
  }
  if (EVALUATING.test(name) && values.some((value) => HIDDEN_INDEX.test(value ?? ""))) {
    return `${name} evaluates a quoted substitution`;
  }
  return undefined;
}
