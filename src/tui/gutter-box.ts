// Gutter box: the frame of the prompt box and of what stands in its place. A bar in a colour that
// says whose it is at the left, and half a row of its background as its lower edge. A plain one has
// neither, and stands among what the terminal shows already.
import { BoxRenderable, type OptimizedBuffer, type RGBA } from "@opentui/core";
import type { Slot } from "./theme/slots";
import type { Ui } from "./ui";
import { GUTTER, isNarrow } from "./views/style";

export class GutterBox {
  readonly root: BoxRenderable;
  /** What the box holds goes here. */
  readonly content: BoxRenderable;
  readonly #ui: Ui;
  readonly #background: Slot;
  readonly #isPlain: boolean;
  readonly #edge: BoxRenderable;
  #gutter: RGBA;

  constructor(ui: Ui, options: { background: Slot; gutter: RGBA; isPlain?: boolean }) {
    const { renderer, theme } = ui;
    this.#ui = ui;
    this.#background = options.background;
    this.#isPlain = options.isPlain ?? false;
    this.#gutter = options.gutter;
    this.root = new BoxRenderable(renderer, { flexDirection: "column", flexShrink: 0 });
    this.content = new BoxRenderable(renderer, {
      flexDirection: "column",
      flexShrink: 1,
      ...(!this.#isPlain && {
        border: ["left"],
        customBorderChars: GUTTER,
        borderColor: options.gutter,
        backgroundColor: theme.colors[options.background],
      }),
    });
    this.fit();
    this.#edge = this.#makeEdge();
    this.#edge.visible = !this.#isPlain;
    this.root.add(this.content);
    this.root.add(this.#edge);
  }

  /** Takes the margins that the width of the screen allows. */
  fit(): void {
    if (this.#isPlain) return;
    const isTight = isNarrow(this.#ui);
    this.content.paddingLeft = isTight ? 1 : 2;
    this.content.paddingRight = isTight ? 1 : 2;
    this.content.paddingTop = isTight ? 0 : 1;
  }

  set gutter(color: RGBA) {
    this.#gutter = color;
    if (this.#isPlain) return;
    this.content.borderColor = color;
    this.#edge.requestRender();
  }

  recolor(): void {
    if (this.#isPlain) return;
    this.content.backgroundColor = this.#ui.theme.colors[this.#background];
    this.#edge.requestRender();
  }

  #makeEdge(): BoxRenderable {
    const draw = (buffer: OptimizedBuffer, { x, y, width }: BoxRenderable) => {
      const edge = "▀".repeat(Math.max(0, width - 1));
      buffer.drawText("╹", x, y, this.#gutter);
      buffer.drawText(edge, x + 1, y, this.#ui.theme.colors[this.#background]);
    };
    return new BoxRenderable(this.#ui.renderer, {
      height: 1,
      flexShrink: 0,
      renderAfter(buffer) {
        draw(buffer, this);
      },
    });
  }
}
