// Safe cells: the last look at a frame before it is sent. Whatever drew them, no cell holds a
// control character, which would steer the terminal: the renderer makes some of marks that have no
// character to stand on.
import type { OptimizedBuffer } from "@opentui/core";

const SPACE = 0x20;
const DELETE = 0x7f;
const CONTROLS_END = 0x9f;

/** Puts a blank in the place of each control character. */
export function blankControls({ buffers: { char } }: Pick<OptimizedBuffer, "buffers">): void {
  for (let at = 0; at < char.length; at++) {
    const code = char[at] ?? 0;
    // Nothing is in a cell of zero.
    if (code > CONTROLS_END || code === 0 || (code >= SPACE && code < DELETE)) continue;
    char[at] = SPACE;
  }
}
