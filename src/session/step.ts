// One step: a request to the model, its answer streamed into an assistant message, its tool calls
// run. Whatever happens, the message ends with every part in an end state. What is asked is
// step-request.ts, how the answer comes in step-answer.ts, how a call is run tool-call.ts.
import { assert } from "@/base/assert";
import type { LLM } from "@/llm/llm";
import type { Hooks } from "@/plugin/hooks";
import type { MessageError } from "@/schema/message-error";
import type { TokenUsage } from "@/schema/primitive";
import { ABORTED, AnswerMessage, type AnswerServices } from "./answer-message";
import { askToStop, completeTexts } from "./answer-hooks";
import type { Budgets } from "./budgets";
import type { Conversation, Prompt } from "./conversation";
import type { DoomLoop } from "./doom-loop";
import type { Run } from "./runs";
import { streamAnswer, type StreamedAnswer } from "./step-answer";
import { prepareStep, type PreparedStep, type StepSources } from "./step-request";
import { judgeStructured, REMINDER } from "./structured-output";
import { addSyntheticPrompt } from "./synthetic-prompt";
import { estimateTokens } from "./token-estimate";
import type { ToolCalls } from "./tool-call";
import { noTokens } from "./usage";
import { visibleHistory } from "./visible-history";

export interface StepServices extends AnswerServices {
  hooks: Hooks;
  llm: LLM;
  budgets: Budgets;
  sources: StepSources;
  toolCalls: ToolCalls;
}

/** What lasts over the steps of one turn. */
export interface Turn {
  /** How many there were, the present one included. */
  steps: number;
  doomLoop: DoomLoop;
  /** A person asked for it: what the program says itself goes on with the budget there was. */
  isAsked: boolean;
  /** How often the structured answer that was asked for did not come. */
  structuredMisses: number;
  /** How often a hook has had it go on when the model had nothing more to say. */
  continued: number;
}

export interface StepInput {
  run: Run;
  conversation: Conversation;
  turn: Turn;
}

/**
 * "go-on" when the model has more to say; "overflow" when the request did not fit into its context,
 * which nobody has been told yet.
 */
export type StepOutcome = "go-on" | "stop" | "overflow";

/** A step that has begun: its message is stored and in the conversation. */
interface Step extends StepInput {
  prompt: Prompt;
  answer: AnswerMessage;
}

/** How a step ended. */
interface Ending extends StreamedAnswer {
  outcome: StepOutcome;
  structured?: unknown;
}

/**
 * Answers the newest prompt of the conversation, one step far. A failure is the error of the stored
 * message; rejects only when the store does not take it.
 */
export async function runStep(input: StepInput, services: StepServices): Promise<StepOutcome> {
  const prompt = input.conversation.prompt();
  assert(prompt, "there is a prompt to answer");
  input.turn.steps++;
  const answer = new AnswerMessage(prompt.info, services);
  input.conversation.add([answer.message]);
  try {
    return await answerPrompt({ ...input, prompt, answer }, services);
  } catch (error) {
    answer.fail(error, input.run.signal);
    return "stop";
  } finally {
    await answer.tellChanges();
    answer.close();
  }
}

async function answerPrompt(step: Step, services: StepServices): Promise<StepOutcome> {
  const { answer, conversation, prompt, run, turn } = step;
  const prepared = await prepareStep({ conversation, prompt, turn, run }, services.sources);
  const { budgets } = services;
  const { id } = prepared.session;
  if (turn.steps === 1 && turn.isAsked) budgets.beginTurn(id, prepared.budget);
  const error = budgets.exceeded(id);
  const streamed = error ? { error } : await ask(step, prepared, services);
  const { parts } = answer;
  const { outcome, ...ending } = await runCalls(step, prepared, streamed, services);
  answer.end({ ...ending, model: prepared.model });
  if (outcome === "overflow") return outcome;
  answer.tellError();
  if (outcome === "go-on" && parts.calls.length === 0) {
    addSyntheticPrompt(conversation, { prompt, text: REMINDER }, services);
  }
  const isDone = outcome === "stop" && !ending.error && parts.calls.length === 0;
  const text = isDone ? await askToStop(prepared.session, turn, services.hooks) : undefined;
  if (text === undefined || run.signal.aborted) return outcome;
  addSyntheticPrompt(conversation, { prompt, text }, services);
  return "go-on";
}

/** Streams the model's answer into the message, and tells what it used. */
async function ask(
  { answer, conversation, run }: Step,
  { model, request, session }: PreparedStep,
  { budgets, hooks, llm, records }: StepServices,
): Promise<StreamedAnswer> {
  const { parts, writer } = answer;
  budgets.countStep(session.id);
  const stream = llm.stream(request, run.signal);
  const streamed = await streamAnswer(stream, { parts, run, writer }, records);
  for (const usage of usageOf(streamed, conversation)) budgets.spend(session.id, model, usage);
  if (!streamed.error) await completeTexts(answer, hooks);
  return streamed;
}

/** What the answer used, and what attempts that failed may have. */
function usageOf({ lost, usage }: StreamedAnswer, conversation: Conversation): TokenUsage[] {
  const input = lost ? lost.attempts * estimateTokens(visibleHistory(conversation.messages)) : 0;
  const failed = lost ? [{ ...noTokens, input, output: lost.output }] : [];
  return usage ? [...failed, usage] : failed;
}

async function runCalls(
  step: Step,
  prepared: PreparedStep,
  streamed: StreamedAnswer,
  services: StepServices,
): Promise<Ending> {
  const { answer, prompt, run, turn } = step;
  const { agent, model, session } = prepared;
  if (streamed.error) {
    const isOverflow = streamed.error.name === "ContextOverflowError" && !run.signal.aborted;
    return { ...streamed, outcome: isOverflow ? "overflow" : "stop" };
  }
  const asked = await services.toolCalls.runAll(answer.parts.calls, {
    agent,
    session,
    model,
    prompt: prompt.info,
    messageID: answer.message.info.id,
    isCutAtLimit: streamed.reason === "length",
    signal: run.signal,
    doomLoop: turn.doomLoop,
    write: (part) => answer.writer.put(part),
  });
  if (run.signal.aborted) return { ...streamed, error: ABORTED, outcome: "stop" };
  const judged = judgeStructured(prompt.info.format, answer.message.parts, turn);
  const structured = judged.value;
  const outcome = judged.outcome ?? asked;
  const error = judged.error ?? findFault(step, prepared, outcome, services.budgets);
  const ending = { ...streamed, ...(structured === undefined ? {} : { structured }) };
  return error ? { ...ending, error, outcome: "stop" } : { ...ending, outcome };
}

/** What is wrong with a turn whose answer came in full. */
function findFault(
  { turn }: Step,
  { isLast, session }: PreparedStep,
  outcome: StepOutcome,
  budgets: Budgets,
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
  return outcome === "go-on" ? budgets.exceeded(session.id) : undefined;
}

function limit(message: string, which: "repeats" | "steps"): MessageError {
  return { name: "MessageOutputLengthError", data: { message, limit: which } };
}
