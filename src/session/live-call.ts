// LiveCall: the part of a call while its tool runs. What the tool reports goes into the running
// state; the end replaces it, and what comes after the end is dropped.
import type { Part, ToolPart, ToolState, ToolStateCompleted, ToolStateError } from "@/schema/part";

export interface LiveUpdate {
  title?: string;
  metadata?: Record<string, unknown>;
}

type Running = Extract<ToolState, { status: "running" }>;

export class LiveCall {
  readonly #part: ToolPart;
  readonly #write: (part: Part) => void;
  #state: Running;
  #ended = false;

  /** Writes the running state at once. */
  constructor(
    part: ToolPart,
    running: { input: Record<string, unknown>; start: number },
    write: (part: Part) => void,
  ) {
    this.#part = part;
    this.#write = write;
    this.#state = { status: "running", input: running.input, time: { start: running.start } };
    this.#write({ ...part, state: this.#state });
  }

  /** When it began to do something, epoch milliseconds. */
  get start(): number {
    return this.#state.time.start;
  }

  /** It has waited for a person until now, which it does not take. Told with what comes next. */
  restart(start: number): void {
    this.#state = { ...this.#state, time: { start } };
  }

  /** Throws what writing throws. */
  report(update: LiveUpdate): void {
    if (this.#ended) return;
    const metadata = { ...this.#state.metadata, ...update.metadata };
    this.#state = { ...this.#state, ...update, metadata };
    this.#write({ ...this.#part, state: this.#state });
  }

  end(state: ToolStateCompleted | ToolStateError): void {
    this.#ended = true;
    const { metadata } = this.#state;
    const isFailure = state.status === "error" && metadata !== undefined;
    // What a failed call had to show until then stays to be seen.
    const ended = isFailure ? { ...state, metadata: { ...metadata, ...state.metadata } } : state;
    this.#write({ ...this.#part, state: ended });
  }
}
