// Patience: how long others wait for an MCP server to start. Each is waited for only a while,
// counted from when it was first wanted, by how it was the last time; how it is now is noted for
// the next.
import type { Clock } from "@/base/clock";
import type { McpConnection } from "./mcp-connection";
import type { Pace, StartMemory } from "./start-memory";

/**
 * How long a prompt waits. If a server was quick it is the machine that is busy now; one that was
 * slow holds nobody up again.
 */
const PATIENCE_MS: Readonly<Record<Pace, number>> = { unknown: 3_000, quick: 6_000, slow: 0 };

interface Want {
  since: number;
  patienceMs: Promise<number>;
}

export class Patience {
  readonly #clock: Clock;
  readonly #starts: StartMemory;
  readonly #wanted = new WeakMap<McpConnection, Want>();

  constructor(clock: Clock, starts: StartMemory) {
    this.#clock = clock;
    this.#starts = starts;
  }

  /**
   * Resolves when `started` does, or when the server has been waited for long enough: `maxMs`, or
   * what its last start lets expect. Rejects only with the signal's reason.
   */
  async wait(
    connection: McpConnection,
    started: Promise<void>,
    { maxMs, signal }: { maxMs: number | undefined; signal: AbortSignal | undefined },
  ): Promise<void> {
    const { since, patienceMs } = this.#want(connection, started);
    const leftMs = since + (maxMs ?? (await patienceMs)) - this.#clock.now();
    if (leftMs > 0) await this.#within(leftMs, started, signal);
  }

  #want(connection: McpConnection, started: Promise<void>): Want {
    const known = this.#wanted.get(connection);
    if (known) return known;
    const pace = this.#starts.paceOf(connection.config);
    const patienceMs = pace.then((one) => PATIENCE_MS[one]);
    const want = { since: this.#clock.now(), patienceMs };
    this.#wanted.set(connection, want);
    void this.#notePace(connection, started, pace);
    return want;
  }

  async #notePace(
    connection: McpConnection,
    started: Promise<void>,
    pace: Promise<Pace>,
  ): Promise<void> {
    const limitMs = Math.max(PATIENCE_MS[await pace], PATIENCE_MS.unknown);
    const cancel = this.#clock.timer(limitMs, () => {
      if (connection.isConnecting) void this.#starts.note(connection.config, "slow");
    });
    const startedAt = this.#clock.now();
    await started;
    cancel();
    const tookMs = this.#clock.now() - startedAt;
    const isQuick = connection.status.status === "connected" && tookMs < limitMs;
    if (isQuick) await this.#starts.note(connection.config, "quick");
  }

  async #within(ms: number, work: Promise<unknown>, signal?: AbortSignal): Promise<void> {
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
}
