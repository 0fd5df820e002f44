// EventFeed: tells plugins what happens. Nobody waits for them; one that does not keep up misses
// what is too much, and is told of once.
import type { Clock } from "@/base/clock";
import type { BusEvent } from "@/schema/event";
import { attempt, type Plugin } from "./plugin";
import { callWithin } from "@/base/within-time";

interface EventFeedOptions {
  listeners(): readonly Plugin[];
  report(problem: string): void;
  clock: Clock;
}

/** Events of one plugin that it has not answered; further ones are dropped. */
const WAITING_MAX = 1_000;
const ANSWER_LIMIT_MS = 60_000;

export class EventFeed {
  readonly #options: EventFeedOptions;
  readonly #waiting = new WeakMap<Plugin, number>();
  readonly #reported = new WeakSet<Plugin>();

  constructor(options: EventFeedOptions) {
    this.#options = options;
  }

  /** Never throws. */
  push(told: BusEvent): void {
    const listeners = this.#options.listeners();
    if (listeners.length === 0) return;
    const { seq: _, ...event } = told;
    for (const plugin of listeners) {
      for (const listen of plugin.onEvent) void this.#tell(plugin, () => listen({ event }));
    }
  }

  async #tell(plugin: Plugin, listen: () => unknown): Promise<void> {
    const waiting = this.#waiting.get(plugin) ?? 0;
    const onError = (reason: string) => this.#report(plugin, reason);
    if (waiting >= WAITING_MAX) return onError("it does not keep up with the events");
    this.#waiting.set(plugin, waiting + 1);
    const work = async () => void (await listen());
    await attempt(
      () => callWithin(work, { limitMs: ANSWER_LIMIT_MS, clock: this.#options.clock }),
      onError,
    );
    this.#waiting.set(plugin, (this.#waiting.get(plugin) ?? 1) - 1);
  }

  #report(plugin: Plugin, reason: string): void {
    if (this.#reported.has(plugin)) return;
    this.#reported.add(plugin);
    this.#options.report(`${plugin.name}: the hook event failed: ${reason}`);
  }
}
