// StepParts: what one model step has said so far. Pure state: a model event goes in, the changes of
// parts come out, in order; writing and telling them is step-writer's, running calls tool-call's.
import type { IDs } from "@/base/id";
import type { Clock } from "@/base/clock";
import { unreachable } from "@/base/assert";
import type { ModelEvent } from "@/llm/model-event";
import type { Part, ReasoningPart, TextPart, ToolPart } from "@/schema/part";

export type PartChange =
  /** The part begins, changes its state or ends: worth a row and an event at once. */
  | { type: "put"; part: Part }
  /** The part gained `text` at its end; `part` is the whole so far. */
  | { type: "grow"; part: TextPart | ReasoningPart | ToolPart; text: string }
  | { type: "remove"; part: Part };

/** A call that the model wrote; `raw` is its arguments as the model wrote them. */
export interface RequestedCall {
  part: ToolPart;
  raw: string;
  /** The answer ended before the call did. */
  isOpen?: boolean;
}

type StreamEvent = Exclude<ModelEvent, { type: "finish" | "error" | "retry" | "attempt" }>;

interface StepPartsOptions {
  sessionID: string;
  messageID: string;
  ids: IDs;
  clock: Clock;
}

export class StepParts {
  readonly #options: StepPartsOptions;
  /** Open and ended parts by their key in the stream, in the order of their beginning. */
  readonly #parts = new Map<string, TextPart | ReasoningPart | ToolPart>();
  readonly #calls: RequestedCall[] = [];

  constructor(options: StepPartsOptions) {
    this.#options = options;
  }

  /** The calls to be run, in the order in which the model finished them. */
  get calls(): readonly RequestedCall[] {
    return this.#calls;
  }

  get parts(): readonly Part[] {
    return [...this.#parts.values()];
  }

  apply(event: StreamEvent): PartChange[] {
    switch (event.type) {
      case "text-start":
      case "reasoning-start":
        return this.#open(event.type === "text-start" ? "text" : "reasoning", event);
      case "text-delta":
      case "reasoning-delta":
        return this.#grow(event.type === "text-delta" ? "text" : "reasoning", event);
      case "text-end":
      case "reasoning-end":
        return this.#end(event.type === "text-end" ? "text" : "reasoning", event);
      case "recast":
        return this.#recast(event.id, event.to);
      case "tool-start":
        return this.#startCall(event.callID, event.tool);
      case "tool-delta":
        return this.#growCall(event.callID, event.text);
      case "tool-call":
        return this.#finishCall(event);
      default:
        return unreachable(event);
    }
  }

  /** Takes back everything: the attempt that streamed it has failed and is made again. */
  reset(): PartChange[] {
    const changes = this.parts.map((part): PartChange => ({ type: "remove", part }));
    this.#parts.clear();
    this.#calls.length = 0;
    return changes;
  }

  /** Ends the texts that are open: the answer is over. Calls that are open join the others. */
  close(): PartChange[] {
    const changes: PartChange[] = [];
    for (const [key, part] of this.#parts) {
      if (part.type !== "tool") changes.push(...this.#endText(key, part));
      else if (!this.#calls.some((call) => call.part.id === part.id)) {
        const raw = part.state.status === "pending" ? part.state.raw : "";
        this.#calls.push({ part, raw, isOpen: true });
      }
    }
    return changes;
  }

  /** Ends everything: the answer failed, and none of its calls is run. They get `result`. */
  fail(result: string): PartChange[] {
    const texts = this.close();
    this.#calls.length = 0;
    const calls = [...this.#parts].flatMap(([key, part]): PartChange[] =>
      part.type === "tool" ? this.#endCall(key, part, result) : [],
    );
    return [...texts, ...calls];
  }

  #endText(key: string, part: TextPart | ReasoningPart): PartChange[] {
    if (part.time?.end !== undefined) return [];
    const now = this.#options.clock.now();
    const ended = { ...part, time: { start: part.time?.start ?? now, end: now } };
    this.#parts.set(key, ended);
    return [{ type: "put", part: ended }];
  }

  #endCall(key: string, part: ToolPart, error: string): PartChange[] {
    const now = this.#options.clock.now();
    const time = { start: now, end: now };
    const metadata = { interrupted: true };
    const state = { status: "error" as const, input: {}, error, metadata, time };
    const ended: ToolPart = { ...part, state };
    this.#parts.set(key, ended);
    return [{ type: "put", part: ended }];
  }

  #open(
    kind: "text" | "reasoning",
    event: { id: string; metadata?: Record<string, unknown> },
  ): PartChange[] {
    const common = { ...this.#partBase(), text: "", time: { start: this.#options.clock.now() } };
    const metadata = event.metadata ? { metadata: event.metadata } : {};
    const part: TextPart | ReasoningPart = { ...common, type: kind, ...metadata };
    this.#parts.set(`${kind}:${event.id}`, part);
    return [{ type: "put", part }];
  }

  #grow(
    kind: "text" | "reasoning",
    event: { id: string; text: string; metadata?: Record<string, unknown> },
  ): PartChange[] {
    const key = `${kind}:${event.id}`;
    const opened = this.#parts.has(key) ? [] : this.#open(kind, { id: event.id });
    const before = this.#parts.get(key);
    if (!before || before.type === "tool") return opened;
    const metadata = event.metadata ? { metadata: { ...before.metadata, ...event.metadata } } : {};
    const part = { ...before, text: before.text + event.text, ...metadata };
    this.#parts.set(key, part);
    return event.text ? [...opened, { type: "grow", part, text: event.text }] : opened;
  }

  #end(
    kind: "text" | "reasoning",
    event: { id: string; metadata?: Record<string, unknown> },
  ): PartChange[] {
    const key = `${kind}:${event.id}`;
    const before = this.#parts.get(key);
    if (!before || before.type === "tool") return [];
    const now = this.#options.clock.now();
    const metadata = event.metadata ? { metadata: { ...before.metadata, ...event.metadata } } : {};
    const part = { ...before, time: { start: before.time?.start ?? now, end: now }, ...metadata };
    this.#parts.set(key, part);
    return [{ type: "put", part }];
  }

  /** The same part, of the other type. */
  #recast(id: string, to: "text" | "reasoning"): PartChange[] {
    const key = `${to === "text" ? "reasoning" : "text"}:${id}`;
    const before = this.#parts.get(key);
    if (!before || before.type === "tool") return [];
    const { messageID, sessionID, text } = before;
    const time = before.time ?? { start: this.#options.clock.now() };
    const part = { id: before.id, sessionID, messageID, type: to, text, time };
    this.#parts.delete(key);
    this.#parts.set(`${to}:${id}`, part);
    return [{ type: "put", part }];
  }

  #startCall(callID: string, tool: string): PartChange[] {
    const key = `tool:${callID}`;
    if (this.#parts.has(key)) return [];
    const state = { status: "pending" as const, input: {}, raw: "" };
    const part: ToolPart = { ...this.#partBase(), type: "tool", callID, tool, state };
    this.#parts.set(key, part);
    return [{ type: "put", part }];
  }

  #growCall(callID: string, text: string): PartChange[] {
    const before = this.#parts.get(`tool:${callID}`);
    if (before?.type !== "tool" || before.state.status !== "pending") return [];
    const part = { ...before, state: { ...before.state, raw: before.state.raw + text } };
    this.#parts.set(`tool:${callID}`, part);
    return [{ type: "grow", part, text }];
  }

  #finishCall(event: {
    callID: string;
    tool: string;
    input: string;
    metadata?: Record<string, unknown>;
  }): PartChange[] {
    const opened = this.#startCall(event.callID, event.tool);
    const key = `tool:${event.callID}`;
    const before = this.#parts.get(key);
    if (before?.type !== "tool" || before.state.status !== "pending") return opened;
    const part: ToolPart = {
      ...before,
      tool: event.tool,
      state: { ...before.state, raw: event.input },
      ...(event.metadata ? { metadata: event.metadata } : {}),
    };
    this.#parts.set(key, part);
    this.#calls.push({ part, raw: event.input });
    // Not worth a row of its own: it is about to run.
    return [...opened, { type: "grow", part, text: "" }];
  }

  #partBase() {
    const { ids, sessionID, messageID } = this.#options;
    return { id: ids.create("prt"), sessionID, messageID };
  }
}
