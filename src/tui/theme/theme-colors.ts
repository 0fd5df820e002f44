// A theme's colours as the renderer takes them.

import { RGBA } from "@opentui/core";
import type { Color } from "./color";
import type { Slots } from "./complete-slots";
import type { Slot } from "./slots";

export type Colors = Readonly<Record<Slot, RGBA>>;

export function toColors(slots: Slots): Colors {
  const colors = Object.entries(slots).map(([slot, color]) => [slot, toRGBA(color)] as const);
  return Object.fromEntries(colors) as Record<Slot, RGBA>;
}

export function toRGBA(color: Color): RGBA {
  if (color.startsWith("ansi:")) return RGBA.fromIndex(Number(color.slice(5)));
  return color === "none" ? RGBA.fromInts(0, 0, 0, 0) : RGBA.fromHex(color);
}
