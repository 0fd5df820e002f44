// tui.json and the directories of themes: what the terminal UI is told by files. A project's file
// may be anybody's: what it says that would run a program does not count, and its plugins are told
// apart from the person's.
import { watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemClock } from "@/base/clock";
import { errorCode, errorMessage } from "@/base/error";
import { isInside } from "@/base/file";
import { findIssues, formatIssue } from "@/base/schema";
import { TuiConfig } from "@/schema/tui-config";
import { type Acting, splitProject } from "./acting";
import { configError, findPlace, parseJSONC } from "./jsonc";
import { parseKeyPath } from "./key-path";
import { readConfigFile } from "./load";
import { locatePlugins } from "./locate-plugins";
import { mergeTuiConfig } from "./merge";
import {
  definitionDirectories,
  projectRoot,
  tuiSources,
  type ConfigFile,
  type ConfigLocation,
} from "./sources";

export interface LoadedTuiConfig {
  config: TuiConfig;
  /** Every plugin as each file names it, lowest first: of one named twice the last counts. */
  plugins: TuiPluginEntry[];
  /** The files that were read, lowest first. */
  files: string[];
  /** What a person should hear of and nothing fails for, each naming its file. */
  warnings: string[];
}

/** A plugin of the terminal UI as a file names it. */
export interface TuiPluginEntry {
  /** A `file:` address, or a package. */
  spec: string;
  options?: Readonly<Record<string, unknown>>;
  /** The file that names it. */
  origin: string;
  /** The file comes with a repository, which may be anybody's. */
  isOfProject: boolean;
}

/** A theme of a file; what is in it is for the terminal UI to judge. */
export interface ThemeFile {
  name: string;
  path: string;
  value: unknown;
}

/** More than anybody has; a bound on what a strange directory can cost. */
const MAX_THEMES = 200;
/** Editors write a file in several steps. */
const THEMES_SETTLE_MS = 100;
const MAX_THEME_BYTES = 256 * 1024;

/** All files merged, nearer over farther. AppError invalid names the file at fault and the line. */
export async function loadTuiConfig(location: ConfigLocation): Promise<LoadedTuiConfig> {
  const warnings: string[] = [];
  const sources = tuiSources(location);
  const { home } = location.paths;
  const read = await Promise.all(sources.map((source) => readSource(source, home, warnings)));
  const found = read.filter((config) => config !== undefined);
  const files = sources.filter((_, index) => read[index] !== undefined).map(({ path }) => path);
  const plugins = sources.flatMap((source, index) =>
    pluginsOf(source, read[index], projectRoot(location), warnings),
  );
  return { config: found.reduce(mergeTuiConfig, {}), plugins, files, warnings };
}

/** Of a file above the project, which is not looked at when a person trusts it, none. */
function pluginsOf(
  { path: origin, project: isOfProject }: ConfigFile,
  config: TuiConfig | undefined,
  root: string,
  warnings: string[],
): TuiPluginEntry[] {
  const named = config?.plugin ?? [];
  if (named.length > 0 && isOfProject && !isInside(root, origin)) {
    warnings.push(`${origin}: its plugins are left out: it is neither the project's nor yours.`);
    return [];
  }
  return named.map((item) => {
    const [spec, options] = typeof item === "string" ? [item] : item;
    return { spec, ...(options && { options }), origin, isOfProject };
  });
}

/** The plugins that the project's own files name, for whoever judges what these would do. */
export async function findActingTuiPlugins(
  location: ConfigLocation,
  root: string,
): Promise<Acting[]> {
  const sources = tuiSources(location).filter(({ project }) => project);
  const found = await Promise.all(
    sources.map(async ({ path }) => {
      const text = await readConfigFile(path);
      // One that is not understood runs nothing: whoever reads it for itself says what is wrong.
      const config = await parseJSONC(text ?? "{}", path).catch(() => ({}));
      const { plugin } = config as { plugin?: unknown };
      if (plugin === undefined) return [];
      const place = { origin: path, directory: dirname(path), root, isPlain: true };
      return (await splitProject({ plugin }, place)).acting;
    }),
  );
  return found.flat();
}

/** The themes of every `themes` directory, in the order in which later ones win. */
export async function loadThemes(
  location: ConfigLocation,
): Promise<{ themes: ThemeFile[]; warnings: string[] }> {
  const warnings: string[] = [];
  const directories = definitionDirectories(location).map(({ path }) => join(path, "themes"));
  const themes = await Promise.all(directories.map((path) => readThemes(path, warnings)));
  return { themes: themes.flat(), warnings };
}

/**
 * Calls `changed` a moment after themes were written, until the returned function is called. A
 * directory that is made later is not seen before the next start.
 */
export function watchThemes(location: ConfigLocation, changed: () => void): () => void {
  let cancel: (() => void) | undefined;
  const settle = () => {
    cancel?.();
    cancel = systemClock.timer(THEMES_SETTLE_MS, changed);
  };
  const watchers = definitionDirectories(location).flatMap(({ path }) => {
    try {
      const watcher = watch(join(path, "themes"), { persistent: false }, settle);
      // A directory that is taken away has no more to tell.
      watcher.on("error", () => watcher.close());
      return [watcher];
    } catch {
      // Most people have no themes of their own.
      return [];
    }
  });
  return () => {
    cancel?.();
    for (const watcher of watchers) watcher.close();
  };
}

async function readSource(
  source: ConfigFile,
  home: string,
  warnings: string[],
): Promise<TuiConfig | undefined> {
  const { path, project, required } = source;
  const text = await readConfigFile(path, required);
  if (text === undefined) return undefined;
  const config = await parseJSONC(text, path);
  const [issue] = findIssues(TuiConfig, config);
  if (issue !== undefined) {
    const place = await findPlace(text, parseKeyPath(issue.path));
    throw configError("ConfigInvalidError", path, formatIssue(issue), place);
  }
  const located = locatePlugins(config, dirname(path), home);
  return project ? withoutPrograms(located, path, warnings) : located;
}

function withoutPrograms(given: TuiConfig, path: string, warnings: string[]): TuiConfig {
  const config = withoutSwitchingOn(given);
  const { statusline, ...rest } = config;
  if (statusline === undefined || Array.isArray(statusline)) return config;
  warnings.push(`${path}: a project's statusline runs no command; write it in your own tui.json.`);
  return rest;
}

/** A project may switch a plugin off. What the person has switched off it does not switch on. */
function withoutSwitchingOn(config: TuiConfig): TuiConfig {
  const switches = Object.entries(config.plugin_enabled ?? {});
  const off = switches.filter(([, isOn]) => !isOn);
  return switches.length === off.length
    ? config
    : { ...config, plugin_enabled: Object.fromEntries(off) };
}

async function readThemes(directory: string, warnings: string[]): Promise<ThemeFile[]> {
  const names = await listJSON(directory);
  const read = await Promise.all(
    names.map(async (name): Promise<ThemeFile | undefined> => {
      const path = join(directory, name);
      try {
        const file = Bun.file(path);
        if (file.size > MAX_THEME_BYTES) throw new Error(`larger than ${MAX_THEME_BYTES} bytes`);
        const value: unknown = await parseJSONC((await readConfigFile(path)) ?? "", path);
        return { name: basename(name, ".json"), path, value };
      } catch (error) {
        const message = errorMessage(error);
        warnings.push(message.startsWith(path) ? message : `${path}: ${message}`);
        return undefined;
      }
    }),
  );
  return read.filter((theme) => theme !== undefined);
}

async function listJSON(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names
      .filter((name) => name.endsWith(".json"))
      .sort()
      .slice(0, MAX_THEMES);
  } catch (error) {
    // Most people have no themes of their own; a directory that may not be read holds none.
    if (["ENOENT", "ENOTDIR", "EACCES"].includes(errorCode(error) ?? "")) return [];
    throw error;
  }
}
