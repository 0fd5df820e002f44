// Key checks: whether a provider takes a key, asked before it is kept with one small request to one
// of its small models. A provider that does not answer, or says something else, leaves it open: the
// key may be right all the same.
import { AppError, errorMessage } from "@/base/error";
import type { LLM } from "@/llm/llm";
import type { ModelRequest } from "@/llm/model-event";
import type { ApiKey, KeyVerdict } from "@/schema/auth";
import type { MessageError } from "@/schema/message-error";
import type { Providers, UsableModel } from "./providers";

const ANSWER_TIMEOUT_MS = 10_000;
/** The least that every provider takes. */
const ANSWER_TOKENS = 16;

export class KeyChecks {
  readonly #providers: Pick<Providers, "withKey">;
  readonly #llm: Pick<LLM, "stream">;

  constructor(providers: Pick<Providers, "withKey">, llm: Pick<LLM, "stream">) {
    this.#providers = providers;
    this.#llm = llm;
  }

  /** Throws AppError not-found for an unknown provider; every other trouble leaves it open. */
  async check(providerID: string, key: ApiKey, signal: AbortSignal): Promise<KeyVerdict> {
    const limit = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    try {
      const usable = await this.#providers.withKey(providerID, key);
      if (usable === undefined) return { verdict: "unknown", message: "It has no model to ask" };
      return await this.#ask(usable, AbortSignal.any([signal, limit]));
    } catch (error) {
      if (error instanceof AppError && error.kind === "not-found") throw error;
      return { verdict: "unknown", message: errorMessage(error) };
    }
  }

  async #ask(usable: UsableModel, signal: AbortSignal): Promise<KeyVerdict> {
    for await (const event of this.#llm.stream(requestTo(usable), signal)) {
      if (event.type === "attempt") continue;
      if (event.type === "retry") return { verdict: "unknown", message: event.message };
      return event.type === "error" ? verdictOf(event.error, signal) : { verdict: "accepted" };
    }
    return { verdict: "unknown" };
  }
}

function requestTo({ model, provider }: UsableModel): ModelRequest {
  return {
    model,
    provider,
    sessionID: "key-check",
    messages: [{ role: "user", content: [{ type: "text", text: "Say OK." }] }],
    tools: [],
    maxOutputTokens: ANSWER_TOKENS,
    options: model.options,
    headers: model.headers,
  };
}

function verdictOf(error: MessageError, signal: AbortSignal): KeyVerdict {
  if (signal.aborted) {
    const seconds = ANSWER_TIMEOUT_MS / 1_000;
    return { verdict: "unknown", message: `There was no answer in ${seconds} seconds` };
  }
  const { message } = error.data;
  const words = typeof message === "string" ? message : error.name;
  return { verdict: error.name === "ProviderAuthError" ? "refused" : "unknown", message: words };
}
