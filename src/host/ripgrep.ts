// Searching texts and listing files with ripgrep: the one that comes with the program, unpacked
// once when it is inside the executable, else one on PATH. Ignore files are obeyed, also outside
// of git repositories; hidden files are seen, `.git` never is.
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorCode, invalid, notFound, unavailable } from "@/base/error";
import { ensureDirectory, writeFileAtomic } from "@/base/file";
import type { Logger } from "@/base/log";
import type { Paths } from "@/base/paths";
import type { FindMatch } from "@/schema/file";
import { streamRecords } from "./record-stream";
import { ripgrepBinary } from "./ripgrep-binary";

export type RipgrepMatch = FindMatch;

export interface FilesOptions {
  cwd: string;
  /** A file is listed when it matches one. Without a slash: by name, at any depth. */
  globs?: readonly string[];
  /** Default true. */
  hidden?: boolean;
  limit?: number;
  /** In the order of paths; costs the use of more than one core. Default false. */
  sorted?: boolean;
  signal?: AbortSignal;
}

export interface SearchOptions {
  cwd: string;
  /** A regular expression as ripgrep reads it (with look-around, if it needs it). */
  pattern: string;
  /** Only this file, by its path relative to `cwd`, even when it is ignored. */
  file?: string;
  /** Only files that match this glob. */
  include?: string;
  hidden?: boolean;
  limit: number;
  signal?: AbortSignal;
}

const PATH_MAX_BYTES = 64 * 1024;
/** A match in a longer line than this is left out: such lines are made for machines. */
const MATCH_MAX_BYTES = 1024 * 1024;
const LINE_MAX_LENGTH = 10_000;
const SUBMATCHES_MAX = 100;

export class Ripgrep {
  readonly #paths: Paths;
  readonly #log: Logger;
  #binary: Promise<string> | undefined;

  constructor(paths: Paths, log: Logger) {
    this.#paths = paths;
    this.#log = log.child("ripgrep");
  }

  /**
   * Paths relative to `cwd` of all files that are not ignored, with `/` as separator. Leaving the
   * loop ends the process. Throws the signal's reason on abort, not-found for a missing `cwd`.
   */
  async *files(options: FilesOptions): AsyncGenerator<string> {
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    if (left <= 0) return;
    const filter = new GlobFilter(options.globs ?? []);
    for await (const batch of this.fileBatches(options)) {
      for (const path of batch) {
        if (!filter.matches(path)) continue;
        yield path;
        if (--left <= 0) return;
      }
    }
  }

  /** Like files(), without globs and limit, in batches: for those who want all of them. */
  async *fileBatches(options: FilesOptions): AsyncGenerator<string[]> {
    await checkDirectory(options.cwd);
    const argv = [
      await this.#program(),
      "--files",
      "--null",
      ...walkArguments(options),
      ...(options.sorted ? ["--sort=path"] : []),
      // Below the root lie file systems that hold no files, like /proc.
      ...(options.cwd === "/" ? ["--one-file-system"] : []),
    ];
    const records = streamRecords(argv, {
      cwd: options.cwd,
      delimiter: "\0",
      maxRecordBytes: PATH_MAX_BYTES,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    for await (const batch of records) yield batch.map(cleanPath);
  }

  /**
   * Lines that match, in the order of paths and lines, at most `limit`; then the process is ended.
   * Paths are relative to `cwd`. Very long lines are cut, binary files are left out. Throws
   * AppError invalid with ripgrep's words for a bad pattern, and the signal's reason on abort.
   */
  async search(options: SearchOptions): Promise<RipgrepMatch[]> {
    await checkDirectory(options.cwd);
    if (options.limit <= 0) return [];
    const include = readInclude(options.include);
    const filter = new GlobFilter(include.type === undefined ? include.globs : []);
    const argv = [
      await this.#program(),
      "--json",
      "--crlf",
      "--engine=auto",
      "--sort=path",
      ...walkArguments(options),
      ...(include.type === undefined ? [] : [`--type-add=wanted:${include.type}`, "--type=wanted"]),
      `--regexp=${options.pattern}`,
      `./${options.file ?? ""}`,
    ];
    const records = streamRecords(argv, {
      cwd: options.cwd,
      delimiter: "\n",
      maxRecordBytes: MATCH_MAX_BYTES,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const matches: RipgrepMatch[] = [];
    for (;;) {
      const next = await records.next();
      if (next.done) {
        checkEnd(next.value.exitCode, next.value.stderr, options.pattern);
        return matches;
      }
      for (const record of next.value) {
        const match = readMatch(record);
        if (match && filter.matches(match.path.text)) matches.push(match);
        if (matches.length < options.limit) continue;
        await records.return({ exitCode: null, stderr: "" });
        return matches;
      }
    }
  }

  #program(): Promise<string> {
    this.#binary ??= this.#findProgram().catch((error: unknown) => {
      this.#binary = undefined;
      throw error;
    });
    return this.#binary;
  }

  async #findProgram(): Promise<string> {
    const own = await ripgrepBinary();
    if (own !== undefined && !isEmbedded(own) && existsSync(own)) return own;
    if (own !== undefined && isEmbedded(own)) return this.#unpack(own);
    const installed = Bun.which("rg");
    if (installed) return installed;
    throw unavailable(
      "Searching needs ripgrep, and none comes with the program on this platform: " +
        "install ripgrep so that `rg` is on PATH",
    );
  }

  /** The name holds a hash of the content, so what is there under it is the same program. */
  async #unpack(embedded: string): Promise<string> {
    const file = Bun.file(embedded);
    const path = join(this.#paths.bin, basename(embedded));
    const present = await stat(path).catch(() => undefined); // not unpacked yet
    if (present?.isFile() && present.size === file.size) return path;
    await ensureDirectory(this.#paths.bin);
    await writeFileAtomic(path, await file.bytes(), { mode: 0o700 });
    this.#log.info("unpacked ripgrep", { path });
    return path;
  }
}

function isEmbedded(path: string): boolean {
  return path.startsWith("/$bunfs/") || /^[A-Z]:[\\/]~BUN/i.test(path);
}

async function checkDirectory(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw unavailable(`Cannot search ${path}: ${errorCode(error)}`, { path }, error);
  });
  if (!found) throw notFound("Directory", path);
  if (!found.isDirectory()) throw invalid(`${path} is not a directory`, { path });
}

function walkArguments(options: { hidden?: boolean }): string[] {
  return [
    "--no-config",
    "--no-messages",
    "--no-require-git",
    ...(options.hidden === false ? [] : ["--hidden"]),
    "--glob=!.git",
  ];
}

/**
 * ripgrep's own --glob would bring back files that ignore files leave out, so globs by name become
 * a file type, and globs by path are applied to what it finds.
 */
function readInclude(include: string | undefined): { type?: string; globs: string[] } {
  const glob = include?.trim().replace(/^(\.\/|\*\*\/)+/, "") ?? "";
  if (glob === "" || glob === "*" || glob === "**") return { globs: [] };
  if (glob.includes("/") || glob.startsWith("!")) return { globs: [include?.trim() ?? ""] };
  return { type: glob, globs: [] };
}

/** Globs as .gitignore reads them: by name when they have no slash, from the top when they have. */
class GlobFilter {
  readonly #wanted: Bun.Glob[];
  readonly #unwanted: Bun.Glob[];

  constructor(globs: readonly string[]) {
    const compile = (glob: string) => {
      const plain = glob.replace(/^(\.?\/)+/, "");
      return new Bun.Glob(plain.includes("/") ? plain : `**/${plain}`);
    };
    this.#wanted = globs.filter((glob) => !glob.startsWith("!")).map(compile);
    this.#unwanted = globs
      .filter((glob) => glob.startsWith("!"))
      .map((glob) => compile(glob.slice(1)));
  }

  matches(path: string): boolean {
    if (this.#unwanted.some((glob) => glob.match(path))) return false;
    return this.#wanted.length === 0 || this.#wanted.some((glob) => glob.match(path));
  }
}

function cleanPath(path: string): string {
  const plain = path.startsWith("./") ? path.slice(2) : path;
  return process.platform === "win32" ? plain.replaceAll("\\", "/").replace(/^\.\//, "") : plain;
}

function checkEnd(exitCode: number | null, stderr: string, pattern: string): void {
  // 1 is "nothing found"; 2 without words is a file that could not be read.
  if (exitCode === 0 || exitCode === 1 || (exitCode === 2 && stderr === "")) return;
  if (exitCode === 2) throw invalid(`The pattern cannot be searched for:\n${stderr}`, { pattern });
  const how = exitCode ?? "killed";
  throw unavailable(`ripgrep ended unexpectedly (${how}): ${stderr}`, { exitCode });
}

/** ripgrep gives texts that are not UTF-8 as base64. */
type JSONText = { text: string } | { bytes: string };

interface JSONMatch {
  type: string;
  data: {
    path: JSONText;
    lines: JSONText;
    line_number: number | null;
    absolute_offset: number;
    submatches: { match: JSONText; start: number; end: number }[];
  };
}

function readMatch(record: string): RipgrepMatch | undefined {
  if (!record.startsWith('{"type":"match"')) return undefined;
  const { data } = JSON.parse(record) as JSONMatch;
  return {
    path: { text: cleanPath(decodeText(data.path)) },
    lines: { text: cutLine(decodeText(data.lines)) },
    line_number: data.line_number ?? 0,
    absolute_offset: data.absolute_offset,
    submatches: data.submatches.slice(0, SUBMATCHES_MAX).map(({ match, start, end }) => ({
      match: { text: cutLine(decodeText(match)) },
      start,
      end,
    })),
  };
}

function decodeText(text: JSONText): string {
  return "text" in text ? text.text : Buffer.from(text.bytes, "base64").toString("utf8");
}

function cutLine(text: string): string {
  return text.length > LINE_MAX_LENGTH ? text.slice(0, LINE_MAX_LENGTH) : text;
}
