// One press of a key with its modifiers, written always in the same way: modifiers in a fixed
// order, then the key, as `ctrl+alt+shift+super+k`. Terminals tell one press in several ways; they
// all come to the same stroke here.

import type { KeyEvent } from "@opentui/core";

export type Stroke = string;

export interface Modifiers {
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
  super: boolean;
  hyper: boolean;
}

const ORDER = ["ctrl", "alt", "shift", "super", "hyper"] as const;

/** What a key is called, besides its own character. */
const NAMED_KEYS =
  "return escape tab space backspace delete insert home end pageup pagedown up down left right " +
  "clear menu pause printscreen capslock numlock scrolllock";

function formatStroke(key: string, modifiers: Partial<Modifiers>): Stroke {
  return [...ORDER.filter((modifier) => modifiers[modifier] === true), key].join("+");
}

/** Whether a key may be called so: one character, a function key, or one of the named. */
export function isKeyName(name: string): boolean {
  if (NAMED_KEYS.split(" ").includes(name) || /^f([1-9]|[12]\d|3[0-5])$/.test(name)) return true;
  const [character, ...more] = name;
  return character !== undefined && more.length === 0 && character >= " ";
}

/**
 * A capital is its letter with shift, as some terminals tell it; a sign that needs shift on some
 * keyboards is itself, without.
 */
export function normalizeStroke(key: string, modifiers: Modifiers): Stroke {
  const lower = key.toLowerCase();
  const isLetter = lower !== key.toUpperCase();
  if ([...key].length === 1 && isLetter && key !== lower) {
    return formatStroke(lower, { ...modifiers, shift: true });
  }
  const isSign = [...key].length === 1 && !isLetter;
  return formatStroke(key, isSign ? { ...modifiers, shift: false } : modifiers);
}

/** The strokes that an event stands for: two for escape pressed twice within one read. */
export function strokesOf(event: KeyEvent): Stroke[] {
  const modifiers: Modifiers = {
    ctrl: event.ctrl,
    alt: event.meta || event.option,
    shift: event.shift,
    super: event.super === true,
    hyper: event.hyper === true,
  };
  const name = keypadName(event.name);
  if (event.source === "raw") {
    if (name === "linefeed") return [formatStroke("j", { ...modifiers, ctrl: true })];
    // What terminals send for ctrl with a minus.
    if (name === "_" && event.ctrl) return [normalizeStroke("-", modifiers)];
    if (name === "escape" && modifiers.alt) return ["escape", "escape"];
  }
  return [normalizeStroke(meantKey(event, name, modifiers), modifiers)];
}

/**
 * With the kitty protocol a key is told by its unshifted sign; with modifiers, the letter of
 * another alphabet by where it stands.
 */
function meantKey(event: KeyEvent, name: string, modifiers: Modifiers): string {
  const { sequence, baseCode } = event;
  const isPlain = !modifiers.ctrl && !modifiers.alt && !modifiers.super && !modifiers.hyper;
  if (event.source === "kitty" && modifiers.shift && [...name].length === 1) {
    const isText = [...sequence].length === 1 && sequence > " ";
    if (isText && sequence.toLowerCase() === sequence.toUpperCase()) return sequence;
  }
  const isForeign = name > "~" && baseCode !== undefined && baseCode > 32 && baseCode < 127;
  return !isPlain && isForeign ? String.fromCharCode(baseCode) : name;
}

function keypadName(name: string): string {
  if (name === "kpenter") return "return";
  if (!/^kp./.test(name)) return name;
  const key = name.slice(2);
  const sign = { plus: "+", minus: "-", multiply: "*", divide: "/", decimal: ".", equal: "=" }[key];
  return sign ?? (isKeyName(key) ? key : name);
}
