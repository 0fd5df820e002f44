// Prompts: what a client sends becomes a stored user message, and the session's run answers it.
import type { Clock } from "@/base/clock";
import { AppError, conflict, invalid } from "@/base/error";
import type { IDs } from "@/base/id";
import { KeyedLock } from "@/base/queue";
import type { Agents } from "@/agent/agents";
import type { Providers } from "@/provider/providers";
import type { Agent } from "@/schema/agent";
import type { MessageWithParts, PromptInput, UserMessage } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { ModelRef } from "@/schema/primitive";
import type { Session } from "@/schema/session";
import type { SessionStore } from "@/storage/session-store";
import { Conversation, type Prompt } from "./conversation";
import { runLoop } from "./loop";
import { noModel } from "./no-model";
import type { PromptParts } from "./prompt-parts";
import type { Records } from "./records";
import type { Runs, Work } from "./runs";
import type { Sessions } from "./sessions";
import type { StepServices } from "./step";
import type { Titles } from "./title";
import { ended, endUnfinished, interrupted } from "./unfinished";

interface PromptsOptions {
  agents: Agents;
  clock: Clock;
  ids: IDs;
  parts: PromptParts;
  providers: Providers;
  records: Records;
  runs: Runs;
  sessions: Sessions;
  store: SessionStore;
  steps: StepServices;
  titles: Titles;
}

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
   * answer. `signal` stops the session, wherever it is in this, and its subagents.
   * Throws AppError, with nothing stored: not-found for an unknown session, agent or model,
   * unavailable when there is no model at all, conflict for a message id that exists, invalid for
   * parts that say nothing, busy when another process runs the session, limit when too many wait.
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

  #inTurn(sessionID: string, input: PromptInput): Promise<AcceptedPrompt> {
    return this.#locks.run(sessionID, () => this.#accept(sessionID, input));
  }

  async #accept(sessionID: string, input: PromptInput): Promise<AcceptedPrompt> {
    const { parts: promptParts, sessions, runs, titles } = this.#options;
    const info = await this.#createMessage(sessions.get(sessionID), input);
    const parts = await promptParts.resolve(input.parts, info);
    if (!input.noReply && !parts.some(saysSomething)) {
      throw invalid("parts: expected a text, a file, an agent or a subtask");
    }
    const prompt: Prompt = { info, parts };
    this.#store(prompt, input.noReply ? undefined : () => runs.claim(sessionID));
    if (input.noReply) return { message: prompt };
    void titles.make(prompt);
    return { message: prompt, answered: runs.submit(sessionID, prompt, this.#answer) };
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

  readonly #answer: Work = (run) => {
    const { clock, records, steps, store } = this.#options;
    const { messages } = store.listMessages(run.sessionID);
    // This process holds the session, so whoever left something unfinished in it is gone.
    const ending = interrupted(clock.now());
    records.together(() => {
      for (const message of messages) {
        const { info, parts } = endUnfinished(message, ending);
        for (const part of parts) records.putPart(part);
        if (info) records.putMessage(info);
      }
    });
    const history = messages.map((message) => ended(message, ending));
    return runLoop(run, new Conversation(history), steps);
  };

  async #createMessage(session: Session, input: PromptInput): Promise<UserMessage> {
    const { clock, ids, store } = this.#options;
    if (input.messageID && store.findMessage(session.id, input.messageID)) {
      throw conflict(`A message with the id ${input.messageID} exists already`);
    }
    const agent = await this.#chooseAgent(session, input);
    const model = await this.#chooseModel(session, input, agent.model);
    const variant = input.variant ?? agent.variant;
    return {
      id: input.messageID ?? ids.create("msg"),
      sessionID: session.id,
      role: "user",
      time: { created: clock.now() },
      agent: agent.name,
      model: { ...model, ...(variant ? { variant } : {}) },
      ...(input.system ? { system: input.system } : {}),
      ...(input.tools ? { tools: input.tools } : {}),
      ...(input.format ? { format: input.format } : {}),
    };
  }

  /** The one the prompt names, else the session's last if it is still there, else the default. */
  async #chooseAgent(session: Session, input: PromptInput): Promise<Agent> {
    const { agents } = this.#options;
    if (input.agent) return agents.get(input.agent);
    const last = session.agent && (await ifFound(agents.get(session.agent)));
    return last || agents.get(await agents.defaultAgent());
  }

  /** What the prompt names, else the agent's, else the session's last, else the default. */
  async #chooseModel(
    session: Session,
    input: PromptInput,
    ofAgent: ModelRef | undefined,
  ): Promise<ModelRef> {
    const { providers } = this.#options;
    const wanted = input.model ?? ofAgent;
    if (!wanted && session.model) {
      const { providerID, id: modelID } = session.model;
      const last = await ifFound(providers.model(providerID, modelID));
      if (last) return { providerID, modelID };
    }
    const chosen = wanted ?? (await providers.defaultModel());
    if (!chosen) throw noModel();
    await providers.model(chosen.providerID, chosen.modelID); // throws when there is none such
    return chosen;
  }

  #store({ info, parts }: Prompt, claim?: () => void): void {
    const { records, sessions } = this.#options;
    const { modelID: id, providerID, variant } = info.model;
    const model = { id, providerID, ...(variant ? { variant } : {}) };
    records.together(() => {
      claim?.();
      records.putMessage(info);
      for (const part of parts) records.putPart(part);
      sessions.change(info.sessionID, (session) => ({ ...session, agent: info.agent, model }));
    });
  }
}

/** Whether the model gets to read anything of the part. */
function saysSomething(part: Part): boolean {
  return part.type !== "text" || (!part.ignored && part.text.trim() !== "");
}

/** Undefined when it is no longer there: nobody asked for it by name. */
async function ifFound<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (error instanceof AppError && error.kind === "not-found") return undefined;
    throw error;
  });
}
