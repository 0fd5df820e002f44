// Loading: reads the sources, checks each by itself so that a fault names its file and place, and
// merges them. Files are looked for all at once and read only when they exist; nothing is written.
import { readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { basename, dirname } from "node:path";
import type { Env } from "@/base/env";
import { errorCode, invalid } from "@/base/error";
import { fileFailure, isInside, realpathInside } from "@/base/file";
import { findIssues, formatIssue, type SchemaIssue } from "@/base/schema";
import { findUnknownKeys } from "@/base/unknown-keys";
import { Config } from "@/schema/config";
import { type Acting, projectPath, splitProject, type SplitConfig } from "./acting";
import { fingerprint } from "./fingerprint";
import { type JSONRecord, valueAt } from "./json";
import { configError, findPlace, parseJSONC } from "./jsonc";
import { type KeyPath, parseKeyPath } from "./key-path";
import { describeUnknown, idleKeys } from "./key-warnings";
import { locatePlugins } from "./locate-plugins";
import { locateReferences } from "./locate-references";
import { lowerConfig } from "./lower";
import { lowerShapes } from "./lower-shapes";
import { mergeConfig } from "./merge";
import { findOrigins, type Layer } from "./origins";
import { NO_PROJECT, type ProjectTrust } from "./project-trust";
import { keepRestrictions } from "./restrictions";
import { isSecretValue } from "./shown-config";
import {
  type ConfigDirectory,
  configSources,
  definitionDirectories,
  globalSources,
  projectRoot,
  type ConfigLocation,
  type ConfigSource,
  DIRECTORY_NAME,
  type ConfigFile,
  type ConfigVariable,
  type RemoteConfig,
} from "./sources";
import { substitute } from "./substitute";

export interface LoadedConfig {
  /**
   * Merged, with `agent`, `command`, `mode`, `plugin` and `username` always there, and without
   * what a project is not trusted with. Its `permission` and those of its agents are for people to
   * read: what is in force takes `person` and `project` apart.
   */
  config: Config;
  /** What the person's own sources say, merged. */
  person: Config;
  /** What the project's own files say, as far as it is in force, merged. */
  project: Config;
  /** Key path of a value (`provider.x.options.baseURL`) -> the file or variable that set it. */
  sources: Record<string, string>;
  /** Values that were put in for references and are not to be shown. */
  secrets: string[];
  /** What a person should hear of and nothing fails for, each naming its file. */
  warnings: string[];
  /** The files that were read, lowest first. */
  files: string[];
  /** Those of them that come with the project, which may be anybody's. */
  projectFiles: string[];
  /** Existing directories that may hold agents, commands and skills, lowest (farthest) first. */
  directories: LoadedDirectory[];
  /** What each source says by itself, as far as it is in force, lowest first. */
  layers: readonly Pick<Layer, "config" | "isProject">[];
  trust: ProjectTrust;
}

interface LoadedDirectory extends ConfigDirectory {
  /** How many of the layers it counts more than: those of its own files, and all below. */
  rank: number;
}

const CONFIG_MAX_BYTES = 1024 * 1024;

interface Reader {
  env: Env;
  home: string;
  /** What relative references of a variable's text are relative to. */
  directory: string;
  warnings: string[];
  secrets: string[];
}

/** What a source says, before anything is put into it. */
interface Draft {
  source: ConfigSource;
  origin: string;
  directory: string;
  text: string | undefined;
  value: JSONRecord;
  /** A link out of the project: it is known by its bytes, and not even parsed until trusted. */
  isLinkedOut: boolean;
}

/** Where a project's own files may lie. */
export interface ProjectFiles {
  /** Its directories of configuration. */
  directories: readonly string[];
  /** What all configuration together names, as it is written. */
  instructions: readonly string[];
  skills: readonly string[];
}

/** Decides how far the project is trusted, given what its configuration files would do. */
export type JudgeTrust = (acting: readonly Acting[], files: ProjectFiles) => Promise<ProjectTrust>;

/** What others say: under all that the person says, and over it. */
interface FetchedConfigs {
  lowest?: readonly RemoteConfig[] | undefined;
  highest?: readonly RemoteConfig[] | undefined;
}

/** The configuration of one directory. AppError invalid names the file at fault, and the line. */
export async function loadConfig(
  location: ConfigLocation,
  judge: JudgeTrust,
  fetched: FetchedConfigs = {},
): Promise<LoadedConfig> {
  const { env, paths, directory } = location;
  const reader: Reader = { env, home: paths.home, directory, warnings: [], secrets: [] };
  const sources = [
    ...fromElsewhere(fetched.lowest),
    ...configSources(location),
    ...fromElsewhere(fetched.highest),
  ];
  const [drafts, existing] = await Promise.all([
    readDrafts(sources, reader, projectRoot(location)),
    existingDirectories(definitionDirectories(location)),
  ]);
  const directories = rankDirectories(existing, sources, drafts);
  const split = await Promise.all(
    drafts.map(async (draft) => ({ draft, ...(await splitDraft(draft, projectRoot(location))) })),
  );
  const trust = await judge(
    split.flatMap(({ acting }) => acting),
    {
      directories: directories.flatMap(({ path, isProject }) => (isProject ? [path] : [])),
      instructions: drafts.flatMap(({ value }) => textsOf(value["instructions"])),
      skills: drafts.flatMap(({ value }) => textsOf(Object(value["skills"])["paths"])),
    },
  );
  const layers = await Promise.all(
    split.map(async ({ draft, quiet }) => {
      if (!trust.isContentTrusted) {
        await checkHeld(draft);
        return finish({ ...draft, value: quiet }, reader);
      }
      const { isLinkedOut, text = "", origin } = draft;
      const value = isLinkedOut ? await parseText(text, origin, reader.warnings) : draft.value;
      return finish({ ...draft, value }, reader);
    }),
  );
  return { ...combine(layers, reader), directories, trust };
}

/** Of a value that is not checked yet. */
function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}

function rankDirectories(
  directories: readonly ConfigDirectory[],
  sources: readonly ConfigSource[],
  drafts: readonly Draft[],
): LoadedDirectory[] {
  return directories.map((directory) => {
    const last = sources.findLastIndex(
      (source) => source.kind === "file" && dirname(source.path) === directory.path,
    );
    const below = new Set(sources.slice(0, last + 1));
    return { ...directory, rank: drafts.filter(({ source }) => below.has(source)).length };
  });
}

/** What others say for the person. */
function fromElsewhere(remote: readonly RemoteConfig[] = []): ConfigSource[] {
  return remote.map((one) => ({ ...one, kind: "text", project: false }));
}

/** The user's own configuration alone: what `serve` looks at before there is a directory. */
export async function loadGlobalConfig(
  location: Pick<ConfigLocation, "paths" | "env">,
): Promise<LoadedConfig> {
  const { paths, env } = location;
  const place = { env, home: paths.home, directory: paths.config };
  const reader: Reader = { ...place, warnings: [], secrets: [] };
  const sources = globalSources(paths);
  const [drafts, existing] = await Promise.all([
    readDrafts(sources, reader, paths.config),
    existingDirectories([{ path: paths.config, isProject: false }]),
  ]);
  const directories = rankDirectories(existing, sources, drafts);
  const layers = await Promise.all(drafts.map((draft) => finish(draft, reader)));
  return { ...combine(layers, reader), directories, trust: NO_PROJECT };
}

async function readDrafts(sources: ConfigSource[], reader: Reader, root: string): Promise<Draft[]> {
  const drafts = await Promise.all(
    sources.map((source) =>
      source.kind === "text" ? parseVariable(source, reader) : readFileDraft(source, reader, root),
    ),
  );
  return drafts.filter((draft) => draft !== undefined);
}

async function parseVariable(
  source: ConfigVariable,
  { directory, warnings }: Reader,
): Promise<Draft> {
  const { origin, text, key } = source;
  const place = { source, origin, directory, isLinkedOut: false };
  if (key !== undefined) {
    return { ...place, text: undefined, value: await parsePart(text, origin, key) };
  }
  return { ...place, text, value: await parseText(text, origin, warnings) };
}

async function parseText(text: string, origin: string, warnings: string[]): Promise<JSONRecord> {
  const warn = (message: string) => void warnings.push(`${origin}: ${message}`);
  return lowerShapes(await parseJSONC(text, origin), warn);
}

async function readFileDraft(
  source: ConfigFile,
  { warnings }: Reader,
  root: string,
): Promise<Draft | undefined> {
  const { path: origin } = source;
  const text = await readConfigFile(origin, source.required);
  if (text === undefined) return undefined;
  const isLinkedOut = source.project && !(await realpathInside(rootFor(origin, root), origin));
  const value = isLinkedOut ? {} : await parseText(text, origin, warnings);
  return { source, origin, directory: dirname(origin), text, value, isLinkedOut };
}

async function splitDraft(draft: Draft, root: string): Promise<SplitConfig> {
  const { source, origin, directory, text, value, isLinkedOut } = draft;
  if (!source.project) return { quiet: value, acting: [] };
  const place = { origin, directory, root: rootFor(origin, root) };
  if (!isLinkedOut) return splitProject(value, place);
  const what = projectPath(place.root, origin);
  const hash = await fingerprint([origin, text], [], place.root);
  return { quiet: {}, acting: [{ kind: "file", what, origin: what, hash }] };
}

/** Files above a directory outside of a repository are a project's in their own directory. */
function rootFor(origin: string, root: string): string {
  if (isInside(root, origin)) return root;
  const directory = dirname(origin);
  return basename(directory) === DIRECTORY_NAME ? dirname(directory) : directory;
}

/** What is held back must be right as well. What a reference will be is not known yet. */
async function checkHeld({ origin, text, value }: Draft): Promise<void> {
  const issues = findIssues(Config, value).filter(({ path }) => {
    const found = valueAt(value, parseKeyPath(path));
    return !(typeof found === "string" && /\{(env|file):/.test(found));
  });
  await failWith(issues, { origin, text });
}

/** References resolved and checked. */
async function finish(draft: Draft, reader: Reader): Promise<Layer> {
  const { home, secrets, warnings } = reader;
  const { source, origin, directory, text, value } = draft;
  const { variables = {} } = source.kind === "text" ? source : {};
  secrets.push(...Object.values(variables).filter((one) => one !== undefined));
  const env = { ...reader.env, ...variables };
  const warn = (message: string) => void warnings.push(message);
  const onValue = (put: string, path: KeyPath) => {
    if (isSecretValue(put, path)) secrets.push(put);
  };
  const whole = await substitute(value, { env, home, origin, directory, warn, onValue });
  const checked = await checkConfig(whole, { origin, text, warnings });
  const place = { env, home, directory, warn: (told: string) => warn(`${origin}: ${told}`) };
  const config = locateReferences(locatePlugins(checked, directory, home), place);
  return { origin, config, isProject: source.project, isFile: source.kind === "file" };
}

function combine(
  layers: readonly Layer[],
  { env, secrets, warnings }: Reader,
): Omit<LoadedConfig, "directories" | "trust"> {
  const of = (chosen: readonly Layer[]) =>
    lowerConfig(chosen.map(({ config }) => config).reduce(mergeConfig, {}));
  const person = of(layers.filter(({ isProject }) => !isProject));
  const project = of(layers.filter(({ isProject }) => isProject));
  const merged = keepRestrictions(of(layers), person, project);
  const config = {
    ...merged,
    username: merged.username ?? userName(env),
    agent: merged.agent ?? {},
    command: merged.command ?? {},
    mode: {},
    plugin: merged.plugin ?? [],
  };
  const files = layers.flatMap(({ isFile, origin }) => (isFile ? [origin] : []));
  const projectFiles = layers.flatMap(({ isProject, origin }) => (isProject ? [origin] : []));
  const sources = findOrigins(merged, layers);
  const lowered = layers.map((layer) => ({ ...layer, config: lowerConfig(layer.config) }));
  return {
    config,
    person,
    project,
    layers: lowered,
    sources,
    secrets,
    warnings,
    files,
    projectFiles,
  };
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

/** The text is a value of one key; an action may stand there without quotes. */
async function parsePart(text: string, origin: string, key: "permission"): Promise<JSONRecord> {
  if (/^\s*[a-z]+\s*$/.test(text)) return { [key]: text.trim() };
  if (/^\s*"/.test(text)) return parseJSONC(`{"${key}":${text}}`, origin);
  return { [key]: await parseJSONC(text, origin) };
}

/**
 * `value` as a Config, without the keys that are not known. Each of them is a warning, and so is
 * one that has no effect. AppError invalid
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
    warnings.push(`${origin}: ${describeUnknown({ path: key, key, known })}`);
    return false;
  });
  const config = Object.fromEntries(entries);
  const issues = findIssues(Config, config);
  await failWith(issues, { origin, text });
  const told = [...findUnknownKeys(Config, config).map(describeUnknown), ...idleKeys(config)];
  warnings.push(...told.map((said) => `${origin}: ${said}`));
  return config;
}

/** Throws the first of the issues, with its place. */
async function failWith(
  issues: readonly SchemaIssue[],
  { origin, text }: { origin: string; text: string | undefined },
): Promise<void> {
  const [first] = issues;
  if (first === undefined) return;
  const place = text === undefined ? undefined : await findPlace(text, parseKeyPath(first.path));
  throw configError("ConfigInvalidError", origin, formatIssue(first), place, { issues });
}

async function existingDirectories(directories: ConfigDirectory[]): Promise<ConfigDirectory[]> {
  const found = await Promise.all(
    // What cannot be looked at holds nothing for us.
    directories.map(({ path }) =>
      stat(path).then(
        (entry) => entry.isDirectory(),
        () => false,
      ),
    ),
  );
  return directories.filter((_, index) => found[index]);
}

function userName(env: Env): string {
  try {
    return userInfo().username;
  } catch {
    // The system has no entry for this user id, as in some containers.
    return env["USER"] ?? "user";
  }
}
