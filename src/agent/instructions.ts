// Instructions: AGENTS.md and its kin, which tell the model how to work here. Those of the person,
// of the project from its root down to the session's directory, and those that the configuration
// names; and, when a file further down is read, those beside it. Read anew each time, so that a
// change counts at once; whoever needs one wording for a whole session keeps what it got. What a
// session was shown is remembered, so that nothing is told to it twice.
import { realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { flag, type Env } from "@/base/env";
import { errorMessage } from "@/base/error";
import { isInside } from "@/base/file";
import type { Logger } from "@/base/log";
import type { Paths } from "@/base/paths";
import { redact } from "@/base/redact";
import { cutBytes, formatBytes } from "@/base/text";
import { type Fence, mayRead, trustFence } from "@/config/links";
import type { LoadedConfig } from "@/config/load";
import { projectRoot } from "@/config/sources";
import { directoriesBetween } from "./file-search";
import {
  findConfiguredFiles,
  findProjectFiles,
  type FoundFile,
  instructionNames,
  isAddress,
  personalFiles,
} from "./instruction-files";
import { PerConfig, type ConfigSource } from "./per-config";
import { readStart } from "./text-file";

/** `path` is absolute, or the URL it came from. */
export interface Instruction {
  path: string;
  content: string;
}

export interface InstructionsOptions {
  config: ConfigSource;
  paths: Paths;
  env: Env;
  directory: string;
  worktree: string;
  log: Logger;
}

const FILE_MAX_BYTES = 64 * 1024;
const URL_TIMEOUT_MS = 5_000;
/** A session forgotten is told again what it read long ago; the ones used last are kept. */
const REMEMBERED_SESSIONS_MAX = 500;

export class Instructions {
  readonly #options: InstructionsOptions;
  readonly #root: string;
  /** What the configuration names: its files, with globs resolved, and what its URLs hold. */
  readonly #configured: PerConfig<(FoundFile | Instruction)[]>;

  /** Paths of what each session was shown, the session used longest ago first. */
  readonly #shown = new Map<string, Set<string>>();

  constructor(options: InstructionsOptions) {
    this.#options = options;
    this.#root = projectRoot(options);
    this.#configured = new PerConfig(options.config, (loaded) => this.#resolve(loaded));
  }

  /**
   * All instructions that a session begins with: the person's, the project's (outermost first),
   * the configured ones. None twice. What cannot be read or fetched is left out with a warning in
   * the log; a URL is fetched once for a loaded configuration, in at most 5 s.
   */
  async forSession(sessionID: string): Promise<Instruction[]> {
    const fence = await this.#fence();
    const personal = await this.#readFirst(personalFiles(this.#options));
    const project = await findProjectFiles(this.#options, fence);
    const sources = [
      ...(personal ? [personal] : []),
      ...(await Promise.all(project.map((path) => this.#read(path)))),
      ...(await this.#readConfigured(fence)),
    ];
    const found: Instruction[] = [];
    const seen = new Set<string>();
    for (const instruction of sources) {
      if (instruction === undefined) continue;
      const identity = await realpath(instruction.path).catch(() => instruction.path); // a URL
      if (!seen.has(identity)) found.push(instruction);
      seen.add(identity);
    }
    const shown = this.#shownTo(sessionID);
    for (const { path } of found) shown.add(path);
    return found;
  }

  /**
   * The instructions beside a file (absolute, or relative to the session's directory) and above it,
   * down from the project's root, outermost first, that this session was not shown yet.
   */
  async forFile(sessionID: string, path: string): Promise<Instruction[]> {
    const { directory, env } = this.#options;
    const folder = dirname(resolve(directory, path));
    const isProjectRead = !flag(env, "OPENCODE_DISABLE_PROJECT_CONFIG");
    if (!isProjectRead || !isInside(this.#root, folder)) return [];
    const fence = await this.#fence();
    const names = instructionNames(env);
    const found: Instruction[] = [];
    for (const base of directoriesBetween(this.#root, folder)) {
      // From the session's directory upward, forSession has said what there is.
      if (isInside(base, directory)) continue;
      const paths = names.map((name) => join(base, name));
      const instruction = await this.#readFirst(paths, fence);
      // Asked after the reading: another call of the same step may have been quicker.
      const shown = this.#shownTo(sessionID);
      if (instruction === undefined || shown.has(instruction.path)) continue;
      shown.add(instruction.path);
      found.push(instruction);
    }
    return found;
  }

  /** What was shown to the session is no longer before its model: forFile tells it again. */
  forget(sessionID: string): void {
    this.#shown.delete(sessionID);
  }

  #shownTo(sessionID: string): Set<string> {
    const shown = this.#shown.get(sessionID) ?? new Set();
    this.#shown.delete(sessionID);
    this.#shown.set(sessionID, shown);
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > REMEMBERED_SESSIONS_MAX && oldest) this.#shown.delete(oldest);
    return shown;
  }

  async #fence(): Promise<Fence> {
    const { config, log } = this.#options;
    return trustFence(this.#root, (await config.get()).trust, log);
  }

  async #readFirst(paths: string[], fence?: Fence): Promise<Instruction | undefined> {
    for (const path of paths) {
      const isOpen = fence === undefined || (await mayRead(path, fence));
      const instruction = isOpen ? await this.#read(path) : undefined;
      if (instruction !== undefined) return instruction;
    }
    return undefined;
  }

  async #readConfigured(fence: Fence): Promise<(Instruction | undefined)[]> {
    return Promise.all(
      (await this.#configured.get()).map(async (source) => {
        if ("content" in source) return source;
        // It may have become a link since it was found.
        const target = await realpath(source.path).catch(() => undefined);
        const isOpen = target === source.target || (await mayRead(source.path, fence));
        return isOpen ? this.#read(source.path) : undefined;
      }),
    );
  }

  async #read(path: string): Promise<Instruction | undefined> {
    try {
      const file = await readStart(path, FILE_MAX_BYTES);
      if (file === undefined) return undefined;
      return { path, content: withNote(file.text, file.size, file.truncated) };
    } catch (error) {
      this.#options.log.warn(`Instructions are skipped: ${errorMessage(error)}`, { path });
      return undefined;
    }
  }

  async #resolve({ config, trust }: LoadedConfig): Promise<(FoundFile | Instruction)[]> {
    const { log } = this.#options;
    const fence = trustFence(this.#root, trust, log);
    const found = await Promise.all(
      [...new Set(config.instructions)].map(async (entry) => {
        if (isAddress(entry)) return this.#fetch(entry);
        const sources = await findConfiguredFiles(entry, this.#options, fence);
        if (sources.length === 0) {
          log.warn(`instructions: nothing matches ${JSON.stringify(entry)}`);
        }
        return sources;
      }),
    );
    return found.flat();
  }

  async #fetch(url: string): Promise<Instruction[]> {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(URL_TIMEOUT_MS) });
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      const { text, isWhole } = await readBody(response);
      const note = isWhole ? "" : cutNote(undefined);
      return [{ path: url, content: text + note }];
    } catch (error) {
      this.#options.log.warn(redact(`Instructions are skipped: ${url}: ${errorMessage(error)}`));
      return [];
    }
  }
}

async function readBody(response: Response): Promise<{ text: string; isWhole: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > FILE_MAX_BYTES) break;
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return { text: cutBytes(text, FILE_MAX_BYTES, "head"), isWhole: size <= FILE_MAX_BYTES };
}

function withNote(text: string, size: number, truncated: boolean): string {
  return truncated ? text + cutNote(size) : text.trim();
}

function cutNote(size: number | undefined): string {
  const whole = size === undefined ? "" : ` of ${formatBytes(size)}`;
  return `\n\n(Cut here: only the first ${formatBytes(FILE_MAX_BYTES)}${whole} are shown.)`;
}
