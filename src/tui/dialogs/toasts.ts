// Short notices at the top right: the newest and the one before it. They go by themselves, an error
// when a key is pressed; the last one can be shown again.

import {
  bold,
  BoxRenderable,
  fg,
  StyledText,
  TextRenderable,
  type BorderCharacters,
} from "@opentui/core";
import { columns as widthOf, cut } from "@/tui/cells";
import type { Slot } from "@/tui/theme/slots";
import type { Toast, Toasts, Ui } from "@/tui/ui";
import { harmless } from "@/tui/views/words";

const DURATION_MS = 5_000;
const MAX_SHOWN = 2;
const MAX_ROWS = 5;
const MAX_COLUMNS = 60;
const MARGIN = 6;
/** Gutters, and two columns beside the text at each side. */
const FRAME_COLUMNS = 6;
const Z_INDEX = 200;

const SIGNS: Readonly<Record<Toast["variant"], string>> = {
  info: "●",
  success: "✓",
  warning: "△",
  error: "✗",
};

const GUTTERS: BorderCharacters = {
  ...{ topLeft: " ", topRight: " ", bottomLeft: " ", bottomRight: " ", horizontal: " " },
  ...{ vertical: "┃", topT: " ", bottomT: " ", leftT: " ", rightT: " ", cross: " " },
};

interface Shown {
  toast: Toast;
  root: BoxRenderable;
  cancel: () => void;
  /** The key that brought it is no key that dismisses it. */
  isNew: boolean;
}

export class ToastColumn implements Toasts {
  readonly #ui: Ui;
  readonly #root: BoxRenderable;
  /** Newest first. */
  #shown: readonly Shown[] = [];
  #last: Toast | undefined;

  constructor(ui: Ui) {
    this.#ui = ui;
    this.#root = new BoxRenderable(ui.renderer, {
      position: "absolute",
      top: 1,
      right: 2,
      zIndex: Z_INDEX,
      flexDirection: "column",
      alignItems: "flex-end",
      gap: 1,
    });
    ui.renderer.root.add(this.#root);
    ui.renderer.on("resize", () => this.#draw());
    ui.renderer.keyInput.on("keypress", () => this.#dismissErrors());
    ui.theme.subscribe(() => this.#draw());
  }

  show(toast: Toast): void {
    this.#last = toast;
    const same = this.#shown.find(({ toast: { message } }) => message === toast.message);
    if (same !== undefined) this.#remove(same);
    const root = new BoxRenderable(this.#ui.renderer, {
      border: ["left", "right"],
      customBorderChars: GUTTERS,
      paddingX: 2,
      paddingY: 1,
      onMouseDown: () => this.#remove(shown),
    });
    root.add(new TextRenderable(this.#ui.renderer, { content: "" }));
    const stays = toast.variant === "error" && toast.duration === undefined;
    const cancel = stays
      ? () => undefined
      : this.#ui.clock.timer(toast.duration ?? DURATION_MS, () => this.#remove(shown));
    const shown: Shown = { toast, root, cancel, isNew: true };
    queueMicrotask(() => (shown.isNew = false));
    this.#root.add(root, 0);
    this.#shown = [shown, ...this.#shown];
    for (const old of this.#shown.slice(MAX_SHOWN)) this.#remove(old);
    this.#draw();
  }

  repeat(): void {
    if (this.#last !== undefined) this.show(this.#last);
  }

  #dismissErrors(): void {
    const errors = this.#shown.filter(({ toast, isNew }) => toast.variant === "error" && !isNew);
    for (const shown of errors) this.#remove(shown);
  }

  #remove(shown: Shown): void {
    if (!this.#shown.includes(shown)) return;
    this.#shown = this.#shown.filter((other) => other !== shown);
    shown.cancel();
    this.#root.remove(shown.root);
    shown.root.destroyRecursively();
  }

  #draw(): void {
    const { colors } = this.#ui.theme;
    const width = Math.max(
      FRAME_COLUMNS + 1,
      Math.min(MAX_COLUMNS, this.#ui.renderer.width - MARGIN),
    );
    for (const { toast, root } of this.#shown) {
      const color = colors[toast.variant satisfies Slot];
      root.width = width;
      root.borderColor = color;
      root.backgroundColor = colors.backgroundPanel;
      const room = width - FRAME_COLUMNS;
      const { title, message, variant } = toast;
      const rows = wrap(harmless(message), room - (title === undefined ? 2 : 0));
      const kept = rows.slice(0, MAX_ROWS);
      if (rows.length > MAX_ROWS) kept[MAX_ROWS - 1] = cut(`${kept.at(-1) ?? ""} …`, room);
      const body = kept.join(title === undefined ? "\n  " : "\n");
      const head = title === undefined ? "" : `${cut(harmless(title), room - 2)}\n`;
      const text = root.getChildren()[0];
      if (!(text instanceof TextRenderable)) continue;
      text.content = new StyledText([
        fg(color)(`${SIGNS[variant]} `),
        bold(fg(colors.text)(head)),
        fg(colors.text)(body),
      ]);
    }
  }
}

/** Rows of at most so many columns, broken between words where that can be. */
export function wrap(text: string, room: number): string[] {
  return text.split("\n").flatMap((line) => {
    const rows: string[] = [];
    let row = "";
    for (const word of line.split(" ")) {
      const longer = row === "" ? word : `${row} ${word}`;
      if (widthOf(longer) <= room) {
        row = longer;
        continue;
      }
      if (row !== "") rows.push(row);
      row = word;
      while (widthOf(row) > room) {
        const start = cut(row, room + 1).slice(0, -1);
        if (start === "") break;
        rows.push(start);
        row = row.slice(start.length);
      }
    }
    rows.push(row);
    return rows;
  });
}
