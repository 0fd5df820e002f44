import { describe, expect, test } from "bun:test";
import { BASE_SLOTS } from "@/tui/theme/slots";
import { resolveTheme, THINKING_OPACITY } from "@/tui/theme/theme-file";

const BASE = Object.fromEntries(BASE_SLOTS.map((slot) => [slot, "#101010"]));

function resolve(theme: Record<string, unknown>, defs?: Record<string, unknown>, mode = "dark") {
  const value = { $schema: "https://example.com/theme.json", defs, theme: { ...BASE, ...theme } };
  const source = { name: "own", path: "themes/own.json", value };
  return resolveTheme(source, mode === "light" ? "light" : "dark");
}

describe("a theme's file", () => {
  test("may write colours in every way", () => {
    const { slots } = resolve(
      {
        primary: "#FAB283",
        secondary: 12,
        background: "none",
        text: { dark: "fg", light: "#111111" },
        accent: "primary",
        error: { dark: "accent", light: 1 },
      },
      { fg: "white", white: "#ffffff" },
    );
    expect(slots.primary).toBe("#fab283");
    expect(slots.secondary).toBe("ansi:12");
    expect(slots.background).toBe("none");
    expect(slots.text).toBe("#ffffff");
    expect(slots.accent).toBe("#fab283");
    expect(slots.error).toBe("#fab283");
  });

  test("has another look in light mode", () => {
    const theme = { text: { dark: "#eeeeee", light: "#111111" } };
    expect(resolve(theme, {}, "light").slots.text).toBe("#111111");
  });

  test("may leave out what has a rule", () => {
    const { slots, thinkingOpacity } = resolve({ success: "#00ff00", error: "#ff0000" });
    expect(slots.diffAdded).toBe("#00ff00");
    expect(slots.markdownCode).toBe("#00ff00");
    expect(slots.diffRemoved).toBe("#ff0000");
    expect(slots.selectedListItemText).toBe("#101010");
    expect(thinkingOpacity).toBe(THINKING_OPACITY);
  });

  test("says how strong reasoning is", () => {
    expect(resolve({ thinkingOpacity: 0.4 }).thinkingOpacity).toBe(0.4);
  });

  test("may call a definition as the slot that uses it", () => {
    expect(resolve({ primary: "primary" }, { primary: "#abcdef" }).slots.primary).toBe("#abcdef");
  });
});

describe("a fault names the file and the slot", () => {
  const cases: [string, Record<string, unknown>, Record<string, unknown>, string][] = [
    ["an unknown name", { primary: "nope" }, {}, 'theme.primary: "nope" is no colour'],
    ["a short colour", { primary: "#fff" }, {}, 'theme.primary: "#fff" is no colour'],
    ["an index too far", { primary: 256 }, {}, "theme.primary"],
    ["a missing mode", { primary: { dark: "#ffffff" } }, {}, "theme.primary.light: is required"],
    ["a name of Object", { primary: "constructor" }, {}, 'theme.primary: "constructor" is no'],
    [
      "a circle of slots",
      { primary: "accent", accent: "primary" },
      {},
      "theme.primary: refers to itself: primary -> accent -> primary",
    ],
    [
      "a circle of definitions",
      { text: "a" },
      { a: "b", b: "a" },
      "theme.text: refers to itself: text -> a -> b -> a",
    ],
    ["itself", { primary: "primary" }, {}, "theme.primary: refers to itself: primary -> primary"],
    ["nothing where a colour must be", { border: undefined }, {}, "theme.border: is required"],
  ];
  test.each(cases)("%s", (_, theme, defs, message) => {
    expect(() => resolve(theme, defs)).toThrow(`themes/own.json: ${message}`);
  });

  test("no object", () => {
    const source = { name: "own", path: "themes/own.json", value: [] };
    expect(() => resolveTheme(source, "dark")).toThrow("themes/own.json");
  });
});
