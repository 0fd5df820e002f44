// What lies beneath a dialog, dimmed: the colours of its cells and never their characters, so that
// wide characters stay whole. A click on it is one outside the dialog.

import { Renderable, type OptimizedBuffer, type RenderContext } from "@opentui/core";

const STRENGTH = 0.35;

export class Backdrop extends Renderable {
  constructor(context: RenderContext, onClick: () => void) {
    super(context, {
      position: "absolute",
      left: 0,
      top: 0,
      width: "100%",
      height: "100%",
      onMouseDown: (event) => {
        event.stopPropagation();
        onClick();
      },
      onMouseScroll: (event) => event.stopPropagation(),
    });
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    const { fg, bg } = buffer.buffers;
    for (const cells of [fg, bg]) {
      for (let at = 0; at + 3 < cells.length; at += 4) {
        for (let channel = at; channel < at + 3; channel++) {
          cells[channel] = (cells[channel] ?? 0) * STRENGTH;
        }
      }
    }
  }
}
