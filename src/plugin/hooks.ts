// Hooks: the one seam between the program and code of people. Whoever runs a hook gets its output
// as the last handler left it. Handlers are called one after the other, each within its time; one
// that throws or hangs is reported and passed over, unless its failure is the answer: a refusal.
import { AppError, errorMessage } from "@/base/error";
import type { Clock } from "@/base/clock";
import type { HookInput, HookName, HookOutput } from "./hook-types";
import { isLate, withinTime } from "./within-time";

/** Gets the published input and output objects; changes the output in place. */
export type HookHandler = (input: unknown, output: unknown) => unknown;

/** Where handlers come from: a plugin, or the commands of the configuration. */
export interface HookSource {
  name: string;
  /** It came with the project: it may refuse what a person would be asked, never allow it. */
  isOfProject: boolean;
  handlers: Readonly<Partial<Record<HookName, HookHandler>>>;
}

interface HooksOptions {
  /** In the order in which they are called. */
  sources(): Promise<readonly HookSource[]>;
  report(problem: string): void;
  clock: Clock;
}

const HANDLER_LIMIT_MS = 60_000;
/** What was reported is not reported again; beyond these it may be. */
const REPORTS_KEPT = 200;
const REFUSED = "HookRefused";

/** Thrown by a handler: what was about to happen must not. The message says why. */
export function hookRefusal(message: string): AppError {
  return new AppError("denied", REFUSED, message);
}

export class Hooks {
  readonly #options: HooksOptions;
  readonly #reported = new Set<string>();

  constructor(options: HooksOptions) {
    this.#options = options;
  }

  /**
   * Has the handlers change `output`, and gives it. Throws a handler's refusal, for
   * `tool.execute.before` whatever a handler throws, and the signal's reason on abort.
   */
  async run<N extends HookName>(
    name: N,
    input: HookInput<N>,
    output: HookOutput<N>,
    signal?: AbortSignal,
  ): Promise<HookOutput<N>> {
    for (const source of await this.#options.sources()) {
      const handler = source.handlers[name];
      if (handler) await this.#call({ name, source, handler }, input, output, signal);
    }
    return output;
  }

  /** Whether anybody listens: what is costly to prepare for nobody need not be. */
  async has(name: HookName): Promise<boolean> {
    return (await this.#options.sources()).some(({ handlers }) => handlers[name] !== undefined);
  }

  async #call(
    { name, source, handler }: { name: HookName; source: HookSource; handler: HookHandler },
    input: unknown,
    output: object,
    signal?: AbortSignal,
  ): Promise<void> {
    signal?.throwIfAborted();
    const before = { ...output };
    const work = async () => void (await handler(input, output));
    try {
      await withinTime(work(), HANDLER_LIMIT_MS, this.#options.clock, signal);
      if (source.isOfProject && name === "permission.ask") keepStrict(before, output);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof AppError && error.name === REFUSED) throw error;
      if (name === "tool.execute.before" && !isLate(error)) throw hookRefusal(errorMessage(error));
      Object.assign(output, before);
      this.#report(`${source.name}: the hook ${name} failed: ${errorMessage(error)}`);
    }
  }

  #report(problem: string): void {
    if (this.#reported.has(problem)) return;
    if (this.#reported.size >= REPORTS_KEPT) this.#reported.clear();
    this.#reported.add(problem);
    this.#options.report(problem);
  }
}

function keepStrict(before: object, output: object): void {
  if ("status" in output && output.status === "allow") Object.assign(output, before);
}
