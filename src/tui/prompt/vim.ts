// Vim: the keys of normal, insert and visual line mode for the prompt box. A command is gathered
// key by key (count, operator, motion) and carried out on a draft as soon as it is whole; what is
// no command is dropped. What undo, redo and sending mean is the box's.
import { type Draft, plainDraft, sliceDraft } from "./draft";
import { type EditState, insert, replace, type Rows, snap } from "./edit";
import { lineEnd, lineStart, nextCluster, previousCluster } from "./segments";
import { firstLetter, vimMotion } from "./vim-motions";

export type VimMode = "normal" | "insert" | "visual";

export interface VimResult {
  state: EditState;
  effect?: "undo" | "redo" | "submit";
}

interface Register {
  draft: Draft;
  isLines: boolean;
}

type Operator = "d" | "c" | "y";

const COMMAND = /^([1-9]\d*)?([dcy])?([1-9]\d*)?(.*)$/su;
const KEYS_MAX = 32;
const COUNT_MAX = 10_000;

export class Vim {
  #mode: VimMode = "insert";
  #keys = "";
  #register: Register = { draft: plainDraft(""), isLines: false };

  get mode(): VimMode {
    return this.#mode;
  }

  reset(mode: VimMode): void {
    this.#mode = mode;
    this.#keys = "";
  }

  /** What a key does; undefined when vim leaves it to the box. Names as in `a`, `escape`. */
  press(key: string, state: EditState, rows: Rows): VimResult | undefined {
    if (this.#mode === "insert") return key === "escape" ? this.#leaveInsert(state) : undefined;
    if (key === "escape") return this.#escape(state);
    if (this.#keys === "" && isNamed(key)) return this.#special(key, state, rows);
    const keys = this.#keys + key;
    this.#keys = "";
    if (this.#mode === "visual") return this.#visual(keys, state, rows);
    return this.#command(keys, state, rows);
  }

  #leaveInsert({ draft, cursor }: EditState): VimResult {
    this.#mode = "normal";
    const start = lineStart(draft.text, cursor);
    return at(draft, Math.max(start, previousCluster(draft.text, cursor)));
  }

  /** Undefined in plain normal mode: there escape is the box's. */
  #escape({ draft, cursor }: EditState): VimResult | undefined {
    const isPlain = this.#mode === "normal" && this.#keys === "";
    this.reset("normal");
    return isPlain ? undefined : at(draft, cursor);
  }

  #special(key: string, state: EditState, rows: Rows): VimResult | undefined {
    if (key === "ctrl+r") return { state, effect: "redo" };
    if (key === "return" && this.#mode === "normal") return { state, effect: "submit" };
    return this.#command(key, state, rows);
  }

  #command(keys: string, state: EditState, rows: Rows): VimResult | undefined {
    const [, first, operator, second, rest = ""] = COMMAND.exec(keys) ?? [];
    if (rest === "") return this.#wait(keys, state);
    const count = product(first, second);
    if (operator) return this.#operate(operator as Operator, count, rest, keys, state, rows);
    if (rest === "r") return this.#wait(keys, state);
    const done = this.#act(rest, count ?? 1, state);
    if (done) return done;
    const motion = vimMotion(rest, count, state, rows);
    if (motion === "part") return this.#wait(keys, state);
    if (!motion)
      return [...rest].length === 1 || rest.length > 2 ? this.#drop(rest, state) : { state };
    return at(state.draft, motion.target);
  }

  /** Keys such as `page up` that mean nothing here go on to the box. */
  #drop(rest: string, state: EditState): VimResult | undefined {
    return [...rest].length === 1 || rest.startsWith("r") ? { state } : undefined;
  }

  #wait(keys: string, state: EditState): VimResult {
    this.#keys = keys.length < KEYS_MAX ? keys : "";
    return { state };
  }

  #operate(
    operator: Operator,
    count: number | undefined,
    rest: string,
    keys: string,
    state: EditState,
    rows: Rows,
  ): VimResult {
    const { draft, cursor } = state;
    if (rest === operator)
      return this.#onLines(operator, state, cursor, below(draft, cursor, count));
    const meant =
      operator === "c" && /^[wW]$/.test(rest) ? rest.replace("w", "e").replace("W", "E") : rest;
    const motion = vimMotion(meant, count, state, rows);
    if (motion === "part") return this.#wait(keys, state);
    if (!motion) return { state };
    const [start, end] = order(cursor, motion.target);
    if (motion.kind === "lines") return this.#onLines(operator, state, start, end);
    const stop = motion.kind === "inclusive" ? nextCluster(draft.text, end) : end;
    return this.#onRange(operator, state, start, stop);
  }

  #onRange(operator: Operator, { draft }: EditState, start: number, end: number): VimResult {
    this.#register = { draft: sliceDraft(draft, start, end), isLines: false };
    if (operator === "y") return at(draft, start);
    const cut = replace({ draft, cursor: start }, start, end, plainDraft(""));
    if (operator === "c") this.#mode = "insert";
    return operator === "c" ? { state: cut } : at(cut.draft, cut.cursor);
  }

  /** All lines from that of `first` to that of `last`. */
  #onLines(operator: Operator, { draft }: EditState, first: number, last: number): VimResult {
    const { text } = draft;
    const start = lineStart(text, first);
    const end = lineEnd(text, last);
    this.#register = { draft: sliceDraft(draft, start, end), isLines: true };
    this.#mode = operator === "c" ? "insert" : "normal";
    if (operator === "y") return at(draft, start);
    if (operator === "c") {
      return { state: replace({ draft, cursor: start }, start, end, plainDraft("")) };
    }
    const [from, to] = end < text.length ? [start, end + 1] : [Math.max(0, start - 1), end];
    const cut = replace({ draft, cursor: from }, from, to, plainDraft(""));
    return at(cut.draft, firstLetter(cut.draft.text, lineStart(cut.draft.text, cut.cursor)));
  }

  #visual(keys: string, state: EditState, rows: Rows): VimResult {
    const anchor = state.anchor ?? state.cursor;
    const [start, end] = order(anchor, state.cursor);
    const [operator] = /^[dcyxs]$/.exec(keys) ?? [];
    if (operator) {
      const meant = operator === "x" ? "d" : operator === "s" ? "c" : (operator as Operator);
      return this.#onLines(meant, state, start, end);
    }
    if (keys === "V") return this.#escape(state) ?? { state };
    const [, count, rest = ""] = /^([1-9]\d*)?(.*)$/su.exec(keys) ?? [];
    const motion = rest === "" ? "part" : vimMotion(rest, product(count, undefined), state, rows);
    if (motion === "part") return this.#wait(keys, state);
    if (!motion) return { state };
    return { state: { draft: state.draft, anchor, cursor: snap(state.draft, motion.target) } };
  }

  /** The commands that are no motions. */
  #act(keys: string, count: number, state: EditState): VimResult | undefined {
    const { draft, cursor } = state;
    const { text } = draft;
    const end = lineEnd(text, cursor);
    const span = () => repeated(count, cursor, (place) => Math.min(end, nextCluster(text, place)));
    switch (keys) {
      case "i":
        return this.#insertAt(draft, cursor);
      case "a":
        return this.#insertAt(draft, Math.min(end, nextCluster(text, cursor)));
      case "I":
        return this.#insertAt(draft, firstLetter(text, cursor));
      case "A":
        return this.#insertAt(draft, end);
      case "o":
        return this.#insertLine(draft, end, end + 1);
      case "O":
        return this.#insertLine(draft, lineStart(text, cursor), lineStart(text, cursor));
      case "x":
        return this.#onRange("d", state, cursor, span());
      case "X": {
        const from = repeated(count, cursor, (place) => previousCluster(text, place));
        return this.#onRange("d", state, Math.max(from, lineStart(text, cursor)), cursor);
      }
      case "s":
        return this.#onRange("c", state, cursor, span());
      case "S":
        return this.#onLines("c", state, cursor, cursor);
      case "D":
        return this.#onRange("d", state, cursor, end);
      case "C":
        return this.#onRange("c", state, cursor, end);
      case "Y":
        return this.#onLines("y", state, cursor, cursor);
      case "p":
      case "P":
        return this.#put(state, keys === "p", count);
      case "u":
        return { state, effect: "undo" };
      case "V":
        this.#mode = "visual";
        return { state: { draft, cursor, anchor: cursor } };
      default:
        return keys.startsWith("r") ? replaceLetter(state, keys.slice(1), end) : undefined;
    }
  }

  #insertAt(draft: Draft, cursor: number): VimResult {
    this.#mode = "insert";
    return { state: { draft, cursor: snap(draft, cursor) } };
  }

  #insertLine(draft: Draft, place: number, cursor: number): VimResult {
    this.#mode = "insert";
    const { draft: opened } = insert({ draft, cursor: place }, plainDraft("\n"));
    return { state: { draft: opened, cursor } };
  }

  #put(state: EditState, isAfter: boolean, count: number): VimResult {
    const { draft, isLines } = this.#register;
    if (draft.text === "") return { state };
    const times = Math.min(count, Math.ceil(COUNT_MAX / draft.text.length));
    const { text } = state.draft;
    let result = state;
    for (let round = 0; round < times; round++) {
      result = isLines ? putLines(result, draft, isAfter) : putText(result, draft, isAfter);
    }
    const cursor = isLines ? result.cursor : previousCluster(result.draft.text, result.cursor);
    return result.draft.text === text ? { state } : at(result.draft, cursor);
  }
}

/** A key that gives no letter. */
function isNamed(key: string): boolean {
  return [...key].length > 1 && key !== "space";
}

/** In normal mode the cursor stands on a letter, not behind the last of its line. */
function at(draft: Draft, cursor: number): VimResult {
  const { text } = draft;
  const isBehind = cursor === lineEnd(text, cursor) && cursor > lineStart(text, cursor);
  return {
    state: { draft, cursor: snap(draft, isBehind ? previousCluster(text, cursor) : cursor) },
  };
}

function replaceLetter(state: EditState, key: string, end: number): VimResult {
  const { draft, cursor } = state;
  const letter = key === "space" ? " " : key;
  if (cursor >= end || letter === "") return { state };
  const next = nextCluster(draft.text, cursor);
  return { state: { draft: replace(state, cursor, next, plainDraft(letter)).draft, cursor } };
}

function putText(state: EditState, by: Draft, isAfter: boolean): EditState {
  const { draft, cursor } = state;
  const end = lineEnd(draft.text, cursor);
  const place = isAfter ? Math.min(end, nextCluster(draft.text, cursor)) : cursor;
  return insert({ draft, cursor: snap(draft, place) }, by);
}

function putLines({ draft, cursor }: EditState, by: Draft, isAfter: boolean): EditState {
  const { text } = draft;
  const place = isAfter ? lineEnd(text, cursor) : lineStart(text, cursor);
  const opened = insert({ draft, cursor: place }, plainDraft("\n"));
  const start = isAfter ? place + 1 : place;
  return { draft: insert({ draft: opened.draft, cursor: start }, by).draft, cursor: start };
}

/** The end of the last of `count` lines from `cursor` on. */
function below({ text }: Draft, cursor: number, count = 1): number {
  return repeated(count - 1, lineEnd(text, cursor), (place) =>
    place < text.length ? lineEnd(text, place + 1) : place,
  );
}

function repeated(count: number, from: number, step: (place: number) => number): number {
  let place = from;
  for (let round = 0; round < Math.min(count, COUNT_MAX); round++) place = step(place);
  return place;
}

function product(first: string | undefined, second: string | undefined): number | undefined {
  if (first === undefined && second === undefined) return undefined;
  return Math.min(COUNT_MAX, Number(first ?? 1) * Number(second ?? 1));
}

function order(a: number, b: number): [number, number] {
  return a < b ? [a, b] : [b, a];
}
