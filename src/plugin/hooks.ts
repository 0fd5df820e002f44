// Hooks: the one seam between the program and code of people. Whoever runs a hook gets its output
// as the last handler left it. Handlers are called one after the other, each within its time; one
// that throws or hangs is reported and passed over, unless its failure is the answer: a refusal.
import { AppError, errorMessage } from "@/base/error";
import type { Clock } from "@/base/clock";
import type { HookInput, HookName, HookOutput } from "./hook-types";
import { Reports } from "./reports";
import { callWithin, isLate } from "@/base/within-time";

/** Gets the published input and output objects; changes the output in place. */
export type HookHandler = (input: unknown, output: unknown, signal?: AbortSignal) => unknown;

/** Where handlers come from: a plugin, or the commands of the configuration. */
export interface HookSource {
  name: string;
  /** It came with the project: it may refuse what a person would be asked, never allow it. */
  isOfProject: boolean;
  handlers: Readonly<Partial<Record<HookName, HookHandler>>>;
  /** How long one of them may take; a minute unless given. */
  limitMs?: number;
}

interface HooksOptions {
  /** In the order in which they are called. */
  sources(): Promise<readonly HookSource[]>;
  report(problem: string): void;
  clock: Clock;
}

interface Call {
  name: HookName;
  source: HookSource;
  handler: HookHandler;
}

interface RunOptions<N extends HookName> {
  /** What is wrong with what a handler leaves, if anything. */
  check?: (output: HookOutput<N>) => string | undefined;
  signal?: AbortSignal;
}

const HANDLER_LIMIT_MS = 60_000;
const REFUSED = "HookRefused";

/** Thrown by a handler: what was about to happen must not. The message says why. */
export function hookRefusal(message: string): AppError {
  return new AppError("denied", REFUSED, message);
}

export class Hooks {
  readonly #options: HooksOptions;
  readonly #reports: Reports;

  constructor(options: HooksOptions) {
    this.#options = options;
    this.#reports = new Reports((problem) => options.report(problem));
  }

  /**
   * Has the handlers change a copy of `output`, and gives it. What a handler leaves must be as it
   * was typed, or its changes are dropped: `check` says what is wrong with it. Throws a handler's
   * refusal, for `tool.execute.before` whatever a handler throws, and the signal's reason on abort.
   */
  async run<N extends HookName>(
    name: N,
    input: HookInput<N>,
    output: HookOutput<N>,
    { check, signal }: RunOptions<N> = {},
  ): Promise<HookOutput<N>> {
    let result = output;
    for (const source of await this.#options.sources()) {
      const handler = source.handlers[name];
      if (!handler) continue;
      const call = { name, source, handler };
      const draft = await this.#call(call, input, structuredClone(result), signal);
      const problem = draft && check?.(draft);
      if (problem) this.#report(call, `it leaves ${problem}`);
      else if (draft) result = mayAllow(call) ? draft : keepStrict(result, draft);
    }
    return result;
  }

  /** Whether anybody listens: what is costly to prepare for nobody need not be. */
  async has(name: HookName): Promise<boolean> {
    return (await this.#options.sources()).some(({ handlers }) => handlers[name] !== undefined);
  }

  /** The draft as the handler leaves it, or undefined when it failed. */
  async #call<T>(call: Call, input: unknown, draft: T, signal?: AbortSignal) {
    signal?.throwIfAborted();
    const work = async () => void (await call.handler(input, draft, signal));
    try {
      const { limitMs = HANDLER_LIMIT_MS } = call.source;
      await callWithin(work, { limitMs, clock: this.#options.clock, signal });
      return draft;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof AppError && error.name === REFUSED) throw error;
      const isRefusal = call.name === "tool.execute.before" && !isLate(error);
      if (isRefusal) throw hookRefusal(errorMessage(error));
      this.#report(call, errorMessage(error));
      return undefined;
    }
  }

  #report({ name, source }: Call, reason: string): void {
    this.#reports.once(`${source.name}: the hook ${name} failed: ${reason}`);
  }
}

function mayAllow({ name, source }: Call): boolean {
  return name !== "permission.ask" || !source.isOfProject;
}

function keepStrict<T extends object>(before: T, after: T): T {
  return "status" in after && after.status === "allow" ? before : after;
}
