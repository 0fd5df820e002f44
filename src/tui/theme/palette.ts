// From a colour scheme's few colours to every slot of a theme. A palette holds what its scheme
// publishes; where that is too faint to be read, the lightness is corrected here and nothing else,
// so that the data stay the scheme's.

import { mix, readable, type Color, type Mode } from "./color";
import { completeSlots, type Slots } from "./complete-slots";
import type { BaseSlot, Slot } from "./slots";

/** The eight colours that a scheme names, each written without its "#". */
type Hue = "red" | "orange" | "yellow" | "green" | "cyan" | "blue" | "purple" | "pink";
const HUES = ["red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink"] as const;
const TONES = ["background", "panel", "element", "border", "text", "muted"] as const;
type Tone = (typeof TONES)[number];

/** Two lists of hex colours: the tones from the background up, and the hues. */
export type Tones = readonly [tones: string, hues: string];

export interface Palette {
  dark: Tones;
  light: Tones;
  /** Colours of primary, secondary and accent: names of hues and tones, or hex without "#". */
  roles: string;
  /** The same, in light mode, where it differs. */
  lightRoles?: string;
  /** Keyword, function, variable, string, number, type, operator, punctuation, comment. */
  syntax?: string;
  /** Single slots that the scheme decides otherwise. */
  only?: { dark?: Partial<Record<Slot, string>>; light?: Partial<Record<Slot, string>> };
  /** The terminal's own background shows through. */
  lucent?: boolean;
}

const TEXT_CONTRAST = 7;
const HUE_CONTRAST = 3;
const SELECTED_CONTRAST = 4.5;
const SYNTAX = [
  "syntaxKeyword",
  "syntaxFunction",
  "syntaxVariable",
  "syntaxString",
  "syntaxNumber",
  "syntaxType",
  "syntaxOperator",
  "syntaxPunctuation",
  "syntaxComment",
] as const;

/** All slots of one mode of a built-in theme. */
export function derive(palette: Palette, mode: Mode): Slots {
  const scheme = legibleScheme(readTones(palette[mode]));
  const background = scheme.background;
  const pick = (word: string) => scheme[word as Hue | Tone] ?? `#${word}`;
  const legible = (word: string) => readable(pick(word), [background, scheme.panel], HUE_CONTRAST);
  const roles = mode === "light" ? (palette.lightRoles ?? palette.roles) : palette.roles;
  const [primary = "", secondary = "", accent = ""] = roles.split(" ").map(legible);
  const base: Record<BaseSlot, Color> = {
    primary,
    secondary,
    accent,
    error: scheme.red,
    warning: scheme.orange,
    success: scheme.green,
    info: scheme.cyan,
    text: scheme.text,
    textMuted: scheme.muted,
    background,
    backgroundPanel: scheme.panel,
    backgroundElement: scheme.element,
    border: scheme.border,
    borderActive: mix(scheme.border, scheme.text, 0.35),
    borderSubtle: mix(scheme.border, background, 0.4),
  };
  const words = palette.syntax?.split(" ") ?? [];
  const syntax = words.map((word, index) => [SYNTAX[index] ?? "syntaxComment", legible(word)]);
  const only = Object.entries(palette.only?.[mode] ?? {}).map(([slot, hex]) => [slot, `#${hex}`]);
  const given: Partial<Slots> = Object.fromEntries([...syntax, ...only]);
  const slots = completeSlots({ ...base, ...given }, mode);
  slots.selectedListItemText = readable(background, [slots.primary], SELECTED_CONTRAST);
  return palette.lucent === true ? withoutBackground(slots) : slots;
}

type Scheme = Record<Hue | Tone, Color>;

function readTones([tones, hues]: Tones): Scheme {
  const named = (names: readonly string[], text: string) =>
    text.split(" ").map((hex, index) => [names[index] ?? "", `#${hex}`] as const);
  return Object.fromEntries([...named(TONES, tones), ...named(HUES, hues)]) as Scheme;
}

function legibleScheme(scheme: Scheme): Scheme {
  const grounds = [scheme.background, scheme.panel, scheme.element];
  const corrected = { ...scheme, text: readable(scheme.text, grounds, TEXT_CONTRAST) };
  for (const name of ["muted", ...HUES] as const) {
    corrected[name] = readable(scheme[name], grounds, HUE_CONTRAST);
  }
  return corrected;
}

function withoutBackground(slots: Slots): Slots {
  return { ...slots, background: "none", diffContextBg: "none" };
}
