// The one list dialog: what is typed filters it, the selected row is a bar, enter takes it. Every
// dialog that lists anything is one of these with rows and keys of its own.

import {
  InputRenderable,
  InputRenderableEvents,
  TextRenderable,
  type KeyEvent,
  type Renderable,
} from "@opentui/core";
import { strokesOf } from "@/tui/keymap/stroke";
import { formatSequence } from "@/tui/keymap/key-string";
import type { Ui } from "@/tui/ui";
import { dialogColumns, type Dialog, type DialogWidth } from "./dialog";
import { DialogFrame, FRAME_COLUMNS, type FooterKey } from "./dialog-frame";
import { filterRows, type ListRow } from "./list-rows";
import { ListView } from "./list-view";
import { wrap } from "./toasts";

/** A key of a list besides those that move in it. */
export interface ListKey<T> {
  /** The action whose keys it has, or a stroke of its own. */
  action?: string;
  stroke?: string;
  /** What the footer says; nothing is said without. */
  text?: string | undefined;
  /** False when it means nothing for the row. */
  run?: (row: ListRow<T> | undefined) => boolean | void;
}

export interface ListDialogOptions<T> {
  title: string;
  aside?: string;
  width: DialogWidth;
  /** Read whenever the list is refreshed. */
  rows: () => readonly ListRow<T>[];
  /** Shown when there are no rows at all. */
  empty: string;
  /** Without a filter letters may be keys. */
  hasFilter?: boolean;
  /** Columns of labels, where rows have a second column. */
  labelColumns?: number;
  /** The row that is selected at first. */
  isCurrent?: (row: ListRow<T>) => boolean;
  /** What enter does; `enterText` is what the footer says of it. */
  onSelect?: (row: ListRow<T>) => void;
  enterText?: string;
  /** Says more than `enterText` before the other keys. */
  moveText?: string;
  keys?: readonly ListKey<T>[];
  /** Hears of each row that is moved to. */
  onMove?: (row: ListRow<T> | undefined) => void;
  /** Replaces the filter: what is typed chooses the rows elsewhere. */
  onFilter?: (typed: string) => void;
  onClose?: () => void;
  /** Stands beneath the list, this many rows high. */
  beneath?: { root: Renderable; rows: number };
}

/** Rows of the screen that are not for the list. */
const OTHER_ROWS = 8;
/** The filter, and the row beneath it. */
const FILTER_ROWS = 2;
/** Below this many rows the screen is for the list alone. */
const LOW_ROWS = 16;

export class ListDialog<T> implements Dialog {
  readonly width: DialogWidth;
  readonly frame: DialogFrame;
  readonly #ui: Ui;
  readonly #options: ListDialogOptions<T>;
  readonly #view: ListView<T>;
  readonly #input: InputRenderable | undefined;
  readonly #empty: TextRenderable;
  readonly #unsubscribe: () => void;
  #rows: readonly ListRow<T>[] = [];
  /** The most lines that there were: the list does not shrink while one types. */
  #lines = 1;
  #isClosed = false;

  constructor(ui: Ui, options: ListDialogOptions<T>) {
    this.#ui = ui;
    this.#options = options;
    this.width = options.width;
    const { title, aside } = options;
    this.frame = new DialogFrame(ui, { title, ...(aside !== undefined && { aside }) });
    if (options.hasFilter !== false) this.#input = this.#addFilter();
    this.#empty = new TextRenderable(ui.renderer, {
      content: "",
      wrapMode: "word",
      visible: false,
    });
    this.frame.add(this.#empty);
    this.#view = new ListView<T>(ui, {
      labelColumns: options.labelColumns,
      onPick: () => this.#pick(),
      onMove: () => this.#moved(),
    });
    this.frame.add(this.#view);
    if (options.beneath !== undefined) this.frame.add(options.beneath.root);
    this.frame.keys = this.#footer();
    this.#unsubscribe = ui.theme.subscribe(() => this.#restyle());
    this.#restyle();
    this.refresh();
    const at = options.isCurrent === undefined ? -1 : this.#rows.findIndex(options.isCurrent);
    if (at >= 0) this.#view.select(at);
  }

  get root(): Renderable {
    return this.frame.root;
  }

  get selected(): ListRow<T> | undefined {
    return this.#view.selected;
  }

  get typed(): string {
    return this.#input?.value ?? "";
  }

  /** Reads the rows anew; the selected one stays so if it is still there. */
  refresh(): void {
    if (this.#isClosed) return;
    const { selected } = this.#view;
    this.#rows = this.#options.rows();
    this.#filter((row) => selected !== undefined && nameOf(row) === nameOf(selected));
    this.frame.keys = this.#footer();
    this.#ui.dialogs.place();
  }

  focus(): void {
    if (this.#input === undefined) this.#ui.renderer.currentFocusedRenderable?.blur();
    this.#input?.focus();
  }

  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    this.#options.onClose?.();
    this.frame.root.destroyRecursively();
  }

  resize({ columns, rows }: { columns: number; rows: number }): number {
    const width = dialogColumns(this.width, columns);
    const above = this.#input === undefined ? 0 : FILTER_ROWS;
    const beneath = this.#options.beneath;
    const isRoomy = beneath !== undefined && rows >= LOW_ROWS;
    if (beneath !== undefined) beneath.root.visible = isRoomy;
    const other = isRoomy ? beneath.rows + 1 : 0;
    const said = this.#emptyRows(width);
    this.#lines = Math.max(this.#lines, this.#view.lineCount, said);
    const lines = Math.min(this.#lines, Math.max(1, rows - OTHER_ROWS - above - other));
    this.#view.height = Math.max(1, lines - said);
    return this.frame.setSize(width, above + lines + other);
  }

  /** Rows of what is said where there is no row to choose. */
  #emptyRows(width: number): number {
    if (!this.#empty.visible) return 0;
    return wrap(this.#empty.plainText, Math.max(1, width - FRAME_COLUMNS)).length;
  }

  action(actionID: string): boolean {
    const move = this.#moves()[actionID];
    if (move !== undefined) {
      move();
      return true;
    }
    const key = this.#options.keys?.find(({ action }) => action === actionID);
    return key !== undefined && this.#run(key);
  }

  press(event: KeyEvent): boolean {
    const strokes = strokesOf(event);
    const key = this.#options.keys?.find(({ stroke }) => strokes.includes(stroke ?? ""));
    return key !== undefined && this.#run(key);
  }

  #moves(): Record<string, () => void> {
    const view = this.#view;
    const last = view.rows.length - 1;
    const select = (index: number) => {
      view.select(index);
      this.#moved();
    };
    return {
      "dialog.select.prev": () => view.moveBy(-1),
      "dialog.select.next": () => view.moveBy(1),
      "dialog.select.page_up": () => view.moveBy(-view.page),
      "dialog.select.page_down": () => view.moveBy(view.page),
      "dialog.select.home": () => select(0),
      "dialog.select.end": () => select(last),
      "dialog.select.submit": () => this.#pick(),
    };
  }

  #run({ run }: ListKey<T>): boolean {
    return run !== undefined && run(this.#view.selected) !== false;
  }

  #pick(): void {
    const { selected } = this.#view;
    if (selected !== undefined) this.#options.onSelect?.(selected);
  }

  #moved(): void {
    this.#options.onMove?.(this.#view.selected);
  }

  #addFilter(): InputRenderable {
    const { renderer } = this.#ui;
    const input = new InputRenderable(renderer, { marginBottom: 1, marginLeft: 2 });
    const sign = new TextRenderable(renderer, { content: ">", position: "absolute", top: 0 });
    input.on(InputRenderableEvents.INPUT, () => this.#typed());
    this.frame.add(sign);
    this.frame.add(input);
    return input;
  }

  #typed(): void {
    const { onFilter } = this.#options;
    if (onFilter !== undefined) onFilter(this.typed);
    else this.#filter(() => false);
    this.#moved();
  }

  #filter(isSelected: (row: ListRow<T>) => boolean): void {
    const isElsewhere = this.#options.onFilter !== undefined;
    const rows = isElsewhere ? this.#rows : filterRows(this.#rows, this.typed);
    this.#view.setRows(rows, Math.max(0, rows.findIndex(isSelected)));
    const isEmpty = rows.length === 0;
    this.#empty.visible = isEmpty;
    this.#empty.content = this.typed === "" ? this.#options.empty : "Nothing matches.";
  }

  #footer(): FooterKey[] {
    const { enterText, moveText, keys = [] } = this.#options;
    const { keymap } = this.#ui;
    const own = keys.flatMap(({ action, stroke, text }) => {
      const label = action === undefined ? formatSequence([stroke ?? ""]) : keymap.label(action);
      return text === undefined || label === undefined ? [] : [{ label, text }];
    });
    return [
      ...(moveText === undefined ? [] : [{ label: "↑↓", text: moveText }]),
      ...(enterText === undefined ? [] : [{ label: "enter", text: enterText }]),
      ...own,
    ];
  }

  #restyle(): void {
    const { colors } = this.#ui.theme;
    this.frame.restyle();
    this.#empty.fg = colors.textMuted;
    const input = this.#input;
    if (input === undefined) return;
    input.textColor = colors.text;
    input.focusedTextColor = colors.text;
    input.backgroundColor = colors.backgroundPanel;
    input.focusedBackgroundColor = colors.backgroundPanel;
    input.cursorColor = colors.primary;
  }
}

function nameOf<T>({ key, label }: ListRow<T>): string {
  return key ?? label;
}
