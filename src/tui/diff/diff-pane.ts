// Diff pane: the files of a diff one below the other, or one of them, with a cursor that goes from
// line to line, hunk to hunk and file to file.
import { BoxRenderable, type Renderable, ScrollBoxRenderable } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import { figuresOf } from "@/tui/views/edit";
import { ink, row, styled } from "@/tui/views/style";
import { oneLine } from "@/tui/views/words";
import { splitText } from "./diff-body";
import { type DiffLine, unifiedLines } from "./diff-lines";
import { type DiffText, diffText } from "./diff-text";
import type { DiffRow, FilePatch } from "./patch-rows";

/** Of more lines than these one file is shown at a time, and of a file no more than these. */
const LINES_MAX = 4_000;
/** Rows of a page that stay in sight. */
const OVERLAP_ROWS = 2;

interface ShownFile {
  file: number;
  lines: readonly DiffLine[];
  root: Renderable;
  text: Pick<DiffText, "rowOf" | "setCursor">;
}

/** A line of the diff: which file, and which of its lines. */
interface Cursor {
  file: number;
  line: number;
}

export interface PaneOptions {
  isSplit: boolean;
  /** Only the file of the cursor. */
  isSingle: boolean;
}

export class DiffPane {
  readonly root: ScrollBoxRenderable;
  readonly #ui: Ui;
  #files: readonly FilePatch[] = [];
  #lines: readonly (readonly DiffLine[])[] = [];
  #options: PaneOptions = { isSplit: false, isSingle: false };
  #shown: ShownFile[] = [];
  #cursor: Cursor = { file: 0, line: 0 };

  constructor(ui: Ui) {
    this.#ui = ui;
    this.root = new ScrollBoxRenderable(ui.renderer, { flexGrow: 1, flexShrink: 1, minWidth: 0 });
  }

  /** Which file, hunk and row the cursor is on. */
  get place(): { file: number; hunk?: number; row?: DiffRow } {
    const { file, line } = this.#cursor;
    const found = this.#lines[file]?.[line];
    return found?.type === "row" ? { file, hunk: found.hunk, row: found.row } : { file };
  }

  show(files: readonly FilePatch[], options: PaneOptions): void {
    const path = this.#files[this.#cursor.file]?.path;
    this.#files = files;
    this.#lines = files.map((file) => capped(unifiedLines(file)));
    const again = files.findIndex((file) => file.path === path);
    const file = Math.max(0, again);
    const last = (this.#lines[file]?.length ?? 1) - 1;
    this.#cursor = { file, line: again < 0 ? 0 : Math.max(0, Math.min(this.#cursor.line, last)) };
    const total = this.#lines.reduce((sum, lines) => sum + lines.length, 0);
    this.#options = { ...options, isSingle: options.isSingle || total > LINES_MAX };
    this.#build();
  }

  moveLines(count: number): void {
    const direction = Math.sign(count);
    let { file, line } = this.#cursor;
    for (let left = Math.abs(count); left > 0; left--) {
      const next = line + direction;
      if (next >= 0 && next < (this.#lines[file]?.length ?? 0)) line = next;
      else {
        const other = file + direction;
        const lines = this.#lines[other];
        if (!lines) break;
        file = other;
        line = direction > 0 ? 0 : Math.max(0, lines.length - 1);
      }
    }
    this.#goTo({ file, line });
  }

  movePages(count: number): void {
    this.moveLines(count * Math.max(1, this.root.viewport.height - OVERLAP_ROWS));
  }

  moveToEnd(end: "first" | "last"): void {
    const file = end === "first" ? 0 : Math.max(0, this.#files.length - 1);
    const line = end === "first" ? 0 : Math.max(0, (this.#lines[file]?.length ?? 0) - 1);
    this.#goTo({ file, line });
  }

  /** To the first changed line of the next or previous hunk, of another file if need be. */
  moveHunks(direction: 1 | -1): void {
    const starts = this.#hunkStarts();
    const { file, line } = this.#cursor;
    const isBehind = (one: Cursor) => one.file > file || (one.file === file && one.line > line);
    const isAhead = (one: Cursor) => one.file < file || (one.file === file && one.line < line);
    const next = direction > 0 ? starts.find(isBehind) : starts.findLast(isAhead);
    if (next) this.#goTo(next);
  }

  moveToFile(file: number): void {
    if (this.#files[file]) this.#goTo({ file, line: 0 });
  }

  destroy(): void {
    this.root.destroyRecursively();
  }

  #hunkStarts(): Cursor[] {
    return this.#lines.flatMap((lines, file) => {
      const seen = new Set<number>();
      return lines.flatMap((line, at) => {
        const isStart = line.type === "row" && line.row.kind !== "context" && !seen.has(line.hunk);
        if (!isStart) return [];
        seen.add(line.hunk);
        return [{ file, line: at }];
      });
    });
  }

  #goTo(cursor: Cursor): void {
    const hasOtherFile = cursor.file !== this.#cursor.file;
    this.#cursor = cursor;
    if (this.#options.isSingle && hasOtherFile) this.#build();
    else this.#mark();
  }

  #build(): void {
    for (const { root } of this.#shown) root.destroyRecursively();
    const files = this.#options.isSingle ? [this.#cursor.file] : this.#files.keys().toArray();
    this.#shown = files.flatMap((file) => this.#make(file));
    for (const { root } of this.#shown) this.root.add(root);
    this.#mark();
  }

  #make(at: number): ShownFile[] {
    const ui = this.#ui;
    const [file, lines] = [this.#files[at], this.#lines[at]];
    if (!file || !lines) return [];
    const root = new BoxRenderable(ui.renderer, { flexDirection: "column", flexShrink: 0 });
    const head = new BoxRenderable(ui.renderer, {
      flexDirection: "row",
      justifyContent: "space-between",
      gap: 2,
      paddingX: 1,
      backgroundColor: ui.theme.colors.backgroundPanel,
    });
    const [name, figures] = [row(ui, "text"), row(ui)];
    const from = file.from === undefined ? "" : `${oneLine(file.from)} → `;
    name.content = styled(ink(ui, "text", `${from}${oneLine(file.path)}`, true));
    figures.content = styled(...figuresOf(ui, [file]));
    figures.flexShrink = 0;
    head.add(name);
    head.add(figures);
    const text = this.#options.isSplit
      ? splitText(ui, lines, { hasCursor: true })
      : diffText(ui, lines, { hasCursor: true, wraps: ui.store.state.view.diffWrap });
    root.add(head);
    root.add(text.root);
    return [{ file: at, lines, root, text }];
  }

  /** Marks the cursor, and brings it in sight once everything has its place. */
  #mark(): void {
    const { file, line } = this.#cursor;
    for (const one of this.#shown) one.text.setCursor(one.file === file ? line : undefined);
    this.#ui.renderer.requestRender();
    queueMicrotask(() => this.#reveal());
  }

  #reveal(): void {
    const { root } = this;
    const shown = this.#shown.find(({ file }) => file === this.#cursor.file);
    if (!shown || root.isDestroyed) return;
    const top = shown.root.y - root.viewport.y + root.scrollTop;
    const at = top + 1 + shown.text.rowOf(this.#cursor.line);
    const height = root.viewport.height;
    const first = this.#cursor.line === 0 ? top : at;
    if (first < root.scrollTop) root.scrollTop = first;
    else if (at >= root.scrollTop + height) root.scrollTop = at - height + 1;
  }
}

function capped(lines: DiffLine[]): DiffLine[] {
  if (lines.length <= LINES_MAX) return lines;
  const hidden = lines.length - LINES_MAX;
  return [...lines.slice(0, LINES_MAX), { type: "note", text: `… ${hidden} more lines` }];
}
