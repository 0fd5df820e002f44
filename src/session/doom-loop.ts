// DoomLoop: notices a model that repeats itself over the steps of a turn: the same calls, or a
// cycle of two or three steps, again and again with the same results. Polling is no repetition: a
// result that changes breaks the pattern.
import { stableStringify } from "@/base/text";

export interface RepeatableCall {
  tool: string;
  input: unknown;
}

interface Past {
  calls: string;
  results: string;
}

/** A step is suspicious when its cycle has been gone through this many times already. */
const REPEATS = 3;
const LONGEST_CYCLE = 3;
/** A model that goes on after being told so many times is stopped. */
const REFUSALS_MAX = 3;

export class DoomLoop {
  #past: Past[] = [];
  #refusals = 0;

  /** Whether making the calls of a step now would only repeat what led nowhere. */
  isSuspicious(step: readonly RepeatableCall[]): boolean {
    const calls = callsKey(step);
    for (let cycle = 1; cycle <= LONGEST_CYCLE; cycle++) {
      if (this.#repeats(calls, cycle)) return true;
    }
    return false;
  }

  /** To be told of the calls of every step that made some, with what came of them, in order. */
  record(step: readonly RepeatableCall[], results: readonly string[]): void {
    this.#refusals = 0;
    const past = { calls: callsKey(step), results: hash(results.join("\n")) };
    this.#past = [...this.#past, past].slice(-REPEATS * LONGEST_CYCLE);
  }

  /** To be told instead when none of the calls was made because they were suspicious. */
  recordRefusal(): void {
    this.#refusals++;
  }

  /** Whether the model goes on repeating itself although it was told. */
  get isHopeless(): boolean {
    return this.#refusals >= REFUSALS_MAX;
  }

  #repeats(calls: string, cycle: number): boolean {
    const recent = this.#past.slice(-REPEATS * cycle);
    if (recent.length < REPEATS * cycle || recent[0]?.calls !== calls) return false;
    return recent.every((past, index) => {
      const first = recent[index % cycle];
      return past.calls === first?.calls && past.results === first.results;
    });
  }
}

/** The same for calls that differ in white space and in the order of keys alone. */
function callsKey(step: readonly RepeatableCall[]): string {
  const calls = step.map(({ tool, input }) => `${tool} ${stableStringify(input)}`);
  return hash(calls.join("\n").replace(/(?:\s|\\[nrt])+/g, " "));
}

function hash(text: string): string {
  return Bun.hash(text).toString(36);
}
