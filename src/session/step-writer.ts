// StepWriter: carries the part changes of a running step to rows and events, at a pace. Beginnings,
// ends and state changes go at once. Growing text is told as deltas, merged to about 60 a second,
// and as a whole part (row and event together) a few times a second, more seldom the longer it is;
// also when no more comes, so that a client that joins a stalled stream sees what there is.
import type { Clock } from "@/base/clock";
import type { Part, ReasoningPart, TextPart, ToolPart } from "@/schema/part";
import type { PartChange } from "./step-parts";
import type { Records } from "./records";

type GrowingPart = TextPart | ReasoningPart | ToolPart;

interface Growth {
  part: GrowingPart;
  /** Not yet told as a delta. */
  text: string;
  /** When the part is written whole, if it has grown since the last time. */
  wholeAt: number;
  isWritten: boolean;
}

const DELTA_INTERVAL_MS = 16;
const WHOLE_INTERVAL_MS = 250;
/** A text of this many characters is written whole half as often, one of twice as many a third. */
const WHOLE_SLOWDOWN_LENGTH = 20_000;

export class StepWriter {
  readonly #records: Records;
  readonly #clock: Clock;
  readonly #parts: Part[];
  readonly #growing = new Map<string, Growth>();
  #flushedAt = 0;
  #timer: { at: number; cancel: () => void } | undefined;

  /** `parts`, those of the step's message, are kept in step with what is written. */
  constructor(records: Records, clock: Clock, parts: Part[]) {
    this.#records = records;
    this.#clock = clock;
    this.#parts = parts;
  }

  /** Throws what the store throws; what was to be written then comes with the next write. */
  write(changes: readonly PartChange[]): void {
    for (const change of changes) {
      if (change.type === "grow") this.#grow(change.part, change.text);
      else if (change.type === "put") this.put(change.part);
      else this.#remove(change.part);
    }
  }

  /** Writes a part at once; text of it that was not told as a delta yet comes first. */
  put(part: Part): void {
    const growth = this.#growing.get(part.id);
    if (growth) {
      this.#tellDelta(growth);
      this.#growing.delete(part.id);
    }
    this.#replace(part);
    this.#records.putPart(part);
  }

  /** Nothing is written by itself any more. What still grows is the caller's to end before. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#growing.clear();
  }

  #grow(part: GrowingPart, text: string): void {
    const now = this.#clock.now();
    const growth = this.#growing.get(part.id);
    if (growth) {
      growth.part = part;
      growth.text += text;
      growth.isWritten = false;
    } else {
      const wholeAt = now + WHOLE_INTERVAL_MS;
      this.#growing.set(part.id, { part, text, wholeAt, isWritten: false });
    }
    if (now - this.#flushedAt >= DELTA_INTERVAL_MS) this.#flush(now);
    else this.#wakeAt(this.#flushedAt + DELTA_INTERVAL_MS);
  }

  #flush(now: number): void {
    this.#flushedAt = now;
    for (const growth of this.#growing.values()) {
      this.#tellDelta(growth);
      if (growth.isWritten) continue;
      if (now >= growth.wholeAt) this.#writeWhole(growth, now);
      else this.#wakeAt(growth.wholeAt);
    }
  }

  #wakeAt(at: number): void {
    if (this.#timer && this.#timer.at <= at) return;
    this.#timer?.cancel();
    const cancel = this.#clock.timer(at - this.#clock.now(), () => {
      this.#timer = undefined;
      try {
        this.#flush(this.#clock.now());
      } catch {
        // Nobody stands behind a timer to hear of it. Nothing is lost: the end of the part writes
        // it whole, and tells when even that fails.
      }
    });
    this.#timer = { at, cancel };
  }

  #tellDelta(growth: Growth): void {
    // A call's arguments are no text of the part: they are told with the whole only.
    if (growth.text && growth.part.type !== "tool") {
      this.#records.tellDelta(growth.part, growth.text);
    }
    growth.text = "";
  }

  #writeWhole(growth: Growth, now: number): void {
    const { part } = growth;
    growth.wholeAt = now + WHOLE_INTERVAL_MS * (1 + lengthOf(part) / WHOLE_SLOWDOWN_LENGTH);
    this.#replace(part);
    this.#records.putPart(part);
    growth.isWritten = true;
  }

  #remove(part: Part): void {
    this.#growing.delete(part.id);
    const at = this.#parts.findIndex((other) => other.id === part.id);
    if (at >= 0) this.#parts.splice(at, 1);
    this.#records.removePart(part.sessionID, part.messageID, part.id);
  }

  #replace(part: Part): void {
    const at = this.#parts.findLastIndex((other) => other.id === part.id);
    if (at >= 0) this.#parts[at] = part;
    else this.#parts.push(part);
  }
}

function lengthOf(part: GrowingPart): number {
  if (part.type !== "tool") return part.text.length;
  return part.state.status === "pending" ? part.state.raw.length : 0;
}
