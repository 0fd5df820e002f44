// IDs: `<prefix>_` + 12 lowercase hex digits of time + 14 random base62 digits. The hex digits are
// the low 48 bits of `epoch_ms * 4096 + counter`, so ids of one prefix sort by creation as plain
// strings. Session ids hold the complement of those bits, so that newer sessions sort first.
import { randomBytes } from "node:crypto";
import type { Clock } from "./clock";

export type IDPrefix = "ses" | "msg" | "prt" | "per" | "que" | "evt" | "pty" | "tool";

const COUNTER_STEPS = 4096n;
const TIME_BITS = 48n;
const TIME_MASK = (1n << TIME_BITS) - 1n;
const RANDOM_DIGITS = 14;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export class IDs {
  readonly #clock: Clock;
  #last = 0n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A fresh id, greater (for `ses`: smaller) than all that this object has made before. */
  create(prefix: IDPrefix): string {
    const present = BigInt(Math.trunc(this.#clock.now())) * COUNTER_STEPS + 1n;
    // A clock that stands still or steps back must not undo the order: count on from the last one.
    this.#last = present > this.#last ? present : this.#last + 1n;
    const bits = this.#last & TIME_MASK;
    const time = prefix === "ses" ? ~bits & TIME_MASK : bits;
    return `${prefix}_${time.toString(16).padStart(12, "0")}${randomDigits()}`;
  }
}

/** Whether `value` has the form of an id with this prefix; says nothing of its existence. */
export function isID(prefix: IDPrefix, value: unknown): value is string {
  return typeof value === "string" && value.startsWith(`${prefix}_`) && value.length <= 64;
}

function randomDigits(): string {
  let digits = "";
  // 256 is no multiple of 62: the slight bias is harmless, ids need to be unique, not secret.
  for (const byte of randomBytes(RANDOM_DIGITS)) digits += BASE62[byte % 62];
  return digits;
}
