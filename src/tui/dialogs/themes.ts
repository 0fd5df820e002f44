// Themes: moving in the list shows each on everything; enter keeps it, escape goes back.

import { fg, StyledText, TextRenderable } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import type { ModeChoice, ThemeListing } from "@/tui/theme/themes";
import { attempt } from "./attempt";
import { SMALL } from "./dialog";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";

const MODES: readonly ModeChoice[] = ["auto", "dark", "light"];
const ORIGINS: Readonly<Record<ThemeListing["origin"], string>> = {
  builtin: "dark light",
  terminal: "from terminal",
  file: "yours",
};

export function openThemes(ui: Ui): void {
  const { theme } = ui;
  const modeBefore = theme.chosen.mode;
  const sample = new TextRenderable(ui.renderer, { content: "", height: 2, marginTop: 1 });
  let isKept = false;
  const dialog: ListDialog<string> = new ListDialog<string>(ui, {
    title: "Themes",
    width: SMALL,
    rows: () => themeRows(ui),
    empty: "",
    isCurrent: ({ value }) => value === theme.chosen.name,
    beneath: { root: sample, rows: 2 },
    moveText: "preview",
    enterText: "keep",
    onMove: (row) => theme.preview(row?.value),
    onSelect: ({ value }) => {
      isKept = true;
      keep(ui, value);
      ui.dialogs.close();
    },
    onClose: () => {
      leave();
      if (isKept) return;
      theme.preview(undefined);
      theme.chooseMode(modeBefore);
    },
    keys: [
      { stroke: "escape", text: "back" },
      {
        stroke: "m",
        text: "dark/light/auto",
        // A letter of the filter once something is typed.
        run: () => (dialog.typed === "" ? nextMode(ui) : false),
      },
    ],
  });
  const draw = () => void (sample.content = drawSample(ui));
  const leave = theme.subscribe(draw);
  draw();
  ui.dialogs.open(dialog);
  void attempt(ui, async () => {
    theme.setOwn((await ui.environment.loadThemes?.()) ?? []);
    dialog.refresh();
  });
}

function themeRows(ui: Ui): ListRow<string>[] {
  const { chosen } = ui.theme;
  return ui.theme.list().map(({ name, origin }) => ({
    value: name,
    label: name,
    mark: name === chosen.name ? "●" : " ",
    right: ORIGINS[origin],
  }));
}

function keep(ui: Ui, name: string): void {
  const { theme, memory, settings } = ui;
  theme.choose(name);
  memory.set("theme", { name, instead: settings.theme ?? "" });
  memory.set("themeMode", theme.chosen.mode);
}

/** Auto, dark, light, and again. */
function nextMode(ui: Ui): void {
  const { mode } = ui.theme.chosen;
  ui.theme.chooseMode(MODES[(MODES.indexOf(mode) + 1) % MODES.length] ?? "auto");
}

/** Between dark and light, whatever the terminal is. */
export function switchMode(ui: Ui): void {
  ui.theme.chooseMode(ui.theme.mode === "dark" ? "light" : "dark");
  ui.memory.set("themeMode", ui.theme.chosen.mode);
}

/** Keeps the mode that is shown, or follows the terminal again. */
export function lockMode(ui: Ui): void {
  const isLocked = ui.theme.chosen.mode !== "auto";
  ui.theme.chooseMode(isLocked ? "auto" : ui.theme.mode);
  ui.memory.set("themeMode", ui.theme.chosen.mode);
  const message = isLocked ? "The mode follows the terminal" : `The mode stays ${ui.theme.mode}`;
  ui.toasts.show({ variant: "info", message });
}

function drawSample(ui: Ui): StyledText {
  const { colors } = ui.theme;
  return new StyledText([
    fg(colors.syntaxKeyword)("const "),
    fg(colors.syntaxVariable)("x"),
    fg(colors.syntaxPunctuation)(": "),
    fg(colors.syntaxType)("number "),
    fg(colors.syntaxOperator)("= "),
    fg(colors.syntaxNumber)("1 "),
    fg(colors.syntaxComment)("// preview\n"),
    fg(colors.diffRemoved)("- removed  "),
    fg(colors.diffAdded)("+ added  "),
    fg(colors.warning)("⚠ warning "),
    fg(colors.error)("✗ error "),
    fg(colors.success)("✓ ok"),
  ]);
}
