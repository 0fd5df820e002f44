import { describe, expect, test } from "bun:test";
import { BUILTIN_PALETTES } from "@/tui/theme/builtin-palettes";
import { contrast, nominalBackground, toTriplet, type Mode } from "@/tui/theme/color";
import { derive } from "@/tui/theme/palette";
import { SLOTS } from "@/tui/theme/slots";

const NAMES =
  "aura ayu carbonfox catppuccin catppuccin-frappe catppuccin-macchiato cobalt2 cursor dracula " +
  "everforest flexoki github gruvbox kanagawa lucent-orng material matrix mercury monokai " +
  "nightowl nord one-dark opencode orng osaka-jade palenight rosepine solarized synthwave84 " +
  "tokyonight vercel vesper zenburn";
const MODES: readonly Mode[] = ["dark", "light"];

test("the built-in themes are the documented ones", () => {
  expect(Object.keys(BUILTIN_PALETTES).sort()).toEqual(NAMES.split(" ").sort());
});

describe.each(Object.entries(BUILTIN_PALETTES))("%s", (_, palette) => {
  test.each(MODES)("can be read in %s mode", (mode) => {
    const slots = derive(palette, mode);
    const ground = slots.background === "none" ? nominalBackground(mode) : slots.background;
    const grounds = [ground, slots.backgroundPanel, slots.backgroundElement];
    for (const under of grounds) {
      expect(contrast(slots.text, under)).toBeGreaterThanOrEqual(7);
      expect(contrast(slots.textMuted, under)).toBeGreaterThanOrEqual(3);
    }
    for (const sign of ["error", "warning", "success", "info", "primary", "accent"] as const) {
      expect(contrast(slots[sign], ground)).toBeGreaterThanOrEqual(3);
    }
    expect(contrast(slots.selectedListItemText, slots.primary)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(slots.text, slots.diffAddedBg)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(slots.text, slots.diffRemovedBg)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(MODES)("gives every slot a colour in %s mode", (mode) => {
    const slots = derive(palette, mode);
    for (const slot of SLOTS) {
      if (slots[slot] !== "none") expect(toTriplet(slots[slot])).toBeDefined();
    }
    const isDark = contrast(slots.text, "#000000") > contrast(slots.text, "#ffffff");
    expect(isDark ? "dark" : "light").toBe(mode);
  });
});

test("the default theme has the colours it is known by", () => {
  const palette = BUILTIN_PALETTES.opencode;
  if (palette === undefined) throw new Error("not built in");
  expect(derive(palette, "dark")).toMatchObject({
    background: "#0a0a0a",
    backgroundPanel: "#141414",
    backgroundElement: "#1e1e1e",
    text: "#eeeeee",
    textMuted: "#808080",
    primary: "#fab283",
    secondary: "#5c9cf5",
    accent: "#9d7cd8",
    warning: "#f5a742",
    error: "#e06c75",
    success: "#7fd88f",
    info: "#56b6c2",
    diffAddedBg: "#20303b",
    diffRemovedBg: "#37222c",
  });
  expect(derive(palette, "light")).toMatchObject({
    background: "#ffffff",
    backgroundPanel: "#f5f5f5",
  });
});
