// Diff text: rows of a diff on the screen: line numbers, signs, the changed words marked. Numbers
// and signs are no part of what a person selects; long lines wrap or are cut.
import {
  bg,
  fg,
  LineNumberRenderable,
  type LineSign,
  type RGBA,
  StyledText,
  type TextChunk,
  TextRenderable,
} from "@opentui/core";
import type { Slot } from "@/tui/theme/slots";
import type { Ui } from "@/tui/ui";
import { harmless } from "@/tui/views/words";
import type { Stretch } from "./changed-words";
import type { DiffLine } from "./diff-lines";
import type { DiffRow, RowKind } from "./patch-rows";

/** Which side's lines are shown; in a unified diff, both. */
export type Side = "both" | "before" | "after";

const SIGNS: Readonly<Record<RowKind, { sign: string; slot: Slot }>> = {
  added: { sign: " + ", slot: "diffAdded" },
  removed: { sign: " - ", slot: "diffRemoved" },
  context: { sign: "   ", slot: "diffContext" },
};
const BACKGROUNDS = {
  added: { content: "diffAddedBg", gutter: "diffAddedLineNumberBg" },
  removed: { content: "diffRemovedBg", gutter: "diffRemovedLineNumberBg" },
} as const satisfies Partial<Record<RowKind, Record<"content" | "gutter", Slot>>>;
const HIGHLIGHTS = { added: "diffHighlightAdded", removed: "diffHighlightRemoved" } as const;

export interface DiffTextOptions {
  side?: Side;
  wraps?: boolean;
  /** Keeps a column free for it. */
  hasCursor?: boolean;
}

export interface DiffText {
  readonly root: LineNumberRenderable;
  /** Where a line begins, from the top, once it is laid out. */
  rowOf(line: number): number;
  /** Marks a line, or none. */
  setCursor(line: number | undefined): void;
}

export function diffText(
  ui: Ui,
  lines: readonly DiffLine[],
  { side = "both", wraps = true, hasCursor = false }: DiffTextOptions = {},
): DiffText {
  const { renderer, theme } = ui;
  const { colors } = theme;
  const text = new TextRenderable(renderer, {
    content: contentOf(ui, lines),
    fg: colors.text,
    wrapMode: wraps ? "char" : "none",
    truncate: !wraps,
    flexGrow: 1,
    flexShrink: 1,
    selectionBg: colors.primary,
    selectionFg: colors.background,
  });
  const numbered = new LineNumberRenderable(renderer, {
    target: text,
    fg: colors.diffLineNumber,
    bg: colors.diffContextBg,
    minWidth: 1,
    paddingRight: 0,
    flexShrink: 0,
    // The column before the numbers is for the cursor.
    marginLeft: hasCursor ? 0 : -1,
    lineNumbers: numbersOf(lines, side),
    hideLineNumbers: new Set(lines.flatMap((line, at) => (line.type === "note" ? [at] : []))),
    lineSigns: signsOf(ui, lines, { hasCursor }),
  });
  numbered.setLineColors(colorsOf(ui, lines));
  return {
    root: numbered,
    rowOf: (line) => Math.max(0, text.lineInfo.lineSources.indexOf(line)),
    setCursor: (cursor) => numbered.setLineSigns(signsOf(ui, lines, { hasCursor, cursor })),
  };
}

function contentOf(ui: Ui, lines: readonly DiffLine[]): StyledText {
  const { colors } = ui.theme;
  const chunks: TextChunk[] = [];
  for (const [at, line] of lines.entries()) {
    if (at > 0) chunks.push(fg(colors.text)("\n"));
    if (line.type === "note") chunks.push(fg(colors.diffHunkHeader)(line.text));
    else chunks.push(...rowChunks(ui, line.row, line.changed));
  }
  return new StyledText(chunks);
}

function rowChunks(ui: Ui, { kind, text }: DiffRow, changed: readonly Stretch[]): TextChunk[] {
  const { colors } = ui.theme;
  const plain = (part: string) => fg(colors.text)(shown(part));
  if (kind === "context" || changed.length === 0) return [plain(text)];
  const marked = colors[HIGHLIGHTS[kind]];
  const chunks: TextChunk[] = [];
  let at = 0;
  for (const { start, end } of changed) {
    if (start > at) chunks.push(plain(text.slice(at, start)));
    chunks.push(bg(marked)(plain(text.slice(start, end))));
    at = end;
  }
  if (at < text.length) chunks.push(plain(text.slice(at)));
  return chunks;
}

/** A row is one line, whatever is in it. */
function shown(text: string): string {
  return harmless(text).replaceAll("\n", " ").replaceAll("\t", "  ");
}

function numbersOf(lines: readonly DiffLine[], side: Side): Map<number, number> {
  return new Map(
    lines.flatMap((line, at) => {
      if (line.type === "note") return [];
      const { before, after } = line.row;
      const number = side === "before" ? before : (after ?? before);
      return number === undefined ? [] : [[at, number] as const];
    }),
  );
}

function signsOf(
  ui: Ui,
  lines: readonly DiffLine[],
  { hasCursor, cursor }: { hasCursor: boolean; cursor?: number | undefined },
): Map<number, LineSign> {
  const { colors } = ui.theme;
  const mark = (at: number): LineSign => {
    return hasCursor ? { before: at === cursor ? "▸" : " ", beforeColor: colors.primary } : {};
  };
  return new Map(
    lines.map((line, at) => {
      const { sign, slot } = SIGNS[line.type === "row" ? line.row.kind : "context"];
      return [at, { ...mark(at), after: sign, afterColor: colors[slot] }] as const;
    }),
  );
}

function colorsOf(ui: Ui, lines: readonly DiffLine[]) {
  const { colors } = ui.theme;
  const found = new Map<number, { gutter: RGBA; content: RGBA }>();
  for (const [at, line] of lines.entries()) {
    if (line.type === "note" || line.row.kind === "context") continue;
    const { gutter, content } = BACKGROUNDS[line.row.kind];
    found.set(at, { gutter: colors[gutter], content: colors[content] });
  }
  return found;
}
