// Queue: the prompts that wait, session by session, until the session is idle. They are kept here
// and not at the server, which would read them in the middle of the present turn, so that they can
// still be changed, moved and taken back. Pure values; who sends them is prompt-sender.ts.
import type { Entry } from "./history";

export interface QueuedPrompt extends Entry {
  id: number;
}

export const QUEUE_MAX = 100;

export class Queue {
  readonly #bySession = new Map<string, readonly QueuedPrompt[]>();
  readonly #onChange: () => void;
  #nextID = 1;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  list(sessionID: string): readonly QueuedPrompt[] {
    return this.#bySession.get(sessionID) ?? [];
  }

  /** All that waits, for keeping it. */
  all(): [sessionID: string, prompts: readonly QueuedPrompt[]][] {
    return [...this.#bySession];
  }

  /** False when too many wait already: the prompt stays where it is. */
  add(sessionID: string, entry: Entry): boolean {
    const waiting = this.list(sessionID);
    if (waiting.length >= QUEUE_MAX) return false;
    this.#set(sessionID, [...waiting, { ...entry, id: this.#nextID++ }]);
    return true;
  }

  /** Puts back, at the front, what could not be sent. */
  unshift(sessionID: string, entry: Entry): void {
    this.#set(sessionID, [{ ...entry, id: this.#nextID++ }, ...this.list(sessionID)]);
  }

  /** Takes the one of this id out, or the oldest. */
  take(sessionID: string, id?: number): QueuedPrompt | undefined {
    const waiting = this.list(sessionID);
    const taken = id === undefined ? waiting[0] : waiting.find((one) => one.id === id);
    if (taken) {
      this.#set(
        sessionID,
        waiting.filter((one) => one !== taken),
      );
    }
    return taken;
  }

  takeNewest(sessionID: string): QueuedPrompt | undefined {
    return this.take(sessionID, this.list(sessionID).at(-1)?.id ?? 0);
  }

  /** Takes all out, in order. */
  drain(sessionID: string): readonly QueuedPrompt[] {
    const waiting = this.list(sessionID);
    if (waiting.length > 0) this.#set(sessionID, []);
    return waiting;
  }

  /** Moves one by `by` places, as far as there are places. */
  move(sessionID: string, id: number, by: number): void {
    const waiting = [...this.list(sessionID)];
    const from = waiting.findIndex((one) => one.id === id);
    const to = Math.max(0, Math.min(waiting.length - 1, from + by));
    const [moved] = from < 0 ? [] : waiting.splice(from, 1);
    if (!moved || from === to) return;
    waiting.splice(to, 0, moved);
    this.#set(sessionID, waiting);
  }

  #set(sessionID: string, prompts: readonly QueuedPrompt[]): void {
    if (prompts.length === 0) this.#bySession.delete(sessionID);
    else this.#bySession.set(sessionID, prompts);
    this.#onChange();
  }
}
