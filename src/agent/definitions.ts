// Definitions of agents and commands in markdown, as configuration: read from their folders, and
// those of a project taken apart into what acts and what does not, by the same table as its
// opencode.json.
import { dirname } from "node:path";
import { t, type TSchema } from "@/base/schema";
import { didYouMean } from "@/base/text";
import { findUnknownKeys } from "@/base/unknown-keys";
import { type Acting, splitProject } from "@/config/acting";
import type { LoadedConfig } from "@/config/load";
import { describeUnknown } from "@/config/key-warnings";
import { type Fence, NotingFence } from "@/config/links";
import { lowerAgentShape } from "@/config/lower-shapes";
import { type ConfigDirectory, projectRoot } from "@/config/sources";
import { AgentConfig, CommandConfig, type Config } from "@/schema/config";
import { type Definition, readDefinitions, type Warn } from "./markdown-directory";

interface Place {
  directory: string;
  worktree: string;
}

/** How definitions are read. */
interface Reading {
  fence: Fence;
  warn: Warn;
}

/** A definition with what it says as an entry of the configuration's `key`. */
export interface ConfigDefinition<T> extends Pick<
  Definition<unknown>,
  "name" | "path" | "directory"
> {
  key: "agent" | "command";
  value: T;
}

export type AgentDefinition = ConfigDefinition<AgentConfig>;
export type CommandDefinition = ConfigDefinition<CommandConfig>;

const CommandFields = t.Partial(t.Omit(CommandConfig, ["template"]));

/** Modes, then agents; each in the order of the directories. */
export async function readAgentDefinitions(
  directories: readonly ConfigDirectory[],
  reading: Reading,
): Promise<AgentDefinition[]> {
  const read = (folders: string[]) => readDefinitions(directories, folders, AgentConfig, reading);
  const [modes, agents] = await Promise.all([read(["mode", "modes"]), read(["agent", "agents"])]);
  const define = (definition: Definition<AgentConfig>, mode?: "primary"): AgentDefinition => {
    const { name, path, directory, fields, body } = definition;
    const warn = (message: string) => reading.warn(`${path}: ${message}`);
    const own = lowerAgentShape(fields, warn) as AgentConfig; // the same keys under today's names
    warnOfKeys(AgentConfig, own, path, reading);
    const value = { ...own, ...(mode && { mode }), ...(body && { prompt: body }) };
    return { name, path, directory, key: "agent", value };
  };
  return [...modes.map((mode) => define(mode, "primary")), ...agents.map((one) => define(one))];
}

export async function readCommandDefinitions(
  directories: readonly ConfigDirectory[],
  reading: Reading,
): Promise<CommandDefinition[]> {
  const folders = ["command", "commands"];
  const definitions = await readDefinitions(directories, folders, CommandFields, reading);
  return definitions.map(({ name, path, directory, fields, body }) => {
    warnOfKeys(CommandFields, fields, path, reading);
    return { name, path, directory, key: "command", value: { ...fields, template: body } };
  });
}

/** Such files are written for several programs: only what looks like one of our keys is told. */
function warnOfKeys(schema: TSchema, fields: object, path: string, { warn }: Reading): void {
  for (const unknown of findUnknownKeys(schema, fields)) {
    const isNear = didYouMean(unknown.key, unknown.known) !== undefined;
    if (isNear) warn(`${path}: ${describeUnknown(unknown)}`);
  }
}

/** Without what acts when it is a project's; the person's own is left as it is. */
async function splitDefinition<T extends AgentConfig | CommandConfig>(
  definition: ConfigDefinition<T>,
  place: Place,
): Promise<{ value: T; acting: Acting[] }> {
  const { name, path: origin, key, value } = definition;
  if (!definition.directory.isProject) return { value, acting: [] };
  const root = projectRoot(place);
  const split = await splitProject(
    { [key]: { [name]: value } },
    { origin, directory: dirname(origin), root, isPlain: true },
  );
  const quiet: Record<string, unknown> = Object(split.quiet[key]);
  // Some of the optional keys of the same value.
  return { value: quiet[name] as T, acting: split.acting };
}

/** What a file or a markdown definition says of one agent or command. */
export interface DefinitionLayer<T> {
  name: string;
  isProject: boolean;
  /** What acts of it is not trusted, or not any more. */
  isHeld: boolean;
  value: T;
}

/**
 * What the configuration's sources and markdown say, lowest first: the definitions of a directory
 * come over its own files, and under whatever is nearer.
 */
export async function layDefinitions<T extends AgentConfig | CommandConfig>(
  { directories, layers, trust }: LoadedConfig,
  definitions: readonly ConfigDefinition<T>[],
  entriesOf: (config: Config) => Readonly<Record<string, T>> | undefined,
  place: Place,
): Promise<DefinitionLayer<T>[]> {
  const inFiles = layers.map(({ config, isProject }): DefinitionLayer<T>[] =>
    Object.entries(entriesOf(config) ?? {}).map(([name, value]) => {
      return { name, isProject, isHeld: isProject && !trust.isContentTrusted, value };
    }),
  );
  const inMarkdown = await Promise.all(
    definitions.map(async (definition) => {
      const { name, directory } = definition;
      const { value: quiet, acting } = await splitDefinition(definition, place);
      const isHeld = !(await trust.allows(acting));
      const value = isHeld ? quiet : definition.value;
      const rank = directories.find(({ path }) => path === directory.path)?.rank ?? 0;
      return { rank, layer: { name, isProject: directory.isProject, isHeld, value } };
    }),
  );
  const above = (rank: number) =>
    inMarkdown.flatMap((one) => (one.rank === rank ? [one.layer] : []));
  return [
    ...inFiles.flatMap((layer, index) => [...above(index), ...layer]),
    ...above(layers.length),
  ];
}

/** All that the definitions of a project would do, those behind its links included. */
export async function findActingDefinitions(
  directories: readonly string[],
  place: Place,
): Promise<Acting[]> {
  const own = directories.map((path) => ({ path, isProject: true }));
  const fence = new NotingFence(projectRoot(place), { follows: true });
  // Whoever uses them tells what is wrong with them.
  const reading = { fence, warn: () => undefined };
  const [agents, commands] = await Promise.all([
    readAgentDefinitions(own, reading),
    readCommandDefinitions(own, reading),
  ]);
  const split = await Promise.all(
    [...agents, ...commands].map((one) => splitDefinition<AgentConfig | CommandConfig>(one, place)),
  );
  return [...fence.noted, ...split.flatMap(({ acting }) => acting)];
}
