// User messages: what a prompt, a command line or a summary begins with. Who is to answer is chosen
// here, from what the input names, the session used last, and the defaults.
import type { Clock } from "@/base/clock";
import { AppError, conflict } from "@/base/error";
import type { IDs } from "@/base/id";
import type { Agents } from "@/agent/agents";
import type { Providers } from "@/provider/providers";
import type { Agent } from "@/schema/agent";
import type { PromptInput, UserMessage } from "@/schema/message";
import type { ModelRef } from "@/schema/primitive";
import type { Session } from "@/schema/session";
import type { SessionStore } from "@/storage/session-store";
import type { Prompt } from "./conversation";
import { noModel } from "./no-model";
import type { Records } from "./records";
import type { Sessions } from "./sessions";

interface UserMessagesOptions {
  agents: Agents;
  clock: Clock;
  ids: IDs;
  providers: Providers;
  records: Records;
  sessions: Sessions;
  store: SessionStore;
  /** Makes an undo final, if one is pending. */
  finalizeRevert(sessionID: string): void;
}

/** What decides over a user message, besides its parts. */
export type UserMessageInput = Omit<PromptInput, "parts" | "noReply">;

export class UserMessages {
  readonly #options: UserMessagesOptions;

  constructor(options: UserMessagesOptions) {
    this.#options = options;
  }

  /**
   * A message that is not stored yet. Throws AppError not-found for an unknown agent or model,
   * unavailable when there is no model at all, conflict for a message id that exists.
   */
  async create(session: Session, input: UserMessageInput): Promise<UserMessage> {
    const { clock, ids, store } = this.#options;
    if (input.messageID && store.findMessage(session.id, input.messageID)) {
      throw conflict(`A message with the id ${input.messageID} exists already`);
    }
    const agent = await this.chooseAgent(session, input.agent);
    const model = await this.chooseModel(session, input.model ?? agent.model);
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

  /**
   * Stores the message, and what the session used last, as one with what `claim` does: when that
   * throws, nothing is stored.
   */
  store({ info, parts }: Prompt, claim?: () => void): void {
    const { finalizeRevert, records, sessions } = this.#options;
    const { modelID: id, providerID, variant } = info.model;
    const model = { id, providerID, ...(variant ? { variant } : {}) };
    records.together(() => {
      claim?.();
      finalizeRevert(info.sessionID);
      records.putMessage(info);
      for (const part of parts) records.putPart(part);
      sessions.change(info.sessionID, (session) => ({ ...session, agent: info.agent, model }));
    });
  }

  /** Removes for good what is undone: something follows it now. */
  finalizeRevert(sessionID: string): void {
    this.#options.finalizeRevert(sessionID);
  }

  /** The one that is named, else the session's last if it is still there, else the default. */
  async chooseAgent(session: Session, name: string | undefined): Promise<Agent> {
    const { agents } = this.#options;
    if (name) return agents.get(name);
    const last = session.agent && (await ifFound(agents.get(session.agent)));
    return last || agents.get(await agents.defaultAgent());
  }

  /** What is wanted, else the session's last if it is still there, else the default. */
  async chooseModel(session: Session, wanted: ModelRef | undefined): Promise<ModelRef> {
    const { providers } = this.#options;
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
}

/** Undefined when it is no longer there: nobody asked for it by name. */
async function ifFound<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (error instanceof AppError && error.kind === "not-found") return undefined;
    throw error;
  });
}
