// The theme in use and all that could be: built in, made from the terminal, and the person's own.
// Only what is in use is worked out. A change of theme, of mode, of the terminal's colours or of a
// theme's file is told to whoever subscribed, and takes effect with their next frame.

import type { RGBA, SyntaxStyle } from "@opentui/core";
import { errorMessage } from "@/base/error";
import { agentColor, type ColoredAgent } from "./agent-color";
import { BUILTIN_PALETTES } from "./builtin-palettes";
import type { Mode } from "./color";
import { derive } from "./palette";
import { createSyntaxStyle } from "./syntax-style";
import { canDerive, modeOf, systemSlots, type TerminalColors } from "./terminal-palette";
import { toColors, type Colors } from "./theme-colors";
import { resolveTheme, THINKING_OPACITY, type ResolvedTheme, type ThemeSource } from "./theme-file";

export type ModeChoice = "auto" | Mode;

export interface ThemesOptions {
  /** The chosen theme; one that is not there, or faulty, is told and the default taken. */
  name?: string;
  mode?: ModeChoice;
  agents: () => readonly ColoredAgent[];
  /** Hears of faults in words for the person. */
  onFault: (message: string) => void;
}

/** A row of the list of themes. */
export interface ThemeListing {
  name: string;
  origin: "builtin" | "terminal" | "file";
}

const DEFAULT_THEME = "opencode";
const SYSTEM_THEME = "system";

interface Loaded {
  colors: Colors;
  syntax: SyntaxStyle;
  thinkingOpacity: number;
}

export class Themes {
  readonly #options: ThemesOptions;
  readonly #listeners = new Set<() => void>();
  /** What was worked out, by mode and name: styles stay valid for views that still hold them. */
  readonly #loaded = new Map<string, Loaded>();
  #own: ReadonlyMap<string, ThemeSource> = new Map();
  #terminal: TerminalColors | undefined;
  #terminalMode: Mode = "dark";
  #chosen: string;
  #modeChoice: ModeChoice;
  #preview: string | undefined;
  #current: Loaded & { name: string; mode: Mode };

  constructor(options: ThemesOptions) {
    this.#options = options;
    this.#chosen = options.name ?? DEFAULT_THEME;
    this.#modeChoice = options.mode ?? "auto";
    this.#current = this.#resolve();
  }

  get name(): string {
    return this.#current.name;
  }

  get mode(): Mode {
    return this.#current.mode;
  }

  get colors(): Colors {
    return this.#current.colors;
  }

  get syntax(): SyntaxStyle {
    return this.#current.syntax;
  }

  get thinkingOpacity(): number {
    return this.#current.thinkingOpacity;
  }

  /** What the person decided on; what is shown may differ while they look at another. */
  get chosen(): { name: string; mode: ModeChoice } {
    return { name: this.#chosen, mode: this.#modeChoice };
  }

  agentColor(name: string | undefined): RGBA {
    return agentColor(this.colors, this.#options.agents(), name);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every theme that can be chosen now, by name. */
  list(): ThemeListing[] {
    const origins = new Map<string, ThemeListing["origin"]>();
    for (const name of Object.keys(BUILTIN_PALETTES)) origins.set(name, "builtin");
    if (canDerive(this.#terminal)) origins.set(SYSTEM_THEME, "terminal");
    for (const name of this.#own.keys()) origins.set(name, "file");
    const listings = [...origins].map(([name, origin]) => ({ name, origin }));
    return listings.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Shows a theme without deciding on it; undefined goes back to the chosen one. */
  preview(name: string | undefined): void {
    if (name === this.#preview) return;
    this.#preview = name;
    this.#refresh();
  }

  choose(name: string): void {
    this.#chosen = name;
    this.#preview = undefined;
    this.#refresh();
  }

  /** "auto" follows the terminal. */
  chooseMode(mode: ModeChoice): void {
    this.#modeChoice = mode;
    this.#refresh();
  }

  /** What the terminal answered about its colours, whenever it does. */
  setTerminal(colors: TerminalColors): void {
    this.#terminal = colors;
    this.#terminalMode = modeOf(colors) ?? this.#terminalMode;
    this.#forget(SYSTEM_THEME);
    this.#refresh();
  }

  /** The terminal says that it is now light or dark. */
  setTerminalMode(mode: Mode): void {
    this.#terminalMode = mode;
    this.#refresh();
  }

  /** The person's themes, in the order in which later ones win. */
  setOwn(sources: readonly ThemeSource[]): void {
    const names = [...this.#own.keys()];
    this.#own = new Map(sources.map((source) => [source.name, source]));
    for (const name of [...names, ...this.#own.keys()]) this.#forget(name);
    this.#refresh();
  }

  #refresh(): void {
    const before = this.#current;
    this.#current = this.#resolve();
    if (before.colors === this.#current.colors) return;
    for (const listener of this.#listeners) listener();
  }

  #resolve(): Loaded & { name: string; mode: Mode } {
    const mode = this.#modeChoice === "auto" ? this.#terminalMode : this.#modeChoice;
    const wanted = this.#preview ?? this.#chosen;
    const name = this.#isThere(wanted) ? wanted : DEFAULT_THEME;
    try {
      return { name, mode, ...this.#load(name, mode) };
    } catch (error) {
      this.#options.onFault(errorMessage(error));
      return { name: DEFAULT_THEME, mode, ...this.#load(DEFAULT_THEME, mode) };
    }
  }

  /** The terminal answers and files are read after the first frame: until then the default. */
  #isThere(name: string): boolean {
    if (this.#own.has(name) || Object.hasOwn(BUILTIN_PALETTES, name)) return true;
    return name === SYSTEM_THEME && canDerive(this.#terminal);
  }

  #load(name: string, mode: Mode): Loaded {
    const key = `${mode} ${name}`;
    const found = this.#loaded.get(key);
    if (found !== undefined) return found;
    const { slots, thinkingOpacity } = this.#slotsOf(name, mode);
    const colors = toColors(slots);
    const loaded = { colors, syntax: createSyntaxStyle(colors), thinkingOpacity };
    this.#loaded.set(key, loaded);
    return loaded;
  }

  #slotsOf(name: string, mode: Mode): ResolvedTheme {
    const own = this.#own.get(name);
    if (own !== undefined) return resolveTheme(own, mode);
    const thinkingOpacity = THINKING_OPACITY;
    if (name === SYSTEM_THEME && canDerive(this.#terminal)) {
      return { slots: systemSlots(this.#terminal, mode), thinkingOpacity };
    }
    return { slots: builtinSlots(name, mode), thinkingOpacity };
  }

  #forget(name: string): void {
    for (const mode of ["dark", "light"]) this.#loaded.delete(`${mode} ${name}`);
  }
}

function builtinSlots(name: string, mode: Mode): ReturnType<typeof derive> {
  const palette = BUILTIN_PALETTES[name] ?? BUILTIN_PALETTES[DEFAULT_THEME];
  if (palette === undefined) throw new Error("the default theme is not built in");
  return derive(palette, mode);
}
