// One step: a request to the model, its answer streamed into an assistant message, its tool calls
// run. Whatever happens, the message ends with every part in an end state. What is asked is
// step-request.ts, how the answer comes in step-answer.ts, how a call is run tool-call.ts.
import type { Clock } from "@/base/clock";
import { assert } from "@/base/assert";
import { errorMessage, isAbort } from "@/base/error";
import type { IDs } from "@/base/id";
import type { Logger } from "@/base/log";
import type { LLM } from "@/llm/llm";
import { costOf } from "@/provider/cost";
import type { Publish } from "@/schema/event";
import type { AssistantMessage } from "@/schema/message";
import type { MessageError } from "@/schema/message-error";
import type { Answer, Conversation, Prompt } from "./conversation";
import type { DoomLoop } from "./doom-loop";
import type { Records } from "./records";
import type { Run } from "./runs";
import type { Sessions } from "./sessions";
import { streamAnswer, type StreamedAnswer } from "./step-answer";
import { StepParts } from "./step-parts";
import { prepareStep, type PreparedStep, type StepSources } from "./step-request";
import { StepWriter } from "./step-writer";
import type { ToolCalls } from "./tool-call";
import { ended } from "./unfinished";
import { addStepUsage, noTokens } from "./usage";

export interface StepServices {
  clock: Clock;
  ids: IDs;
  llm: LLM;
  log: Logger;
  publish: Publish;
  records: Records;
  sessions: Sessions;
  sources: StepSources;
  toolCalls: ToolCalls;
}

export interface StepInput {
  run: Run;
  conversation: Conversation;
  /** What lasts over the steps of one turn. `steps` counts this one. */
  turn: { steps: number; doomLoop: DoomLoop };
}

/** "go-on" when the model waits for the results of its calls. */
export type StepOutcome = "go-on" | "stop";

/** A step that has begun: its message is stored and in the conversation. */
interface Step extends StepInput {
  prompt: Prompt;
  message: Answer;
  parts: StepParts;
  writer: StepWriter;
}

const ABORTED: MessageError = { name: "MessageAbortedError", data: { message: "Aborted" } };

/**
 * Answers the newest prompt of the conversation, one step far. A failure is the error of the stored
 * message; rejects only when the store does not take it.
 */
export async function runStep(input: StepInput, services: StepServices): Promise<StepOutcome> {
  const step = beginStep(input, services);
  try {
    return await answer(step, services);
  } catch (error) {
    failStep(step, error, services);
    return "stop";
  } finally {
    step.writer.close();
  }
}

async function answer(step: Step, services: StepServices): Promise<StepOutcome> {
  const { conversation, parts, prompt, run, turn, writer } = step;
  const prepared = await prepareStep({ conversation, prompt, turn }, services.sources);
  const stream = services.llm.stream(prepared.request, run.signal);
  const streamed = await streamAnswer(stream, { parts, run, writer }, services.records);
  const outcome = streamed.error ? "stop" : await runCalls(step, prepared, streamed, services);
  if (run.signal.aborted) streamed.error = ABORTED;
  streamed.error ??= findFault(step, prepared, outcome);
  endStep(step, prepared, streamed, services);
  return streamed.error ? "stop" : outcome;
}

function beginStep(input: StepInput, services: StepServices): Step {
  const { clock, ids, records, sessions } = services;
  const prompt = input.conversation.prompt();
  assert(prompt, "there is a prompt to answer");
  const { id: parentID, sessionID, agent } = prompt.info;
  const { providerID, modelID, variant } = prompt.info.model;
  const info: AssistantMessage = {
    id: ids.create("msg"),
    sessionID,
    role: "assistant",
    parentID,
    time: { created: clock.now() },
    providerID,
    modelID,
    ...(variant ? { variant } : {}),
    mode: agent,
    agent,
    path: sessions.messagePath,
    cost: 0,
    tokens: noTokens,
  };
  const message: Answer = { info, parts: [] };
  const parts = new StepParts({ sessionID, messageID: info.id, ids, clock });
  const writer = new StepWriter(records, clock, message.parts);
  records.together(() => {
    records.putMessage(info);
    writer.put({ id: ids.create("prt"), sessionID, messageID: info.id, type: "step-start" });
  });
  input.conversation.add([message]);
  return { ...input, prompt, message, parts, writer };
}

function runCalls(
  step: Step,
  { agent, model, session }: PreparedStep,
  { reason }: StreamedAnswer,
  services: StepServices,
): Promise<StepOutcome> {
  const { message, parts, prompt, run, turn, writer } = step;
  return services.toolCalls.runAll(parts.calls, {
    agent,
    session,
    model,
    prompt: prompt.info,
    messageID: message.info.id,
    isCutAtLimit: reason === "length",
    signal: run.signal,
    doomLoop: turn.doomLoop,
    write: (part) => writer.put(part),
  });
}

/** What is wrong with a turn whose answer came in full. */
function findFault(
  { turn }: Step,
  { isLast }: PreparedStep,
  outcome: StepOutcome,
): MessageError | undefined {
  if (turn.doomLoop.isHopeless) {
    return limit(
      "The model repeated itself although it was told; send a prompt to go on",
      "repeats",
    );
  }
  if (isLast && (outcome === "go-on" || turn.steps > 1)) {
    return limit(`The limit of ${turn.steps} steps is reached; send a prompt to go on`, "steps");
  }
  return undefined;
}

function limit(message: string, which: "repeats" | "steps"): MessageError {
  return { name: "MessageOutputLengthError", data: { message, limit: which } };
}

function endStep(
  step: Step,
  { model }: PreparedStep,
  { error, reason, usage }: StreamedAnswer,
  services: StepServices,
): void {
  const { clock, ids, publish, records, sessions } = services;
  const { message, writer } = step;
  const { id: messageID, sessionID, time } = message.info;
  const tokens = usage ?? noTokens;
  const cost = usage ? costOf(model, usage) : 0;
  const info: AssistantMessage = {
    ...message.info,
    time: { ...time, completed: clock.now() },
    cost,
    tokens,
    ...(reason === undefined ? {} : { finish: reason }),
    ...(error ? { error } : {}),
  };
  records.together(() => {
    if (reason !== undefined) {
      const common = { id: ids.create("prt"), sessionID, messageID };
      writer.put({ ...common, type: "step-finish", reason, cost, tokens });
    }
    records.putMessage(info);
    sessions.change(sessionID, (session) => addStepUsage(session, info));
  });
  message.info = info;
  if (error) publish("session.error", { sessionID, error });
}

/** Ends the message of a step that could not go on: a bug, a lost agent, a failing store. */
function failStep(step: Step, thrown: unknown, services: StepServices): void {
  const { clock, log, publish, records } = services;
  const { message, parts, run, writer } = step;
  const { sessionID } = message.info;
  const isAborted = run.signal.aborted && isAbort(thrown);
  const reason = errorMessage(thrown);
  const error: MessageError = isAborted
    ? ABORTED
    : { name: "UnknownError", data: { message: reason } };
  if (!isAborted) log.error("a step failed", { sessionID, error: reason, stack: stackOf(thrown) });
  const result = isAborted ? "Tool execution aborted" : `The step failed: ${reason}`;
  try {
    records.together(() => {
      writer.write(parts.close());
      const end = ended(message, { now: clock.now(), error, result });
      // All of them: the failure may have been that one of them was not stored.
      for (const part of end.parts) writer.put(part);
      records.putMessage(end.info);
      if (end.info.role === "assistant") message.info = end.info;
    });
  } catch (failure) {
    log.error("a failed step could not be stored", { sessionID, error: errorMessage(failure) });
    throw thrown;
  }
  publish("session.error", { sessionID, error });
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined;
}
