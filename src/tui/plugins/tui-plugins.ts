// TuiPlugins: the plugins of the terminal UI, from what tui.json names to what is at work. Nothing
// of them is loaded before the first frame, and nothing at all where none is named. One that throws
// or does not answer is told and left out; a project's own wait until the project is trusted.
import type { Renderable } from "@opentui/core";
import { errorMessage } from "@/base/error";
import { callBounded, withinTime } from "@/base/within-time";
import type { BusEvent } from "@/schema/event";
import type { Ui } from "@/tui/ui";
import { Drawings } from "./drawings";
import { PluginLife } from "./plugin-life";
import type { PluginAPI, PluginParts } from "./plugin-api";
import type {
  InstalledPlugin,
  ListedPlugin,
  LoadedPlugin,
  PluginHost,
  Plugins,
  PluginStatus,
  SlotName,
} from "./plugin-types";

/** For what it waits for, and for what it computes, in which time nothing is drawn. */
const START_LIMIT_MS = 60_000;
const COMPUTE_LIMIT_MS = 5_000;
const END_LIMIT_MS = 3_000;

interface Entry {
  listed: ListedPlugin;
  loaded?: LoadedPlugin;
  /** At work, or on its way there. */
  life?: PluginLife;
  events?: PluginAPI["events"];
  fault?: string;
}

export class TuiPlugins implements Plugins {
  readonly #ui: Ui;
  readonly #host: PluginHost | undefined;
  readonly #drawings = new Drawings();
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();
  #parts: Promise<PluginParts & { leave: () => void }> | undefined;
  #closing: Promise<void> | undefined;

  constructor(ui: Ui) {
    this.#ui = ui;
    this.#host = ui.environment.plugins;
  }

  start(): void {
    if (!this.#host?.hasAny) return;
    void this.#ui.renderer.idle().then(() => this.#follow());
  }

  tell(event: BusEvent): void {
    if (this.#host?.hasAny && event.type === "trust.updated") void this.#follow();
    for (const { events } of this.#entries.values()) events?.tell(event);
  }

  list(): readonly PluginStatus[] {
    return [...this.#entries.values()].map(({ listed, loaded, life, events, fault }) => ({
      id: loaded?.id ?? nameOf(listed.spec),
      source: listed.spec.startsWith("file:") ? "file" : "npm",
      spec: listed.spec,
      target: loaded?.target ?? listed.spec,
      enabled: loaded === undefined || this.#isEnabled(loaded.id),
      active: life !== undefined && events !== undefined,
      ...(fault !== undefined && { fault }),
    }));
  }

  async setEnabled(id: string, isOn: boolean): Promise<boolean> {
    const entry = [...this.#entries.values()].find(({ loaded }) => loaded?.id === id);
    if (entry === undefined) return false;
    const { memory } = this.#ui;
    memory.set("pluginEnabled", { ...memory.get("pluginEnabled"), [id]: isOn });
    if (isOn) await this.#begin(entry);
    else await this.#end(entry);
    return true;
  }

  async add(spec: string): Promise<boolean> {
    const entry = this.#entries.get(spec) ?? this.#enter({ spec, isOfProject: false });
    await this.#run(entry);
    return entry.fault === undefined;
  }

  async install(spec: string, where: { global: boolean }): Promise<InstalledPlugin> {
    if (this.#host === undefined) throw new Error("plugins cannot be installed here");
    const installed = await this.#host.install(spec, where);
    if (installed.tui !== undefined) await this.add(spec);
    return installed;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  fill(place: SlotName, props: Readonly<Record<string, unknown>>, box: Renderable): () => void {
    return this.#drawings.fill(place, props, box);
  }

  render(route: string, params: Readonly<Record<string, unknown>>): Renderable | undefined {
    return this.#drawings.render(route, params);
  }

  close(): Promise<void> {
    this.#closing ??= this.#endAll();
    return this.#closing;
  }

  async #endAll(): Promise<void> {
    const ending = [...this.#entries.values()].map((entry) => this.#end(entry));
    const all = Promise.all(ending);
    if (ending.length > 0) {
      await withinTime(all, END_LIMIT_MS, this.#ui.clock).catch(() => undefined); // told by each
    }
    const parts = await this.#parts;
    parts?.leave();
    await parts?.kv.flush();
    this.#host?.close();
  }

  /** Those that are named and may run, each by itself: none waits for another. */
  async #follow(): Promise<void> {
    const listed = await this.#host?.list().catch((error: unknown) => {
      this.#tell("Plugins", errorMessage(error));
      return undefined;
    });
    for (const one of listed ?? []) {
      if (!this.#entries.has(one.spec)) void this.#run(this.#enter(one));
    }
  }

  #enter(listed: ListedPlugin): Entry {
    const entry: Entry = { listed };
    this.#entries.set(listed.spec, entry);
    return entry;
  }

  async #run(entry: Entry): Promise<void> {
    try {
      entry.loaded ??= await this.#host?.load(entry.listed);
      const { loaded } = entry;
      if (loaded === undefined || !this.#isEnabled(loaded.id)) return;
      await this.#begin(entry);
    } catch (error) {
      this.#fail(entry, errorMessage(error));
    } finally {
      this.#changed();
    }
  }

  async #begin(entry: Entry): Promise<void> {
    const { loaded, listed } = entry;
    if (loaded === undefined || entry.life !== undefined || this.#closing) return;
    const { clock } = this.#ui;
    const life = new PluginLife(loaded.id, clock, (problem) => this.#fail(entry, problem));
    entry.life = life;
    delete entry.fault;
    try {
      await this.#start(entry, loaded, life, listed.options);
    } catch (error) {
      if (entry.life === life) await this.#end(entry);
      if (!this.#closing) this.#fail(entry, errorMessage(error));
    }
    this.#changed();
  }

  async #start(
    entry: Entry,
    loaded: LoadedPlugin,
    life: PluginLife,
    options: unknown,
  ): Promise<void> {
    const { installTheme } = await import("./theme-api");
    for (const path of loaded.themes) await installTheme(this.#ui, path);
    const { createPluginAPI } = await import("./plugin-api");
    const { api, events } = await createPluginAPI(await this.#open(), loaded, life);
    entry.events = events;
    const { start, meta } = loaded;
    const work = async () => callBounded(() => start?.(api, options, meta), COMPUTE_LIMIT_MS);
    await withinTime(work(), START_LIMIT_MS, this.#ui.clock, life.signal);
  }

  /** What all of them share, opened for the first. */
  #open(): Promise<PluginParts & { leave: () => void }> {
    this.#parts ??= (async () => {
      const host = this.#host;
      if (host === undefined) throw new Error("plugins cannot run here");
      const [{ PluginKV }, { followFocus }] = await Promise.all([
        import("./plugin-kv"),
        import("./attention-api"),
      ]);
      const { environment, clock, log } = this.#ui;
      const kv = new PluginKV(environment.stateDirectory, clock, (fault) => log.warn(fault));
      await kv.load();
      const { looks, leave } = followFocus(this.#ui);
      return { ui: this.#ui, host, plugins: this, drawings: this.#drawings, kv, looks, leave };
    })();
    return this.#parts;
  }

  async #end(entry: Entry): Promise<void> {
    const { life } = entry;
    delete entry.life;
    delete entry.events;
    await life?.end();
    this.#changed();
  }

  #isEnabled(id: string): boolean {
    const chosen = this.#ui.memory.get("pluginEnabled") ?? {};
    const named = this.#host?.config.plugin_enabled ?? {};
    if (Object.hasOwn(chosen, id)) return chosen[id] === true;
    return !Object.hasOwn(named, id) || named[id] === true;
  }

  #fail(entry: Entry, problem: string): void {
    entry.fault = problem;
    this.#tell(entry.loaded?.id ?? nameOf(entry.listed.spec), problem);
    this.#changed();
  }

  #tell(id: string, problem: string): void {
    this.#ui.log.warn("a plugin of the terminal UI", { id, problem });
    if (this.#closing) return;
    this.#ui.toasts.show({ title: `Plugin ${id}`, message: problem, variant: "error" });
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** What a plugin is called that has not said its id. */
function nameOf(spec: string): string {
  if (!spec.startsWith("file:")) return spec;
  return decodeURIComponent(spec.split("/").at(-1) ?? spec);
}
