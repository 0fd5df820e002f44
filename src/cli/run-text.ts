// The default format of `run`: the answer's text to stdout, everything else to stderr. On a
// terminal the text shows as it comes; elsewhere each text is written when it is whole, so that a
// failed attempt, whose text is taken back, never leaves half an answer in a file or a pipe.
import type { Clock } from "@/base/clock";
import type { MessageError } from "@/schema/message-error";
import type { ReasoningPart, TextPart, ToolPart } from "@/schema/part";
import type { SessionStatus } from "@/schema/session";
import { oneLine, printable, type Output } from "./output";
import { describeError, describeTool } from "./run-words";
import type { RunPrinter, RunResult, RunStart } from "./run-watcher";

interface RunTextOptions {
  output: Output;
  clock: Clock;
  /** Show the model's reasoning. */
  thinking: boolean;
}

export class RunText implements RunPrinter {
  readonly #options: RunTextOptions;
  /** The part whose text stands unfinished on the terminal. */
  #open: { id: string; text: string } | undefined;
  #errorTold = false;

  constructor(options: RunTextOptions) {
    this.#options = options;
  }

  begin(start: RunStart): void {
    this.#note(this.#style.dim(oneLine(`${start.agent} · ${start.model}`)));
  }

  stepStart(): void {}

  stepFinish(): void {}

  textGrew(id: string, delta: string): void {
    const { output } = this.#options;
    if (!output.isTerminal) return;
    if (this.#open?.id !== id) this.#closeLine();
    this.#open ??= { id, text: "" };
    this.#open.text += delta;
    output.write(printable(delta));
  }

  text(part: TextPart): void {
    const { output } = this.#options;
    const shown = this.#open?.id === part.id ? this.#open.text : "";
    if (!shown) this.#closeLine();
    this.#open = undefined;
    const rest = part.text.slice(shown.length);
    output.write(output.isTerminal ? printable(rest) : rest);
    if (part.text && !(shown + rest).endsWith("\n")) output.write("\n");
  }

  textVoid(id: string): void {
    if (this.#open?.id !== id) return;
    this.#closeLine();
    this.#note(this.#style.yellow("(the answer broke off there and begins again)"));
  }

  reasoning(part: ReasoningPart): void {
    if (!this.#options.thinking || !part.text.trim()) return;
    this.#note(this.#style.dim(printable(part.text.trim())));
  }

  tool(part: ToolPart): void {
    if (part.state.status === "completed") {
      this.#note(`${this.#style.bold(part.tool)} ${describeTool(part)}`.trimEnd());
    } else if (part.state.status === "error" && part.state.metadata?.["denied"] === undefined) {
      const failure = oneLine(part.state.error);
      this.#note(`${this.#style.red(part.tool)} ${describeTool(part)}: ${failure}`);
    }
  }

  denied(part: ToolPart, isSubagent: boolean): void {
    const who = isSubagent ? "denied to a subagent" : "denied";
    const why = part.state.status === "error" ? oneLine(part.state.error, 400) : "";
    const mark = this.#style.yellow(`${who}: ${part.tool}`);
    this.#note(`${mark} ${describeTool(part)}: ${why}`);
  }

  retry(status: Extract<SessionStatus, { type: "retry" }>): void {
    const seconds = Math.max(0, Math.ceil((status.next - this.#options.clock.now()) / 1000));
    const why = oneLine(status.message);
    this.#note(this.#style.yellow(`waiting ${seconds} s: ${why} (attempt ${status.attempt})`));
  }

  error(error: MessageError): void {
    // An interrupt needs no words: it was the person's own.
    if (error.name === "MessageAbortedError") return;
    this.#errorTold = true;
    this.#note(`${this.#style.red("Error:")} ${oneLine(describeError(error), 1_000)}`);
  }

  end(result: RunResult): void {
    this.#closeLine();
    if (!result.error || this.#errorTold || result.error.name === "MessageAbortedError") return;
    const [first = "", ...more] = printable(result.error.message).split("\n");
    this.#note(`${this.#style.red("Error:")} ${first}`);
    for (const line of more) this.#note(line);
  }

  get #style() {
    return this.#options.output.style;
  }

  #note(line: string): void {
    this.#closeLine();
    this.#options.output.note(line);
  }

  #closeLine(): void {
    if (this.#open && !this.#open.text.endsWith("\n")) this.#options.output.write("\n");
    this.#open = undefined;
  }
}
