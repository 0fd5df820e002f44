// How the transcript looks: where its columns are, its panels, and pieces of coloured text.
import {
  bold,
  type BorderCharacters,
  BoxRenderable,
  fg,
  StyledText,
  type TextChunk,
  TextRenderable,
} from "@opentui/core";
import type { Slot } from "@/tui/theme/slots";
import type { Ui } from "@/tui/ui";
import { CutText } from "./cut-text";

/** From this width on there are margins. */
const ROOMY_COLUMNS = 64;

export function isNarrow(ui: Ui): boolean {
  return ui.renderer.width < ROOMY_COLUMNS;
}

/** Columns before the gutter of a panel, and before text without one. */
export function margins(ui: Ui): { gutter: number; text: number; right: number } {
  return isNarrow(ui) ? { gutter: 0, text: 0, right: 0 } : { gutter: 2, text: 5, right: 2 };
}

/** Only the left edge is drawn of a frame with these. */
export const GUTTER: BorderCharacters = {
  topLeft: "",
  bottomLeft: "",
  vertical: "┃",
  topRight: "",
  bottomRight: "",
  horizontal: "",
  bottomT: "",
  topT: "",
  cross: "",
  leftT: "",
  rightT: "",
};

/** A box with a gutter in the colour of this slot. */
export function panel(ui: Ui, slot: Slot, options: { isPadded?: boolean } = {}): BoxRenderable {
  const { gutter, right } = margins(ui);
  const { colors } = ui.theme;
  return new BoxRenderable(ui.renderer, {
    flexDirection: "column",
    flexShrink: 0,
    border: ["left"],
    customBorderChars: GUTTER,
    borderColor: colors[slot],
    backgroundColor: colors.backgroundPanel,
    marginLeft: gutter,
    marginRight: right,
    paddingLeft: isNarrow(ui) ? 1 : 2,
    paddingRight: 1,
    paddingY: options.isPadded && !isNarrow(ui) ? 1 : 0,
  });
}

/** A box for text that stands free. */
export function plain(ui: Ui): BoxRenderable {
  const { text, right } = margins(ui);
  return new BoxRenderable(ui.renderer, {
    flexDirection: "column",
    flexShrink: 0,
    marginLeft: text,
    marginRight: right,
  });
}

/** Text that wraps at words. */
export function wrapped(ui: Ui, slot: Slot = "text"): TextRenderable {
  return new TextRenderable(ui.renderer, {
    content: "",
    fg: ui.theme.colors[slot],
    wrapMode: "word",
    selectionBg: ui.theme.colors.primary,
    selectionFg: ui.theme.colors.background,
  });
}

/** One row; what does not fit is cut with an ellipsis. */
export function row(ui: Ui, slot: Slot = "textMuted"): TextRenderable {
  return new CutText(ui.renderer, {
    content: "",
    fg: ui.theme.colors[slot],
    height: 1,
    flexShrink: 1,
    selectionBg: ui.theme.colors.primary,
    selectionFg: ui.theme.colors.background,
  });
}

/** One row of the program's own words, which are not what a person wants to copy. */
export function remark(ui: Ui, slot: Slot = "textMuted"): TextRenderable {
  const text = row(ui, slot);
  text.selectable = false;
  return text;
}

/** A piece of text in the colour of a slot. */
export function ink(ui: Ui, slot: Slot, text: string, isBold = false): TextChunk {
  const colored = fg(ui.theme.colors[slot])(text);
  return isBold ? bold(colored) : colored;
}

export function styled(...chunks: readonly TextChunk[]): StyledText {
  return new StyledText([...chunks]);
}
