// Commands: what `/name` stands for. Built-in ones, those of the configuration and of markdown
// files, every skill whose name is free, and what servers offer. What a template becomes with its
// arguments is template.ts; running a command is not done here.
import { notFound } from "@/base/error";
import type { Logger } from "@/base/log";
import { didYouMean } from "@/base/text";
import { trustFence } from "@/config/links";
import type { LoadedConfig } from "@/config/load";
import { projectRoot } from "@/config/sources";
import type { Command } from "@/schema/command";
import type { CommandConfig } from "@/schema/config";
import { layDefinitions, readCommandDefinitions } from "./definitions";
import { PerConfig, type ConfigSource } from "./per-config";
import { prompts } from "./prompts";
import type { Skills } from "./skills";
import { templateHints } from "./template";

/** A command with what clients are not told. */
export interface RunnableCommand extends Command {
  /** Of the model: the effort it is asked for. */
  variant?: string;
  /**
   * Whether it runs its shell commands and reads outside the project. `held`: not yet, the project
   * it comes with is not trusted. `never`: a skill's text may hold anything, as an example.
   */
  acts: "yes" | "held" | "never";
  /** In place of the template: what a server makes of the arguments. */
  expand?(args: string, signal: AbortSignal): Promise<ExpandedCommand>;
}

/** What a server's command becomes. */
export interface ExpandedCommand {
  text: string;
  /** With data URLs. */
  attachments: readonly { mime: string; url: string; filename?: string }[];
}

export interface CommandsOptions {
  config: ConfigSource;
  skills: Skills;
  directory: string;
  worktree: string;
  log: Logger;
  /** Those that servers offer, to be shown, or as the name of one is looked for that is to run. */
  served(name?: string): Promise<RunnableCommand[]>;
}

interface DefinedCommands {
  commands: ReadonlyMap<string, RunnableCommand>;
  warnings: readonly string[];
}

export class Commands {
  readonly #options: CommandsOptions;
  readonly #commands: PerConfig<Map<string, RunnableCommand>>;
  readonly #defined: PerConfig<DefinedCommands>;

  constructor(options: CommandsOptions) {
    this.#options = options;
    this.#defined = new PerConfig(options.config, (loaded) => this.#define(loaded));
    this.#commands = new PerConfig(options.config, () => this.#load());
  }

  /** Built-in commands, then configured ones, then skills, then those of servers. */
  async list(): Promise<Command[]> {
    const [own, served] = await Promise.all([this.#commands.get(), this.#options.served()]);
    const commands = [...own.values(), ...served.filter(({ name }) => !own.has(name))];
    return commands.map(({ variant: _, acts: __, expand: ___, ...command }) => command);
  }

  /** Throws not-found that names a similar command, or all there are. */
  async get(name: string): Promise<RunnableCommand> {
    const own = (await this.#commands.get()).get(name);
    if (own !== undefined) return own;
    const served = (await this.#options.served(name)).find((one) => one.name === name);
    if (served !== undefined) return served;
    const names = (await this.list()).map((one) => one.name);
    const similar = didYouMean(name, names);
    const hint = similar ? `Did you mean ${similar}?` : `There are: ${names.join(", ")}`;
    throw notFound("Command", name, hint);
  }

  /** What a person should hear of the definitions, each naming its file. */
  async warnings(): Promise<readonly string[]> {
    return (await this.#defined.get()).warnings;
  }

  async #load(): Promise<Map<string, RunnableCommand>> {
    const commands = new Map((await this.#defined.get()).commands);
    for (const skill of await this.#options.skills.list()) {
      if (commands.has(skill.name)) continue;
      const { name, description, content: template } = skill;
      const told = { name, ...(description !== undefined && { description }) };
      const hints = templateHints(template);
      commands.set(name, { ...told, source: "skill", template, hints, acts: "never" });
    }
    return commands;
  }

  /** Without skills, which may have to be fetched. */
  async #define(loaded: LoadedConfig): Promise<DefinedCommands> {
    const { log } = this.#options;
    const warnings: string[] = [];
    const warn = (message: string) => {
      warnings.push(message);
      log.warn(message);
    };
    const commands = new Map(builtIns().map((command) => [command.name, command]));
    const fence = trustFence(projectRoot(this.#options), loaded.trust, log);
    const markdown = await readCommandDefinitions(loaded.directories, { fence, warn });
    const all = await layDefinitions(loaded, markdown, ({ command }) => command, this.#options);
    const merged = new Map<string, CommandConfig>();
    for (const { name, value, isHeld } of all) {
      merged.set(name, { ...merged.get(name), ...value });
      // The template is of this layer: each has its own.
      commands.set(name, fromConfig(name, { ...merged.get(name), ...value }, isHeld));
    }
    return { commands, warnings };
  }
}

function builtIns(): RunnableCommand[] {
  return [
    fromConfig("init", {
      description: "create or improve AGENTS.md",
      template: prompts.init,
    }),
    fromConfig("review", {
      description: "review changes [commit|branch|pr], defaults to uncommitted",
      template: prompts.review,
      subtask: true,
    }),
  ];
}

function fromConfig(name: string, config: CommandConfig, isHeld = false): RunnableCommand {
  const { template, description, agent, model, variant, subtask } = config;
  return {
    name,
    ...(description !== undefined && { description }),
    ...(agent !== undefined && { agent }),
    ...(model !== undefined && { model }),
    ...(variant !== undefined && { variant }),
    ...(subtask !== undefined && { subtask }),
    source: "command",
    template,
    hints: templateHints(template),
    acts: isHeld ? "held" : "yes",
  };
}
