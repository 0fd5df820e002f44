// Instructions: AGENTS.md and its kin, which tell the model how to work here. Those of the person,
// of the project from its root down to the session's directory, and those that the configuration
// names; and, when a file further down is read, those beside it. Read anew each time, so that a
// change counts at once; whoever needs one wording for a whole session keeps what it got. What a
// session was shown is remembered, so that nothing is told to it twice.
import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { flag, type Env } from "@/base/env";
import { errorMessage } from "@/base/error";
import { isInside } from "@/base/file";
import type { Logger } from "@/base/log";
import type { Paths } from "@/base/paths";
import { redact } from "@/base/redact";
import { cutBytes, formatBytes } from "@/base/text";
import type { LoadedConfig } from "@/config/load";
import { projectDirectories, projectRoot } from "@/config/sources";
import { directoriesBetween, searchFiles } from "./file-search";
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

/** The first of these that exists anywhere on the way is the name that counts. */
const NAMES: readonly string[] = ["AGENTS.md", "CLAUDE.md", "CONTEXT.md"];
const FILE_MAX_BYTES = 64 * 1024;
const GLOB_FILES_MAX = 200;
const URL_TIMEOUT_MS = 5_000;
/** A session forgotten is told again what it read long ago; the ones used last are kept. */
const REMEMBERED_SESSIONS_MAX = 500;

export class Instructions {
  readonly #options: InstructionsOptions;
  readonly #root: string;
  /** What the configuration names: its files, with globs resolved, and what its URLs hold. */
  readonly #configured: PerConfig<(string | Instruction)[]>;

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
    const sources: (string | Instruction)[] = [
      ...(await this.#personal()),
      ...(await this.#project()),
      ...(await this.#configured.get()),
    ];
    const found: Instruction[] = [];
    const seen = new Set<string>();
    for (const source of sources) {
      const instruction = typeof source === "string" ? await this.#read(source) : source;
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
    const found: Instruction[] = [];
    for (const base of directoriesBetween(this.#root, folder)) {
      // From the session's directory upward, forSession has said what there is.
      if (isInside(base, directory)) continue;
      const instruction = await this.#readFirst(this.#names.map((name) => join(base, name)));
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

  get #readsClaude(): boolean {
    const { env } = this.#options;
    return !(
      flag(env, "OPENCODE_DISABLE_CLAUDE_CODE") || flag(env, "OPENCODE_DISABLE_CLAUDE_CODE_PROMPT")
    );
  }

  get #names(): readonly string[] {
    return this.#readsClaude ? NAMES : NAMES.filter((name) => name !== "CLAUDE.md");
  }

  async #personal(): Promise<Instruction[]> {
    const { paths } = this.#options;
    const files = [join(paths.config, "AGENTS.md")];
    if (this.#readsClaude) files.push(join(paths.home, ".claude", "CLAUDE.md"));
    const found = await this.#readFirst(files);
    return found ? [found] : [];
  }

  async #project(): Promise<Instruction[]> {
    const directories = projectDirectories(this.#options);
    for (const name of this.#names) {
      const found = await Promise.all(directories.map((base) => this.#read(join(base, name))));
      const present = found.filter((instruction) => instruction !== undefined);
      if (present.length > 0) return present;
    }
    return [];
  }

  async #readFirst(paths: string[]): Promise<Instruction | undefined> {
    for (const path of paths) {
      const instruction = await this.#read(path);
      if (instruction !== undefined) return instruction;
    }
    return undefined;
  }

  async #read(path: string): Promise<Instruction | undefined> {
    // A link in a repository must not carry a private file of this machine to the model.
    const within = isInside(this.#root, path) ? this.#root : undefined;
    try {
      const file = await readStart(path, FILE_MAX_BYTES, within);
      if (file === undefined) return undefined;
      return { path, content: withNote(file.text, file.size, file.truncated) };
    } catch (error) {
      this.#options.log.warn(`Instructions are skipped: ${errorMessage(error)}`, { path });
      return undefined;
    }
  }

  async #resolve(loaded: LoadedConfig): Promise<(string | Instruction)[]> {
    const entries = [...new Set(loaded.config.instructions)];
    const found = await Promise.all(
      entries.map(async (entry) => {
        if (/^https?:\/\//.test(entry)) return this.#fetch(entry);
        const sources = await this.#files(entry);
        if (sources.length === 0) {
          this.#options.log.warn(`instructions: nothing matches ${JSON.stringify(entry)}`);
        }
        return sources;
      }),
    );
    return found.flat();
  }

  /** The files of one entry; a relative one is looked for in each directory up to the root. */
  async #files(entry: string): Promise<string[]> {
    const { directory, paths } = this.#options;
    if (entry.startsWith("~/")) return expandGlob(paths.home, entry.slice(2));
    if (isAbsolute(entry)) return expandGlob("/", entry.replace(/^\/+/, ""));
    const bases = new Set([...projectDirectories(this.#options), directory]);
    return (await Promise.all([...bases].map((base) => expandGlob(base, entry)))).flat();
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

/** The files that a path or glob below `base` names, as far as a bounded search reaches. */
async function expandGlob(base: string, pattern: string): Promise<string[]> {
  const parts = pattern.split("/");
  const wild = parts.findIndex((part) => /[*?[{]/.test(part));
  if (wild < 0) {
    const path = resolve(base, pattern);
    return (await Bun.file(path).exists()) ? [path] : [];
  }
  // The search begins where the pattern does, and `base` itself is never read as a pattern.
  const start = resolve(base, ...parts.slice(0, wild));
  const glob = new Bun.Glob(parts.slice(wild).join("/"));
  const match = (_: string, path: string) => glob.match(relative(start, path));
  return (await searchFiles(start, { match })).slice(0, GLOB_FILES_MAX);
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
