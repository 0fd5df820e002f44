// What a dialog is to the stack that shows it, and the widths that dialogs have.

import type { KeyEvent, Renderable } from "@opentui/core";

export interface Dialog {
  readonly root: Renderable;
  /** Columns, where the terminal has them. */
  readonly width: DialogWidth;
  /** Takes the keyboard: when it opens, and when what lay above it closes. */
  focus(): void;
  /** What a bound key means in it; false when it means nothing here. */
  action(actionID: string, key: KeyEvent): boolean;
  /** Any other key, before what has the focus gets it. */
  press?(key: KeyEvent): boolean;
  /** Fits it to the terminal and to what it holds; answers the rows that it takes. */
  resize(size: { columns: number; rows: number }): number;
  /** Called once, when it is off the screen; destroys what it holds. */
  close(): void;
}

/** Columns on a screen of eighty, and where there is more room. */
export interface DialogWidth {
  narrow: number;
  wide: number;
}

export const SMALL: DialogWidth = { narrow: 60, wide: 60 };
export const MEDIUM: DialogWidth = { narrow: 66, wide: 88 };
export const LARGE: DialogWidth = { narrow: 74, wide: 88 };

/** From this width on a dialog may be wide; below the other it takes the whole of the screen. */
const WIDE_FROM = 100;
const FULL_BELOW = 64;
const MARGIN = 4;

export function dialogColumns(width: DialogWidth, columns: number): number {
  if (columns < FULL_BELOW) return columns;
  return Math.min(columns >= WIDE_FROM ? width.wide : width.narrow, columns - MARGIN);
}

/** The row of its upper edge: at a sixth, or in the middle if that is higher. */
export function dialogTop(height: number, rows: number): number {
  return Math.max(0, Math.min(Math.floor(rows / 6), Math.ceil((rows - height) / 2)));
}
