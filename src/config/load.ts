// Loading: reads the sources, checks each by itself so that a fault names its file and place, and
// merges them. Files are looked for all at once and read only when they exist; nothing is written.
import { readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import type { Env } from "@/base/env";
import { errorCode, invalid } from "@/base/error";
import { fileFailure } from "@/base/file";
import { findIssues, formatIssue } from "@/base/schema";
import { didYouMean } from "@/base/text";
import { Config } from "@/schema/config";
import type { JSONRecord } from "./json";
import { configError, findPlace, parseJSONC } from "./jsonc";
import { parseKeyPath } from "./key-path";
import { locatePlugins } from "./locate-plugins";
import { lowerConfig } from "./lower";
import { mergeConfig } from "./merge";
import { findOrigins, type Layer } from "./origins";
import {
  configSources,
  definitionDirectories,
  globalSources,
  type ConfigLocation,
  type ConfigSource,
} from "./sources";
import { substitute } from "./substitute";

export interface LoadedConfig {
  /** Merged, with `agent`, `command`, `mode`, `plugin` and `username` always there. */
  config: Config;
  /** Key path of a value (`provider.x.options.baseURL`) -> the file or variable that set it. */
  sources: Record<string, string>;
  /** What a person should hear of and nothing fails for, each naming its file. */
  warnings: string[];
  /** The files that were read, lowest first. */
  files: string[];
  /** Those of them that come with the project, which may be anybody's. */
  projectFiles: string[];
  /** Existing directories that may hold agents, commands and skills, lowest (farthest) first. */
  directories: string[];
}

const CONFIG_MAX_BYTES = 1024 * 1024;
/** Keys of the terminal interface, which has a file of its own. */
const TUI_KEYS: readonly string[] = ["theme", "keybinds", "tui"];

interface Reader {
  env: Env;
  home: string;
  /** What relative references of a variable's text are relative to. */
  directory: string;
  warnings: string[];
}

/** The configuration of one directory. AppError invalid names the file at fault, and the line. */
export async function loadConfig(location: ConfigLocation): Promise<LoadedConfig> {
  const [loaded, directories] = await Promise.all([
    loadSources(configSources(location), location),
    existingDirectories(definitionDirectories(location)),
  ]);
  return { ...loaded, directories };
}

/** The user's own configuration alone: what `serve` looks at before there is a directory. */
export async function loadGlobalConfig(
  location: Pick<ConfigLocation, "paths" | "env">,
): Promise<LoadedConfig> {
  const { paths, env } = location;
  const place = { paths, env, directory: paths.config };
  const [loaded, directories] = await Promise.all([
    loadSources(globalSources(paths), place),
    existingDirectories([paths.config]),
  ]);
  return { ...loaded, directories };
}

async function loadSources(
  sources: ConfigSource[],
  location: Pick<ConfigLocation, "paths" | "env" | "directory">,
): Promise<Omit<LoadedConfig, "directories">> {
  const { env, paths, directory } = location;
  const reader: Reader = { env, home: paths.home, directory, warnings: [] };
  const read = await Promise.all(sources.map((source) => readSource(source, reader)));
  const layers = read.filter((layer) => layer !== undefined);
  const merged = lowerConfig(layers.map(({ config }) => config).reduce(mergeConfig, {}));
  const files = sources.flatMap((source, index) => {
    return source.kind === "file" && read[index] !== undefined ? [source] : [];
  });
  const config = {
    ...merged,
    username: merged.username ?? userName(env),
    agent: merged.agent ?? {},
    command: merged.command ?? {},
    mode: {},
    plugin: merged.plugin ?? [],
  };
  return {
    config,
    sources: findOrigins(merged, layers),
    warnings: reader.warnings,
    files: files.map(({ path }) => path),
    projectFiles: files.filter(({ project }) => project).map(({ path }) => path),
  };
}

/** The names under a key that a file of the project has a say in: `mcp` gives its servers. */
export function namesOfProject(loaded: LoadedConfig, key: keyof Config): string[] {
  const names = Object.entries(loaded.sources).flatMap(([path, origin]) => {
    const [first, name] = parseKeyPath(path);
    return first === key && loaded.projectFiles.includes(origin) ? [String(name)] : [];
  });
  return [...new Set(names)];
}

async function readSource(source: ConfigSource, reader: Reader): Promise<Layer | undefined> {
  if (source.kind === "text") {
    const { origin, text, key } = source;
    const config = await readText(text, origin, reader, reader.directory, key);
    return { origin, config: locatePlugins(config, reader.directory, reader.home) };
  }
  const text = await readConfigFile(source.path, source.required);
  if (text === undefined) return undefined;
  const directory = dirname(source.path);
  const config = await readText(text, source.path, reader, directory);
  return { origin: source.path, config: locatePlugins(config, directory, reader.home) };
}

/** The text of a file, or undefined when there is none and none is required. */
export async function readConfigFile(path: string, required = false): Promise<string | undefined> {
  try {
    const found = await stat(path);
    // A pipe or a device would never end.
    if (!found.isFile()) throw new Error("it is not a regular file");
    if (found.size > CONFIG_MAX_BYTES) {
      throw new Error(`it is larger than ${CONFIG_MAX_BYTES} bytes`);
    }
    return await readFile(path, "utf8");
  } catch (error) {
    const code = errorCode(error);
    if (!required && (code === "ENOENT" || code === "ENOTDIR")) return undefined;
    throw invalid(fileFailure("read the configuration", path, error).message, { path }, error);
  }
}

async function readText(
  text: string,
  origin: string,
  reader: Reader,
  directory: string,
  key?: "permission",
): Promise<Config> {
  const parsed =
    key === undefined ? await parseJSONC(text, origin) : await parsePart(text, origin, key);
  const { env, home, warnings } = reader;
  const warn = (message: string) => void warnings.push(message);
  const value = await substitute(parsed, { env, home, origin, directory, warn });
  return checkConfig(value, { origin, text: key === undefined ? text : undefined, warnings });
}

/** The text is a value of one key; an action may stand there without quotes. */
async function parsePart(text: string, origin: string, key: "permission"): Promise<JSONRecord> {
  if (/^\s*[a-z]+\s*$/.test(text)) return { [key]: text.trim() };
  if (/^\s*"/.test(text)) return parseJSONC(`{"${key}":${text}}`, origin);
  return { [key]: await parseJSONC(text, origin) };
}

/**
 * `value` as a Config, without the keys that are not known (each is a warning). AppError invalid
 * names the origin, the key path, and the place when the `text` it came from is given.
 */
export async function checkConfig(
  value: JSONRecord,
  options: { origin: string; text: string | undefined; warnings: string[] },
): Promise<Config> {
  const { origin, text, warnings } = options;
  const known = Object.keys(Config.properties);
  const entries = Object.entries(value).filter(([key]) => {
    if (known.includes(key)) return true;
    warnings.push(`${origin}: ${describeUnknown(key, known)}`);
    return false;
  });
  const config = Object.fromEntries(entries);
  const issues = findIssues(Config, config);
  const [first] = issues;
  if (first === undefined) return config;
  const place = text === undefined ? undefined : await findPlace(text, parseKeyPath(first.path));
  throw configError("ConfigInvalidError", origin, formatIssue(first), place, { issues });
}

function describeUnknown(key: string, known: string[]): string {
  const said = `the key ${JSON.stringify(key)} is not known and was ignored.`;
  if (TUI_KEYS.includes(key)) return `${said} It belongs into tui.json.`;
  const meant = didYouMean(key, known);
  return meant === undefined ? said : `${said} Did you mean ${JSON.stringify(meant)}?`;
}

async function existingDirectories(paths: string[]): Promise<string[]> {
  const found = await Promise.all(
    // What cannot be looked at holds nothing for us.
    paths.map((path) =>
      stat(path).then(
        (entry) => entry.isDirectory(),
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => found[index]);
}

function userName(env: Env): string {
  try {
    return userInfo().username;
  } catch {
    // The system has no entry for this user id, as in some containers.
    return env["USER"] ?? "user";
  }
}
