import { describe, expect, test } from "bun:test";
import { BASE_SLOTS } from "@/tui/theme/slots";
import { Themes, type ThemesOptions } from "@/tui/theme/themes";
import type { ThemeSource } from "@/tui/theme/theme-file";

const TERMINAL = {
  palette: ["#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa"],
  defaultForeground: "#dddddd",
  defaultBackground: "#101010",
};

function open(options: Partial<ThemesOptions> = {}) {
  const faults: string[] = [];
  const themes = new Themes({ agents: () => [], onFault: (text) => faults.push(text), ...options });
  let changes = 0;
  themes.subscribe(() => changes++);
  return { themes, faults, changes: () => changes };
}

function own(name: string, color: unknown): ThemeSource {
  const theme = Object.fromEntries(BASE_SLOTS.map((slot) => [slot, color]));
  return { name, path: `themes/${name}.json`, value: { theme } };
}

function hex(themes: Themes): number[] {
  return [...themes.colors.primary.toInts()].slice(0, 3);
}

describe("themes", () => {
  test("the default is dark until the terminal says otherwise", () => {
    const { themes, changes } = open();
    expect([themes.name, themes.mode]).toEqual(["opencode", "dark"]);
    themes.setTerminal({ ...TERMINAL, defaultBackground: "#ffffff", defaultForeground: "#000000" });
    expect([themes.mode, changes()]).toEqual(["light", 1]);
  });

  test("a mode that was chosen holds whatever the terminal says", () => {
    const { themes } = open({ mode: "dark" });
    themes.setTerminalMode("light");
    expect(themes.mode).toBe("dark");
    themes.chooseMode("auto");
    expect(themes.mode).toBe("light");
  });

  test("looking at another changes nothing that was decided", () => {
    const { themes, changes } = open({ name: "nord" });
    const before = hex(themes);
    themes.preview("dracula");
    expect(themes.name).toBe("dracula");
    expect(hex(themes)).not.toEqual(before);
    expect(themes.chosen.name).toBe("nord");
    themes.preview(undefined);
    expect([themes.name, hex(themes), changes()]).toEqual(["nord", before, 2]);
  });

  test("`system` is there once the terminal told its colours", () => {
    const { themes } = open({ name: "system" });
    expect(themes.name).toBe("opencode");
    expect(themes.list().some(({ name }) => name === "system")).toBe(false);
    themes.setTerminal(TERMINAL);
    expect(themes.name).toBe("system");
    expect(themes.list().find(({ name }) => name === "system")?.origin).toBe("terminal");
    expect(themes.colors.background.toInts()[3]).toBe(0);
  });

  test("a terminal that told half of its colours makes no theme", () => {
    const { themes } = open({ name: "system" });
    themes.setTerminal({ ...TERMINAL, palette: ["#000000", null] });
    expect(themes.name).toBe("opencode");
  });

  test("the person's own are listed, win over built-in ones, and follow their files", () => {
    const { themes, changes } = open({ name: "mine" });
    expect(themes.name).toBe("opencode");
    themes.setOwn([own("mine", "#112233"), own("nord", "#445566")]);
    expect([themes.name, hex(themes)]).toEqual(["mine", [0x11, 0x22, 0x33]]);
    themes.setOwn([own("mine", "#332211")]);
    expect(hex(themes)).toEqual([0x33, 0x22, 0x11]);
    expect(themes.list().find(({ name }) => name === "nord")?.origin).toBe("builtin");
    expect(changes()).toBe(2);
  });

  test("a faulty file is told, and the default shown", () => {
    const { themes, faults } = open({ name: "mine" });
    themes.setOwn([own("mine", "#nope")]);
    expect(themes.name).toBe("opencode");
    expect(faults).toEqual([expect.stringContaining("themes/mine.json: theme.primary")]);
  });

  test("agents take turns, unless they name a colour", () => {
    const agents = [{ name: "build" }, { name: "plan" }, { name: "docs", color: "#010203" }];
    const { themes } = open({ agents: () => [...agents, { name: "red", color: "error" }] });
    const { colors } = themes;
    expect(themes.agentColor("build")).toBe(colors.secondary);
    expect(themes.agentColor("plan")).toBe(colors.accent);
    expect(themes.agentColor("docs").toInts()).toEqual([1, 2, 3, 255]);
    expect(themes.agentColor("red")).toBe(colors.error);
    expect(themes.agentColor("gone")).toBe(colors.secondary);
    expect(themes.agentColor(undefined)).toBe(colors.secondary);
  });

  test("code and headings have the theme's colours", () => {
    const { themes } = open();
    expect(themes.syntax.getStyle("keyword")?.fg?.equals(themes.colors.syntaxKeyword)).toBe(true);
    expect(themes.syntax.getStyle("markup.heading.1")?.bold).toBe(true);
  });
});
