// Shell command lines as permissions see them: every simple command that would run, however it is
// nested, quoted or wrapped. The grammar (tree-sitter-bash) is loaded on first use. The promise is
// one-sided: a command may be found that never runs, but none that runs is left out while `ok` is
// true. Whatever is not fully understood makes `ok` false, so that the caller asks a person.
import type { Node, Parser } from "web-tree-sitter";
import { errorMessage } from "@/base/error";
import grammarPath from "tree-sitter-bash/tree-sitter-bash.wasm" with { type: "file" };
import runtimePath from "web-tree-sitter/tree-sitter.wasm" with { type: "file" };
import {
  ALTERNATIVES_MAX,
  describeCommand,
  Found,
  type CommandPlace,
  type ShellParse,
} from "./shell-command";
import {
  builtinDoubt,
  checkHeredoc,
  checkHidden,
  checkText,
  HIDDEN_INDEX,
  isRawHeredoc,
  isSteering,
  withPlainBodies,
} from "./shell-doubt";
import { dynamicWord, joinWords, plainWord, readWord, wordText, type Word } from "./shell-word";
import { programName, READS_STDIN, unwrap } from "./shell-wrapper";

export const SHELL_SOURCE_MAX_LENGTH = 64 * 1024;
const NESTING_MAX = 8;
const TREE_DEPTH_MAX = 400;
/** Real commands take some tens of ms; some that are none take the grammar half a minute. */
const READING_MAX_MS = 1_000;
/** How the runtime imports its memory: its name, that a maximum follows, at least 512 pages. */
const MEMORY_IMPORT = Buffer.from("\u0006memory\u0002\u0001\u0080\u0004", "latin1");
/** 32 of 64 KiB, as LEB128 in the two bytes that 512 takes. */
const PAGES = [0xa0, 0x00] as const;
const PAGES_BYTES = 32 * 64 * 1024;

/** Reads command lines. Make one and keep it: loading its grammar takes some tens of ms. */
export class ShellParser {
  #parser: Promise<Parser> | undefined;

  /**
   * The commands and redirections of a line for bash (or another Bourne-like shell). Never
   * rejects: what cannot be read gives `ok: false` with the reason and what was found so far.
   */
  async parse(command: string): Promise<ShellParse> {
    const found = new Found();
    if (command.length > SHELL_SOURCE_MAX_LENGTH) {
      found.fail(`the command is longer than ${SHELL_SOURCE_MAX_LENGTH} characters`);
      return found.result();
    }
    try {
      this.#parser ??= loadParser();
      const parser = await this.#parser;
      const until = performance.now() + READING_MAX_MS;
      readScript(command, { parser, until, script: "", via: [], outer: [], steering: [] }, found);
    } catch (error) {
      this.#parser = undefined;
      found.fail(`the command could not be read (${errorMessage(error)})`);
    }
    return found.result();
  }
}

async function loadParser(): Promise<Parser> {
  const { Language, Parser } = await import("web-tree-sitter");
  await Parser.init(lessMemory(new Uint8Array(await Bun.file(runtimePath).arrayBuffer())));
  const language = await Language.load(new Uint8Array(await Bun.file(grammarPath).arrayBuffer()));
  const parser = new Parser();
  parser.setLanguage(language);
  return parser;
}

/**
 * The runtime asks for 32 MiB, of which it uses one; the memory grows where more is needed. The
 * collector takes all that is asked for as live, and twice, and lets as much more garbage lie.
 * A runtime that asks in other words gets what it asks for.
 */
function lessMemory(wasmBinary: Uint8Array): { wasmBinary: Uint8Array; INITIAL_MEMORY?: number } {
  const at = Buffer.from(wasmBinary.buffer).indexOf(MEMORY_IMPORT);
  if (at < 0) return { wasmBinary };
  wasmBinary.set(PAGES, at + MEMORY_IMPORT.length - PAGES.length);
  return { wasmBinary, INITIAL_MEMORY: PAGES_BYTES };
}

/** What a script is found in. */
interface Place extends CommandPlace {
  parser: Parser;
  /** When to give up, as performance.now has it. */
  until: number;
  /** The whole script. */
  script: string;
}

function readScript(script: string, place: Place, found: Found): void {
  checkText(script, found);
  if (place.via.length > NESTING_MAX) return found.fail("programs are nested too deeply");
  const source = withPlainBodies(script);
  const { parser, until } = place;
  const progressCallback = () => performance.now() > until;
  const tree = parser.parse(source, null, { progressCallback });
  if (!tree) {
    parser.reset();
    return found.fail("it takes too long to read");
  }
  try {
    if (tree.rootNode.hasError) found.fail("its syntax was not understood");
    visit(tree.rootNode, { ...place, script: source }, found, 0);
  } finally {
    tree.delete();
  }
}

function visit(node: Node, place: Place, found: Found, depth: number): void {
  if (found.isFull) return;
  if (depth > TREE_DEPTH_MAX) return found.fail("it is nested too deeply");
  checkHidden(node, found);
  switch (node.type) {
    case "redirected_statement":
      return visitRedirected(node, place, found, depth);
    case "command":
      visitCommand(node, [], [], place, found);
      break;
    case "declaration_command":
    case "unset_command":
      emit(childWords(node), node.text, place, found);
      break;
    case "test_command":
      visitTest(node, place, found);
      break;
    case "variable_assignment":
      visitAssignment(node, place, found);
      break;
    case "file_redirect":
      visitRedirect(node, found);
      break;
    case "heredoc_redirect":
      checkHeredoc(node, place.script, found);
      break;
    case "expansion":
      if (node.text.endsWith("@P}")) found.fail("a prompt expansion may run commands");
      break;
  }
  visitChildren(node, place, found, depth);
}

function visitChildren(node: Node, place: Place, found: Found, depth: number): void {
  for (const child of node.namedChildren) {
    if (child) visit(child, place, found, depth + 1);
  }
}

/** Words after a redirection (`rm > log x`) and here-documents belong to the command before. */
function visitRedirected(node: Node, place: Place, found: Found, depth: number): void {
  const body = node.childForFieldName("body");
  const redirects = node.namedChildren.filter((child) => child && child.type.endsWith("_redirect"));
  const extra: Word[] = [];
  for (const redirect of redirects) {
    if (!redirect) continue;
    if (redirect.type === "heredoc_redirect") extra.push(...fieldWords(redirect, "argument"));
    if (redirect.type !== "file_redirect") continue;
    extra.push(...fieldWords(redirect, "destination").slice(1));
  }
  const inputs = redirects.flatMap((redirect) => (redirect ? [redirect] : []));
  if (body?.type === "command") {
    checkHidden(body, found);
    visitCommand(body, extra, inputs, place, found);
    visitChildren(body, place, found, depth + 1);
  } else {
    if (extra.length > 0) found.fail("words after a redirection were not understood");
    if (body) visit(body, place, found, depth + 1);
  }
  for (const child of node.namedChildren) {
    if (child && child.id !== body?.id) visit(child, place, found, depth + 1);
  }
}

function fieldWords(node: Node, field: string): Word[] {
  return node.childrenForFieldName(field).flatMap((child) => (child ? [readWord(child)] : []));
}

function visitRedirect(node: Node, found: Found): void {
  const operator = node.children.find((child) => child && !child.isNamed)?.text ?? "";
  const target = fieldWords(node, "destination")[0];
  if (!target || (operator.endsWith("&") && /^(\d+-?|-)$/.test(target.value ?? ""))) return;
  found.redirects.push({
    path: target.glob ? undefined : target.value,
    write: operator !== "<" && operator !== "<&",
  });
}

function visitCommand(
  node: Node,
  extra: readonly Word[],
  redirects: readonly Node[],
  place: Place,
  found: Found,
): void {
  const words = [...childWords(node), ...extra];
  const inputs = [...redirects, ...node.namedChildren].flatMap((child) =>
    child && child.type.endsWith("_redirect") ? [child] : [],
  );
  const steering = node.namedChildren.flatMap((child) =>
    child?.type === "variable_assignment" ? steeringAssignment(child) : [],
  );
  for (const child of node.namedChildren) {
    if (child?.type === "file_redirect" && fieldWords(child, "destination").length > 1) {
      found.fail("words after a redirection were not understood");
    }
  }
  const inside = { ...place, steering: [...place.steering, ...steering] };
  emit(words, node.text, inside, found, inputs);
}

/** The words of a command; what stands together without a blank is one word. */
function childWords(node: Node): Word[] {
  const words: Word[] = [];
  let end = -1;
  for (const child of node.children) {
    if (!child || child.type.endsWith("_redirect") || child.type === "comment") continue;
    if (child.type === "variable_assignment" && node.type === "command") continue;
    if (child.type === "subshell") continue;
    const word = readWord(child);
    const before = words.at(-1);
    if (before && child.startIndex === end) {
      words[words.length - 1] = joinWords([before, word], before.source + word.source);
    } else words.push(word);
    end = child.endIndex;
  }
  return words;
}

function visitTest(node: Node, place: Place, found: Found): void {
  const source = node.text;
  const literals = node.descendantsOfType(["raw_string", "ansi_c_string"]);
  if (literals.some((literal) => literal && HIDDEN_INDEX.test(literal.text))) {
    found.fail("a test evaluates a quoted substitution");
  }
  const [open = "[", ...rest] = source.split(/\s+/);
  const words = [
    plainWord(open),
    ...rest.map((text) => (/[`$"'\\]/.test(text) ? dynamicWord(text) : plainWord(text))),
  ];
  found.add(describeCommand(words, source, place));
}

function visitAssignment(node: Node, place: Place, found: Found): void {
  const value = node.childForFieldName("value");
  if (value && HIDDEN_INDEX.test(readWord(value).value ?? "")) {
    found.fail("a quoted substitution is kept for later");
  }
  // Those before a command are part of it; those that stand alone hold for what follows.
  if (node.parent?.type === "command" || node.parent?.type === "declaration_command") return;
  const steering = steeringAssignment(node);
  if (steering.length > 0) found.add(describeCommand(steering.map(plainWord), node.text, place));
}

function steeringAssignment(node: Node): string[] {
  return isSteering(node.text) ? [node.text] : [];
}

/** Takes in one command: by itself, and the commands it runs. */
function emit(
  words: readonly Word[],
  source: string,
  place: Place,
  found: Found,
  inputs: readonly Node[] = [],
): void {
  const first = words[0];
  if (!first) return;
  if (place.via.length > NESTING_MAX) return found.fail("programs are nested too deeply");
  const name = first.value;
  const command = describeCommand(words, source, place);
  if (name === undefined || first.glob || name === "") {
    found.fail(`which program ${first.source || "the command"} names is not known until run time`);
    return found.add(command);
  }
  if (command.alternatives.length >= ALTERNATIVES_MAX) found.fail("it has too many options");
  const doubt = builtinDoubt(words);
  if (doubt !== undefined) found.fail(doubt);
  readOwnScript(words, place, found);
  const inside = unwrap(words);
  if (inside) {
    command.always = command.text;
    command.paths.push(...inside.directories);
  }
  const runsOthers = inside && inside.commands.length + inside.scripts.length > 0;
  if (!inside?.transparent || !runsOthers) found.add(command);
  if (!inside) return;
  const around: Place = {
    ...place,
    via: [...place.via, programName(name)],
    outer: [...place.outer, words.map(wordText).join(" ")],
    steering: [...place.steering, ...inside.assignments.filter(isSteering)],
  };
  const solved = inside.problem === READS_STDIN && readInputs(inputs, around, found);
  if (inside.problem !== undefined && !solved) found.fail(inside.problem);
  for (const inner of inside.commands) emit(inner, source, around, found, inputs);
  for (const script of inside.scripts) readScript(script, around, found);
}

/** A shell's here-document or here-string is its script. Whether all that it reads is known. */
function readInputs(inputs: readonly Node[], place: Place, found: Found): boolean {
  let known = false;
  for (const input of inputs) {
    if (input.type === "file_redirect" && /^\d*<[^&(]/.test(input.text)) {
      known = fieldWords(input, "destination")[0]?.value !== undefined;
    }
    if (input.type === "herestring_redirect") {
      const last = input.namedChildren.at(-1);
      const script = last ? readWord(last).value : undefined;
      if (script === undefined) return false;
      readScript(script, place, found);
      known = true;
    }
    if (input.type === "heredoc_redirect") {
      const body = input.namedChildren.find((child) => child?.type === "heredoc_body");
      if (!body || (!isRawHeredoc(body) && /[$`\\]/.test(body.text))) return false;
      readScript(body.text, place, found);
      known = true;
    }
  }
  return known;
}

/** `eval` and `trap` run their arguments in this very shell. */
function readOwnScript(words: readonly Word[], place: Place, found: Found): void {
  const [name, ...args] = words;
  const script = name?.value === "eval" ? args.map((word) => word.value ?? "").join(" ") : "";
  const action = name?.value === "trap" && args.length > 1 ? (args[0]?.value ?? "") : "";
  const text = script || action;
  if (text === "" || text === "-") return;
  readScript(text, { ...place, via: [...place.via, name?.value ?? ""] }, found);
}
