// Programs that run another program named by their arguments: `sudo rm x`, `xargs rm`, `sh -c`,
// `find -exec`. From the words of such a command it finds the commands inside. Where an option is
// not known, both readings are given: finding one command too many costs a question, missing one
// would let it slip past a rule.
import type { Word } from "./shell-word";
import { RUNNERS, SAME, SHELLS, WRAPPERS, type Wrapper } from "./shell-wrapper-table";
import { dynamicWord, plainWord, quoteWord, wordText } from "./shell-word";

export interface Unwrapped {
  /** The words of commands inside. */
  commands: Word[][];
  /** Texts that a shell will run. */
  scripts: string[];
  /** Variables set for the inside (`env A=1`). */
  assignments: string[];
  /** Directories it runs them in (`env -C dir`); undefined for one not known yet. */
  directories: (string | undefined)[];
  /** Running the inside by itself would do the same, so the outside needs no rule of its own. */
  transparent: boolean;
  /** Set when what will run cannot be known. */
  problem?: string;
}

const RUNNER_WORDS_MAX = 64;
/** How many readings of unknown options are followed. */
const STARTS_MAX = 4;

/** The problem of a shell without a script; a here-document may solve it. */
export const READS_STDIN = "a shell reads its commands from standard input";

/** The name a rule would use: without directory, and an alternative name made the usual one. */
export function programName(word: string): string {
  const base = word.slice(word.lastIndexOf("/") + 1).replace(/\.exe$/i, "");
  return SAME[base] ?? base;
}

/** What a command runs besides itself; undefined when it runs nothing else that is known of. */
export function unwrap(words: readonly Word[]): Unwrapped | undefined {
  const name = programName(words[0]?.value ?? "");
  if (SHELLS.test(name)) return unwrapShell(words);
  if (name === "find") return unwrapExec(words, /^-(exec|execdir|ok|okdir)$/);
  if (name === "fd") return unwrapExec(words, /^(-x|-X|--exec|--exec-batch)$/);
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  return wrapper && unwrapOptions(words, wrapper);
}

/** Texts under which a rule may know the end of `npx rm x`, `uv run rm x` and their like. */
export function runnerTails(words: readonly Word[]): Word[][] {
  const values = words.map((word) => word.value ?? "");
  values[0] = programName(values[0] ?? "");
  const runner = RUNNERS.find((prefix) => prefix.every((word, index) => values[index] === word));
  if (!runner) return [];
  return words
    .slice(runner.length, runner.length + RUNNER_WORDS_MAX)
    .flatMap((word, index) =>
      word.value?.startsWith("-") ? [] : [words.slice(runner.length + index)],
    );
}

function unwrapOptions(words: readonly Word[], wrapper: Wrapper): Unwrapped {
  const found = nothing(wrapper.transparent ?? false);
  const placeholders = ["{}"];
  const starts = readOptions(words, wrapper, found, placeholders);
  if (!starts) return found;
  if (starts.size > STARTS_MAX) found.problem ??= "it has too many unknown options";
  for (const start of [...starts].slice(0, STARTS_MAX)) {
    const inside = words.slice(start).map((word) => hidePlaceholders(word, wrapper, placeholders));
    if (inside.length > 0) addInside(inside, wrapper, found);
  }
  const runsNothing = found.commands.length + found.scripts.length === 0;
  if (wrapper.readsInput && runsNothing) found.problem ??= READS_STDIN;
  return found;
}

function nothing(transparent: boolean): Unwrapped {
  return { commands: [], scripts: [], assignments: [], directories: [], transparent };
}

function hidePlaceholders(word: Word, wrapper: Wrapper, placeholders: readonly string[]): Word {
  const hides = wrapper.appends && placeholders.some((text) => word.value?.includes(text));
  return hides ? dynamicWord(word.source) : word;
}

function addInside(inside: Word[], wrapper: Wrapper, found: Unwrapped): void {
  if (!wrapper.joined) {
    found.commands.push(wrapper.appends ? [...inside, dynamicWord("{}")] : inside);
    return;
  }
  if (inside.some((word) => word.value === undefined) || inside[0]?.value?.startsWith(":::")) {
    found.problem ??= "a part of the command it runs is not known until run time";
  }
  const end = inside.findIndex((word) => word.value?.startsWith(":::"));
  const words = end < 0 ? inside : inside.slice(0, end);
  found.scripts.push(words.map(wordText).join(" "));
}

/**
 * Indexes where the command inside may begin: one, or more where an unknown option may or may not
 * take the next word as its value. Undefined when it runs no command.
 */
function readOptions(
  words: readonly Word[],
  wrapper: Wrapper,
  found: Unwrapped,
  placeholders: string[],
): Set<number> | undefined {
  const starts = new Set<number>();
  let positionals = wrapper.positionals ?? 0;
  let index = 1;
  for (; index < words.length; index++) {
    const word = words[index];
    const value = word?.value;
    if (word === undefined || value === undefined) {
      if (!word?.single || positionals === 0) break;
      positionals--;
    } else if (value === "--") {
      if (positionals === 0) return starts.add(index + 1);
    } else if (value.startsWith("-") && value.length > 1) {
      const option = readOption(value, wrapper);
      if (listed(wrapper.idle, option.name)) return undefined;
      takeOption(words, index, option, wrapper, found, placeholders);
      if (option.takesNext === "maybe") starts.add(index + 2);
      if (option.takesNext === "yes") checkValue(words[++index], found);
    } else if (value === "-") {
      continue;
    } else if (wrapper.assignments && /^[A-Za-z_][A-Za-z_0-9]*=/.test(value)) {
      found.assignments.push(value);
    } else if (positionals > 0) {
      positionals--;
    } else break;
  }
  if (found.scripts.length > 0 && !wrapper.scriptTakesRest) return starts;
  return starts.add(index);
}

/** What an option means for the command inside. */
function takeOption(
  words: readonly Word[],
  index: number,
  option: Option,
  wrapper: Wrapper,
  found: Unwrapped,
  placeholders: string[],
): void {
  const value = option.attached === undefined ? words[index + 1] : plainWord(option.attached);
  if (listed(wrapper.placeholder, option.name) && value?.value) placeholders.push(value.value);
  if (listed(wrapper.directory, option.name)) {
    found.directories.push(value?.value);
    found.transparent = false;
  }
  if (!listed(wrapper.script, option.name)) return;
  // `env -S` has escapes and variables of its own.
  const own = wrapper.scriptTakesRest && /[\\$]/.test(value?.value ?? "");
  if (value?.value === undefined || own) {
    found.problem ??= "the command it runs is not known until run time";
  }
  const rest = words.slice(index + (option.attached === undefined ? 2 : 1)).map(quoteWord);
  const script = value ? scriptText(value) : "";
  found.scripts.push([script, ...(wrapper.scriptTakesRest ? rest : [])].join(" "));
}

/** The script in a word; of one with parts not known yet, what its source shows. */
function scriptText(word: Word): string {
  return word.value ?? word.source.replace(/^(["'])([^]*)\1$/, "$2");
}

function listed(list: string | undefined, name: string): boolean {
  return list?.split(" ").includes(name) ?? false;
}

function checkValue(word: Word | undefined, found: Unwrapped): void {
  if (word && !word.single) found.problem ??= `the words of ${word.source} are not known`;
}

interface Option {
  name: string;
  /** Whether the next word is its value. */
  takesNext: "yes" | "no" | "maybe";
  attached: string | undefined;
}

function readOption(value: string, wrapper: Wrapper): Option {
  return value.startsWith("--") ? readLongOption(value, wrapper) : readLetters(value, wrapper);
}

function readLongOption(value: string, wrapper: Wrapper): Option {
  const equals = value.indexOf("=");
  const name = equals < 0 ? value : value.slice(0, equals);
  if (equals >= 0) return { name, takesNext: "no", attached: value.slice(equals + 1) };
  const takesValue = listed(wrapper.long, `${name.slice(2)}=`);
  const known = takesValue || listed(wrapper.long, name.slice(2));
  return { name, takesNext: takesValue ? "yes" : known ? "no" : "maybe", attached: undefined };
}

/** One word of letters: those before the first that takes a value are switches. */
function readLetters(value: string, wrapper: Wrapper): Option {
  const letters = wrapper.letters ?? "";
  for (let at = 1; at < value.length; at++) {
    const letter = value[at] ?? "";
    const name = `-${letter}`;
    const rest = value.slice(at + 1);
    if (listed(wrapper.idle, name)) return { name, takesNext: "no", attached: undefined };
    const place = /[:;]/.test(letter) ? -1 : letters.indexOf(letter);
    const kind = place < 0 ? "unknown" : letters[place + 1];
    if (kind === ";") return { name, takesNext: "no", attached: rest };
    if (kind !== ":" && kind !== "unknown") continue;
    if (rest !== "") return { name, takesNext: "no", attached: rest };
    return { name, takesNext: kind === ":" ? "yes" : "maybe", attached: undefined };
  }
  return { name: value, takesNext: "no", attached: undefined };
}

/** `sh -c script`, and shells that read their script from a file that is not known yet. */
function unwrapShell(words: readonly Word[]): Unwrapped {
  let command = false;
  let input = false;
  for (let index = 1; index < words.length; index++) {
    const word = words[index];
    const value = word?.value ?? "";
    if (word?.value !== undefined && /^[-+]/.test(value)) {
      if (/^--(rcfile|init-file|init-command)\b|^-\w*C/.test(value)) {
        return { ...nothing(false), problem: "the shell runs something else first" };
      }
      const attached = /^--command=([^]*)$/.exec(value)?.[1];
      if (attached !== undefined) return { ...nothing(true), scripts: [attached] };
      if (value === "--command" || /^-\w*c/.test(value)) command = true;
      if (/^-\w*s/.test(value)) input = true;
      if (/^[-+]\w*[oO]$/.test(value)) index++;
    } else if (command && word) return shellScript(word);
    else if (word?.value === undefined) {
      return { ...nothing(false), problem: `what the shell runs (${word?.source}) is not known` };
    } else if (!input) return nothing(false); // a script file: the words say all there is to say
  }
  const informs = words.some((word) => /^--(version|help)$/.test(word.value ?? ""));
  return informs ? nothing(false) : { ...nothing(false), problem: READS_STDIN };
}

function shellScript(word: Word): Unwrapped {
  const found = { ...nothing(true), scripts: [scriptText(word)] };
  if (word.value !== undefined) return found;
  return { ...found, transparent: false, problem: `what the shell runs is not known yet` };
}

function unwrapExec(words: readonly Word[], pattern: RegExp): Unwrapped | undefined {
  const found = nothing(false);
  for (let index = 1; index < words.length; index++) {
    if (!pattern.test(words[index]?.value ?? "")) continue;
    const rest = words.slice(index + 1);
    const end = rest.findIndex((word) => word.value === ";" || word.value === "+");
    const command = end < 0 ? rest : rest.slice(0, end);
    found.commands.push(command.map(asPlaceholder));
  }
  return found.commands.length > 0 ? found : undefined;
}

function asPlaceholder(word: Word): Word {
  return word.value?.includes("{}") ? dynamicWord(word.source, true) : word;
}
