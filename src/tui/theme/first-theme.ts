// The colours of the first frame, which waits for no file and no answer of the terminal: the
// default theme for a dark background.
import { RGBA, SyntaxStyle } from "@opentui/core";
import type { Colors, Theme } from "@/tui/ui";
import { BASE_SLOTS, type BaseSlot, RULED_SLOTS, ruleOf, type Slot } from "./slots";

const BASE: Readonly<Record<BaseSlot, string>> = {
  primary: "#fab283",
  secondary: "#5c9cf5",
  accent: "#9d7cd8",
  error: "#e06c75",
  warning: "#f5a742",
  success: "#7fd88f",
  info: "#56b6c2",
  text: "#eeeeee",
  textMuted: "#808080",
  background: "#0a0a0a",
  backgroundPanel: "#141414",
  backgroundElement: "#1e1e1e",
  border: "#484848",
  borderActive: "#606060",
  borderSubtle: "#3c3c3c",
};

export function firstTheme(): Theme {
  const colors = firstColors();
  const syntax = SyntaxStyle.fromStyles({
    default: { fg: colors.text },
    "markup.heading": { fg: colors.markdownHeading, bold: true },
    "markup.strong": { fg: colors.markdownStrong, bold: true },
    "markup.italic": { fg: colors.markdownEmph, italic: true },
    "markup.raw": { fg: colors.markdownCode },
    "markup.list": { fg: colors.markdownListItem },
    "markup.link": { fg: colors.markdownLink, underline: true },
    keyword: { fg: colors.syntaxKeyword },
    string: { fg: colors.syntaxString },
    number: { fg: colors.syntaxNumber },
    comment: { fg: colors.syntaxComment },
    function: { fg: colors.syntaxFunction },
    type: { fg: colors.syntaxType },
    conceal: { fg: colors.textMuted },
  });
  return {
    name: "opencode",
    mode: "dark",
    colors,
    syntax,
    agentColor: () => colors.secondary,
    subscribe: () => () => undefined,
  };
}

function firstColors(): Colors {
  const colors: Partial<Record<Slot, RGBA>> = {};
  for (const slot of BASE_SLOTS) colors[slot] = RGBA.fromHex(BASE[slot]);
  for (const slot of RULED_SLOTS) {
    const rule = ruleOf(slot);
    const from = typeof rule === "string" ? rule : rule.tint;
    // Rules name earlier slots only.
    const color = colors[from as Slot];
    if (color) colors[slot] = typeof rule === "string" ? color : tint(color, rule.of);
  }
  return colors as Colors;
}

function tint(color: RGBA, share: number): RGBA {
  const base = RGBA.fromHex(BASE.background);
  const mix = (from: number, to: number) => from + (to - from) * share;
  return RGBA.fromValues(mix(base.r, color.r), mix(base.g, color.g), mix(base.b, color.b));
}
