// Keys as people write them: `ctrl+x`, `<leader>q`, `escape escape`, and lists with commas. Each is
// a sequence of strokes that are pressed one after the other.

import { invalid } from "@/base/error";
import { isKeyName, normalizeStroke, type Modifiers, type Stroke } from "./stroke";

export type Sequence = readonly Stroke[];

const LEADER = /^<leader>/i;

const MODIFIERS: Readonly<Record<string, keyof Modifiers>> = {
  ctrl: "ctrl",
  control: "ctrl",
  alt: "alt",
  option: "alt",
  meta: "alt",
  shift: "shift",
  super: "super",
  cmd: "super",
  command: "super",
  win: "super",
  hyper: "hyper",
};

const OTHER_NAMES: Readonly<Record<string, string>> = {
  enter: "return",
  cr: "return",
  esc: "escape",
  del: "delete",
  ins: "insert",
  bs: "backspace",
  pgup: "pageup",
  pgdn: "pagedown",
  pgdown: "pagedown",
  spacebar: "space",
  comma: ",",
  plus: "+",
  minus: "-",
};

const LABELS: Readonly<Record<string, string>> = {
  escape: "esc",
  pageup: "pgup",
  pagedown: "pgdn",
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
};

/**
 * The sequences of a list, in its order; none for "none" and for nothing. `leader` are those that
 * `<leader>` stands for. Throws AppError invalid that begins with `what`.
 */
export function parseKeys(list: string, leader: readonly Sequence[], what: string): Sequence[] {
  const items = splitList(list.trim());
  if (items.length === 1 && /^(none|false)$/i.test(items[0] ?? "")) return [];
  return items.flatMap((item) => parseSequence(item, leader, what));
}

/** As people read it: `ctrl+x l`, `alt+↑`, `esc esc`. */
export function formatSequence(sequence: Sequence): string {
  return sequence.map(formatLabel).join(" ");
}

/** A comma separates, unless it is the key itself, as in `ctrl+,` and `<leader>,`. */
function splitList(list: string): string[] {
  if (list === "") return [];
  if (list === ",") return [","];
  return list
    .split(/(?<![+>]),(?!$)|(?<=[+>],),|(?<=[^+>,]),$/)
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function parseSequence(item: string, leader: readonly Sequence[], what: string): Sequence[] {
  const isLed = LEADER.test(item);
  const rest = item.replace(LEADER, "").trim();
  const strokes = rest.split(/\s+/).filter((word) => word !== "");
  if (strokes.length === 0) throw invalid(`${what}: "${item}" names no key`);
  const sequence = strokes.map((word) => parseStroke(word, what));
  return isLed ? leader.map((first) => [...first, ...sequence]) : [sequence];
}

function parseStroke(word: string, what: string): Stroke {
  const { names, key } = splitStroke(word);
  const modifiers: Modifiers = {
    ctrl: false,
    alt: false,
    shift: false,
    super: false,
    hyper: false,
  };
  for (const name of names) {
    const modifier = look(MODIFIERS, name.toLowerCase());
    if (modifier === undefined) {
      const known = "ctrl, alt, shift, super and hyper";
      throw invalid(`${what}: in "${word}", "${name}" is no modifier; there are ${known}`);
    }
    modifiers[modifier] = true;
  }
  const lower = key.toLowerCase();
  const name = look(OTHER_NAMES, lower) ?? ([...key].length === 1 ? key : lower);
  if (isKeyName(name)) return normalizeStroke(name, modifiers);
  throw invalid(`${what}: in "${word}", "${key}" is no key; write it as in "ctrl+k" or "pageup"`);
}

/** The plus sign is a key, too, when it stands last: `ctrl++`. */
function splitStroke(word: string): { names: string[]; key: string } {
  if (word === "+") return { names: [], key: "+" };
  const isPlus = word.endsWith("++");
  const parts = (isPlus ? word.slice(0, -2) : word).split("+");
  const key = isPlus ? "+" : (parts.pop() ?? "");
  return { names: parts, key };
}

function formatLabel(stroke: Stroke): string {
  const { names, key } = splitStroke(stroke);
  return [...names, look(LABELS, key) ?? key].join("+");
}

function look<V>(table: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
