// One HTTP exchange with a provider, under time limits: what the provider packages get as `fetch`.
//
// The limits: until the headers, between two pieces of the answer, and for the whole. Whoever reads
// the answer reports progress in terms of the model (text, reasoning, arguments), so that comments
// and pings which keep a connection warm do not count. A limit that is passed aborts the exchange
// with a StallError as the reason. Answers that are not streams are read here, within a cap, and
// refused as NoStreamError: the packages would see an empty stream in them.

import type { Clock } from "@/base/clock";
import { version } from "@/base/version";
import { checkFrames } from "./amazon-frames";
import { EventLines, type EventMender } from "./event-lines";
import { NoStreamError, StallError } from "./wire-error";

/** Milliseconds; undefined is without limit. */
export interface TimeLimits {
  headerMs: number | undefined;
  chunkMs: number | undefined;
  totalMs: number | undefined;
}

export const HEADER_TIMEOUT_MS = 300_000;
export const CHUNK_TIMEOUT_MS = 300_000;

/** How long a complete answer may stay quiet before its end: some servers never close it. */
const END_GRACE_MS = 10_000;

/** How long the server's own end is waited for, in the background, behind the one it announced. */
const DRAIN_MS = 1_000;

/** Of an answer that is no stream, which is an error or a mistake. */
const PLAIN_BODY_MAX_BYTES = 1024 * 1024;

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** `timeout`, `headerTimeout`, `chunkTimeout` of a provider's options; false is without limit. */
export function timeLimits(options: Record<string, unknown>): TimeLimits {
  return {
    headerMs: limit(options["headerTimeout"], HEADER_TIMEOUT_MS),
    chunkMs: limit(options["chunkTimeout"], CHUNK_TIMEOUT_MS),
    totalMs: limit(options["timeout"], undefined),
  };
}

function limit(value: unknown, standard: number | undefined): number | undefined {
  if (value === false) return undefined;
  return typeof value === "number" && value > 0 ? value : standard;
}

/** Who asks. */
interface ExchangeOwner {
  sessionID: string;
  caller: AbortSignal;
}

/** Owned by one attempt; close() must be called when it is over, however it ended. */
export class Exchange {
  readonly #clock: Clock;
  readonly #limits: TimeLimits;
  readonly #sessionID: string;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #onCallerAbort: () => void;
  readonly #lines: EventLines | undefined;
  #isComplete = false;
  #cancelTotal: () => void = () => {};
  #cancelPhase: () => void = () => {};
  #progressAt = 0;

  constructor(
    clock: Clock,
    limits: TimeLimits,
    { sessionID, caller, mender }: ExchangeOwner & { mender?: EventMender | undefined },
  ) {
    this.#clock = clock;
    this.#limits = limits;
    this.#sessionID = sessionID;
    this.#caller = caller;
    this.#lines = mender && new EventLines(mender, () => this.#complete());
    this.#onCallerAbort = () => this.#controller.abort(caller.reason);
    caller.addEventListener("abort", this.#onCallerAbort, { once: true });
    if (caller.aborted) this.#onCallerAbort();
    if (limits.totalMs !== undefined) this.#cancelTotal = this.#stallAfter("total", limits.totalMs);
  }

  /** Aborts when the caller does, or when a limit is passed (the reason is a StallError). */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something of the answer has come. Cheap: it only notes the time. */
  progress(): void {
    this.#progressAt = this.#clock.now();
  }

  /** The answer is complete but for the end of its stream, which is not waited for long. */
  #complete(): void {
    this.#isComplete = true;
    this.progress();
    this.#cancelPhase();
    this.#cancelPhase = this.#watch(END_GRACE_MS, END_GRACE_MS);
  }

  /**
   * Drops the connection if it is still in use. One whose answer is complete may end by itself in a
   * moment, and serves the next request.
   */
  close(): void {
    this.#caller.removeEventListener("abort", this.#onCallerAbort);
    this.#cancelTotal();
    this.#cancelPhase();
    const drop = () => this.#controller.abort();
    const drained = this.#lines?.drain();
    if (!drained) return drop();
    const cancel = this.#clock.timer(DRAIN_MS, drop);
    // However it ends, nobody waits for what it would say.
    drained.catch(() => undefined).finally(cancel);
  }

  /** Given to the provider package. The signal it passes on in `init` is the exchange's own. */
  async fetch(
    input: Parameters<Fetch>[0],
    init?: RequestInit,
    send: Fetch = fetch,
  ): Promise<Response> {
    const headers = new Headers(init?.headers);
    headers.set("user-agent", `opencode/${version}`);
    headers.set("x-session-id", this.#sessionID);
    headers.set("x-session-affinity", this.#sessionID);
    this.#startPhase("headers", this.#limits.headerMs);
    // `timeout: false` is Bun's: without it the runtime itself gives up on a quiet connection.
    const options: BunFetchRequestInit = { ...init, headers, signal: this.signal, timeout: false };
    const response = await send(input, options);
    this.progress();
    this.#startPhase("chunk", this.#limits.chunkMs);
    const stream = await checkStream(response);
    return this.#lines?.mend(stream) ?? stream;
  }

  #startPhase(phase: "headers" | "chunk", limitMs: number | undefined): void {
    this.#cancelPhase();
    if (limitMs === undefined) return;
    this.#cancelPhase =
      phase === "headers" ? this.#stallAfter(phase, limitMs) : this.#watch(limitMs, limitMs);
  }

  /** One timer at a time, set anew only when it fires: pieces come far more often than that. */
  #watch(limitMs: number, waitMs: number): () => void {
    return this.#clock.timer(waitMs, () => {
      const quietMs = this.#clock.now() - this.#progressAt;
      if (quietMs >= limitMs) this.#giveUp(limitMs);
      else this.#cancelPhase = this.#watch(limitMs, limitMs - quietMs);
    });
  }

  #giveUp(quietMs: number): void {
    if (this.#isComplete && this.#lines) this.#lines.close();
    else this.#controller.abort(new StallError("chunk", quietMs));
  }

  #stallAfter(phase: "headers" | "total", limitMs: number): () => void {
    return this.#clock.timer(limitMs, () => {
      this.#controller.abort(new StallError(phase, limitMs));
    });
  }
}

async function checkStream(response: Response): Promise<Response> {
  if (!response.ok) return readPlain(response, new Uint8Array(), response.body?.getReader());
  const type = response.headers.get("content-type") ?? "";
  if (/vnd\.amazon\.eventstream/i.test(type)) return checkFrames(response);
  if (/event-?stream/i.test(type)) return response;
  const reader = response.body?.getReader();
  const first = await firstBytes(reader);
  if (reader && looksLikeEvents(first)) return rejoin(response, first, reader);
  const plain = await readPlain(response, first, reader);
  const headers = Object.fromEntries(response.headers);
  throw new NoStreamError(response.url, response.status, headers, await plain.text());
}

/** What is used of a body's reader, whichever of the runtime's types it has. */
interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}

async function firstBytes(reader: Reader | undefined): Promise<Uint8Array> {
  for (;;) {
    const piece = await reader?.read();
    if (!piece?.value || piece.done) return new Uint8Array();
    if (piece.value.length > 0) return piece.value;
  }
}

/** Some servers stream events under a wrong content type, or none. */
function looksLikeEvents(bytes: Uint8Array): boolean {
  return /^\s*(data|event|id|retry)?:/.test(new TextDecoder().decode(bytes.subarray(0, 64)));
}

function rejoin(response: Response, first: Uint8Array, reader: Reader): Response {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(first),
    async pull(controller) {
      const { value } = await reader.read();
      if (value) controller.enqueue(value);
      else controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

/** The same response with its body read, cut at the cap. */
async function readPlain(
  response: Response,
  first: Uint8Array,
  reader: Reader | undefined,
): Promise<Response> {
  const chunks = [first];
  let size = first.length;
  while (size < PLAIN_BODY_MAX_BYTES) {
    const value = (await reader?.read())?.value;
    if (!value) break;
    chunks.push(value);
    size += value.length;
  }
  await reader?.cancel();
  const body = Buffer.concat(chunks).subarray(0, PLAIN_BODY_MAX_BYTES);
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  // The body below is decoded already, and its length may have changed.
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(body, { status, statusText, headers });
}
