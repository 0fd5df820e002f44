// Editing: what each `input.*` action does to a draft, its cursor and its selection. Pure; the one
// thing that depends on the screen, moving by rows, is asked of a Rows. The cursor never stands
// inside a chip, nor inside a cluster of characters.
import { type Draft, plainDraft, replaceRange, wholeRange } from "./draft";
import {
  lineEnd,
  lineStart,
  nextCluster,
  nextWord,
  previousCluster,
  previousWord,
} from "./segments";

export interface EditState {
  readonly draft: Draft;
  readonly cursor: number;
  /** The other end of the selection; undefined without one. */
  readonly anchor?: number;
}

/** The rows in which the text is shown; offsets in, offsets out. */
export interface Rows {
  up(offset: number): number;
  down(offset: number): number;
  start(offset: number): number;
  end(offset: number): number;
}

export type Motion = (state: EditState, rows: Rows) => number;
type Edit = (state: EditState, rows: Rows) => EditState;

export function editOf(draft: Draft): EditState {
  return { draft, cursor: draft.text.length };
}

export function selection(state: EditState): [number, number] | undefined {
  const { anchor, cursor } = state;
  if (anchor === undefined || anchor === cursor) return undefined;
  return anchor < cursor ? [anchor, cursor] : [cursor, anchor];
}

/** Puts a draft in the place of the selection, or at the cursor. */
export function insert(state: EditState, by: Draft): EditState {
  const [start, end] = selection(state) ?? [state.cursor, state.cursor];
  return replace(state, start, end, by);
}

export function replace(state: EditState, start: number, end: number, by: Draft): EditState {
  const [from] = wholeRange(state.draft, start, end);
  return { draft: replaceRange(state.draft, start, end, by), cursor: from + by.text.length };
}

/** The nearest place the cursor may stand at, before a chip's middle and behind it otherwise. */
export function snap(draft: Draft, offset: number): number {
  const at = Math.max(0, Math.min(draft.text.length, offset));
  const inside = draft.chips.find(({ start, end }) => start < at && at < end);
  if (!inside) return at;
  return at - inside.start < inside.end - at ? inside.start : inside.end;
}

export const MOTIONS = {
  left: ({ draft, cursor }) => before(draft, previousCluster(draft.text, cursor)),
  right: ({ draft, cursor }) => behind(draft, nextCluster(draft.text, cursor)),
  up: ({ draft, cursor }, rows) => snap(draft, rows.up(cursor)),
  down: ({ draft, cursor }, rows) => snap(draft, rows.down(cursor)),
  "line.home": ({ draft, cursor }) => lineStart(draft.text, cursor),
  "line.end": ({ draft, cursor }) => lineEnd(draft.text, cursor),
  "visual.line.home": ({ draft, cursor }, rows) => snap(draft, rows.start(cursor)),
  "visual.line.end": ({ draft, cursor }, rows) => snap(draft, rows.end(cursor)),
  "buffer.home": () => 0,
  "buffer.end": ({ draft }) => draft.text.length,
  "word.forward": ({ draft, cursor }) => behind(draft, nextWord(draft.text, cursor)),
  "word.backward": ({ draft, cursor }) => before(draft, previousWord(draft.text, cursor)),
} satisfies Record<string, Motion>;
export type MotionName = keyof typeof MOTIONS;

const DELETIONS: Readonly<Record<string, Edit>> = {
  backspace: deleting(MOTIONS.left),
  delete: deleting(MOTIONS.right),
  "delete.word.forward": deleting(MOTIONS["word.forward"]),
  "delete.word.backward": deleting(MOTIONS["word.backward"]),
  "delete.to.line.end": deleting(toLineEnd),
  "delete.to.line.start": deleting(toLineStart),
  "delete.line": deleteLine,
};

/**
 * The edit behind an action id such as `input.move.left`, `input.select.word.forward`,
 * `input.delete` or `input.newline`; undefined for other ids.
 */
export function editFor(actionID: string): Edit | undefined {
  if (!actionID.startsWith("input.")) return undefined;
  const name = actionID.slice("input.".length);
  if (name === "select.all") {
    return ({ draft }) => ({ draft, anchor: 0, cursor: draft.text.length });
  }
  if (name === "newline") return (state) => insert(state, plainDraft("\n"));
  if (name.startsWith("select.")) {
    const motion = motionNamed(name.slice("select.".length));
    return motion && ((state, rows) => select(state, motion(state, rows)));
  }
  const motion = motionNamed(name.startsWith("move.") ? name.slice("move.".length) : name);
  if (motion) return (state, rows) => move(state, motion, name, rows);
  return DELETIONS[name];
}

function motionNamed(name: string): Motion | undefined {
  return Object.hasOwn(MOTIONS, name) ? MOTIONS[name as MotionName] : undefined;
}

function select(state: EditState, cursor: number): EditState {
  return { draft: state.draft, cursor, anchor: state.anchor ?? state.cursor };
}

/** Left and right leave a selection at its end on that side, as editors do. */
function move(state: EditState, motion: Motion, name: string, rows: Rows): EditState {
  const range = selection(state);
  if (range && name === "move.left") return { draft: state.draft, cursor: range[0] };
  if (range && name === "move.right") return { draft: state.draft, cursor: range[1] };
  return { draft: state.draft, cursor: motion(state, rows) };
}

function deleting(motion: Motion): Edit {
  return (state, rows) => {
    const [start, end] = selection(state) ?? between(state.cursor, motion(state, rows));
    return start === end ? state : replace(state, start, end, plainDraft(""));
  };
}

/** To the end of the line; at the end already, the newline itself. */
function toLineEnd({ draft, cursor }: EditState): number {
  const end = lineEnd(draft.text, cursor);
  return end === cursor ? Math.min(cursor + 1, draft.text.length) : end;
}

function toLineStart({ draft, cursor }: EditState): number {
  const start = lineStart(draft.text, cursor);
  return start === cursor ? Math.max(cursor - 1, 0) : start;
}

/** The last line goes with the newline before it. */
function deleteLine(state: EditState): EditState {
  const { text } = state.draft;
  const start = lineStart(text, state.cursor);
  const end = lineEnd(text, state.cursor);
  if (end < text.length) return replace(state, start, end + 1, plainDraft(""));
  const cut = replace(state, Math.max(0, start - 1), end, plainDraft(""));
  return { ...cut, cursor: lineStart(cut.draft.text, cut.cursor) };
}

function between(a: number, b: number): [number, number] {
  return a < b ? [a, b] : [b, a];
}

function before(draft: Draft, offset: number): number {
  return draft.chips.find(({ start, end }) => start < offset && offset < end)?.start ?? offset;
}

function behind(draft: Draft, offset: number): number {
  return draft.chips.find(({ start, end }) => start < offset && offset < end)?.end ?? offset;
}
