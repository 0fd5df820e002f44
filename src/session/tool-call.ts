// Tool calls: from the model's words to a result. Repetition is noticed, the tool runs with its
// context, and its part ends `completed` or `error`, whatever happens: a call that fails is a
// result for the model, never a failure of the turn.
import type { Clock } from "@/base/clock";
import { AppError, errorMessage, isAbort } from "@/base/error";
import type { IDs } from "@/base/id";
import { KILL_GRACE_MS } from "@/base/limits";
import type { Logger } from "@/base/log";
import { settleAll } from "@/base/queue";
import type { Hooks } from "@/plugin/hooks";
import type { FilePart, Part, ToolPart, ToolStateCompleted, ToolStateError } from "@/schema/part";
import type { Model } from "@/schema/provider";
import { limitOutput } from "@/tool/limit-output";
import type { Tool, ToolAttachment, ToolChanges, ToolContext, ToolResult } from "@/tool/tool";
import { afterCall, beforeCall } from "./call-hooks";
import { checkCall, type CheckedCall } from "./call-check";
import type { DoomLoop, RepeatableCall } from "./doom-loop";
import { LiveCall, type LiveUpdate } from "./live-call";
import type { Media } from "./media";
import type { RequestedCall } from "./step-parts";
import type { CallChanges } from "./revert-changes";
import type { CallOwner, Toolbox } from "./toolbox";

/** What the calls of one message share. */
export interface CallScope extends CallOwner {
  messageID: string;
  /** Stores a new state of a part and tells it. */
  write: (part: Part) => void;
}

/** What the calls of one step share besides. */
export interface StepScope extends CallScope {
  model: Model;
  /** The answer that holds them ended at the model's output limit. */
  isCutAtLimit: boolean;
  doomLoop: DoomLoop;
}

/** The calls of one message while they run. */
interface RunningCalls extends CallScope {
  /** A person's refusal of one of them: nobody is asked about the others any more. */
  refusal?: AppError;
}

interface ToolCallsOptions {
  toolbox: Toolbox;
  hooks: Hooks;
  ids: IDs;
  clock: Clock;
  log: Logger;
  media: Media;
  /** Whether a person's refusal without a word ends the turn. */
  endsOnRefusal(): Promise<boolean>;
  /** Begins the record of what one call of the session changes. */
  changesOf(sessionID: string): Pick<CallChanges, "files" | "tree" | "finish">;
}

type Metadata = Record<string, unknown>;

/** A call whose tool and arguments are good. */
interface ReadyCall {
  part: ToolPart;
  tool: Tool;
  input: Record<string, unknown>;
  /** It was made before, again and again, with the same result. */
  isRepetition: boolean;
}

interface Outcome {
  /** "repeated": not run because it only repeats. */
  type: "ran" | "repeated";
  /** What the model reads. */
  text: string;
}

/** Of one answer, which may hold any number. */
const CALLS_AT_ONCE_MAX = 32;
/** How long a tool may take to end after an abort; its processes are killed before that. */
const ABORT_LIMIT_MS = KILL_GRACE_MS + 1_000;
const ABORTED = "Tool execution aborted";
/** A failure is told in words; one that quotes a whole file is cut. */
const ERROR_MAX_CHARACTERS = 20_000;

export class ToolCalls {
  readonly #options: ToolCallsOptions;

  constructor(options: ToolCallsOptions) {
    this.#options = options;
  }

  /**
   * Runs the calls side by side, a few dozen at a time. "go-on" when the model should see the
   * results, "stop" when there was no call, the model repeats itself beyond help, or a person
   * refused one without a word and that ends the turn.
   * Rejects only when a result could not be stored, and then after all calls have ended.
   */
  async runAll(calls: readonly RequestedCall[], scope: StepScope): Promise<"go-on" | "stop"> {
    if (calls.length === 0) return "stop";
    const { doomLoop } = scope;
    const called = calls.map(({ part }) => part.tool);
    const tools = await this.#options.toolbox.offered({ ...scope, called });
    const checked = calls.map((call) => ({
      part: call.part,
      check: checkCall({ ...call, name: call.part.tool, isCutAtLimit: scope.isCutAtLimit }, tools),
    }));
    const attempts = checked.map(({ check }) => toAttempt(check));
    const isRepetition = doomLoop.isSuspicious(attempts);
    const step: StepScope & RunningCalls = { ...scope };
    const works = checked.map(
      ({ part, check }) =>
        () =>
          this.#call(part, check, isRepetition, step),
    );
    const settled = await settleAll(works, CALLS_AT_ONCE_MAX);
    const outcomes = settled.map(resultOf);
    if (outcomes.every(({ type }) => type === "repeated")) doomLoop.recordRefusal();
    else
      doomLoop.record(
        attempts,
        outcomes.map(({ text }) => text),
      );
    if (doomLoop.isHopeless) return "stop";
    return step.refusal && (await this.#options.endsOnRefusal()) ? "stop" : "go-on";
  }

  /**
   * Runs one call that a person made, to its end; `input` must fit the tool. A failure is its
   * result. Rejects only when that could not be stored.
   */
  async runOwn(
    call: Omit<ReadyCall, "isRepetition">,
    scope: CallScope & Required<Pick<CallOwner, "byPerson">>,
  ): Promise<void> {
    await this.#run({ ...call, isRepetition: false }, { ...scope });
  }

  async #call(
    part: ToolPart,
    check: CheckedCall,
    isRepetition: boolean,
    step: RunningCalls,
  ): Promise<Outcome> {
    if (check.type === "ready") return this.#run({ ...check, part, isRepetition }, step);
    if (check.type === "misfit") {
      const state = this.#failed(check.input, check.error, this.#options.clock.now());
      step.write({ ...part, tool: check.tool.id, state });
    } else this.#endInvalid(part, check, step);
    return { type: isRepetition ? "repeated" : "ran", text: check.error };
  }

  async #run(ready: ReadyCall, step: RunningCalls): Promise<Outcome> {
    const start = this.#options.clock.now();
    const { input, tool } = ready;
    const live = new LiveCall({ ...ready.part, tool: tool.id }, { input, start }, step.write);
    const changes = this.#options.changesOf(ready.part.sessionID);
    let call = ready;
    let result: ToolResult;
    try {
      const context = await this.#context(ready, { live, changes }, step);
      if (ready.isRepetition) await askForRepetition(ready, context);
      call = await this.#prepare(ready, context, step);
      const answer = await this.#finish(call, await this.#runTool(call, context), step);
      const fitted = await this.#options.media.fitResult(await limitOutput(answer, context));
      result = await withLateNews(fitted, context);
    } catch (error) {
      const changed = await changes.finish();
      return this.#endFailed(call, error, { live, changed }, step);
    }
    const metadata = { ...result.metadata, ...(await changes.finish()) };
    live.end(this.#completed(call, { ...result, metadata }, live.start));
    return { type: "ran", text: result.output };
  }

  /** The call as hooks let it be made; a person's own is nobody's business. */
  async #prepare(
    ready: ReadyCall,
    context: ToolContext,
    { byPerson }: RunningCalls,
  ): Promise<ReadyCall> {
    if (byPerson) return ready;
    return { ...ready, input: await beforeCall(ready, this.#options.hooks, context) };
  }

  async #finish(
    call: ReadyCall,
    result: ToolResult,
    { byPerson, signal }: RunningCalls,
  ): Promise<ToolResult> {
    return byPerson ? result : afterCall(call, result, this.#options.hooks, signal);
  }

  async #context(
    { part }: ReadyCall,
    { live, changes }: { live: LiveCall; changes: ToolChanges },
    step: RunningCalls,
  ): Promise<ToolContext> {
    const report = (update: LiveUpdate) => this.#report(live, update);
    const context = await this.#options.toolbox.context(part, step, { report, changes });
    const ask: ToolContext["ask"] = async (request) => {
      if (step.refusal) throw step.refusal;
      const grant = await context.ask(request);
      live.restart(this.#options.clock.now());
      return grant;
    };
    return { ...context, ask };
  }

  #endFailed(
    { input, tool }: ReadyCall,
    error: unknown,
    { live, changed }: { live: LiveCall; changed: Metadata },
    step: RunningCalls,
  ): Outcome {
    const isAborted = step.signal.aborted && isAbort(error);
    const text = isAborted ? ABORTED : errorMessage(error).slice(0, ERROR_MAX_CHARACTERS);
    if (!(error instanceof AppError) && !isAborted) {
      this.#options.log.warn("a tool failed", { tool: tool.id, error: text });
    }
    const metadata = isAborted ? { interrupted: true } : denialMetadata(error);
    live.end(this.#failed(input, text, live.start, { ...metadata, ...changed }));
    if (isRefusal(error)) step.refusal ??= error;
    return { type: isRepeatedCall(error) ? "repeated" : "ran", text };
  }

  /** Reports come from the tool's timers and streams, where nobody catches: none may throw. */
  #report(live: LiveCall, update: LiveUpdate): void {
    try {
      live.report(update);
    } catch (error) {
      // The end of the call is stored anew, and tells when that fails as well.
      this.#options.log.warn("a report was not stored", { error: errorMessage(error) });
    }
  }

  #endInvalid(
    part: ToolPart,
    { name, error }: Extract<CheckedCall, { type: "invalid" }>,
    step: RunningCalls,
  ): void {
    const now = this.#options.clock.now();
    const state: ToolStateCompleted = {
      status: "completed",
      input: { tool: name, error },
      output: `The call is invalid: ${error}`,
      title: "Invalid tool call",
      metadata: { truncated: false },
      time: { start: now, end: now },
    };
    step.write({ ...part, tool: "invalid", state });
  }

  /** Runs the tool; a tool that does not end after an abort is given up. */
  async #runTool({ tool, input }: ReadyCall, context: ToolContext): Promise<ToolResult> {
    const { signal } = context;
    signal.throwIfAborted();
    const late = Promise.withResolvers<never>();
    let cancel: (() => void) | undefined;
    const onAbort = () => {
      cancel = this.#options.clock.timer(ABORT_LIMIT_MS, () => late.reject(signal.reason));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([tool.run(input, context), late.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      cancel?.();
    }
  }

  #completed({ part, input }: ReadyCall, result: ToolResult, start: number): ToolStateCompleted {
    const { title, output, metadata } = result;
    const attachments = result.attachments?.map((file) => this.#attachment(file, part));
    return {
      status: "completed",
      input,
      output,
      title,
      metadata: { truncated: false, ...metadata },
      time: { start, end: this.#options.clock.now() },
      ...(attachments?.length ? { attachments } : {}),
    };
  }

  #attachment(file: ToolAttachment, part: ToolPart): FilePart {
    const { sessionID, messageID } = part;
    return { id: this.#options.ids.create("prt"), sessionID, messageID, type: "file", ...file };
  }

  #failed(
    input: Record<string, unknown>,
    error: string,
    start: number,
    metadata?: Record<string, unknown>,
  ): ToolStateError {
    const time = { start, end: this.#options.clock.now() };
    return { status: "error", input, error, time, ...(metadata ? { metadata } : {}) };
  }
}

/** The result with what language servers have found by now in files of earlier edits. */
async function withLateNews(result: ToolResult, context: ToolContext): Promise<ToolResult> {
  const news = await context.lateNews?.();
  if (!news) return result;
  return { ...result, output: `${result.output}\n\nErrors in files edited before:\n${news}` };
}

function toAttempt(check: CheckedCall): RepeatableCall {
  if (check.type === "invalid") return { tool: check.name, input: check.error };
  return { tool: check.tool.id, input: check.input };
}

/** Throws unless somebody lets the call be made once more. */
async function askForRepetition({ tool, input }: ReadyCall, context: ToolContext): Promise<void> {
  try {
    await context.ask({
      permission: "doom_loop",
      patterns: [tool.id],
      always: [tool.id],
      metadata: { tool: tool.id, input },
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.name !== "PermissionDenied") throw error;
    throw new AppError(
      "denied",
      REPEATED_CALL,
      "This call was made again and again with the same result, and is not made once more. " +
        "Do something else, or say what stands in the way.",
    );
  }
}

const REPEATED_CALL = "RepeatedCall";

function isRepeatedCall(error: unknown): boolean {
  return error instanceof AppError && error.name === REPEATED_CALL;
}

/** A person's refusal without a word: it ends the turn. */
function isRefusal(error: unknown): error is AppError {
  if (!(error instanceof AppError) || error.data["feedback"] !== undefined) return false;
  return error.name === "PermissionRejected" || error.name === "QuestionRejected";
}

/** What clients need to tell a denial from other failures without reading the text. */
function denialMetadata(error: unknown): Record<string, unknown> | undefined {
  const isDenied = error instanceof AppError && error.kind === "denied";
  return isDenied ? { denied: error.name } : undefined;
}

function resultOf(settled: PromiseSettledResult<Outcome>): Outcome {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}
