// Agents: who may answer, as the built-in table, markdown files and the configuration define them.
// Made when first asked for, and again after the configuration changed.
import { invalid, notFound } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Paths } from "@/base/paths";
import { didYouMean } from "@/base/text";
import { trustFence } from "@/config/links";
import type { LoadedConfig } from "@/config/load";
import { projectRoot } from "@/config/sources";
import { rulesFromConfig } from "@/permission/rules";
import type { Agent } from "@/schema/agent";
import type { AgentConfig } from "@/schema/config";
import { defineAgent, parseModel } from "./agent-definition";
import { builtinAgents, defaultRules } from "./builtin-agents";
import { type AgentDefinition, layDefinitions, readAgentDefinitions } from "./definitions";
import { PerConfig, type ConfigSource } from "./per-config";
import type { References } from "./references";
import type { Skills } from "./skills";

export interface AgentsOptions {
  config: ConfigSource;
  skills: Skills;
  references: References;
  paths: Paths;
  directory: string;
  worktree: string;
  log: Logger;
}

interface Defined {
  agents: Map<string, Agent>;
  /** As the configuration names it. */
  defaultName: string | undefined;
}

/** What the markdown files say. */
interface WrittenAgents {
  definitions: AgentDefinition[];
  warnings: readonly string[];
}

export class Agents {
  readonly #options: AgentsOptions;
  readonly #written: PerConfig<WrittenAgents>;
  readonly #defined: PerConfig<Defined>;

  constructor(options: AgentsOptions) {
    this.#options = options;
    this.#written = new PerConfig(options.config, (loaded) => this.#read(loaded));
    this.#defined = new PerConfig(options.config, (loaded) => this.#load(loaded));
  }

  /** All agents, hidden ones too: the default one first, the others by name. */
  async list(): Promise<Agent[]> {
    const { agents, defaultName } = await this.#defined.get();
    const first = isChoice(agents, defaultName) ? defaultName : fallbackName(agents);
    return [...agents.values()].sort((a, b) => {
      if (a.name === first || b.name === first) return a.name === first ? -1 : 1;
      return a.name < b.name ? -1 : 1;
    });
  }

  /** Throws not-found that names a similar agent, or all there are to choose from. */
  async get(name: string): Promise<Agent> {
    const { agents } = await this.#defined.get();
    const agent = agents.get(name);
    if (agent !== undefined) return agent;
    const names = [...agents.values()].filter((known) => !known.hidden).map((known) => known.name);
    const similar = didYouMean(name, names);
    const hint = similar ? `Did you mean ${similar}?` : `There are: ${names.sort().join(", ")}`;
    throw notFound("Agent", name, hint);
  }

  /** What a person should hear of the definitions, each naming its file. */
  async warnings(): Promise<readonly string[]> {
    return (await this.#written.get()).warnings;
  }

  /**
   * The name of the agent that answers when none is chosen. Throws invalid when `default_agent`
   * names one that cannot, or when the configuration leaves none.
   */
  async defaultAgent(): Promise<string> {
    const { agents, defaultName } = await this.#defined.get();
    if (isChoice(agents, defaultName)) return defaultName;
    const choices = [...agents.keys()].filter((name) => isChoice(agents, name)).sort();
    if (defaultName !== undefined) {
      throw invalid(
        `default_agent: ${JSON.stringify(defaultName)} is no agent that a person can choose. ` +
          `Use one of: ${choices.join(", ")}`,
      );
    }
    const fallback = fallbackName(agents);
    if (fallback !== undefined) return fallback;
    throw invalid("agent: the configuration disables or hides every primary agent; leave one");
  }

  async #load(loaded: LoadedConfig): Promise<Defined> {
    const { paths, references, skills } = this.#options;
    const access = {
      paths,
      skillDirectories: await skills.outsideDirectories(),
      referenceDirectories: await references.directories(),
    };
    const { config } = loaded;
    const rules = {
      defaults: defaultRules(access),
      user: rulesFromConfig(loaded.person.permission, paths.home),
      project: rulesFromConfig(loaded.project.permission, paths.home),
      isTrusted: loaded.trust.isContentTrusted,
      home: paths.home,
    };
    const builtins = new Map(builtinAgents(access).map((builtin) => [builtin.name, builtin]));
    const { definitions } = await this.#written.get();
    const all = await layDefinitions(loaded, definitions, ({ agent }) => agent, this.#options);
    const agents = new Map<string, Agent>();
    for (const name of new Set([...builtins.keys(), ...all.map((layer) => layer.name)])) {
      const own = all.filter((layer) => layer.name === name);
      const of = (layers: typeof own) => layers.map(({ value }) => value);
      const layers = of(own);
      const person = of(own.filter(({ isProject }) => !isProject));
      const project = of(own.filter(({ isProject }) => isProject));
      for (const layer of layers) this.#checkModel(name, layer);
      const builtin = builtins.get(name);
      const agent = defineAgent({ name, builtin, layers, person, project }, rules);
      if (agent !== undefined) agents.set(name, agent);
    }
    return { agents, defaultName: config.default_agent };
  }

  async #read({ directories, trust }: LoadedConfig): Promise<WrittenAgents> {
    const { log } = this.#options;
    const warnings: string[] = [];
    const warn = (message: string) => {
      warnings.push(message);
      log.warn(message);
    };
    const fence = trustFence(projectRoot(this.#options), trust, log);
    return { definitions: await readAgentDefinitions(directories, { fence, warn }), warnings };
  }

  #checkModel(name: string, layer: AgentConfig): void {
    if (layer.model === undefined || parseModel(layer.model) !== undefined) return;
    const message = `agent.${name}.model is ignored: it must be written provider/model`;
    this.#options.log.warn(message, { model: layer.model });
  }
}

function isChoice(agents: Map<string, Agent>, name: string | undefined): name is string {
  const agent = name === undefined ? undefined : agents.get(name);
  return agent !== undefined && !agent.hidden && agent.mode !== "subagent";
}

function fallbackName(agents: Map<string, Agent>): string | undefined {
  const choices = [...agents.keys()].filter((name) => isChoice(agents, name)).sort();
  return choices.find((name) => name === "build") ?? choices[0];
}
