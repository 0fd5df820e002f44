// `run --format json`: one JSON object a line on stdout and nothing else there. The first is
// `init`, the last, whatever happens, `result`; between them one line for each finished thing.
import type { Clock } from "@/base/clock";
import { version } from "@/base/version";
import type { MessageError } from "@/schema/message-error";
import type {
  Part,
  ReasoningPart,
  StepFinishPart,
  StepStartPart,
  TextPart,
  ToolPart,
} from "@/schema/part";
import type { SessionStatus } from "@/schema/session";
import { statusOf } from "./exit-code";
import type { Output } from "./output";
import type { RunPrinter, RunResult, RunStart } from "./run-watcher";

interface RunJSONOptions {
  output: Output;
  clock: Clock;
  thinking: boolean;
}

export class RunJSON implements RunPrinter {
  readonly #options: RunJSONOptions;
  /** Null until there is a session: a failure may come before. */
  #sessionID: string | null = null;

  constructor(options: RunJSONOptions) {
    this.#options = options;
  }

  begin(start: RunStart): void {
    this.#sessionID = start.sessionID;
    const { directory, model, agent } = start;
    this.#print("init", { directory, model, agent, version });
  }

  stepStart(part: StepStartPart): void {
    this.#printPart("step_start", part);
  }

  stepFinish(part: StepFinishPart): void {
    this.#printPart("step_finish", part);
  }

  textGrew(): void {}

  textVoid(): void {}

  text(part: TextPart): void {
    this.#printPart("text", part);
  }

  reasoning(part: ReasoningPart): void {
    if (this.#options.thinking) this.#printPart("reasoning", part);
  }

  tool(part: ToolPart): void {
    this.#printPart("tool_use", part);
  }

  denied(): void {}

  retry(status: Extract<SessionStatus, { type: "retry" }>): void {
    const { attempt, message, next } = status;
    this.#print("retry", { attempt, message, next });
  }

  error(error: MessageError): void {
    this.#print("error", { error });
  }

  end(result: RunResult): void {
    const { exitCode, text, usage, cost, error } = result;
    const status = statusOf(exitCode);
    this.#print("result", { status, exitCode, text, usage, cost, ...(error ? { error } : {}) });
  }

  #printPart(type: string, part: Part): void {
    this.#print(type, { part });
  }

  #print(type: string, fields: Record<string, unknown>): void {
    const { output, clock } = this.#options;
    const line = { type, timestamp: clock.now(), sessionID: this.#sessionID, ...fields };
    output.print(JSON.stringify(line));
  }
}
