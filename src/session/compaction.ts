// Compactions: make room in a session whose conversation has grown too long for its model. Old tool
// outputs go first; then the history is summarised, the last turns kept as they are; and where no
// summary can be made, it is trimmed without a model. What is planned is compaction-plan.ts, what
// a model then sees visible-history.ts. The last prompt is never lost.
import type { Logger } from "@/base/log";
import type { Clock } from "@/base/clock";
import type { Hooks } from "@/plugin/hooks";
import type { Providers } from "@/provider/providers";
import type { Publish } from "@/schema/event";
import type { AssistantMessage, UserMessage } from "@/schema/message";
import type { CompactionPart } from "@/schema/part";
import type { Model } from "@/schema/provider";
import {
  type CompactionSettings,
  countFruitless,
  planCompaction,
  planPruning,
  usableTokens,
  usedTokens,
  windowTokens,
} from "./compaction-plan";
import type { Conversation } from "./conversation";
import type { Records } from "./records";
import type { Run } from "./runs";
import type { Summaries, SummaryInput } from "./summary";
import { continuesItself } from "./compaction-hooks";
import { addSyntheticPrompt } from "./synthetic-prompt";
import type { IDs } from "@/base/id";

interface CompactionsOptions {
  clock: Clock;
  hooks: Hooks;
  ids: IDs;
  log: Logger;
  providers: Providers;
  publish: Publish;
  records: Records;
  summaries: Summaries;
  /** As the configuration has them. */
  settings(): Promise<CompactionSettings>;
}

interface Stage {
  run: Run;
  conversation: Conversation;
}

/** What somebody wants who asks for a summary. */
export interface SummaryWish {
  auto: boolean;
  instruction: string | undefined;
}

/** What a compaction is about. */
interface Need {
  prompt: UserMessage;
  model: Model;
  settings: CompactionSettings;
  usable: number | undefined;
  kind: Pick<CompactionPart, "auto" | "overflow">;
}

/** "ended": there is room, and the session does not go on by itself. */
type Result = "compacted" | "ended" | "failed" | "nothing";

/** Summaries by a model in a row that made no room, before it goes on without them. */
const FRUITLESS_MAX = 2;
/** So much of what the model takes may be used when pruning alone was enough. */
const PRUNED_SHARE = 0.8;
const GO_ON =
  "The conversation before was shortened to make room. Go on with what the user asked last; " +
  "if that is done, say so.";

export class Compactions {
  readonly #options: CompactionsOptions;

  constructor(options: CompactionsOptions) {
    this.#options = options;
  }

  /**
   * To be called before a step: makes room when the window is nearly full and that can be helped.
   * A failure is the error of a summary and stops nothing: the step is tried all the same. Where
   * summaries do not help, and the window is over-full, it is cut: some servers would do that
   * themselves and say nothing. "stop" when there is room and a plugin has the turn end with that.
   */
  async makeRoom({ conversation, run }: Stage): Promise<"go-on" | "stop"> {
    const need = await this.#findNeed(conversation, { auto: true });
    if (need?.usable === undefined || need.settings.auto === false) return "go-on";
    const { usable } = need;
    while (!run.signal.aborted) {
      const used = usedTokens(conversation.messages);
      if (used < usable) return "go-on";
      if (this.#prune(conversation, need, used - usable * PRUNED_SHARE)) return "go-on";
      const tries = countFruitless(conversation.messages, usable);
      if (tries >= FRUITLESS_MAX) {
        const isOverfull = used >= windowTokens(need.model);
        if (tries > FRUITLESS_MAX || !isOverfull) return "go-on";
        return (await this.#trim({ conversation, run }, need)) === "ended" ? "stop" : "go-on";
      }
      const result = await this.#compact({ conversation, run }, need, tries > 0);
      if (result === "ended") return "stop";
      if (result === "nothing") return "go-on";
    }
    return "go-on";
  }

  /**
   * To be called after a step whose request did not fit: "go-on" when there is room now, "stop"
   * when nothing can be left out any more, which is told as the error of that step.
   */
  async recover({ conversation, run }: Stage): Promise<"go-on" | "stop"> {
    const need = await this.#findNeed(conversation, { auto: true, overflow: true });
    if (!need || need.settings.auto === false) return this.#giveUp(conversation, need);
    const window = need.usable ?? usedTokens(conversation.messages);
    if (this.#prune(conversation, need, window * (1 - PRUNED_SHARE))) return "go-on";
    // The next step tells of an abort.
    while (!run.signal.aborted) {
      const tries = countFruitless(conversation.messages, need.usable ?? Number.POSITIVE_INFINITY);
      let result: Result = "nothing";
      if (tries < FRUITLESS_MAX)
        result = await this.#compact({ conversation, run }, need, tries > 0);
      if (result === "nothing") result = await this.#trim({ conversation, run }, need);
      if (result === "compacted") return "go-on";
      if (result === "ended") return "stop";
      if (result === "nothing") return this.#giveUp(conversation, need);
    }
    return "go-on";
  }

  /**
   * The summary that a person asks for, by the model of `prompt`, which is not stored; with `auto`
   * the last prompt is to be gone on with. Its failure is its error, and told. Undefined when there
   * is nothing to summarise. Throws AppError not-found for a model that is gone.
   */
  async summarize(
    { conversation, run }: Stage,
    prompt: UserMessage,
    { auto, instruction }: SummaryWish,
  ): Promise<AssistantMessage | undefined> {
    const need = await this.#needOf(prompt, { auto });
    const input = this.#input({ conversation, run }, need, { isHard: false });
    if (!input) return undefined;
    const answer = await this.#options.summaries.write({ ...input, instruction });
    answer.tellError();
    return answer.message.info;
  }

  /** Undefined when there is no prompt to be answered, or its model is gone: the step tells. */
  async #findNeed(conversation: Conversation, kind: Need["kind"]): Promise<Need | undefined> {
    const prompt = conversation.prompt();
    if (!prompt) return undefined;
    return this.#needOf(prompt.info, kind).catch((error: unknown) => {
      this.#options.log.warn("no room can be made", { error: String(error) });
      return undefined;
    });
  }

  async #needOf(prompt: UserMessage, kind: Need["kind"]): Promise<Need> {
    const { providerID, modelID } = prompt.model;
    const settings = await this.#options.settings();
    const { model } = await this.#options.providers.model(providerID, modelID);
    return { prompt, model, settings, usable: usableTokens(model, settings), kind };
  }

  /** Whether old tool outputs could be set aside to gain `tokens`; then it is done. */
  #prune(conversation: Conversation, { settings, usable }: Need, tokens: number): boolean {
    if (settings.prune === false) return false;
    const { clock, records } = this.#options;
    const { messages } = conversation;
    const { calls, gain } = planPruning(messages, usable ?? usedTokens(messages));
    if (calls.length === 0 || gain < tokens) return false;
    const compacted = clock.now();
    records.together(() => {
      for (const call of calls) {
        if (call.state.status !== "completed") continue;
        const time = { ...call.state.time, compacted };
        const part = { ...call, state: { ...call.state, time } };
        records.putPart(part);
        conversation.replacePart(part);
      }
    });
    return true;
  }

  /** Summarises, and has the model go on from there. */
  async #compact(stage: Stage, need: Need, isHard: boolean): Promise<Result> {
    const input = this.#input(stage, need, { isHard });
    if (!input) return "nothing";
    const { message } = await this.#options.summaries.write(input);
    const { error, sessionID } = message.info;
    if (!error) return this.#goOn(stage.conversation);
    this.#options.log.warn("a summary failed", { sessionID, error: error.name });
    return "failed";
  }

  async #trim(stage: Stage, need: Need): Promise<Result> {
    const input = this.#input(stage, need, { isHard: true, isTrim: true });
    if (!input) return "nothing";
    this.#options.summaries.trim(input);
    return this.#goOn(stage.conversation);
  }

  async #goOn(conversation: Conversation): Promise<"compacted" | "ended"> {
    const prompt = conversation.prompt();
    const { hooks } = this.#options;
    if (prompt && !(await continuesItself(prompt.info.sessionID, hooks))) return "ended";
    if (prompt) addSyntheticPrompt(conversation, { prompt, text: GO_ON }, this.#options);
    return "compacted";
  }

  #input(
    stage: Stage,
    need: Need,
    how: { isHard: boolean; isTrim?: boolean },
  ): SummaryInput | undefined {
    const { messages } = stage.conversation;
    const usable = need.usable ?? usedTokens(messages);
    const { settings, kind } = need;
    const plan = planCompaction(messages, { usable, settings, isUnderWay: kind.auto, ...how });
    return plan && { ...need, ...stage, usable, plan, isHard: how.isHard };
  }

  /** Says in the step's error what can be done. */
  #giveUp(conversation: Conversation, need: Need | undefined): "stop" {
    const { publish, records } = this.#options;
    const answer = conversation.answer();
    if (answer?.info.role !== "assistant" || !answer.info.error) return "stop";
    const { error, sessionID } = answer.info;
    const told =
      error.name === "ContextOverflowError" && need
        ? { ...error, data: { ...error.data, message: explain(need, error.data.message) } }
        : error;
    answer.info = { ...answer.info, error: told };
    records.putMessage(answer.info);
    publish("session.error", { sessionID, error: told });
    return "stop";
  }
}

function explain({ model, settings }: Need, said: string): string {
  const name = `${model.providerID}/${model.id}`;
  const size = model.limit.context ? ` of ${model.limit.context} tokens` : "";
  const help =
    settings.auto === false
      ? "Automatic compaction is off (compaction.auto): summarise the session with /compact"
      : "Nothing more can be left out of it: shorten the prompt";
  return (
    `The conversation does not fit into the context${size} of ${name}. ${help}, or choose a ` +
    `model with a larger context. The provider said: ${said}`
  );
}
