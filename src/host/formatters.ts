// The formatters of one directory: which are in force by the configuration, by what the project
// shows and by what is on this machine, and running them on a file that was just edited. Off unless
// the configuration asks for them. A formatter that fails never undoes the edit.
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { type Env, experimentalFlag } from "@/base/env";
import { errorMessage } from "@/base/error";
import { isInside, realpathInside, writeFileAtomic } from "@/base/file";
import type { Logger } from "@/base/log";
import { type ProcessResult, runProcess } from "@/base/process";
import { findOnPath, launchOf, upward } from "@/base/program";
import type { Config, FormatterConfig } from "@/schema/config";
import type { FormatterStatus } from "@/schema/status";
import { FormatterSigns } from "./formatter-signs";
import { type Formatter, FORMATTERS } from "./formatter-table";

export interface FormattersOptions {
  directory: string;
  /** How far up the project is looked at; no file outside of it is formatted. */
  worktree: string;
  env: Env;
  log: Logger;
  config(): Promise<Config["formatter"]>;
  /** Whether the project's own programs, and others on its code, may run. */
  isTrusted(): Promise<boolean>;
  /** Told of a formatter that did not run for want of trust; `path` is its program. */
  onHeld(name: string, path: string): void;
}

/** A formatter that is in force for a file. */
interface Choice {
  formatter: Formatter;
  program: string;
  /** Where it runs: the directory that shows its use. */
  root: string;
  levels: readonly string[];
}

const FORMAT_LIMIT_MS = 10_000;
const PROBE_LIMIT_MS = 5_000;
const OUTPUT_MAX_BYTES = 64 * 1024;
/** Of a failure, as the model and the log are told. */
const REASON_MAX_CHARACTERS = 1_000;
/** Where a project keeps its own programs. */
const PROGRAM_DIRECTORIES: readonly string[] = [
  ...["node_modules/.bin", "vendor/bin"],
  ...[".venv/bin", "venv/bin"],
];

export class Formatters {
  readonly #options: FormattersOptions;
  readonly #signs = new FormatterSigns();
  readonly #probes = new Map<string, Promise<boolean>>();

  constructor(options: FormattersOptions) {
    this.#options = options;
  }

  /** All formatters there are; `enabled` are those that would format a file of the directory. */
  async status(): Promise<FormatterStatus[]> {
    const { directory } = this.#options;
    const config = await this.#options.config();
    const formatters = configuredFormatters(config);
    const chosen = isOn(config) ? await this.#choose(formatters, directory) : [];
    return formatters.map((formatter) => ({
      name: formatter.name,
      extensions: [...formatter.extensions],
      enabled: chosen.some((choice) => choice.formatter === formatter),
    }));
  }

  /**
   * Formats the file (absolute path) in place with every formatter in force for it, one after the
   * other. Resolves with what went wrong, in words for the model, or undefined; never rejects. On
   * abort the running one is ended and the file is left as it was edited.
   */
  async format(path: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      const notes: string[] = [];
      for (const choice of await this.#chooseFor(path)) {
        if (signal.aborted) break;
        const note = await this.#run(choice, path, signal);
        if (note !== undefined && !signal.aborted) notes.push(note);
      }
      return notes.length > 0 ? notes.join("\n") : undefined;
    } catch (error) {
      this.#options.log.warn("a file was not formatted", { path, error: errorMessage(error) });
      return `The file was not formatted: ${errorMessage(error)}`;
    }
  }

  async #chooseFor(path: string): Promise<Choice[]> {
    const config = await this.#options.config();
    if (!isOn(config)) return [];
    const name = basename(path).toLowerCase();
    const formatters = configuredFormatters(config).filter(({ extensions }) =>
      extensions.some((extension) => name.endsWith(extension)),
    );
    if (formatters.length === 0) return [];
    const found = await stat(path).catch(() => undefined); // removed: nothing to format
    if (!found?.isFile() || !(await realpathInside(this.#options.worktree, path))) return [];
    return this.#choose(formatters, dirname(path));
  }

  /** Those of the formatters that are in force for files of a directory. */
  async #choose(formatters: readonly Formatter[], from: string): Promise<Choice[]> {
    const levels = upward(from, this.#options.worktree);
    const isTrusted = await this.#options.isTrusted();
    const found = await Promise.all(
      formatters.map((formatter) => this.#detect(formatter, levels, isTrusted)),
    );
    const choices = found.flatMap((choice) => choice ?? []);
    const names = choices.map(({ formatter }) => formatter.name);
    return choices.filter(({ formatter: { unless } }) => !unless || !names.includes(unless));
  }

  async #detect(
    formatter: Formatter,
    levels: readonly string[],
    isTrusted: boolean,
  ): Promise<Choice | undefined> {
    const { directory, env } = this.#options;
    const [name = ""] = formatter.command;
    if (formatter.disabled || name === "") return undefined;
    if (formatter.flag && !experimentalFlag(env, formatter.flag)) return undefined;
    const root = formatter.signs ? await this.#signs.findRoot(formatter.signs, levels) : directory;
    if (root === undefined) return undefined;
    const program = this.#findAllowed(formatter, name, levels, isTrusted);
    if (program === undefined) return undefined;
    if (formatter.probe && !(await this.#probe(program, formatter.probe))) return undefined;
    return { formatter, program, root, levels };
  }

  #findAllowed(
    formatter: Formatter,
    name: string,
    levels: readonly string[],
    isTrusted: boolean,
  ): string | undefined {
    const { onHeld, worktree } = this.#options;
    const wanted = this.#findProgram(name, levels);
    if (wanted === undefined || isTrusted) return wanted;
    const other = formatter.runsProject ? undefined : this.#findProgram(name, []);
    if (other !== undefined && !isInside(worktree, other)) return other;
    onHeld(formatter.name, wanted);
    return undefined;
  }

  #findProgram(name: string, levels: readonly string[]): string | undefined {
    const { directory, env } = this.#options;
    // A path, not a name: as the configuration gives it, from the directory.
    const isPath = isAbsolute(name) || /[\\/]/.test(name);
    if (isPath) return findOnPath(resolve(directory, name), env, directory);
    for (const level of levels) {
      for (const own of PROGRAM_DIRECTORIES) {
        const program = findOnPath(join(level, own, name), env, directory);
        if (program) return program;
      }
    }
    return findOnPath(name, env, directory);
  }

  #probe(program: string, probe: NonNullable<Formatter["probe"]>): Promise<boolean> {
    const known = this.#probes.get(program);
    if (known) return known;
    const { directory: cwd, env } = this.#options;
    const limits = { timeoutMs: PROBE_LIMIT_MS, maxBytes: OUTPUT_MAX_BYTES };
    const probed = runProcess([program, ...probe.args], { cwd, env, ...limits }).then(
      ({ exitCode, stdout }) => exitCode === 0 && (probe.output?.test(stdout) ?? true),
      () => false, // it cannot even be started
    );
    this.#probes.set(program, probed);
    return probed;
  }

  async #run(choice: Choice, path: string, signal: AbortSignal): Promise<string | undefined> {
    const { env, log } = this.#options;
    const { formatter, root } = choice;
    const args = await this.#argumentsOf(choice, path);
    const launch = await launchOf(choice.program, args, env);
    const edited = { bytes: await readFile(path), mode: (await stat(path)).mode & 0o7777 };
    const result = await runProcess(launch.argv, {
      cwd: root,
      env: { ...env, ...launch.env, ...formatter.environment },
      signal,
      timeoutMs: FORMAT_LIMIT_MS,
      maxBytes: OUTPUT_MAX_BYTES,
    }).catch((error: unknown) => errorMessage(error));
    const reason = typeof result === "string" ? result : failureOf(result);
    if (reason === undefined) return undefined;
    await restore(path, edited, typeof result !== "string" && wasEnded(result));
    log.warn("a formatter failed", { formatter: formatter.name, path, reason });
    return `The formatter ${formatter.name} failed: ${reason}`;
  }

  async #argumentsOf({ formatter, levels }: Choice, path: string): Promise<string[]> {
    const args = formatter.command.slice(1).map((arg) => arg.replaceAll("$FILE", () => path));
    return [...(await this.#signs.readOption(formatter.option, levels)), ...args];
  }
}

function isOn(config: Config["formatter"]): boolean {
  return config !== undefined && config !== false;
}

/** Undefined when it ended well. */
function failureOf({ exitCode, timedOut, aborted, stderr, stdout }: ProcessResult) {
  if (aborted) return "it was stopped";
  if (timedOut) return `it did not end within ${FORMAT_LIMIT_MS / 1_000} seconds`;
  if (exitCode === 0) return undefined;
  const output = Bun.stripANSI(stderr.trim() || stdout.trim()).slice(0, REASON_MAX_CHARACTERS);
  const end = exitCode === null ? "it was killed" : `exit code ${exitCode}`;
  return output ? `${end}\n${output}` : end;
}

/** By a signal, which it may have turned into an exit code. */
function wasEnded({ exitCode, timedOut, aborted }: ProcessResult): boolean {
  return exitCode === null || timedOut || aborted;
}

/** The edit stays: one that was killed may have been writing, and one that failed, have removed. */
async function restore(
  path: string,
  edited: { bytes: Uint8Array; mode: number },
  mayBePartial: boolean,
): Promise<void> {
  const left = await readFile(path).catch(() => undefined); // removed
  const isLost = left === undefined || (left.length === 0 && edited.bytes.length > 0);
  if (!isLost && (!mayBePartial || left.equals(edited.bytes))) return;
  await writeFileAtomic(path, edited.bytes, { mode: edited.mode });
}

/** The table as the configuration leaves it: a map changes what is built in and adds others. */
function configuredFormatters(config: Config["formatter"]): Formatter[] {
  const changes = typeof config === "object" ? config : {};
  const own = Object.entries(changes)
    .filter(([name]) => !FORMATTERS.some((formatter) => formatter.name === name))
    .map(([name, change]) => changed({ name, extensions: [], command: [] }, change));
  return [
    ...FORMATTERS.map((formatter) => {
      const change = Object.hasOwn(changes, formatter.name) ? changes[formatter.name] : undefined;
      return change ? changed(formatter, change) : formatter;
    }),
    ...own,
  ];
}

/** Whoever gives the command has decided that it is used: the project need not show it. */
function changed(formatter: Formatter, change: FormatterConfig): Formatter {
  const { name } = formatter;
  const { command, disabled = false, environment = {} } = change;
  const extensions = change.extensions?.map(normalizeExtension) ?? formatter.extensions;
  const base = command ? { name, command } : formatter;
  return { ...base, extensions, disabled, environment };
}

function normalizeExtension(extension: string): string {
  const lower = extension.toLowerCase();
  return lower.startsWith(".") ? lower : `.${lower}`;
}
