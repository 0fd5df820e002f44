/*
 * Sources: where configuration is looked for, and in which order. `configSources` is the table:
 * the later a source stands in it, the more it counts. Nothing is read here.
 *
 * Nearer beats farther, always: of two directories on the way from the worktree to the project
 * directory the nearer one counts more, and within one directory opencode.json < opencode.jsonc <
 * .opencode/opencode.json < .opencode/opencode.jsonc.
 *
 * Sources with `project: true` come with a repository, which may be anybody's: what of them would
 * run, reach or read something is acting.ts. A file that the person has as their own as well stays
 * the person's, wherever the project's directory is.
 */
import { platform } from "node:os";
import { dirname, join, parse as parsePath, resolve } from "node:path";
import { flag, type Env } from "@/base/env";
import { isInside } from "@/base/file";
import type { Paths } from "@/base/paths";

export interface ConfigLocation {
  paths: Pick<Paths, "config" | "home" | "state">;
  env: Env;
  /** Absolute. */
  directory: string;
  /** The root of the repository, or `/` when there is none. */
  worktree: string;
  /** Where an administrator's files are; the system's place unless given. */
  managedDirectory?: string;
}

export interface ConfigFile {
  kind: "file";
  path: string;
  /** It comes with a repository, which may be anybody's. */
  project: boolean;
  required: boolean;
}

export interface ConfigVariable {
  kind: "text";
  origin: string;
  text: string;
  /** Besides those of the environment, for `{env:}`. */
  variables?: Env;
  /** The text is the value of that key alone. */
  key?: "permission";
  project: false;
}

/** A configuration that somebody has fetched. */
export type RemoteConfig = Pick<ConfigVariable, "origin" | "text" | "variables">;

export type ConfigSource = ConfigFile | ConfigVariable;

/** A directory that may hold agents, commands, skills, plugins and tools. */
export interface ConfigDirectory {
  path: string;
  /** It comes with a repository, which may be anybody's. */
  isProject: boolean;
}

const FILE_NAMES: readonly string[] = ["opencode.json", "opencode.jsonc"];
const GLOBAL_FILE_NAMES: readonly string[] = ["config.json", ...FILE_NAMES];
const TUI_FILE_NAMES: readonly string[] = ["tui.json", "tui.jsonc"];
export const DIRECTORY_NAME = ".opencode";
/** More levels than any real project has; a bound on what a strange path can cost. */
const MAX_LEVELS = 64;

/** All sources, lowest first. A path stands in it once, at its highest place. */
export function configSources(location: ConfigLocation): ConfigSource[] {
  const { env, paths, directory } = location;
  const sources = [
    ...globalSources(paths),
    ...named(env["OPENCODE_CONFIG"], directory),
    ...projectDirectories(location).flatMap((level) => [
      ...filesIn(level, FILE_NAMES, true),
      ...filesIn(join(level, DIRECTORY_NAME), FILE_NAMES, true),
    ]),
    ...filesIn(join(paths.home, DIRECTORY_NAME), FILE_NAMES),
    ...configDirectory(env, directory).flatMap((extra) => filesIn(extra, FILE_NAMES)),
    ...text("OPENCODE_CONFIG_CONTENT", env["OPENCODE_CONFIG_CONTENT"]),
    ...filesIn(location.managedDirectory ?? systemManagedDirectory(env), FILE_NAMES),
    ...text("OPENCODE_PERMISSION", env["OPENCODE_PERMISSION"], "permission"),
    ...switched(env, "OPENCODE_DISABLE_AUTOCOMPACT", '{"compaction":{"auto":false}}'),
    ...switched(env, "OPENCODE_DISABLE_PRUNE", '{"compaction":{"prune":false}}'),
  ];
  return keepLast(sources);
}

/** The files of the terminal UI, lowest first. */
export function tuiSources(location: ConfigLocation): ConfigFile[] {
  const { env, paths, directory } = location;
  const sources = [
    ...filesIn(paths.config, TUI_FILE_NAMES),
    ...projectDirectories(location).flatMap((level) => [
      ...filesIn(level, TUI_FILE_NAMES, true),
      ...filesIn(join(level, DIRECTORY_NAME), TUI_FILE_NAMES, true),
    ]),
    ...filesIn(join(paths.home, DIRECTORY_NAME), TUI_FILE_NAMES),
    ...configDirectory(env, directory).flatMap((extra) => filesIn(extra, TUI_FILE_NAMES)),
    ...named(env["OPENCODE_TUI_CONFIG"], directory),
  ];
  return keepLast(sources);
}

/** The person's own file of the terminal UI: those that may be written, and the one to make. */
export function ownTuiFiles(paths: Pick<Paths, "config">): { existing: string[]; fresh: string } {
  const existing = TUI_FILE_NAMES.map((name) => join(paths.config, name)).toReversed();
  return { existing, fresh: join(paths.config, "tui.json") };
}

/** The project's file of the terminal UI that may be written: the directory's own. */
export function projectTuiFiles({ directory }: Pick<ConfigLocation, "directory">): {
  existing: string[];
  fresh: string;
} {
  const levels = [join(directory, DIRECTORY_NAME), directory];
  const existing = levels.flatMap((level) =>
    TUI_FILE_NAMES.map((name) => join(level, name)).toReversed(),
  );
  return { existing, fresh: join(directory, "tui.json") };
}

/** The user's own files, lowest first. */
export function globalSources(paths: Pick<Paths, "config">): ConfigSource[] {
  return filesIn(paths.config, GLOBAL_FILE_NAMES);
}

/**
 * The project's files that may be written, highest first, and the one to make when none exists.
 * Without a repository only the directory's own: those above it are not known to be the project's.
 */
export function projectFiles(location: ConfigLocation): { existing: string[]; fresh: string } {
  const levels = isRepository(location) ? projectDirectories(location) : [location.directory];
  const existing = levels
    .flatMap((level) => [level, join(level, DIRECTORY_NAME)])
    .flatMap((level) => FILE_NAMES.map((name) => join(level, name)))
    .toReversed();
  return { existing, fresh: join(location.directory, "opencode.json") };
}

/** The user's files that may be written, highest first, and the one to make when none exists. */
export function globalFiles(paths: Pick<Paths, "config">): { existing: string[]; fresh: string } {
  const existing = GLOBAL_FILE_NAMES.map((name) => join(paths.config, name)).toReversed();
  return { existing, fresh: join(paths.config, "opencode.json") };
}

/** Directories that may hold agents, commands and skills, lowest first; they need not exist. */
export function definitionDirectories(location: ConfigLocation): ConfigDirectory[] {
  const { env, paths, directory } = location;
  const projects = projectDirectories(location).map((level) => join(level, DIRECTORY_NAME));
  const higher = [join(paths.home, DIRECTORY_NAME), ...configDirectory(env, directory)];
  const all = [paths.config, ...projects, ...higher];
  return all
    .filter((path, index) => all.lastIndexOf(path) === index)
    .map((path) => ({ path, isProject: path !== paths.config && !higher.includes(path) }));
}

/** What a project's files may not lead out of: its worktree or, without a repository, itself. */
export function projectRoot(location: Pick<ConfigLocation, "directory" | "worktree">): string {
  return isRepository(location) ? location.worktree : location.directory;
}

/**
 * From the worktree down to the directory. Outside a repository the way begins at the home
 * directory, or is the directory alone: a file that someone left in a directory shared by all,
 * such as the temporary one, is nobody's project.
 */
export function projectDirectories(location: ConfigLocation): string[] {
  if (flag(location.env, "OPENCODE_DISABLE_PROJECT_CONFIG")) return [];
  const { directory, worktree, paths } = location;
  const top = isRepository(location) ? worktree : paths.home;
  const levels = [directory];
  if (!isInside(top, directory)) return levels;
  for (let at = directory; at !== top && levels.length < MAX_LEVELS; at = dirname(at)) {
    levels.push(dirname(at));
  }
  return levels.toReversed();
}

function isRepository({ worktree }: Pick<ConfigLocation, "worktree">): boolean {
  return worktree !== parsePath(worktree).root;
}

/** Where an administrator puts files that count more than a user's. */
function systemManagedDirectory(env: Env): string {
  if (platform() === "darwin") return "/Library/Application Support/opencode";
  if (platform() === "win32") return join(env["ProgramData"] ?? "C:\\ProgramData", "opencode");
  return "/etc/opencode";
}

function filesIn(directory: string, names: readonly string[], project = false): ConfigFile[] {
  return names.map((name) => {
    return { kind: "file", path: join(directory, name), project, required: false };
  });
}

/** A file that someone names must be there. */
function named(path: string | undefined, directory: string): ConfigFile[] {
  if (!path) return [];
  return [{ kind: "file", path: resolve(directory, path), project: false, required: true }];
}

function configDirectory(env: Env, directory: string): string[] {
  const path = env["OPENCODE_CONFIG_DIR"];
  return path ? [resolve(directory, path)] : [];
}

function text(origin: string, value: string | undefined, key?: "permission"): ConfigSource[] {
  if (!value) return [];
  return [{ kind: "text", origin, text: value, project: false, ...(key && { key }) }];
}

function switched(env: Env, name: string, value: string): ConfigSource[] {
  return flag(env, name) ? text(name, value) : [];
}

function keepLast<S extends ConfigSource>(sources: S[]): S[] {
  const last = new Map(sources.map((source, index) => [sourceName(source), index]));
  const own = new Set(sources.filter(({ project }) => !project).map(sourceName));
  return sources
    .filter((source, index) => last.get(sourceName(source)) === index)
    .map((source) => (own.has(sourceName(source)) ? { ...source, project: false } : source));
}

function sourceName(source: ConfigSource): string {
  return source.kind === "file" ? source.path : source.origin;
}
