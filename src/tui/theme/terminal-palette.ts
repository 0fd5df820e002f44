// The theme named `system`: made of what the terminal said its colours are. The screen keeps the
// terminal's own background.

import { contrast, isHex, luminance, mix, type Color, type Mode } from "./color";
import type { Slots } from "./complete-slots";
import { derive, type Tones } from "./palette";

/** What the terminal answered: the first sixteen colours, and those it writes with. */
export interface TerminalColors {
  palette: readonly (string | null)[];
  defaultForeground: string | null;
  defaultBackground: string | null;
}

/** Whether that is enough for a theme. */
export function canDerive(colors: TerminalColors | undefined): colors is TerminalColors {
  if (colors === undefined) return false;
  const { palette, defaultForeground, defaultBackground } = colors;
  const needed = [defaultForeground, defaultBackground, ...palette.slice(0, 8)];
  return palette.length >= 8 && needed.every((color) => color !== null && isHex(color));
}

/** Dark or light, by the background; undefined if the terminal did not tell it. */
export function modeOf(colors: TerminalColors | undefined): Mode | undefined {
  const background = colors?.defaultBackground;
  if (typeof background !== "string" || !isHex(background)) return undefined;
  return luminance(background) > 0.18 ? "light" : "dark";
}

export function systemSlots(colors: TerminalColors, mode: Mode): Slots {
  const background = colors.defaultBackground ?? "#000000";
  const foreground = colors.defaultForeground ?? "#ffffff";
  const towards = (share: number) => mix(background, foreground, share);
  const tones = [background, towards(0.05), towards(0.1), towards(0.25), foreground, towards(0.5)];
  const hue = (index: number) => clearest(colors.palette, index, background);
  const [red, green, yellow, blue, purple, cyan] = [1, 2, 3, 4, 5, 6].map(hue);
  const hues = [red, yellow, yellow, green, cyan, blue, purple, purple];
  const words = (list: readonly (Color | undefined)[]) =>
    list.map((color) => (color ?? foreground).slice(1)).join(" ");
  const both: Tones = [words(tones), words(hues)];
  return derive({ dark: both, light: both, roles: "blue cyan purple", lucent: true }, mode);
}

/** The colour or its bright variant, whichever is easier to see. */
function clearest(
  palette: TerminalColors["palette"],
  index: number,
  background: Color,
): Color | undefined {
  const found = [palette[index], palette[index + 8]].filter(
    (color): color is string => typeof color === "string" && isHex(color),
  );
  return found.sort((a, b) => contrast(b, background) - contrast(a, background))[0];
}
