// Undo: the states a prompt has been in. Letters typed one after another are one step up to the
// next word; anything else is a step of its own. Bounded; chips come back whole.
import type { EditState } from "./edit";
import { isSameDraft } from "./draft";

const STEPS_MAX = 500;
/** All remembered texts together; a step costs the length of its text. */
const CHARACTERS_MAX = 4_000_000;

export class Undo {
  #past: EditState[] = [];
  #future: EditState[] = [];
  /** Where the run of typed letters ends that the newest step belongs to. */
  #typingEnd: number | undefined;

  /** Remembers `before`, which `after` has just replaced; `typed` is the text a key gave. */
  record(before: EditState, after: EditState, typed?: string): void {
    if (isSameDraft(before.draft, after.draft)) {
      this.#typingEnd = undefined;
      return;
    }
    const isWord = typed !== undefined && !/\s/.test(typed);
    const isContinued = isWord && this.#typingEnd === before.cursor;
    this.#typingEnd = isWord ? after.cursor : undefined;
    this.#future = [];
    if (isContinued) return;
    this.#past.push(before);
    this.#forget();
  }

  /** The state before, undefined when there is none. */
  undo(now: EditState): EditState | undefined {
    return this.#step(now, this.#past, this.#future);
  }

  redo(now: EditState): EditState | undefined {
    return this.#step(now, this.#future, this.#past);
  }

  #step(now: EditState, from: EditState[], to: EditState[]): EditState | undefined {
    const state = from.pop();
    if (!state) return undefined;
    this.#typingEnd = undefined;
    to.push(now);
    return state;
  }

  #forget(): void {
    let characters = 0;
    const kept = this.#past.findLastIndex((state) => {
      characters += state.draft.text.length;
      return characters > CHARACTERS_MAX;
    });
    const first = Math.max(kept + 1, this.#past.length - STEPS_MAX);
    // The newest step is kept, however long it is.
    if (first > 0) this.#past = this.#past.slice(Math.min(first, this.#past.length - 1));
  }
}
