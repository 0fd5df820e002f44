// The frame that every dialog has: title and how to leave it above, what it holds, and its keys
// beneath. Its height is told it, since it is placed before it is laid out.

import {
  bold,
  BoxRenderable,
  fg,
  StyledText,
  TextRenderable,
  type Renderable,
} from "@opentui/core";
import { cut, columns as widthOf } from "@/tui/cells";
import type { Ui } from "@/tui/ui";

export interface FrameOptions {
  title: string;
  /** Stands in the middle of the first row, muted. */
  aside?: string;
}

/** A key of the footer: how it is written, and what it does. */
export interface FooterKey {
  label: string;
  text: string;
}

/** Border, padding and the columns of both. */
export const FRAME_COLUMNS = 6;
const BORDER_ROWS = 2;
const TITLE_ROWS = 1;
/** Between what it holds and its keys. */
const GAP_ROWS = 2;
const ASIDE_COLUMN = 37;

export class DialogFrame {
  readonly root: BoxRenderable;
  readonly body: BoxRenderable;
  readonly #ui: Ui;
  readonly #title: TextRenderable;
  readonly #footer: TextRenderable;
  #options: FrameOptions;
  #keys: readonly FooterKey[] = [];
  #columns = 1;

  constructor(ui: Ui, options: FrameOptions) {
    this.#ui = ui;
    this.#options = options;
    const { renderer } = ui;
    const { colors } = ui.theme;
    this.root = new BoxRenderable(renderer, {
      flexDirection: "column",
      border: true,
      borderStyle: "rounded",
      borderColor: colors.border,
      backgroundColor: colors.backgroundPanel,
      paddingX: 2,
    });
    this.#title = new TextRenderable(renderer, { content: "", height: 1, flexShrink: 0 });
    this.body = new BoxRenderable(renderer, { flexDirection: "column", flexGrow: 1, marginTop: 1 });
    this.#footer = new TextRenderable(renderer, { content: "", height: 1, flexShrink: 0 });
    // A click in it is none outside.
    this.root.onMouseDown = (event) => event.stopPropagation();
    for (const child of [this.#title, this.body, this.#footer]) this.root.add(child);
  }

  set title(title: string) {
    this.#options = { ...this.#options, title };
    this.#draw();
  }

  set keys(keys: readonly FooterKey[]) {
    this.#keys = keys;
    this.#draw();
  }

  add(child: Renderable): void {
    this.body.add(child);
  }

  /**
   * Makes it as high as `bodyRows` need; answers its own rows. On a low screen the empty rows go
   * first, then its keys.
   */
  setSize(width: number, bodyRows: number): number {
    const room = this.#ui.renderer.height - BORDER_ROWS - TITLE_ROWS - bodyRows;
    const hasKeys = this.#keys.length > 0 && room > 0;
    const wanted = this.#keys.length > 0 ? GAP_ROWS + 1 : 1;
    const beneath = Math.max(0, Math.min(wanted, room - 1));
    const above = room > 1 ? 1 : 0;
    const height = BORDER_ROWS + TITLE_ROWS + above + bodyRows + Math.max(beneath, Number(hasKeys));
    this.#columns = Math.max(1, width - FRAME_COLUMNS);
    this.body.marginTop = above;
    this.root.width = width;
    this.root.height = height;
    this.#footer.visible = hasKeys;
    this.#draw();
    return height;
  }

  /** Other colours. */
  restyle(): void {
    const { colors } = this.#ui.theme;
    this.root.borderColor = colors.border;
    this.root.backgroundColor = colors.backgroundPanel;
    this.#draw();
  }

  #draw(): void {
    const room = this.#columns;
    const { colors } = this.#ui.theme;
    const muted = fg(colors.textMuted);
    const { title, aside = "" } = this.#options;
    const exit = "esc";
    const left = cut(title, room - exit.length - 1);
    const hasAside = aside !== "" && ASIDE_COLUMN + widthOf(aside) < room - exit.length - 1;
    const start = left.padEnd(hasAside ? ASIDE_COLUMN : 0).slice(left.length);
    const middle = hasAside ? `${start}${aside}` : "";
    const gap = Math.max(1, room - widthOf(left) - widthOf(middle) - exit.length);
    const chunks = [bold(fg(colors.text)(left)), muted(`${middle}${" ".repeat(gap)}${exit}`)];
    this.#title.content = new StyledText(chunks);
    this.#footer.content = new StyledText(
      footerKeys(this.#keys, room).flatMap(({ label, text }, index) => [
        fg(colors.text)(`${index > 0 ? "  " : ""}${label}`),
        muted(` ${text}`),
      ]),
    );
  }
}

/** As many as there is room for, the first of them. */
function footerKeys(keys: readonly FooterKey[], room: number): FooterKey[] {
  let used = 0;
  return keys.filter(({ label, text }) => {
    used += widthOf(`${label} ${text}`) + (used > 0 ? 2 : 0);
    return used <= room;
  });
}
