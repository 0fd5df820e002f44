// Plugins: those of one directory, found by its configuration, started once and kept until they are
// no longer named. One that throws or does not answer is reported and left out; one that takes its
// time, a package that is to be installed above all, is waited for briefly and joins when it is
// ready. With OPENCODE_PURE there are none.
import type { Clock } from "@/base/clock";
import { flag } from "@/base/env";
import { errorMessage } from "@/base/error";
import type { Logger } from "@/base/log";
import type { ConfigService } from "@/config/config-service";
import type { LoadedConfig } from "@/config/load";
import type { ConfigLocation } from "@/config/sources";
import type { BusEvent } from "@/schema/event";
import type { Tool } from "@/tool/tool";
import { amendConfig } from "./amend-config";
import { customTool } from "./custom-tool";
import { EventFeed } from "./event-feed";
import { Hooks, type HookSource } from "./hooks";
import { installPackage, isInstalled } from "./npm-package";
import { attempt, startsOf, toPlugin, type Plugin } from "./plugin";
import type { PluginModules } from "./plugin-modules";
import { findPlugins, pluginKey, type PluginSpec } from "./plugin-spec";
import { callWithin, withinTime } from "@/base/within-time";

export interface PluginsOptions extends ConfigLocation {
  config: Pick<ConfigService, "get" | "reload">;
  modules: PluginModules;
  /** Whether code that comes with the project may run. */
  isTrusted(loaded: LoadedConfig): boolean;
  /** What plugins are started with. Asked for when there is one. */
  input(): Promise<unknown>;
  /** Where packages are kept. */
  packages: string;
  /** Further handlers, called after those of plugins. */
  commands(): Promise<HookSource>;
  report(problem: string): void;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

interface Entry {
  spec: PluginSpec;
  /** Resolves when it is started or has failed. */
  started: Promise<void>;
  /** Resolves then, or as soon as it is not to be waited for. */
  settled: PromiseWithResolvers<void>;
  /** The configuration has not waited for it. */
  isLate: boolean;
  plugin?: Plugin;
  isEnded: boolean;
}

/** What a configuration waits for plugins; whoever is later joins when it is ready. */
const WAIT_MS = 5_000;
const START_LIMIT_MS = 60_000;
const DISPOSE_LIMIT_MS = 2_000;

export class Plugins {
  readonly hooks: Hooks;
  readonly #options: PluginsOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #events: EventFeed;
  /** Made once, so that they stay the same objects. */
  readonly #tools = new WeakMap<Plugin, Promise<Tool[]>>();
  #order: readonly string[] = [];

  constructor(options: PluginsOptions) {
    this.#options = options;
    const { clock, report, commands } = options;
    this.hooks = new Hooks({
      sources: async () => [...(await this.list()), await commands()],
      report,
      clock,
    });
    this.#events = new EventFeed({ clock, report, listeners: () => this.#running() });
  }

  /** Those that are at work, in the order of their hooks. */
  async list(): Promise<readonly Plugin[]> {
    await this.#options.config.get();
    return this.#running();
  }

  /** The tools that plugins bring. */
  async tools(): Promise<Tool[]> {
    await this.#options.config.get();
    const lists = this.#running().map((plugin) => {
      const tools = this.#tools.get(plugin) ?? this.#toolsOf(plugin);
      this.#tools.set(plugin, tools);
      return tools;
    });
    return (await Promise.all(lists)).flat();
  }

  /** Resolves when all that are to be installed and started are, or have failed. */
  async settled(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ started }) => started));
  }

  /** To be told what happens. */
  tell(event: BusEvent): void {
    this.#events.push(event);
  }

  /**
   * Starts what the configuration names and is not started yet, ends what it names no more, and
   * gives the configuration as the plugins leave it. Never rejects.
   */
  async amend(loaded: LoadedConfig): Promise<LoadedConfig> {
    const { env, isTrusted, clock, report } = this.#options;
    if (flag(env, "OPENCODE_PURE")) return loaded;
    const found = await findPlugins(loaded);
    const allowed = found.filter((spec) => !spec.isOfProject || isTrusted(loaded));
    this.#follow(allowed);
    if (allowed.length === 0) return loaded;
    const entries = [...this.#entries.values()];
    const all = Promise.all(entries.map(({ settled }) => settled.promise));
    await withinTime(all, WAIT_MS, clock).catch(() => {
      for (const entry of entries) entry.isLate ||= entry.plugin === undefined;
    });
    return amendConfig(loaded, this.#running(), { clock, report });
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map((entry) => this.#end(entry)));
  }

  #running(): Plugin[] {
    return this.#order.flatMap((key) => this.#entries.get(key)?.plugin ?? []);
  }

  #follow(specs: readonly PluginSpec[]): void {
    const wanted = new Map(specs.map((spec) => [pluginKey(spec), spec]));
    for (const [key, entry] of this.#entries) {
      if (wanted.has(key)) continue;
      this.#entries.delete(key);
      void this.#end(entry);
    }
    for (const [key, spec] of wanted) {
      if (!this.#entries.has(key)) this.#entries.set(key, this.#begin(spec));
    }
    this.#order = [...wanted.keys()];
  }

  #begin(spec: PluginSpec): Entry {
    const settled = Promise.withResolvers<void>();
    const started = Promise.resolve();
    const entry: Entry = { spec, settled, started, isLate: false, isEnded: false };
    entry.started = this.#startOrReport(entry).finally(() => settled.resolve());
    return entry;
  }

  async #startOrReport(entry: Entry): Promise<void> {
    const { config, report, signal } = this.#options;
    try {
      await this.#start(entry);
      // Whoever was late is in no configuration yet.
      if (entry.isLate && entry.plugin) await config.reload();
    } catch (error) {
      if (signal.aborted || entry.isEnded) return;
      report(`The plugin ${entry.spec.name} is left out: ${errorMessage(error)}`);
    }
  }

  async #start(entry: Entry): Promise<void> {
    const { clock, input, modules, signal } = this.#options;
    const { spec } = entry;
    const exports = await modules.load(await this.#locate(entry));
    const starts = startsOf(exports);
    if (starts.length === 0) throw new Error("its module exports no function");
    const given = await input();
    const parts: unknown[] = [];
    for (const start of starts) {
      const work = () => start(given, spec.options);
      parts.push(await callWithin(work, { limitMs: START_LIMIT_MS, clock, signal }));
    }
    const plugin = toPlugin(spec.name, spec.isOfProject, parts);
    if (entry.isEnded) return void this.#dispose(plugin);
    entry.plugin = plugin;
    entry.settled.resolve();
  }

  async #locate(entry: Entry): Promise<string> {
    const { from } = entry.spec;
    if ("path" in from) return from.path;
    const { packages: directory, env, signal, log } = this.#options;
    if (!(await isInstalled(from.npm, directory))) {
      entry.isLate = true;
      entry.settled.resolve();
    }
    return installPackage(from.npm, { directory, env, signal, log });
  }

  async #toolsOf(plugin: Plugin): Promise<Tool[]> {
    const { modules, report } = this.#options;
    const made = Object.entries(plugin.tools).map(([id, source]) =>
      customTool(id, source, () => modules.zod()).catch((error: unknown) => {
        report(`The tool ${id} of ${plugin.name} is left out: ${errorMessage(error)}`);
        return undefined;
      }),
    );
    return (await Promise.all(made)).filter((tool) => tool !== undefined);
  }

  async #end(entry: Entry): Promise<void> {
    entry.isEnded = true;
    if (entry.plugin) await this.#dispose(entry.plugin);
  }

  async #dispose(plugin: Plugin): Promise<void> {
    const { clock, log } = this.#options;
    const onError = (reason: string) => log.warn(`${plugin.name} did not end well: ${reason}`);
    for (const dispose of plugin.dispose) {
      const work = async () => void (await dispose());
      await attempt(() => callWithin(work, { limitMs: DISPOSE_LIMIT_MS, clock }), onError);
    }
  }
}
