// IDs: `<prefix>_` + 12 lowercase hex digits of time + 14 random base62 digits. The hex digits are
// the low 48 bits of `epoch_ms * 4096 + counter`, so ids of one prefix sort by creation as plain
// strings. Session ids hold the complement of those bits, so that newer sessions sort first.
// Every event has one: no big integers, which would cost ten times as much.
import type { Clock } from "./clock";

export type IDPrefix = "ses" | "msg" | "prt" | "per" | "que" | "evt" | "pty" | "tool";

const COUNTER_STEPS = 4096;
const MS_STEPS = 2 ** 36;
const TIME_MAX = COUNTER_STEPS * MS_STEPS - 1;
const RANDOM_DIGITS = 14;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export class IDs {
  readonly #clock: Clock;
  #ms = 0;
  #counter = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A fresh id, greater (for `ses`: smaller) than all that this object has made before. */
  create(prefix: IDPrefix): string {
    this.#count(Math.trunc(this.#clock.now()));
    const time = (this.#ms % MS_STEPS) * COUNTER_STEPS + this.#counter;
    const shown = prefix === "ses" ? TIME_MAX - time : time;
    return `${prefix}_${shown.toString(16).padStart(12, "0")}${randomDigits()}`;
  }

  /** A clock that stands still or steps back must not undo the order: it counts on then. */
  #count(now: number): void {
    if (now > this.#ms) {
      this.#ms = now;
      this.#counter = 1;
    } else if (++this.#counter === COUNTER_STEPS) {
      this.#ms++;
      this.#counter = 0;
    }
  }
}

/** Whether `value` has the form of an id with this prefix; says nothing of its existence. */
export function isID(prefix: IDPrefix, value: unknown): value is string {
  return typeof value === "string" && value.startsWith(`${prefix}_`) && value.length <= 64;
}

function randomDigits(): string {
  let digits = "";
  // 256 is no multiple of 62: the slight bias is harmless, ids need to be unique, not secret.
  for (const byte of crypto.getRandomValues(new Uint8Array(RANDOM_DIGITS))) {
    digits += BASE62[byte % 62];
  }
  return digits;
}
