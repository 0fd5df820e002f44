// Where skills lie: the usual folders of the person and of the project, those of other programs
// among them, and the ones that the configuration names. Files are looked for, not read.
import { join } from "node:path";
import { flag, type Env } from "@/base/env";
import type { Paths } from "@/base/paths";
import { type Fence, fenceAt } from "@/config/links";
import { projectDirectories } from "@/config/sources";
import { resolvePath, searchFiles } from "./file-search";

export interface SkillPlace {
  paths: Pick<Paths, "config" | "home" | "state">;
  env: Env;
  directory: string;
  worktree: string;
}

/**
 * Directories to search, those that override others last: beside the usual ones those of
 * `directories`, which hold configuration, and of `configured`, the paths of `skills.paths`.
 */
export function skillPlaces(
  directories: readonly string[],
  configured: readonly string[],
  place: SkillPlace,
): string[] {
  const { directory, env, paths } = place;
  const bases = [paths.home, ...projectDirectories(place)];
  return [
    ...bases.flatMap((base) => externalFolders(env).map((name) => join(base, name, "skills"))),
    ...directories.flatMap((path) => [join(path, "skill"), join(path, "skills")]),
    ...configured.map((path) => resolvePath(directory, path, paths.home)),
  ];
}

/** The SKILL.md of all skills below a directory. */
export function findSkillFiles(directory: string, fence: Fence): Promise<string[]> {
  const match = (name: string) => name === "SKILL.md";
  return searchFiles(directory, { match, fence: fenceAt(directory, fence) });
}

/** The folders of other programs whose skills are understood here. */
function externalFolders(env: Env): string[] {
  if (flag(env, "OPENCODE_DISABLE_EXTERNAL_SKILLS")) return [];
  const noClaude =
    flag(env, "OPENCODE_DISABLE_CLAUDE_CODE") || flag(env, "OPENCODE_DISABLE_CLAUDE_CODE_SKILLS");
  return noClaude ? [".agents"] : [".claude", ".agents"];
}
