// A request to a scripted model, and what is commonly read from the stream that answers it.

import type { ModelEvent, ModelMessage, ModelRequest, ModelTool } from "@/llm/model-event";
import type { Model, Provider } from "@/schema/provider";
import { SCRIPTED_KEY, WIRES } from "@test/support/scripted-model/scripted-model";
import type { WireName } from "@test/support/scripted-model/turn";

/** A scripted model, or as much of it as a request needs that is never sent. */
export interface Address {
  baseURL: string;
  wire: WireName;
}

export const READ_TOOL: ModelTool = {
  name: "read",
  description: "Reads a file.",
  parameters: {
    type: "object",
    properties: { filePath: { type: "string" } },
    required: ["filePath"],
  },
};

export const HELLO: ModelMessage[] = [
  { role: "system", content: "You are a test." },
  { role: "user", content: [{ type: "text", text: "Hello" }] },
];

const TEXT_ONLY = { text: true, audio: false, image: false, video: false, pdf: false };

/** The model "main" as the catalog would describe it, reached over the scripted wire. */
export function modelOf(scripted: Address, overrides: Partial<Model> = {}): Model {
  return {
    id: "main",
    providerID: "scripted",
    api: { id: "main", url: scripted.baseURL, npm: WIRES[scripted.wire].npm },
    name: "Scripted",
    capabilities: {
      temperature: true,
      reasoning: true,
      attachment: false,
      toolcall: true,
      input: TEXT_ONLY,
      output: TEXT_ONLY,
      interleaved: false,
    },
    cost: { input: 0, output: 0, cache: { read: 0, write: 0 } },
    limit: { context: 200_000, output: 8_000 },
    status: "active",
    options: {},
    headers: {},
    release_date: "2026-01-01",
    ...overrides,
  };
}

export function requestTo(
  scripted: Address,
  overrides: Partial<ModelRequest> = {},
  providerOptions: Record<string, unknown> = {},
): ModelRequest {
  const model = overrides.model ?? modelOf(scripted);
  const provider: Provider = {
    id: "scripted",
    name: "Scripted",
    source: "config",
    env: [],
    options: { baseURL: scripted.baseURL, apiKey: SCRIPTED_KEY, ...providerOptions },
    models: { main: model },
  };
  return {
    model,
    provider,
    sessionID: "ses_test",
    messages: HELLO,
    tools: [READ_TOOL],
    ...overrides,
  };
}

export async function collect(stream: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

export type EventOf<T extends ModelEvent["type"]> = Extract<ModelEvent, { type: T }>;

export function ofType<T extends ModelEvent["type"]>(
  events: readonly ModelEvent[],
  type: T,
): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

export function textOf(
  events: readonly ModelEvent[],
  type: "text-delta" | "reasoning-delta" = "text-delta",
): string {
  return events.map((event) => (event.type === type && "text" in event ? event.text : "")).join("");
}

/** The error that ends the events; fails when they end otherwise. */
export function errorOf(events: readonly ModelEvent[]): EventOf<"error">["error"] {
  const last = events.at(-1);
  if (last?.type !== "error") throw new Error(`the last event is ${JSON.stringify(last)}`);
  return last.error;
}
