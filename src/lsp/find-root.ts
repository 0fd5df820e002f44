// Where a server's root is for a file: upward from the file to the top of the worktree, never
// beyond it. One look at each directory.
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isInside, readTextIfExists } from "@/base/file";
import type { RootRule } from "./language-server";

/** More levels than any real project has. */
const LEVELS_MAX = 64;
const MARKER_MAX_CHARACTERS = 256 * 1024;

export interface RootPlace {
  /** Where the project is; the root where no marker says otherwise. */
  directory: string;
  /** How far up markers are looked for. */
  worktree: string;
  /** Never a root, nor is what holds it: a server would read all that a person has. */
  home: string;
}

/**
 * By each of these rules, in their order; undefined when its server is not for this file, or the
 * file is outside the project.
 */
export async function findRoots(
  file: string,
  rules: readonly RootRule[],
  place: RootPlace,
): Promise<(string | undefined)[]> {
  const top = [place.worktree, place.directory].find((root) => isInside(root, file));
  if (top === undefined || rules.length === 0) return rules.map(() => undefined);
  const levels = await readLevels(dirname(file), top);
  return Promise.all(rules.map((rule) => findRoot(file, rule, { place, levels })));
}

async function findRoot(
  file: string,
  rule: RootRule,
  { place, levels }: { place: RootPlace; levels: readonly Level[] },
): Promise<string | undefined> {
  const has = (names: readonly string[]) => levels.filter((level) => matches(level, names));
  if (rule.unless && has(rule.unless).length > 0) return undefined;
  const tiers = rule.markers.map(has).filter((found) => found.length > 0);
  const [nearest] = tiers;
  const root = nearest
    ? ((await findWorkspace(nearest, rule)) ?? nearest[0]?.path)
    : rule.otherwise === "project"
      ? fallback(file, place)
      : undefined;
  return root === undefined || isInside(root, place.home) ? undefined : root;
}

/** A file of the worktree beside the project's directory has the worktree as its project. */
function fallback(file: string, { directory, worktree }: RootPlace): string {
  return isInside(directory, file) ? directory : worktree;
}

interface Level {
  path: string;
  names: readonly string[];
}

async function readLevels(from: string, top: string): Promise<Level[]> {
  const paths: string[] = [];
  for (let path = from; paths.length < LEVELS_MAX; path = dirname(path)) {
    paths.push(path);
    if (path === top || path === dirname(path)) break;
  }
  return Promise.all(
    paths.map(async (path) => {
      // One that is not there yet, or may not be read, has no marker.
      return { path, names: await readdir(path).catch((): string[] => []) };
    }),
  );
}

function matches({ names }: Level, markers: readonly string[]): boolean {
  return markers.some((marker) => {
    return marker.startsWith("*")
      ? names.some((name) => name.endsWith(marker.slice(1)))
      : names.includes(marker);
  });
}

async function findWorkspace(
  levels: readonly Level[],
  { markers, workspaceText }: RootRule,
): Promise<string | undefined> {
  if (!workspaceText) return undefined;
  for (const { path, names } of levels) {
    for (const name of names.filter((one) => markers.flat().includes(one))) {
      // What cannot be read says nothing of a workspace.
      const text = await readTextIfExists(join(path, name)).catch(() => undefined);
      if (text && workspaceText.test(text.slice(0, MARKER_MAX_CHARACTERS))) return path;
    }
  }
  return undefined;
}
