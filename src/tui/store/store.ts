// Store: holds the State, applies changes to it at once, and tells listeners afterwards: once for
// all changes of one turn of the event loop. Text that grows is gathered meanwhile and applied on
// the beat.
import type { EventOf } from "@/schema/event";
import type { Part } from "@/schema/part";
import type { Beat } from "@/tui/beat";
import type { Change } from "./change";
import { reduce } from "./reduce";
import type { State } from "./state";

type Delta = EventOf<"message.part.delta">;
type Whole = EventOf<"message.part.updated">;
type Listener = (state: State, before: State) => void;

/** How a part has grown since it was last applied. */
interface Growth {
  whole: Whole | undefined;
  /** What came after it, by field. */
  deltas: Map<string, Delta>;
}

/** What it needs of the clock. */
interface Time {
  now(): number;
}

export class Store {
  readonly #clock: Time;
  readonly #beat: Beat;
  readonly #listeners = new Set<Listener>();
  #state: State;
  /** What the listeners know. */
  #told: State;
  #isTelling = false;
  /** By part. */
  #growths = new Map<string, Growth>();
  #cancelFlush: (() => void) | undefined;

  constructor(state: State, clock: Time, beat: Beat) {
    this.#state = state;
    this.#told = state;
    this.#clock = clock;
    this.#beat = beat;
  }

  get state(): State {
    return this.#state;
  }

  dispatch(change: Change): void {
    if (change.type === "heard" && this.#gathers(change.event)) return;
    this.#apply(change);
  }

  /** Hears of the state after each batch of changes, until the returned function is called. */
  subscribe(listener: Listener): () => void {
    // Wrapped, so that the same function can subscribe twice and leave once.
    const entry: Listener = (state, before) => listener(state, before);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** Applies what is gathered, and tells what has changed, without waiting. */
  flush(): void {
    this.#applyGrowths();
    this.#tell();
  }

  /** Ends its timer, and tells nobody any more: what still comes is for screens that are gone. */
  close(): void {
    this.#listeners.clear();
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#growths.clear();
  }

  #apply(change: Change): void {
    this.#state = reduce(this.#state, change);
    if (this.#isTelling || this.#state === this.#told) return;
    this.#isTelling = true;
    queueMicrotask(() => this.#tell());
  }

  #tell(): void {
    this.#isTelling = false;
    const before = this.#told;
    const state = this.#state;
    if (state === before) return;
    this.#told = state;
    for (const listener of [...this.#listeners]) listener(state, before);
  }

  /** Whether the change can wait for the beat. */
  #gathers(event: Extract<Change, { type: "heard" }>["event"]): boolean {
    switch (event.type) {
      case "message.part.delta":
        this.#extend(event);
        return true;
      case "message.part.updated": {
        // The whole part holds all that came before it.
        const { part } = event.properties;
        this.#growths.delete(part.id);
        if (!isGrowing(part)) return false;
        this.#gather(part.id, { whole: event, deltas: new Map() });
        return true;
      }
      case "message.part.removed":
        this.#growths.delete(event.properties.partID);
        return false;
      default:
        return false;
    }
  }

  #extend(delta: Delta): void {
    const { partID, field } = delta.properties;
    const growth = this.#growths.get(partID) ?? { whole: undefined, deltas: new Map() };
    const text = (growth.deltas.get(field)?.properties.delta ?? "") + delta.properties.delta;
    growth.deltas.set(field, { ...delta, properties: { ...delta.properties, delta: text } });
    this.#gather(partID, growth);
  }

  #gather(partID: string, growth: Growth): void {
    this.#growths.set(partID, growth);
    this.#cancelFlush ??= this.#beat.next(() => this.flush());
  }

  #applyGrowths(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const growths = [...this.#growths.values()];
    this.#growths.clear();
    const at = this.#clock.now();
    for (const { whole, deltas } of growths) {
      for (const event of [...(whole ? [whole] : []), ...deltas.values()]) {
        this.#apply({ type: "heard", event, at });
      }
    }
  }
}

function isGrowing(part: Part): boolean {
  const isText = part.type === "text" || part.type === "reasoning";
  return isText && part.time !== undefined && part.time.end === undefined;
}
