// Spoken text: one text of an answer as it streams in, taken apart into what is said, what is only
// thought, and what may be calls. Local servers and proxies leave thoughts and calls in the text
// when they do not know the model's markup.
//
// Thoughts are taken out where a model thinks: at the beginning of a text, between its tags. What
// may be calls is held back until the answer ends; see spoken-calls.ts for what counts as one.
// Within code nothing is looked for. At most a few characters are held back otherwise.

import type { ModelTool } from "./model-event";
import { BARE_CALLS, CALL_MARKERS, mayBecomeCalls } from "./spoken-calls";

export interface Piece {
  /** "late-thought": what was told as text so far was a thought, whose beginning had no tag. */
  type: "text" | "reasoning" | "late-thought";
  text: string;
}

/** Templates that open the thought themselves leave only its end in the text. */
const LATE_CLOSE = "</think>";

/** DeepSeek, Qwen, MiniMax; others; Magistral; Kimi-VL; Seed-OSS; gpt-oss. */
const THOUGHTS: readonly (readonly [open: string, close: string])[] = [
  ["<think>", "</think>"],
  ["<thinking>", "</thinking>"],
  ["<thought>", "</thought>"],
  ["<reasoning>", "</reasoning>"],
  ["[THINK]", "[/THINK]"],
  ["◁think▷", "◁/think▷"],
  ["<seed:think>", "</seed:think>"],
  ["<|channel|>analysis<|message|>", "<|end|>"],
];

/** gpt-oss: what stands before its answer proper. */
const PREAMBLES: readonly string[] = [
  "<|start|>assistant<|channel|>final<|message|>",
  "<|channel|>final<|message|>",
];

const MARKER_MAX_CHARACTERS = Math.max(...CALL_MARKERS.map(({ length }) => length));

type State =
  | { type: "start" }
  | { type: "thought"; close: string }
  | { type: "text" }
  | { type: "late-thought" }
  | { type: "held" };

/** Where text ends for now, and what begins there. */
interface Stop {
  at: number;
  state?: "held" | "late-thought";
}

export class SpokenText {
  readonly #tools: readonly ModelTool[];
  readonly #mayThinkLate: boolean;
  #state: State = { type: "start" };
  /** Not yet told. */
  #pending = "";
  /** The characters of the code that the text is in: a fence, or what a span began with. */
  #code = "";
  /** Whether the line so far is white space alone. */
  #isLineStart = true;
  #hasThought = false;

  /** Without tools nothing is a call. `mayThinkLate`: it is the first thing that is said. */
  constructor(tools: readonly ModelTool[], mayThinkLate: boolean) {
    this.#tools = tools;
    this.#mayThinkLate = mayThinkLate;
  }

  /** Whether it ended within a thought, so far. */
  get isThinking(): boolean {
    return this.#state.type === "thought";
  }

  push(text: string): Piece[] {
    this.#pending += text;
    return this.#read(false);
  }

  /** The text is over: all that is left of it but what may be calls, which `held` gives. */
  end(): Piece[] {
    return this.#read(true);
  }

  /** What was held back because it may be calls: to be told as text if it is none. */
  get held(): string {
    return this.#state.type === "held" ? this.#pending : "";
  }

  #read(isEnd: boolean): Piece[] {
    const pieces: Piece[] = [];
    for (;;) {
      const before = this.#state;
      const piece = this.#step(isEnd);
      if (piece && (piece.text || piece.type === "late-thought")) pieces.push(piece);
      if (this.#state === before) return pieces;
    }
  }

  /** Tells what it can of what is pending. The state changes as long as there is more to do. */
  #step(isEnd: boolean): Piece | undefined {
    switch (this.#state.type) {
      case "start":
        return this.#begin(isEnd);
      case "thought":
        return this.#think(this.#state.close, isEnd);
      case "text":
        return this.#speak(isEnd);
      case "late-thought":
        this.#hasThought = true;
        this.#take(LATE_CLOSE.length);
        this.#state = { type: "start" };
        return { type: "late-thought", text: "" };
      case "held":
        return this.#hold();
    }
  }

  #begin(isEnd: boolean): undefined {
    const text = this.#pending.trimStart();
    const opened = THOUGHTS.find(([open]) => text.startsWith(open));
    if (opened) {
      this.#hasThought = true;
      this.#pending = text.slice(opened[0].length);
      this.#state = { type: "thought", close: opened[1] };
      return;
    }
    const preamble = PREAMBLES.find((open) => text.startsWith(open));
    if (preamble) this.#pending = text.slice(preamble.length);
    else if (!isEnd && this.#mayOpen(text)) return;
    if (this.#hasThought) this.#pending = this.#pending.trimStart();
    const isBare = this.#tools.length > 0 && BARE_CALLS.test(this.#pending);
    this.#state = { type: isBare ? "held" : "text" };
  }

  #mayOpen(text: string): boolean {
    const openings = [...THOUGHTS.map(([open]) => open), ...PREAMBLES, "functools["];
    return /^\[?\s*$/.test(text) || openings.some((open) => open.startsWith(text));
  }

  #think(close: string, isEnd: boolean): Piece {
    const at = this.#pending.indexOf(close);
    if (at >= 0) {
      const text = this.#pending.slice(0, at);
      this.#pending = this.#pending.slice(at + close.length);
      this.#state = { type: "start" };
      return { type: "reasoning", text };
    }
    const kept = isEnd ? 0 : sharedEnd(this.#pending, [close]);
    return { type: "reasoning", text: this.#take(this.#pending.length - kept) };
  }

  #speak(isEnd: boolean): Piece {
    const stop = this.#findStop(isEnd);
    if (stop.state) this.#state = { type: stop.state };
    return { type: "text", text: this.#take(stop.at) };
  }

  #findStop(isEnd: boolean): Stop {
    const text = this.#pending;
    const token = /`+|~{3,}|\n|[<[]|[^\s`~<[]+/g;
    for (let found = token.exec(text); found; found = token.exec(text)) {
      const [mark] = found;
      const at = found.index;
      if (/^[`~]/.test(mark)) {
        if (at + mark.length === text.length && !isEnd) return { at };
        this.#readCode(mark);
      } else if (mark === "\n") {
        // A span of code ends with its paragraph at the latest; a line is near enough.
        if (this.#code.length < 3) this.#code = "";
        this.#isLineStart = true;
        continue;
      } else if (/^[<[]/.test(mark) && this.#code === "") {
        const stop = this.#stopAt(at, isEnd);
        if (stop) return stop;
      }
      this.#isLineStart = false;
    }
    return { at: text.length };
  }

  /** Whether text ends here: before a marker, or before what may turn out to be one. */
  #stopAt(at: number, isEnd: boolean): Stop | undefined {
    const rest = this.#pending.slice(at, at + MARKER_MAX_CHARACTERS);
    const markers = this.#tools.length > 0 ? CALL_MARKERS : [];
    if (markers.some((marker) => rest.startsWith(marker))) return { at, state: "held" };
    const mayBeLate = this.#mayThinkLate && !this.#hasThought;
    // One that is only mentioned stands within a line.
    if (mayBeLate && rest.startsWith(LATE_CLOSE)) {
      const next = rest.charAt(LATE_CLOSE.length);
      if (next === "" && !isEnd) return { at };
      if (next === "" || next === "\n" || next === "<") return { at, state: "late-thought" };
    }
    const isCut = !isEnd && at + rest.length === this.#pending.length;
    const words = mayBeLate ? [...markers, LATE_CLOSE] : markers;
    return isCut && words.some((word) => word.startsWith(rest)) ? { at } : undefined;
  }

  /** Fences begin and end lines and are at least three long; a span ends as it began. */
  #readCode(mark: string): void {
    const isFence = mark.length >= 3 && this.#isLineStart;
    if (this.#code === "") {
      if (isFence || mark.startsWith("`")) this.#code = isFence ? mark : mark.slice(0, 2);
    } else if (this.#code.length >= 3) {
      const isSame = mark.charAt(0) === this.#code.charAt(0);
      if (isFence && isSame && mark.length >= this.#code.length) this.#code = "";
    } else if (mark.startsWith("`")) {
      this.#code = "";
    }
  }

  #hold(): Piece | undefined {
    if (mayBecomeCalls(this.#pending, this.#tools)) return undefined;
    // None: its first character is told as text, and the rest is looked through as ever.
    this.#state = { type: "text" };
    this.#isLineStart = false;
    return { type: "text", text: this.#take(1) };
  }

  #take(characters: number): string {
    const text = this.#pending.slice(0, characters);
    this.#pending = this.#pending.slice(characters);
    return text;
  }
}

/** How many characters at the end of the text may be the beginning of one of the words. */
function sharedEnd(text: string, words: readonly string[]): number {
  const longest = Math.max(...words.map(({ length }) => length)) - 1;
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (words.some((word) => word.startsWith(end))) return length;
  }
  return 0;
}
