// Which file or directory an argument means: relative paths begin at the session's directory, `~/`
// is the home directory, and symbolic links are followed to learn what would really be touched.
// From it come the title a person sees and the patterns by which permission is asked.
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, parse, relative, resolve, sep } from "node:path";
import { AppError, errorCode, invalid } from "@/base/error";
import { fileFailure, isInside, nearestRealpath } from "@/base/file";
import { editDistance } from "@/base/text";
import type { ToolContext } from "./tool";

export interface FileTarget {
  /** Absolute, as the model meant it. */
  path: string;
  /** Absolute, with symbolic links followed; of a path yet to be created, as far as it exists. */
  real: string;
  /** Relative to the worktree, absolute outside it. */
  title: string;
  /** Every name by which permission is asked: the one used, and the real one where they differ. */
  patterns: string[];
  /** Neither in the worktree nor in the session's directory. */
  outside: boolean;
}

type Place = Pick<ToolContext, "directory" | "worktree" | "host" | "fetchReference">;

const SUGGESTIONS_MAX = 3;
const ENTRIES_COMPARED_MAX = 2_000;

/**
 * Throws AppError invalid for an argument that cannot be a path, unavailable for one in a reference
 * that cannot be had.
 */
export async function resolveTarget(argument: string, context: Place): Promise<FileTarget> {
  if (argument.trim() === "") throw invalid("The path is empty: give the path of a file");
  if (argument.includes("\0")) throw invalid("The path holds a NUL character");
  const path = resolve(context.directory, expandHome(argument, context.host.paths.home));
  // Before links are followed: it may bring some.
  await context.fetchReference?.(path);
  const roots = projectRoots(context);
  const [real, ...realRoots] = await Promise.all([path, ...roots].map(nearestRealpath));
  const found = real ?? path;
  const title = relativeTo(roots, path);
  const patterns = [...new Set([title, relativeTo(realRoots, found)])];
  const outside = !realRoots.some((root) => isInside(root, found));
  return { path, real: found, title, patterns, outside };
}

/** A path as permissions and titles name it: with "/", relative to the worktree when inside it. */
export function permissionPattern(path: string, context: Place): string {
  return relativeTo(projectRoots(context), path);
}

/** Which file system entry is there; undefined when none is. Throws AppError unavailable. */
export async function findKind(path: string): Promise<"file" | "directory" | "other" | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return "file";
    return stats.isDirectory() ? "directory" : "other";
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw fileFailure("read", path, error);
  }
}

/** `File not found: <path>`, with up to three names in its directory that are like it. */
export async function fileNotFound(path: string): Promise<AppError> {
  const similar = await findSimilar(path);
  const hint = similar.length > 0 ? `\n\nDid you mean one of these?\n${similar.join("\n")}` : "";
  return new AppError("not-found", "NotFoundError", `File not found: ${path}${hint}`);
}

/** The worktree first: it names files. A worktree that is the file system's root is no project. */
function projectRoots(context: Place): string[] {
  const { directory, worktree } = context;
  return worktree === parse(worktree).root ? [directory] : [...new Set([worktree, directory])];
}

function relativeTo(roots: string[], path: string): string {
  const [root] = roots;
  if (root === undefined || !isInside(root, path)) return slashed(path);
  return slashed(relative(root, path)) || ".";
}

function slashed(path: string): string {
  return sep === "/" ? path : path.replaceAll(sep, "/");
}

function expandHome(argument: string, home: string): string {
  if (argument === "~") return home;
  return argument.startsWith("~/") ? join(home, argument.slice(2)) : argument;
}

async function findSimilar(path: string): Promise<string[]> {
  const directory = dirname(path);
  const wanted = basename(path).toLowerCase();
  // No such directory, or one that may not be listed: then there is nothing to suggest.
  const names = await readdir(directory).catch((): string[] => []);
  return names
    .slice(0, ENTRIES_COMPARED_MAX)
    .map((name) => ({ name, distance: nameDistance(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, Math.floor(wanted.length / 3)))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, SUGGESTIONS_MAX)
    .map(({ name }) => join(directory, name));
}

function nameDistance(wanted: string, name: string): number {
  if (wanted.length >= 3 && (name.includes(wanted) || wanted.includes(name))) return 1;
  return editDistance(wanted, name);
}
