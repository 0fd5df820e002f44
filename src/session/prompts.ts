// Prompts: what a client sends becomes a stored user message, and the session's run answers it.
import type { Clock } from "@/base/clock";
import { invalid } from "@/base/error";
import { KeyedLock } from "@/base/queue";
import type { MessageWithParts, PromptInput } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { SessionStore } from "@/storage/session-store";
import { loadConversation } from "./history";
import { type LoopServices, runLoop } from "./loop";
import type { PromptHooks } from "./prompt-hooks";
import type { PromptParts } from "./prompt-parts";
import type { Records } from "./records";
import type { Runs, Work } from "./runs";
import type { Sessions } from "./sessions";
import { checkFormat } from "./structured-output";
import type { Titles } from "./title";
import type { UserMessages } from "./user-messages";

interface PromptsOptions {
  clock: Clock;
  hooks: PromptHooks;
  messages: UserMessages;
  parts: PromptParts;
  records: Records;
  runs: Runs;
  sessions: Sessions;
  store: SessionStore;
  steps: LoopServices;
  titles: Titles;
}

/** How far back the last prompt is looked for. */
const RECENT_MESSAGES = 100;

/** What the model reads of a prompt without parts: providers want something to answer. */
const GO_ON = {
  type: "text" as const,
  text: "Go on with what is left to do. If nothing is, say so and ask what is wanted.",
  synthetic: true,
};

interface AcceptedPrompt {
  message: MessageWithParts;
  /** The answer; none is made with `noReply`. */
  answered?: Promise<MessageWithParts>;
}

export class Prompts {
  readonly #options: PromptsOptions;
  /** Keyed by session: prompts are accepted in the order in which they come. */
  readonly #locks = new KeyedLock();

  constructor(options: PromptsOptions) {
    this.#options = options;
  }

  /**
   * Stores the prompt and resolves with the last assistant message when the session is idle again;
   * with `noReply`, at once with the stored message. A session that is busy takes the prompt after
   * its present step. A failure of the provider, or of the step itself, is the `error` of the
   * answer. Without parts it is a word to go on. `signal` stops the session, wherever it is in
   * this, and its subagents.
   * Throws AppError, with nothing stored: not-found for an unknown session, agent or model,
   * unavailable when there is no model at all, conflict for a message id that exists, invalid for
   * parts that say nothing, denied when a hook refuses it, busy when another process runs the
   * session, limit when too many wait.
   */
  async prompt(
    sessionID: string,
    input: PromptInput,
    signal?: AbortSignal,
  ): Promise<MessageWithParts> {
    signal?.throwIfAborted();
    const { message, answered } = await this.#inTurn(sessionID, input);
    if (!answered) return message;
    return signal ? this.#stopWith(signal, sessionID, answered) : answered;
  }

  /** As `prompt`, but resolves when the prompt is stored; later failures are events only. */
  async promptAsync(sessionID: string, input: PromptInput): Promise<void> {
    const { answered } = await this.#inTurn(sessionID, input);
    answered?.catch(() => undefined); // told as session.error by the run
  }

  /**
   * Says `text` in the program's name, to whom the session spoke last and as it was asked then.
   * Resolves and throws as `prompt` does.
   */
  async tell(sessionID: string, text: string): Promise<MessageWithParts> {
    const { messages } = this.#options.sessions.messages(sessionID, { limit: RECENT_MESSAGES });
    const last = messages.findLast(({ info }) => info.role === "user")?.info;
    const asked = last?.role === "user" ? last : undefined;
    const { providerID, modelID, variant } = asked?.model ?? {};
    return this.prompt(sessionID, {
      parts: [{ type: "text", text, synthetic: true }],
      ...(asked ? { agent: asked.agent } : {}),
      ...(providerID && modelID ? { model: { providerID, modelID } } : {}),
      ...(variant ? { variant } : {}),
      ...(asked?.system ? { system: asked.system } : {}),
      ...(asked?.tools ? { tools: asked.tools } : {}),
    });
  }

  #inTurn(sessionID: string, input: PromptInput): Promise<AcceptedPrompt> {
    return this.#locks.run(sessionID, () => this.#accept(sessionID, input));
  }

  async #accept(sessionID: string, input: PromptInput): Promise<AcceptedPrompt> {
    const { messages, parts: promptParts, sessions, runs, titles } = this.#options;
    checkFormat(input.format);
    const session = sessions.get(sessionID);
    const info = await messages.create(session, input);
    const isWordless = input.parts.length === 0 && !input.noReply;
    const parts = await promptParts.resolve(isWordless ? [GO_ON] : input.parts, info);
    if (!input.noReply && !parts.some(saysSomething)) {
      throw invalid("parts: expected a text, a file, an agent or a subtask");
    }
    const prompt = await this.#options.hooks.shape({ info, parts }, session);
    messages.store(prompt, input.noReply ? undefined : () => runs.claim(sessionID));
    if (input.noReply) return { message: prompt };
    void titles.make(prompt);
    return { message: prompt, answered: runs.submit(sessionID, prompt, this.answer) };
  }

  async #stopWith<T>(signal: AbortSignal, sessionID: string, answered: Promise<T>): Promise<T> {
    // Where it cannot be stopped the run goes on to its end, which is awaited all the same.
    const stop = () => void this.#options.sessions.abort(sessionID).catch(() => undefined);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await answered;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** The work of a run that answers prompts. */
  readonly answer: Work = (run) =>
    runLoop(run, loadConversation(run.sessionID, this.#options), this.#options.steps);
}

/** Whether the model gets to read anything of the part. */
function saysSomething(part: Part): boolean {
  return part.type !== "text" || (!part.ignored && part.text.trim() !== "");
}
