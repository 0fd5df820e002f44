// Store: holds the State, applies changes to it at once, and tells listeners afterwards: once for
// all changes of one turn of the event loop. Text deltas are gathered meanwhile and applied at most
// DELTAS_PER_SECOND times a second, so that a fast model costs no more than a slow one.
import type { Clock } from "@/base/clock";
import type { EventOf } from "@/schema/event";
import type { Change } from "./change";
import { reduce } from "./reduce";
import type { State } from "./state";

const DELTAS_PER_SECOND = 20;

type Delta = EventOf<"message.part.delta">;
type Listener = (state: State, before: State) => void;

export class Store {
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener>();
  #state: State;
  /** What the listeners know. */
  #told: State;
  #isTelling = false;
  /** Text that came since it was last applied, by part and field. */
  #deltas = new Map<string, Delta>();
  #cancelFlush: (() => void) | undefined;

  constructor(state: State, clock: Clock) {
    this.#state = state;
    this.#told = state;
    this.#clock = clock;
  }

  get state(): State {
    return this.#state;
  }

  dispatch(change: Change): void {
    if (change.type === "heard") {
      const { event } = change;
      if (event.type === "message.part.delta") return this.#gather(event);
      // The whole part holds all that came before it.
      if (event.type === "message.part.updated") this.#forget(event.properties.part.id);
    }
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
    this.#applyDeltas();
    this.#tell();
  }

  /** Ends its timer. */
  close(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#deltas.clear();
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

  #gather(delta: Delta): void {
    const { partID, field } = delta.properties;
    const key = `${partID} ${field}`;
    const known = this.#deltas.get(key);
    const text = (known?.properties.delta ?? "") + delta.properties.delta;
    this.#deltas.set(key, { ...delta, properties: { ...delta.properties, delta: text } });
    this.#cancelFlush ??= this.#clock.timer(1_000 / DELTAS_PER_SECOND, () => this.#applyDeltas());
  }

  #forget(partID: string): void {
    for (const key of this.#deltas.keys()) {
      if (key.startsWith(`${partID} `)) this.#deltas.delete(key);
    }
  }

  #applyDeltas(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const deltas = [...this.#deltas.values()];
    this.#deltas.clear();
    const at = this.#clock.now();
    for (const event of deltas) this.#apply({ type: "heard", event, at });
  }
}
