// Printing into the terminal's scrollback: what is printed is drawn once, as high as it is, and
// then belongs to the terminal.
import {
  BoxRenderable,
  type Renderable,
  type RenderContext,
  type TextChunk,
  TextRenderable,
} from "@opentui/core";
import type { Ui } from "@/tui/ui";
import { markdownColumn } from "@/tui/views/markdown";
import { styled } from "@/tui/views/style";
import { harmless } from "@/tui/views/words";

/** Makes what is printed, for the context that draws it. */
export type Print = (ui: Ui, context: RenderContext) => Renderable;

/** Code is drawn when its colours are known. */
const SETTLE_MS = 2_000;

/** `isApart` leaves a blank row above it. Rejects when it cannot be drawn in time. */
export async function print(ui: Ui, isApart: boolean, make: Print): Promise<void> {
  const surface = ui.renderer.createScrollbackSurface({ startOnNewLine: true });
  try {
    const box = new BoxRenderable(surface.renderContext, { paddingTop: isApart ? 1 : 0 });
    box.add(make(ui, surface.renderContext));
    surface.root.add(box);
    await surface.settle(SETTLE_MS);
    surface.commitRows(0, surface.height, { trailingNewline: true });
  } finally {
    surface.destroy();
  }
}

export function text(chunks: readonly TextChunk[]): Print {
  return (_, context) => {
    return new TextRenderable(context, { content: styled(...chunks), wrapMode: "word" });
  };
}

export function markdown(source: string): Print {
  return (ui, context) => {
    const column = markdownColumn(ui, context);
    column.text = harmless(source).trim();
    return column.root;
  };
}
