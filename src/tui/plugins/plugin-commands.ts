// Commands of a plugin: each becomes an action of the terminal UI, with its row in the palette, its
// slash command and its keys. Both published shapes are understood: rows of `command.register`, and
// those of a layer of keys.
import type { KeyEvent } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import type { PluginLife } from "./plugin-life";
import type { Props } from "./elements";

export interface PluginCommand {
  id: string;
  title: string;
  heading: string | undefined;
  slash: readonly string[];
  isHidden: boolean;
  isEnabled: () => boolean;
  run: (key?: KeyEvent) => unknown;
}

const ID_MAX = 200;

/** A row of `command.register`; undefined for what is none. */
export function oldCommand(given: unknown, life: PluginLife, dialog: unknown) {
  const row = recordOf(given);
  const { slash, onSelect } = row;
  const { name, aliases } = recordOf(slash);
  return toCommand(life, row, row["value"], {
    slash: [name, ...listOf(aliases)],
    run: () => (typeof onSelect === "function" ? onSelect.call(given, dialog) : undefined),
  });
}

/** A command of a layer of keys; undefined for what is none. */
export function layerCommand(given: unknown, life: PluginLife, context: (key?: KeyEvent) => Props) {
  const row = recordOf(given);
  const { run, slash, slashName, slashAliases } = row;
  const { name, aliases } = recordOf(slash);
  return toCommand(life, row, row["name"], {
    slash: [slashName ?? name, ...listOf(slashAliases ?? aliases)],
    run: (key) => (typeof run === "function" ? run.call(given, context(key)) : undefined),
  });
}

/** Adds them to what can be done here, until the returned function is called. */
export function addCommands(
  ui: Ui,
  life: PluginLife,
  commands: readonly PluginCommand[],
): () => void {
  const added = commands.map((command) => {
    const { id, title, heading, slash, isHidden, isEnabled, run } = command;
    const group = isHidden ? "Keys of plugins" : "Plugins";
    const spec = { id, title, group, slash: isHidden ? [] : slash, inSession: false } as const;
    const undo = ui.actions.add(
      { ...spec, ...(heading !== undefined && { heading }) },
      { when: isEnabled, run: () => void run() },
    );
    if (undo === false) life.tell(`its command ${id} is left out: there is one of that name`);
    return undo;
  });
  return () => {
    for (const undo of added) if (undo !== false) undo();
  };
}

function toCommand(
  life: PluginLife,
  row: Props,
  name: unknown,
  own: { slash: readonly unknown[]; run: (key?: KeyEvent) => unknown },
): PluginCommand | undefined {
  if (typeof name !== "string" || name === "" || name.length > ID_MAX) return undefined;
  const { title, category, hidden, enabled } = row;
  return {
    id: name,
    title: oneOf(title, row["desc"], row["description"]) ?? name,
    heading: oneOf(category),
    slash: own.slash.flatMap((word) => (isWord(word) ? [word.replace(/^\//, "")] : [])),
    // A command of a layer is for the palette when it says so by a title.
    isHidden: isTrue(life, hidden, false) || oneOf(title, category, row["namespace"]) === undefined,
    isEnabled: () => isTrue(life, enabled, true),
    run: (key) => life.call(`its command ${name}`, () => own.run(key)),
  };
}

/** A value, or a function that gives it now. */
export function isTrue(life: PluginLife, value: unknown, fallback: boolean): boolean {
  const given = typeof value === "function" ? life.call("a condition", () => value()) : value;
  return given === undefined ? fallback : Boolean(given);
}

export function recordOf(value: unknown): Props {
  return typeof value === "object" && value !== null ? (value as Props) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function oneOf(...values: readonly unknown[]): string | undefined {
  return values.find((value) => typeof value === "string" && value !== "") as string | undefined;
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && /^\/?[^\s/]+$/.test(value);
}
