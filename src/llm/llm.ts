// LLM: asks a model and streams its answer. The only door to the models: packages, wires, retries
// and time limits are behind it. A failure is the last value of the stream, never an exception.
//
// Tools run only when an answer is whole, so an attempt that fails in the middle may be repeated:
// the "retry" event says that everything it streamed is void.

import type { LanguageModelV4, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { Clock } from "@/base/clock";
import { errorMessage } from "@/base/error";
import type { Logger } from "@/base/log";
import type { MessageError } from "@/schema/message-error";
import { toCallOptions } from "./call-options";
import { Concessions } from "./concessions";
import { readAnswer } from "./error-answer";
import { menderFor } from "./event-menders";
import { ABORTED, type FailureContext, toFailure } from "./failure";
import { KeyRenewals } from "./key-renewals";
import type { ModelEvent, ModelRequest } from "./model-event";
import { OpenModels } from "./open-models";
import { decideRetry } from "./retry";
import { secretsOf } from "./secrets";
import { StreamParts } from "./stream-parts";
import { Exchange, timeLimits } from "./transport";

/** How often one request is changed as it was refused. */
const CONCESSIONS_MAX = 3;

interface FailedAttempt {
  thrown: unknown;
  /** Nothing of the answer had come. */
  isSilent: boolean;
}

/** How a request was changed so far. */
interface Changes {
  count: number;
  isRenewed: boolean;
}

interface RenewalError {
  error: MessageError;
}

export class LLM {
  /** Where those who hand out short-lived keys say how to get another one. */
  readonly renewals = new KeyRenewals();
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #random: () => number;
  readonly #models = new OpenModels();
  readonly #concessions = new Concessions();
  /** What ends the waits of each session before their time. */
  readonly #waits = new Map<string, Set<AbortController>>();

  constructor(options: { clock: Clock; log: Logger; random?: () => number }) {
    this.#clock = options.clock;
    this.#log = options.log.child("llm");
    this.#random = options.random ?? Math.random;
  }

  /**
   * Streams the model's answer to the request. The last value is a `finish`, or an `error`, which
   * follows a finish when the answer came whole but is of no use (filtered, or at its length limit
   * before it said anything). An abort ends it with MessageAbortedError and closes the connection;
   * so does leaving the loop early. Nothing is sent before the first value is asked for.
   */
  async *stream(asked: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void> {
    let request = asked;
    const changes: Changes = { count: 0, isRenewed: false };
    let waitedMs = 0;
    for (let attempt = 1; ; attempt++) {
      if (attempt > 1) yield { type: "attempt", attempt };
      let failed = yield* this.#attempt(request, signal);
      while (failed && !signal.aborted) {
        const changed = await this.#change(request, failed, changes);
        if (!changed) break;
        if ("error" in changed) return yield { type: "error", error: changed.error };
        request = changed;
        failed = yield* this.#attempt(request, signal);
      }
      if (!failed) return;
      const failure = toFailure(failed.thrown, failureContext(request, signal));
      const now = this.#clock.now();
      const decision = decideRetry(failure, { attempt, waitedMs, now }, this.#random);
      this.#logFailure(request, attempt, failure.error, decision);
      if ("error" in decision) return yield { type: "error", error: decision.error };
      const { waitMs } = decision;
      yield { type: "retry", attempt, message: words(failure.error), next: now + waitMs };
      const isAborted = await this.#wait(request.sessionID, waitMs, signal);
      if (isAborted) return yield { type: "error", error: ABORTED };
      waitedMs += this.#clock.now() - now;
    }
  }

  /**
   * Sends at once what the session waits to send again, since a person asks for it; false when it
   * waits for nothing.
   */
  retryNow(sessionID: string): boolean {
    const waits = this.#waits.get(sessionID);
    for (const wait of waits ?? []) wait.abort();
    return waits !== undefined;
  }

  /**
   * The request as it may be sent again at once: refused before the model said a word, with another
   * key or without what the server does not take it is the same attempt.
   */
  async #change(
    request: ModelRequest,
    { isSilent, thrown }: FailedAttempt,
    changes: Changes,
  ): Promise<ModelRequest | RenewalError | undefined> {
    const answer = isSilent ? readAnswer(thrown) : undefined;
    if (!answer) return undefined;
    // Whether the key was refused, rather than what may be done with it.
    if (answer.statusCode === 401 && !changes.isRenewed) {
      changes.isRenewed = true;
      return this.#renewKey(request);
    }
    if (changes.count >= CONCESSIONS_MAX) return undefined;
    if (!this.#concessions.concede(request, answer)) return undefined;
    changes.count++;
    const { model, provider, sessionID } = request;
    const name = `${provider.id}/${model.id}`;
    this.#log.info("a request is changed as it was refused", { sessionID, model: name });
    return request;
  }

  /** The request with another key, if its provider has one; or why it is not to be had. */
  async #renewKey(request: ModelRequest): Promise<ModelRequest | RenewalError | undefined> {
    try {
      const provider = await this.renewals.renew(request.provider);
      return provider && { ...request, provider };
    } catch (error) {
      const data = { providerID: request.provider.id, message: errorMessage(error) };
      return { error: { name: "ProviderAuthError", data } };
    }
  }

  /** One request. Returns what it failed with, or undefined when its last event was the end. */
  async *#attempt(
    asked: ModelRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ModelEvent, FailedAttempt | undefined> {
    const request = this.#concessions.apply(asked);
    const limits = timeLimits(request.provider.options);
    const mender = menderFor(request.model.api.npm);
    const owner = { sessionID: request.sessionID, caller: signal, mender };
    const exchange = new Exchange(this.#clock, limits, owner);
    // Where no call is wanted, none is looked for in the text either.
    const parts = new StreamParts(request.toolChoice === "none" ? [] : request.tools);
    try {
      exchange.signal.throwIfAborted();
      const model = await this.#models.open(request, exchange);
      for await (const part of streamOf(model, request, exchange)) {
        // Not `yield*`, which waits several times for each of them.
        for (const event of parts.take(part)) yield event;
      }
      yield* parts.flush(mender?.echo);
      const { isUseless, ...finish } = parts.end();
      yield finish;
      const error = endError(finish.reason, isUseless);
      if (error) yield { type: "error", error };
      return undefined;
    } catch (error) {
      // What was said until an abort is kept.
      if (signal.aborted) yield* parts.abandon();
      // What a package throws after an abort varies; the reason of the abort says what happened.
      const thrown: unknown = exchange.signal.aborted ? exchange.signal.reason : error;
      return { thrown, isSilent: parts.isSilent };
    } finally {
      exchange.close();
    }
  }

  /** Whether the wait was cut short by an abort; `retryNow` cuts it short as well. */
  async #wait(sessionID: string, ms: number, signal: AbortSignal): Promise<boolean> {
    const end = new AbortController();
    const waits = this.#waits.get(sessionID) ?? new Set();
    this.#waits.set(sessionID, waits.add(end));
    try {
      await this.#clock.sleep(ms, AbortSignal.any([signal, end.signal]));
    } catch (error) {
      if (!signal.aborted && !end.signal.aborted) throw error;
    } finally {
      waits.delete(end);
      if (waits.size === 0) this.#waits.delete(sessionID);
    }
    return signal.aborted;
  }

  #logFailure(
    request: ModelRequest,
    attempt: number,
    error: MessageError,
    decision: { waitMs: number } | { error: MessageError },
  ): void {
    if (error.name === "MessageAbortedError") return;
    this.#log.warn("model request failed", {
      sessionID: request.sessionID,
      model: `${request.provider.id}/${request.model.id}`,
      attempt,
      error: error.name,
      reason: words(error),
      ...("waitMs" in decision ? { waitMs: decision.waitMs } : {}),
    });
  }
}

/** Reads the package's stream. Throws the reason of the abort when the exchange aborts. */
async function* streamOf(
  model: LanguageModelV4,
  request: ModelRequest,
  exchange: Exchange,
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  const { signal } = exchange;
  const { stream } = await model.doStream({ ...toCallOptions(request), abortSignal: signal });
  const reader = stream.getReader();
  // Some packages leave a read pending when their connection is aborted; cancelling settles it.
  const cancel = () => void reader.cancel(signal.reason).catch(ignoreCancelled);
  signal.addEventListener("abort", cancel, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (signal.aborted) throw signal.reason;
      if (done) return;
      // The packages make this one themselves; all others come of something the provider sent.
      if (value.type !== "stream-start") exchange.progress();
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    // Not waited for: through the packages' pipes it may never settle. exchange.close() is what
    // ends the connection.
    cancel();
  }
}

/** A stream that is being given up has nothing more to say, its failures included. */
function ignoreCancelled(): void {}

function endError(reason: string, isUseless: boolean): MessageError | undefined {
  if (reason === "content-filter") {
    const message = "The provider's content filter stopped the answer.";
    return { name: "ContentFilterError", data: { message } };
  }
  if (reason === "length" && isUseless) return { name: "MessageOutputLengthError", data: {} };
  return undefined;
}

function failureContext({ provider }: ModelRequest, signal: AbortSignal): FailureContext {
  return {
    providerID: provider.id,
    providerName: provider.name,
    secrets: secretsOf(provider),
    isAborted: signal.aborted,
  };
}

function words(error: MessageError): string {
  const { message } = error.data;
  return typeof message === "string" ? message : error.name;
}
