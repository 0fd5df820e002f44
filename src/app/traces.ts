// Traces: which of the things that happen in a directory become spans for a collector: each request
// to a model, each call of a tool. Names and attributes are those that OpenTelemetry has for
// models. What was said, read or written is in none.
import type { Span, TraceExporter } from "@/base/trace-exporter";
import type { ConfigService } from "@/config/config-service";
import type { BusEvent } from "@/schema/event";
import type { AssistantMessage } from "@/schema/message";
import type { ToolPart } from "@/schema/part";

/** What is told again, by an undo or a summary, is older than the newest of so many. */
const KNOWN_MAX = 1_000;

/** Hears events, and adds the spans where the configuration wants them. */
export function traceEvents(
  exporter: TraceExporter,
  config: ConfigService,
): (event: BusEvent) => void {
  const known = new Set<string>();
  return (event) => {
    const span = spanOf(event);
    if (span === undefined || known.has(span.id)) return;
    known.add(span.id);
    const [oldest] = known;
    if (known.size > KNOWN_MAX && oldest !== undefined) known.delete(oldest);
    void addWhereWanted(span, exporter, config);
  };
}

async function addWhereWanted(
  span: Span,
  exporter: TraceExporter,
  config: ConfigService,
): Promise<void> {
  // Without a configuration that can be read nothing was wanted.
  const loaded = await config.get().catch(() => undefined);
  if (loaded?.config.experimental?.openTelemetry === true) exporter.add(span);
}

function spanOf({ type, properties }: BusEvent): Span | undefined {
  if (type === "message.updated") {
    return properties.info.role === "assistant" ? ofAnswer(properties.info) : undefined;
  }
  if (type !== "message.part.updated") return undefined;
  return properties.part.type === "tool" ? ofCall(properties.part) : undefined;
}

function ofAnswer(info: AssistantMessage): Span | undefined {
  const { completed } = info.time;
  if (completed === undefined) return undefined;
  return {
    name: `chat ${info.modelID}`,
    trace: info.sessionID,
    id: info.id,
    startMs: info.time.created,
    endMs: completed,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": info.providerID,
      "gen_ai.request.model": info.modelID,
      "gen_ai.conversation.id": info.sessionID,
      "gen_ai.agent.name": info.agent,
      "gen_ai.usage.input_tokens": info.tokens.input,
      "gen_ai.usage.output_tokens": info.tokens.output,
      "opencode.cost": info.cost,
    },
    ...(info.error === undefined ? {} : { error: info.error.name }),
  };
}

function ofCall({ id, sessionID, messageID, callID, tool, state }: ToolPart): Span | undefined {
  if (state.status !== "completed" && state.status !== "error") return undefined;
  return {
    name: `execute_tool ${tool}`,
    trace: sessionID,
    id,
    parent: messageID,
    startMs: state.time.start,
    endMs: state.time.end,
    attributes: {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": tool,
      "gen_ai.tool.call.id": callID,
      "gen_ai.conversation.id": sessionID,
    },
    ...(state.status === "error" ? { error: "the call failed" } : {}),
  };
}
