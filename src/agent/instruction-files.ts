// Which files are instructions: AGENTS.md and its kin on the way from the project's root to the
// session's directory, and what the configuration names. Files are looked for, not read.
import { realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { flag, type Env } from "@/base/env";
import type { Paths } from "@/base/paths";
import { type Fence, fenceAt, mayRead } from "@/config/links";
import { projectDirectories } from "@/config/sources";
import { searchFiles } from "./file-search";

export interface InstructionPlace {
  paths: Pick<Paths, "config" | "home" | "state">;
  env: Env;
  directory: string;
  worktree: string;
}

/** A file, and what it led to when it was found. */
export interface FoundFile {
  path: string;
  target: string;
}

/** The first of these that exists anywhere on the way is the name that counts. */
const NAMES: readonly string[] = ["AGENTS.md", "CLAUDE.md", "CONTEXT.md"];
const GLOB_FILES_MAX = 200;

export function instructionNames(env: Env): readonly string[] {
  return readsClaude(env) ? NAMES : NAMES.filter((name) => name !== "CLAUDE.md");
}

/** The person's own: the first that is there counts. */
export function personalFiles({ env, paths }: Pick<InstructionPlace, "env" | "paths">): string[] {
  const own = join(paths.config, "AGENTS.md");
  return readsClaude(env) ? [own, join(paths.home, ".claude", "CLAUDE.md")] : [own];
}

/** The project's, outermost first; all are of one name. */
export async function findProjectFiles(place: InstructionPlace, fence: Fence): Promise<string[]> {
  const directories = projectDirectories(place);
  for (const name of instructionNames(place.env)) {
    const paths = directories.map((base) => join(base, name));
    const usable = await Promise.all(paths.map((path) => isUsable(path, fence)));
    const present = paths.filter((_, index) => usable[index]);
    if (present.length > 0) return present;
  }
  return [];
}

/** Those of one entry of `instructions`; a relative one is looked for in each level to the root. */
export async function findConfiguredFiles(
  entry: string,
  place: InstructionPlace,
  fence: Fence,
): Promise<FoundFile[]> {
  const found = await pathsOf(entry, place, fence);
  const files = await Promise.all(
    found.map(async (path) => {
      const target = await realpath(path).catch(() => undefined); // removed meanwhile
      return target === undefined ? [] : [{ path, target }];
    }),
  );
  return files.flat();
}

/** Whether an entry of `instructions` is an address. */
export function isAddress(entry: string): boolean {
  return /^https?:\/\//.test(entry);
}

async function pathsOf(entry: string, place: InstructionPlace, fence: Fence): Promise<string[]> {
  const { directory, paths } = place;
  if (entry.startsWith("~/")) return expandGlob(paths.home, entry.slice(2), fence);
  if (isAbsolute(entry)) return expandGlob("/", entry.replace(/^\/+/, ""), fence);
  const bases = new Set([...projectDirectories(place), directory]);
  return (await Promise.all([...bases].map((base) => expandGlob(base, entry, fence)))).flat();
}

/** The files that a path or glob below `base` names, as far as a bounded search reaches. */
async function expandGlob(base: string, pattern: string, fence: Fence): Promise<string[]> {
  const parts = pattern.split("/");
  const wild = parts.findIndex((part) => /[*?[{]/.test(part));
  if (wild < 0) {
    const path = resolve(base, pattern);
    return (await isUsable(path, fence)) ? [path] : [];
  }
  // The search begins where the pattern does, and `base` itself is never read as a pattern.
  const start = resolve(base, ...parts.slice(0, wild));
  const glob = new Bun.Glob(parts.slice(wild).join("/"));
  const match = (_: string, path: string) => glob.match(relative(start, path));
  const files = await searchFiles(start, { match, fence: fenceAt(start, fence) });
  return files.slice(0, GLOB_FILES_MAX);
}

async function isUsable(path: string, fence: Fence): Promise<boolean> {
  const found = await stat(path).catch(() => undefined); // most are not there
  return found?.isFile() === true && mayRead(path, fence);
}

function readsClaude(env: Env): boolean {
  return !(
    flag(env, "OPENCODE_DISABLE_CLAUDE_CODE") || flag(env, "OPENCODE_DISABLE_CLAUDE_CODE_PROMPT")
  );
}
