// Themes that people write: JSON of colours by slot, with definitions, references and variants for
// dark and light. A fault is an AppError that names the file and the slot.

import { invalid } from "@/base/error";
import { parse, t, type Static } from "@/base/schema";
import { isHex, type Color, type Mode } from "./color";
import { completeSlots, type Slots } from "./complete-slots";
import { BASE_SLOTS, SLOTS, type BaseSlot, type Slot } from "./slots";

const ColorValue = t.Union([t.String(), t.Integer({ minimum: 0, maximum: 255 })]);
const Variants = t.Object({ dark: ColorValue, light: ColorValue });
const SlotValue = t.Union([ColorValue, Variants]);
const ThemeJSON = t.Object({
  defs: t.Optional(t.Record(t.String(), SlotValue)),
  theme: t.Record(t.String(), t.Union([SlotValue, t.Number({ minimum: 0, maximum: 1 })])),
});
type SlotValue = Static<typeof SlotValue>;

/** What a directory of themes holds: the file's name without its ending, its path, its JSON. */
export interface ThemeSource {
  name: string;
  path: string;
  value: unknown;
}

export interface ResolvedTheme {
  slots: Slots;
  /** How strongly reasoning is drawn, 0 to 1. */
  thinkingOpacity: number;
}

export const THINKING_OPACITY = 0.6;

/**
 * Every colour of the theme in one mode. Slots that have a rule may be left out; those of the base
 * may not. Throws AppError invalid.
 */
export function resolveTheme(source: ThemeSource, mode: Mode): ResolvedTheme {
  const file = parse(ThemeJSON, source.value, source.path);
  const values = { defs: file.defs ?? {}, theme: file.theme as Record<string, SlotValue> };
  const resolve = (slot: Slot) =>
    resolveColor({ ...values, path: source.path, mode }, `theme.${slot}`, slot, [slot]);
  const missing = BASE_SLOTS.find((slot) => file.theme[slot] === undefined);
  if (missing !== undefined) throw fault(source.path, `theme.${missing}`, "is required");
  const named = SLOTS.filter((slot) => file.theme[slot] !== undefined);
  const slots = Object.fromEntries(named.map((slot) => [slot, resolve(slot)]));
  const opacity = file.theme.thinkingOpacity;
  return {
    slots: completeSlots(slots as Record<BaseSlot, Color>, mode),
    thinkingOpacity: typeof opacity === "number" ? opacity : THINKING_OPACITY,
  };
}

interface Names {
  defs: Record<string, SlotValue>;
  theme: Record<string, SlotValue>;
  path: string;
  mode: Mode;
}

/** `seen` are the names on the way to this one, so that a circle is told and not walked. */
function resolveColor(names: Names, key: string, name: string, seen: readonly string[]): Color {
  const isFirst = seen.length === 1;
  const found = own(isFirst ? names.theme : names.defs, name) ?? own(names.theme, name);
  if (found === undefined) {
    const means = `"${name}" is no colour, no name of defs and no slot`;
    throw fault(names.path, key, `${means}; write "#rrggbb", 0 to 255 or "none"`);
  }
  const value = typeof found === "object" ? found[names.mode] : found;
  if (typeof value === "number") return `ansi:${value}`;
  if (isHex(value)) return value.toLowerCase();
  if (value === "none" || value === "transparent") return "none";
  if (seen.includes(value) && !isDefinitionOf(names, value, seen)) {
    throw fault(names.path, key, `refers to itself: ${[...seen, value].join(" -> ")}`);
  }
  return resolveColor(names, key, value, [...seen, value]);
}

/** A slot may be drawn in the definition that bears its own name. */
function isDefinitionOf(names: Names, value: string, seen: readonly string[]): boolean {
  return seen.length === 1 && seen[0] === value && own(names.defs, value) !== undefined;
}

function own(from: Record<string, SlotValue>, name: string): SlotValue | undefined {
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

function fault(path: string, key: string, message: string) {
  return invalid(`${path}: ${key}: ${message}`, { path, key });
}
