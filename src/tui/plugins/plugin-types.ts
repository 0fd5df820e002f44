// What the terminal UI and its plugins' host agree on. The host, who is outside of the terminal UI,
// finds and loads code of people; what that code may do here is this folder's.
import type { Renderable } from "@opentui/core";
import type { BusEvent } from "@/schema/event";
import type { TuiConfig } from "@/schema/tui-config";

/** A plugin as tui.json names it. */
export interface ListedPlugin {
  /** A `file:` address, or a package. */
  spec: string;
  options?: Readonly<Record<string, unknown>>;
  isOfProject: boolean;
}

/** A plugin whose module has been run, and that can be started. */
export interface LoadedPlugin {
  id: string;
  source: "file" | "npm";
  spec: string;
  target: string;
  /** What it is told of itself, by the published names. */
  meta: Readonly<Record<string, unknown>>;
  /** Files of themes that it brings. */
  themes: readonly string[];
  start?: (api: unknown, options: unknown, meta: unknown) => unknown;
}

/** Where an installed module was written to, by the program's parts that it has something for. */
export interface InstalledPlugin {
  directory: string;
  server?: string;
  tui?: string;
}

export interface PluginHost {
  /** As it was read at the start. */
  readonly config: TuiConfig;
  /** Whether tui.json names any; without, nothing else is asked of the host. */
  readonly hasAny: boolean;
  /** Those that may run now: of one that is named twice the one that counts. */
  list(): Promise<readonly ListedPlugin[]>;
  /** Runs its module. Throws AppError that says what is wrong with it. */
  load(plugin: ListedPlugin): Promise<LoadedPlugin>;
  /** Installs a module and names it in the configuration: the person's own, or the project's. */
  install(spec: string, where: { global: boolean }): Promise<InstalledPlugin>;
  /** The published client, about a directory; `send` is its way to the server. */
  openClient(send: (request: Request) => Promise<Response>, directory: string): Promise<unknown>;
  /** Gives back what loading has taken. */
  close(): void;
}

/** A plugin of the terminal UI, as lists and other plugins see it. */
export interface PluginStatus {
  id: string;
  source: "file" | "npm";
  spec: string;
  target: string;
  enabled: boolean;
  active: boolean;
  /** Why it is not at work, or what of it is not shown. */
  fault?: string;
}

export interface Plugins {
  /** Loads and starts what tui.json names; nothing where it names nothing. */
  start(): void;
  /** To be told what happens. */
  tell(event: BusEvent): void;
  list(): readonly PluginStatus[];
  /** Switches one on or off, and remembers it; false when there is none of that id. */
  setEnabled(id: string, isOn: boolean): Promise<boolean>;
  /** Loads one more, until the end of the program; false when that failed, which is told. */
  add(spec: string): Promise<boolean>;
  /** Installs, names and loads one. Throws AppError. */
  install(spec: string, where: { global: boolean }): Promise<InstalledPlugin>;
  /** Hears when the list is another, until the returned function is called. */
  subscribe(listener: () => void): () => void;
  /**
   * Puts into `box` what plugins draw for a place of the screen, now and later, until the returned
   * function is called. What is put in goes with the box.
   */
  fill(place: SlotName, props: Readonly<Record<string, unknown>>, box: Renderable): () => void;
  /** What a plugin draws on a screen of its own; undefined when that cannot be shown. */
  render(route: string, params: Readonly<Record<string, unknown>>): Renderable | undefined;
  /** Ends all of them. */
  close(): Promise<void>;
}

/** Places of the screen that plugins may draw in. */
export const SLOT_NAMES = ["app_bottom", "home_bottom", "sidebar_content"] as const;
export type SlotName = (typeof SLOT_NAMES)[number];
