// RunWatcher: hears the events of one session's run and its subagents, tells a printer what
// happened, each thing once, and keeps what decides the exit code: denials, errors, usage.
import type { Bus } from "@/base/bus";
import type { BusEvent } from "@/schema/event";
import type { AssistantMessage } from "@/schema/message";
import type { MessageError } from "@/schema/message-error";
import type {
  Part,
  ReasoningPart,
  StepFinishPart,
  StepStartPart,
  TextPart,
  ToolPart,
} from "@/schema/part";
import type { TokenUsage } from "@/schema/primitive";
import type { SessionStatus } from "@/schema/session";

export interface RunStart {
  sessionID: string;
  directory: string;
  /** `provider/model`. */
  model: string;
  agent: string;
}

export interface RunResult {
  exitCode: number;
  /** The last answer. */
  text: string;
  usage: TokenUsage;
  /** US dollars, subagents included. */
  cost: number;
  error?: { name: string; message: string };
}

/** Shows a run. Of a subagent only what was denied is shown. */
export interface RunPrinter {
  begin(start: RunStart): void;
  stepStart(part: StepStartPart): void;
  stepFinish(part: StepFinishPart): void;
  /** The answer gained text; `text` comes when it is whole, `textVoid` when it is taken back. */
  textGrew(partID: string, delta: string): void;
  text(part: TextPart): void;
  textVoid(partID: string): void;
  reasoning(part: ReasoningPart): void;
  /** A call that is completed or failed. */
  tool(part: ToolPart): void;
  denied(part: ToolPart, isSubagent: boolean): void;
  retry(status: Extract<SessionStatus, { type: "retry" }>): void;
  error(error: MessageError): void;
  /** The last thing that is told, always. */
  end(result: RunResult): void;
}

export class RunWatcher {
  readonly #sessionID: string;
  readonly #printer: RunPrinter;
  /** The session and those that its agents began. */
  readonly #family: Set<string>;
  readonly #answers = new Map<string, AssistantMessage>();
  readonly #texts = new Map<string, Map<string, string>>();
  readonly #told = new Set<string>();
  /** A permission was denied, to the agent or a subagent. */
  denied = false;
  error: MessageError | undefined;

  constructor(sessionID: string, children: readonly string[], printer: RunPrinter) {
    this.#sessionID = sessionID;
    this.#family = new Set([sessionID, ...children]);
    this.#printer = printer;
  }

  /** Hears until the returned function is called. */
  listen(bus: Bus<BusEvent>): () => void {
    return bus.subscribe((event) => this.#hear(event));
  }

  /** The text of the last answer so far. */
  get text(): string {
    const last = [...this.#answers.values()].findLast((info) => info.sessionID === this.#sessionID);
    return [...(this.#texts.get(last?.id ?? "")?.values() ?? [])].join("\n");
  }

  get usage(): TokenUsage {
    const usage = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };
    for (const { tokens } of this.#answers.values()) {
      usage.input += tokens.input;
      usage.output += tokens.output;
      usage.reasoning += tokens.reasoning;
      usage.cache.read += tokens.cache.read;
      usage.cache.write += tokens.cache.write;
    }
    return usage;
  }

  get cost(): number {
    return [...this.#answers.values()].reduce((sum, { cost }) => sum + cost, 0);
  }

  #hear(event: BusEvent): void {
    switch (event.type) {
      case "session.created": {
        const { id, parentID } = event.properties.info;
        if (parentID && this.#family.has(parentID)) this.#family.add(id);
        return;
      }
      case "session.status": {
        const { sessionID, status } = event.properties;
        if (this.#isMain(sessionID) && status.type === "retry") this.#printer.retry(status);
        return;
      }
      case "session.error":
        return this.#hearError(event.properties.sessionID, event.properties.error);
      case "message.updated": {
        const { info } = event.properties;
        if (info.role === "assistant" && this.#family.has(info.sessionID)) {
          this.#answers.set(info.id, info);
        }
        return;
      }
      case "message.part.delta": {
        const { sessionID, messageID, partID, delta } = event.properties;
        if (!this.#isMain(sessionID) || !this.#texts.get(messageID)?.has(partID)) return;
        this.#printer.textGrew(partID, delta);
        return;
      }
      case "message.part.removed":
        return this.#hearRemoved(event.properties.messageID, event.properties.partID);
      case "message.part.updated":
        return this.#hearPart(event.properties.part);
    }
  }

  #isMain(sessionID: string | undefined): boolean {
    return sessionID === this.#sessionID;
  }

  #hearError(sessionID: string | undefined, error: MessageError | undefined): void {
    if (!this.#isMain(sessionID) || !error) return;
    this.error = error;
    this.#printer.error(error);
  }

  #hearRemoved(messageID: string, partID: string): void {
    if (this.#texts.get(messageID)?.delete(partID)) this.#printer.textVoid(partID);
  }

  #hearPart(part: Part): void {
    if (!this.#answers.has(part.messageID)) return;
    const isMain = this.#isMain(part.sessionID);
    if (part.type === "tool") return this.#hearTool(part, isMain);
    // A summary is for the model: nobody asked to read it.
    if (!isMain || this.#answers.get(part.messageID)?.summary) return;
    if (part.type === "text") this.#hearText(part);
    else if (part.type === "reasoning") {
      if (part.time.end !== undefined && this.#isFirst(part)) this.#printer.reasoning(part);
    } else if (part.type === "step-start") {
      if (this.#isFirst(part)) this.#printer.stepStart(part);
    } else if (part.type === "step-finish") {
      if (this.#isFirst(part)) this.#printer.stepFinish(part);
    }
  }

  #hearText(part: TextPart): void {
    const texts = this.#texts.get(part.messageID) ?? new Map<string, string>();
    this.#texts.set(part.messageID, texts.set(part.id, part.text));
    if (part.time?.end !== undefined && this.#isFirst(part)) this.#printer.text(part);
  }

  #hearTool(part: ToolPart, isMain: boolean): void {
    const { state } = part;
    if (state.status !== "completed" && state.status !== "error") return;
    if (!this.#isFirst(part)) return;
    if (isMain) this.#printer.tool(part);
    if (state.status === "error" && isPermissionDenial(state.metadata?.["denied"])) {
      this.denied = true;
      this.#printer.denied(part, !isMain);
    }
  }

  /** A part may be told again after its end. */
  #isFirst(part: Part): boolean {
    if (this.#told.has(part.id)) return false;
    this.#told.add(part.id);
    return true;
  }
}

/** A question that nobody could answer, or a repeated call, is refused too, but not forbidden. */
function isPermissionDenial(name: unknown): boolean {
  return name === "PermissionDenied" || name === "PermissionRejected";
}
