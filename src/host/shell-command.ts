// The commands found in a command line, as permission rules need them: the text a rule is matched
// against, the other texts it may be known by, the pattern that "always" stands for, the files.
import { alwaysPattern, hasSubcommands } from "./shell-arity";
import { pathArguments } from "./shell-path";
import { wordText, type Word } from "./shell-word";
import { programName, runnerTails } from "./shell-wrapper";

export interface ShellCommand {
  /** Words without their quotes, joined by blanks: what a permission rule is matched against. */
  text: string;
  /** The words; undefined for one that is known only at run time. */
  words: (string | undefined)[];
  /** Some word is known only at run time. */
  dynamic: boolean;
  /**
   * Other texts a rule may know it by: as written, with the wrapper it stood in, without the
   * program's directory, without options before the sub-command. A rule that denies one of them
   * means this command; a rule that allows one of them says nothing.
   */
  alternatives: string[];
  /** The pattern "always" stands for: `git status *`. */
  always: string;
  /** Programs it was found inside of, outermost first: `["sudo", "xargs"]`. */
  via: string[];
  /** Files it works on, if it is a command that does; undefined for those not known yet. */
  paths: (string | undefined)[];
}

export interface ShellRedirect {
  /** Undefined when known only at run time. */
  path: string | undefined;
  write: boolean;
}

export interface ShellParse {
  /** False when something may run that is not among `commands`. */
  ok: boolean;
  /** Why not, for a person. */
  reason?: string;
  /** In the order of the text; those inside a substitution follow the command they stand in. */
  commands: ShellCommand[];
  redirects: ShellRedirect[];
}

const COMMANDS_MAX = 2_000;
export const ALTERNATIVES_MAX = 64;

/** What has been found, and the first reason not to trust it. */
export class Found {
  readonly commands: ShellCommand[] = [];
  readonly redirects: ShellRedirect[] = [];
  #reason: string | undefined;
  #isFull = false;

  /** There is no use in looking further. */
  get isFull(): boolean {
    return this.#isFull;
  }

  fail(reason: string): void {
    this.#reason ??= reason;
  }

  add(command: ShellCommand): void {
    if (this.commands.length < COMMANDS_MAX) {
      this.commands.push(command);
      return;
    }
    this.#isFull = true;
    this.fail("it runs too many commands");
  }

  result(): ShellParse {
    return {
      ok: this.#reason === undefined,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      commands: this.commands,
      redirects: this.redirects,
    };
  }
}

/** Where a command stands: what runs it, and with what. */
export interface CommandPlace {
  /** Programs around it, outermost first, and the whole texts of the commands they stand in. */
  readonly via: readonly string[];
  readonly outer: readonly string[];
  /** Assignments made for it that steer what it does. */
  readonly steering: readonly string[];
}

/** What is known of a command from its words, its source and where it stands. */
export function describeCommand(
  words: readonly Word[],
  source: string,
  place: CommandPlace,
): ShellCommand {
  const plain = words.map(wordText).join(" ");
  const text = [...place.steering, plain].join(" ");
  const values = words.map((word) => word.value);
  const alternatives = new Set([plain, source, ...place.outer, ...otherNames(words)]);
  alternatives.delete(text);
  return {
    text,
    words: values,
    dynamic: values.includes(undefined),
    alternatives: [...alternatives].slice(0, ALTERNATIVES_MAX),
    always: place.steering.length > 0 ? text : alwaysPattern(values, text),
    via: [...place.via],
    paths: pathArguments(words),
  };
}

/** Without directory, in lower case, and without the options before the sub-command. */
function* otherNames(words: readonly Word[]): Generator<string> {
  const name = words[0]?.value;
  if (name === undefined) {
    // It may expand to nothing, or to a wrapper of what follows.
    for (let index = 1; index < Math.min(words.length, ALTERNATIVES_MAX); index++) {
      yield words.slice(index).map(wordText).join(" ");
    }
    return;
  }
  const base = programName(name);
  const names = new Set([name, base, base.toLowerCase()]);
  for (const other of names) yield join(other, words.slice(1));
  for (const tail of runnerTails(words)) {
    yield join(programName(tail[0] ? wordText(tail[0]) : ""), tail.slice(1));
  }
  if (!hasSubcommands(base)) return;
  for (let index = 1; index < words.length && index < ALTERNATIVES_MAX; index++) {
    // A word after an option may be its value or the sub-command.
    if (mayBeOption(words[index])) continue;
    if (index > 1) yield join(base, words.slice(index));
    if (index === 1 || !mayBeOption(words[index - 1])) return;
  }
}

function mayBeOption(word: Word | undefined): boolean {
  return word?.value?.startsWith("-") ?? true;
}

function join(name: string, rest: readonly Word[]): string {
  return [name, ...rest.map(wordText)].join(" ");
}
