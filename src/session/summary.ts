// Summaries: the two messages of one compaction, a request in the person's name and its answer.
// Written by the compaction agent, or without a model from what the history holds. When to make one
// and of what is compaction.ts.
import type { Agents } from "@/agent/agents";
import type { Instructions } from "@/agent/instructions";
import { prompts } from "@/agent/prompts";
import { byteLength, cutBytes } from "@/base/text";
import type { LLM } from "@/llm/llm";
import type { ModelRequest } from "@/llm/model-event";
import type { Hooks } from "@/plugin/hooks";
import type { Providers } from "@/provider/providers";
import type { UserMessage } from "@/schema/message";
import type { MessageError } from "@/schema/message-error";
import type { CompactionPart, Part } from "@/schema/part";
import type { Model } from "@/schema/provider";
import { ABORTED, AnswerMessage, type AnswerServices } from "./answer-message";
import type { Budgets } from "./budgets";
import {
  answerTokens,
  type CompactionPlan,
  type CompactionSettings,
  usableTokens,
} from "./compaction-plan";
import { shapeRequest } from "./chat-hooks";
import { summaryWishes } from "./compaction-hooks";
import { formatRequest, trimmedSummary } from "./compaction-request";
import type { Conversation } from "./conversation";
import type { Run } from "./runs";
import { streamAnswer, type StreamedAnswer } from "./step-answer";

export interface SummariesOptions extends AnswerServices {
  agents: Agents;
  budgets: Budgets;
  hooks: Hooks;
  instructions: Instructions;
  llm: LLM;
  providers: Providers;
}

/** What a summary is to be of, and for. */
export interface SummaryInput {
  run: Run;
  conversation: Conversation;
  /** The prompt in whose name it is asked for: the session's agent and model. */
  prompt: UserMessage;
  plan: CompactionPlan;
  settings: CompactionSettings;
  kind: Pick<CompactionPart, "auto" | "overflow">;
  /** An earlier attempt was of no use: only half as much is shown to the model. */
  isHard: boolean;
  /** What the session's model takes, in tokens. */
  usable: number | undefined;
  /** What a person wants of it. */
  instruction?: string | undefined;
}

const AGENT = "compaction";
/** Of what the session's model takes; a summary that is longer is cut. */
const ANSWER_SHARE = 0.25;
const ANSWER_LEAST_TOKENS = 500;
/** More than the tokens of an answer have in most languages: beyond it a server kept no limit. */
const ANSWER_BYTES_PER_TOKEN = 6;

export class Summaries {
  readonly #options: SummariesOptions;

  constructor(options: SummariesOptions) {
    this.#options = options;
  }

  /** A summary by a model; its failure is the error of the message. */
  async write(input: SummaryInput): Promise<AnswerMessage> {
    const { agents, budgets, hooks, providers } = this.#options;
    const { sessionID } = input.prompt;
    const agent = await agents.get(AGENT);
    const chosen = agent.model ? { ...agent.model } : input.prompt.model;
    const answer = this.#open(input, chosen);
    try {
      const { provider, model } = await providers.model(chosen.providerID, chosen.modelID);
      const size = { usable: usableTokens(model, input.settings), isHard: input.isHard };
      const wishes = await summaryWishes(sessionID, hooks);
      if (input.instruction) wishes.context.push(`The user wants of it: ${input.instruction}`);
      const text = formatRequest(input.plan.head, size, wishes);
      const request: ModelRequest = {
        model,
        provider,
        sessionID,
        messages: [
          { role: "system", content: agent.prompt ?? prompts.compaction },
          { role: "user", content: [{ type: "text", text }] },
        ],
        tools: [],
        maxOutputTokens: answerLimit(model, input.usable),
        ...(agent.temperature === undefined ? {} : { temperature: agent.temperature }),
        options: { ...model.options, ...agent.options },
        headers: model.headers,
      };
      const hooked = { agent: agent.name, message: input.prompt };
      const shaped = await shapeRequest(request, hooked, hooks);
      const streamed = await this.#ask(answer, input.run, shaped);
      if (streamed.usage) budgets.spend(sessionID, model, streamed.usage);
      const error = input.run.signal.aborted ? ABORTED : findFault(streamed, answer);
      if (!error) shorten(answer, shaped.maxOutputTokens ?? Infinity);
      this.#end(answer, { ...streamed, model, ...(error ? { error } : {}) });
    } catch (error) {
      answer.fail(error, input.run.signal);
    } finally {
      answer.close();
    }
    return answer;
  }

  /** A summary without a model, which cannot fail. */
  trim(input: SummaryInput): AnswerMessage {
    const answer = this.#open(input, input.prompt.model);
    const now = this.#options.clock.now();
    const { id: messageID, sessionID } = answer.message.info;
    const place = { id: this.#options.ids.create("prt"), sessionID, messageID };
    const text = trimmedSummary(input.plan.head, input.usable);
    answer.writer.put({ ...place, type: "text", text, time: { start: now, end: now } });
    this.#end(answer, { reason: "stop" });
    answer.close();
    return answer;
  }

  /** Stores the request and the empty answer. */
  #open(input: SummaryInput, model: UserMessage["model"]): AnswerMessage {
    const { clock, ids, records } = this.#options;
    const { agent, sessionID, model: own } = input.prompt;
    const time = { created: clock.now() };
    const info: UserMessage = {
      id: ids.create("msg"),
      sessionID,
      role: "user",
      time,
      agent,
      model: own,
    };
    const { tailStartID } = input.plan;
    const part: Part = {
      id: ids.create("prt"),
      sessionID,
      messageID: info.id,
      type: "compaction",
      ...input.kind,
      ...(tailStartID === undefined ? {} : { tail_start_id: tailStartID }),
    };
    const answer = records.together(() => {
      records.putMessage(info);
      records.putPart(part);
      return new AnswerMessage(info, this.#options, { agent: AGENT, model, summary: true });
    });
    input.conversation.add([{ info, parts: [part] }, answer.message]);
    return answer;
  }

  #ask(answer: AnswerMessage, run: Run, request: ModelRequest): Promise<StreamedAnswer> {
    const { llm, records } = this.#options;
    const { parts, writer } = answer;
    return streamAnswer(llm.stream(request, run.signal), { parts, run, writer }, records);
  }

  #end(answer: AnswerMessage, ending: Parameters<AnswerMessage["end"]>[0]): void {
    const { instructions, publish } = this.#options;
    answer.end(ending);
    if (ending.error) return;
    const { sessionID } = answer.message.info;
    // What the model was told of files further down is gone with the messages that told it.
    instructions.forget(sessionID);
    publish("session.compacted", { sessionID });
  }
}

function answerLimit(model: Model, usable: number | undefined): number {
  const most = answerTokens(model);
  if (usable === undefined) return most;
  return Math.min(most, Math.max(ANSWER_LEAST_TOKENS, Math.floor(usable * ANSWER_SHARE)));
}

/** A summary that fills the window again would be no room, and there is nothing to make it of. */
function shorten({ message, writer }: AnswerMessage, maxTokens: number): void {
  let leftBytes = maxTokens * ANSWER_BYTES_PER_TOKEN;
  for (const part of [...message.parts]) {
    if (part.type !== "text") continue;
    const text = cutBytes(part.text, leftBytes, "head");
    if (text !== part.text) writer.put({ ...part, text });
    leftBytes -= byteLength(text);
  }
}

/** A summary that says nothing would take the whole conversation with it. */
function findFault(streamed: StreamedAnswer, answer: AnswerMessage): MessageError | undefined {
  if (streamed.error) return streamed.error;
  const isEmpty = !answer.message.parts.some(
    (part) => part.type === "text" && part.text.trim() !== "",
  );
  return isEmpty
    ? { name: "UnknownError", data: { message: "The model gave an empty summary" } }
    : undefined;
}
