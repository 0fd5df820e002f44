// Cut text: lines that do not wrap. One that has no room ends with an ellipsis in its last column.
import { type OptimizedBuffer, type RenderContext, TextRenderable } from "@opentui/core";

type Options = Omit<ConstructorParameters<typeof TextRenderable>[1], "wrapMode" | "truncate">;

export class CutText extends TextRenderable {
  constructor(context: RenderContext, options: Options) {
    super(context, { ...options, wrapMode: "none" });
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    super.renderSelf(buffer);
    const { x, y, width, height } = this;
    // No character takes more than two columns; most rows are short, and this is each frame.
    const length = this.content.chunks.reduce((sum, { text }) => sum + text.length, 0);
    if (width < 1 || 2 * length <= width) return;
    const { lineWidthCols } = this.lineInfo;
    for (const [line, columns] of lineWidthCols.slice(0, height).entries()) {
      if (columns > width) buffer.drawText("…", x + width - 1, y + line, this.fg);
    }
  }
}
