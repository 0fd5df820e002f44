// Patience: how long others wait for an MCP server to start. One whose offer is known is not waited
// for; one that nothing is known of is, for a moment, counted from when it was first wanted. If it
// comes too late it may be no more than slow, and the process too short to see it: it gets another
// chance, unless it was seen to hang.
import type { Clock } from "@/base/clock";
import type { McpConnection } from "./mcp-connection";

/** How long a prompt waits, by how often the server came too late; from then on not at all. */
const WAITS_MS: readonly number[] = [1_000, 3_000];
/** What is not connected by then hangs. */
const HANGS_MS = 10_000;

export class Patience {
  readonly #clock: Clock;
  readonly #onLate: (connection: McpConnection, lateTimes: number) => void;
  readonly #wantedSince = new WeakMap<McpConnection, number>();

  /** `onLate` is told of a server that was waited for in vain, and how often it was by now. */
  constructor(clock: Clock, onLate: (connection: McpConnection, lateTimes: number) => void) {
    this.#clock = clock;
    this.#onLate = onLate;
  }

  /**
   * Resolves when `started` does, or when the server has been waited for long enough: `maxMs`, or
   * what is known of it lets expect. Rejects only with the signal's reason.
   */
  async wait(
    connection: McpConnection,
    started: Promise<void>,
    { maxMs, signal }: { maxMs?: number | undefined; signal?: AbortSignal | undefined },
  ): Promise<void> {
    const { offer, lateTimes = 0 } = connection.remembered;
    const patienceMs = offer ? 0 : (WAITS_MS[lateTimes] ?? 0);
    const since = this.#since(connection, started, patienceMs);
    const leftMs = since + (maxMs ?? patienceMs) - this.#clock.now();
    if (leftMs > 0) await this.within(leftMs, started, signal);
  }

  /** Resolves when the work is done, after `ms` at most. Rejects only with the signal's reason. */
  async within(ms: number, work: Promise<unknown>, signal?: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>();
    const cancel = this.#clock.timer(ms, over.resolve);
    const onAbort = () => over.reject(signal?.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([work, over.promise]);
    } finally {
      cancel();
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #since(connection: McpConnection, started: Promise<void>, patienceMs: number): number {
    const known = this.#wantedSince.get(connection);
    if (known !== undefined) return known;
    const now = this.#clock.now();
    this.#wantedSince.set(connection, now);
    if (patienceMs > 0) {
      void this.#tellIfLate(connection, started, patienceMs);
    }
    return now;
  }

  /** Tells when it is late, and when it is known that it would be again. */
  async #tellIfLate(
    connection: McpConnection,
    started: Promise<void>,
    patienceMs: number,
  ): Promise<void> {
    const { lateTimes = 0 } = connection.remembered;
    let isLate = false;
    const tell = (times: number) => {
      isLate = true;
      this.#onLate(connection, times);
    };
    const cancelLate = this.#clock.timer(patienceMs, () => tell(lateTimes + 1));
    const cancelHangs = this.#clock.timer(HANGS_MS, () => tell(WAITS_MS.length));
    await started;
    cancelLate();
    cancelHangs();
    if (isLate && connection.hasFailed) tell(WAITS_MS.length);
  }
}
