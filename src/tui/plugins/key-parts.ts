// Keys as plugins have them, in the published shapes: a key is a text or a stroke with its
// modifiers, a sequence a list of parts, a binding a key with a command. Pure.
import { formatSequence, parseKeys, type Sequence } from "@/tui/keymap/key-string";

export interface KeyStroke {
  name: string;
  ctrl: boolean;
  shift: boolean;
  meta: boolean;
  super: boolean;
  hyper: boolean;
}

export interface KeyPart {
  stroke: KeyStroke;
  /** As people read it. */
  display: string;
  match: string;
}

export interface PluginBinding {
  key: unknown;
  cmd?: unknown;
  [field: string]: unknown;
}

export const SOUND_NAMES = [
  "default",
  "question",
  "permission",
  "error",
  "done",
  "subagent_done",
] as const;

/** By the words of our strokes. */
const MODIFIERS = { ctrl: "ctrl", shift: "shift", alt: "meta", super: "super", hyper: "hyper" };
const NO_MODIFIERS = { ctrl: false, shift: false, meta: false, super: false, hyper: false };

/** The sequences that a key of a plugin means. Throws AppError invalid that begins with `what`. */
export function parseKey(key: unknown, leader: readonly Sequence[], what: string): Sequence[] {
  return parseKeys(keyText(key), leader, what);
}

/** A key as people write it. */
export function keyText(key: unknown): string {
  if (typeof key !== "object" || key === null) return String(key);
  const given = key as Partial<KeyStroke>;
  const names = Object.entries(MODIFIERS).flatMap(([word, field]) =>
    given[field as keyof KeyStroke] === true ? [word] : [],
  );
  return [...names, given.name ?? ""].join("+");
}

export function toParts(sequence: Sequence): KeyPart[] {
  return sequence.map((match) => {
    const isPlus = match.endsWith("++") || match === "+";
    const words = (isPlus ? match.slice(0, -1) : match).split("+").filter((word) => word !== "");
    const name = isPlus ? "+" : (words.pop() ?? "");
    const held = words.map((word) => [MODIFIERS[word as keyof typeof MODIFIERS], true] as const);
    const stroke = { ...NO_MODIFIERS, ...Object.fromEntries(held), name };
    return { stroke, display: formatSequence([match]), match };
  });
}

/** The words of parts, of ours and of those that only have a stroke. */
export function formatParts(parts: unknown): string {
  if (!Array.isArray(parts)) return "";
  return parts
    .map((part: Partial<KeyPart> & Partial<KeyStroke>) => {
      return part.display ?? keyText(part.stroke ?? part);
    })
    .join(" ");
}

/** The words of several bindings, each once; undefined for none. */
export function formatBindings(bindings: unknown): string | undefined {
  if (!Array.isArray(bindings)) return undefined;
  const words = bindings.map(({ sequence }: { sequence?: unknown }) => formatParts(sequence));
  const known = [...new Set(words)].filter((word) => word !== "");
  return known.length === 0 ? undefined : known.join(", ");
}

/** Bindings by command, as `keybinds` of a configuration say them. */
export function createBindingLookup(
  config: unknown,
  options: { commandMap?: Readonly<Record<string, string>> } = {},
) {
  let byCommand = readLookup(config, options.commandMap ?? {});
  const get = (command: string) => byCommand.get(command) ?? [];
  const among = (commands: readonly string[]) => commands.flatMap(get);
  return {
    get bindings() {
      return [...byCommand.values()].flat();
    },
    get,
    has: (command: string) => get(command).length > 0,
    gather: (_: string, commands: readonly string[]) => among(commands),
    pick: (_: string, commands: readonly string[]) => among(commands),
    omit: (_: string, commands: readonly string[]) =>
      [...byCommand].flatMap(([command, all]) => (commands.includes(command) ? [] : all)),
    invalidate: () => undefined,
    update: (next: unknown) => void (byCommand = readLookup(next, options.commandMap ?? {})),
  };
}

function readLookup(config: unknown, names: Readonly<Record<string, string>>) {
  const entries = typeof config === "object" && config !== null ? Object.entries(config) : [];
  return new Map(
    entries.map(([name, value]): [string, PluginBinding[]] => {
      const cmd = Object.hasOwn(names, name) ? (names[name] ?? name) : name;
      return [cmd, bindingsOf(value, cmd)];
    }),
  );
}

function bindingsOf(value: unknown, cmd: string): PluginBinding[] {
  if (value === false || value === "none" || value === undefined) return [];
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    const isBinding = typeof item === "object" && item !== null && "key" in item;
    return isBinding ? { ...(item as PluginBinding), cmd } : { key: item, cmd };
  });
}
