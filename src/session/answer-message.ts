// AnswerMessage: an assistant message from its first row to its end: of a model's step, of a
// summary, or of a call that a person made. Whatever happens, it ends with every part in an end
// state. What is said in it is not decided here.
import type { Clock } from "@/base/clock";
import { AppError, errorMessage, isAbort } from "@/base/error";
import type { IDs } from "@/base/id";
import type { Logger } from "@/base/log";
import type { Usage } from "@/llm/model-event";
import { costOf } from "@/provider/cost";
import type { Publish } from "@/schema/event";
import type { AssistantMessage, UserMessage } from "@/schema/message";
import type { MessageError } from "@/schema/message-error";
import type { ToolPart } from "@/schema/part";
import type { Model } from "@/schema/provider";
import type { Answer } from "./conversation";
import type { Diffs } from "./diffs";
import type { Records } from "./records";
import type { Sessions } from "./sessions";
import { StepParts } from "./step-parts";
import { StepWriter } from "./step-writer";
import { ended } from "./unfinished";
import { addStepUsage, noTokens } from "./usage";

export interface AnswerServices {
  clock: Clock;
  diffs: Pick<Diffs, "finishStep">;
  ids: IDs;
  log: Logger;
  publish: Publish;
  records: Records;
  sessions: Sessions;
}

/** Who answers, where that is not whom the prompt names, and what kind of message it is. */
interface AnswerKind {
  agent?: string;
  model?: UserMessage["model"];
  summary?: boolean;
  /** No model speaks in it: it holds the calls of a person. */
  isCall?: boolean;
}

export interface AnswerEnding {
  /** Why the model stopped; none when no model spoke. */
  reason?: string;
  usage?: Usage;
  /** Whose prices the usage has. */
  model?: Model;
  error?: MessageError;
  structured?: unknown;
}

export const ABORTED: MessageError = {
  name: "MessageAbortedError",
  data: { message: "Aborted" },
};

export class AnswerMessage {
  readonly message: Answer;
  readonly parts: StepParts;
  readonly writer: StepWriter;
  readonly #services: AnswerServices;
  readonly #isCall: boolean;

  /** Stores the message; a model's begins with a step. */
  constructor(prompt: UserMessage, services: AnswerServices, kind: AnswerKind = {}) {
    const { clock, ids, records } = services;
    this.#services = services;
    this.#isCall = kind.isCall === true;
    const info = firstInfo(prompt, kind, services);
    const { id: messageID, sessionID } = info;
    this.message = { info, parts: [] };
    this.parts = new StepParts({ sessionID, messageID, ids, clock });
    this.writer = new StepWriter(records, clock, this.message.parts);
    records.together(() => {
      records.putMessage(info);
      if (!this.#isCall) this.writer.put({ ...this.#newPart(), type: "step-start" });
    });
  }

  /** A call that no model wrote, not stored yet. */
  newCall(tool: string): ToolPart {
    const state = { status: "pending" as const, input: {}, raw: "" };
    const callID = this.#services.ids.create("tool");
    return { ...this.#newPart(), type: "tool", tool, callID, state };
  }

  /** Stores how it ended, and adds what it used to the session. Events of failures: tellError. */
  end(ending: AnswerEnding): void {
    const { clock, records, sessions } = this.#services;
    const { error, model, reason, structured, usage } = ending;
    const { sessionID, time } = this.message.info;
    const tokens = usage ?? noTokens;
    const cost = usage && model ? costOf(model, usage) : 0;
    const info: AssistantMessage = {
      ...this.message.info,
      time: { ...time, completed: clock.now() },
      cost,
      tokens,
      ...(reason === undefined ? {} : { finish: reason }),
      ...(error ? { error } : {}),
      ...(structured === undefined ? {} : { structured }),
    };
    records.together(() => {
      if (reason !== undefined && !this.#isCall) {
        this.writer.put({ ...this.#newPart(), type: "step-finish", reason, cost, tokens });
      }
      records.putMessage(info);
      sessions.change(sessionID, (session) => addStepUsage(session, info));
    });
    this.message.info = info;
  }

  /**
   * Ends what could not go on: a bug, a lost agent, a failing store. Throws `thrown` when not even
   * that can be stored.
   */
  fail(thrown: unknown, signal: AbortSignal): void {
    const { clock, log, records } = this.#services;
    const { sessionID } = this.message.info;
    const isAborted = signal.aborted && isAbort(thrown);
    const reason = errorMessage(thrown);
    const error = isAborted ? ABORTED : toMessageError(thrown);
    if (!isAborted) {
      log.error("a step failed", { sessionID, error: reason, stack: stackOf(thrown) });
    }
    const result = isAborted ? "Tool execution aborted" : `The step failed: ${reason}`;
    try {
      records.together(() => {
        this.writer.write(this.parts.close());
        const end = ended(this.message, { now: clock.now(), error, result });
        // All of them: the failure may have been that one of them was not stored.
        for (const part of end.parts) this.writer.put(part);
        records.putMessage(end.info);
        if (end.info.role === "assistant") this.message.info = end.info;
      });
    } catch (failure) {
      log.error("a failed step could not be stored", { sessionID, error: errorMessage(failure) });
      throw thrown;
    }
    this.tellError();
  }

  /** Tells clients the error it ended with, if any. */
  tellError(): void {
    const { error, sessionID } = this.message.info;
    if (error) this.#services.publish("session.error", { sessionID, error });
  }

  /** Behind its last part: tells what its calls changed in files. Never rejects. */
  async tellChanges(): Promise<void> {
    const { diffs, log } = this.#services;
    try {
      await diffs.finishStep(this.message, (part) => this.writer.put(part));
    } catch (error) {
      // The records of the calls are what undo goes by; this is only what clients are shown.
      log.warn("the changes of a step were not told", { error: errorMessage(error) });
    }
  }

  /** Nothing is written by itself any more. */
  close(): void {
    this.writer.close();
  }

  #newPart() {
    const { id: messageID, sessionID } = this.message.info;
    return { id: this.#services.ids.create("prt"), sessionID, messageID };
  }
}

function firstInfo(
  prompt: UserMessage,
  kind: AnswerKind,
  { clock, ids, sessions }: AnswerServices,
): AssistantMessage {
  const agent = kind.agent ?? prompt.agent;
  const { providerID, modelID, variant } = kind.model ?? prompt.model;
  return {
    id: ids.create("msg"),
    sessionID: prompt.sessionID,
    role: "assistant",
    parentID: prompt.id,
    time: { created: clock.now() },
    providerID,
    modelID,
    ...(variant ? { variant } : {}),
    mode: agent,
    agent,
    path: sessions.messagePath,
    ...(kind.summary ? { summary: true } : {}),
    cost: 0,
    tokens: noTokens,
  };
}

/** A login that has run out says so by its name; everything else is a bug or a failing machine. */
function toMessageError(thrown: unknown): MessageError {
  const message = errorMessage(thrown);
  if (thrown instanceof AppError && thrown.name === "ProviderAuthError") {
    const providerID = String(thrown.data["providerID"]);
    return { name: "ProviderAuthError", data: { providerID, message } };
  }
  return { name: "UnknownError", data: { message } };
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined;
}
