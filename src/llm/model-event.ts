// The vocabulary between the agent's loop and a model: what is asked, and what comes back.
//
// Types only. Prompts are in the shape of the provider packages, which every wire is translated
// from; events are our own, few enough to be handled in one switch.

import type { LanguageModelV4Message } from "@ai-sdk/provider";
import type { MessageError } from "@/schema/message-error";
import type { Model, Provider } from "@/schema/provider";

/** One message of the prompt: system, user, assistant or tool, with typed parts. */
export type ModelMessage = LanguageModelV4Message;

/**
 * What a provider wants back with the part it came with (signatures, encrypted reasoning), by the
 * provider's own name. It belongs to the model that gave it and is sent to no other.
 */
export type ProviderMetadata = Record<string, Record<string, unknown>>;

export interface ModelTool {
  name: string;
  description: string;
  /** JSON schema of an object. */
  parameters: Record<string, unknown>;
}

export interface ModelRequest {
  model: Model;
  provider: Provider;
  sessionID: string;
  messages: ModelMessage[];
  /** Sent in this order: keep it stable, provider caches depend on it. */
  tools: ModelTool[];
  toolChoice?: "auto" | "required" | "none";
  /** Bounded by what the model can do and by OUTPUT_TOKENS_MAX, which is also the default. */
  maxOutputTokens?: number;
  /** Left out for models which do not take one. */
  temperature?: number;
  topP?: number;
  topK?: number;
  /** Options of agent and variant as the provider package names them; they win over the model's. */
  options?: Record<string, unknown>;
  headers?: Record<string, string>;
}

export type FinishReason =
  "stop" | "tool-calls" | "length" | "content-filter" | "other" | "unknown";

/** Tokens. `input` is without cached ones, `output` without reasoning. */
export interface Usage {
  input: number;
  output: number;
  reasoning: number;
  cache: { read: number; write: number };
  /** All of them together, where the provider says how many came in and went out. */
  total?: number;
}

export type ModelEvent =
  | { type: "text-start" | "reasoning-start"; id: string; metadata?: ProviderMetadata }
  | {
      type: "text-delta" | "reasoning-delta";
      id: string;
      text: string;
      metadata?: ProviderMetadata;
    }
  | { type: "text-end" | "reasoning-end"; id: string; metadata?: ProviderMetadata }
  /** What came under this id as the other of the two is this. */
  | { type: "recast"; id: string; to: "text" | "reasoning" }
  | { type: "tool-start"; callID: string; tool: string }
  | { type: "tool-delta"; callID: string; text: string }
  | {
      type: "tool-call";
      callID: string;
      tool: string;
      /** The arguments as the model wrote them: JSON text, if it wrote JSON. Never empty. */
      input: string;
      metadata?: ProviderMetadata;
    }
  /** Attempt `attempt` failed and all it streamed is void; the next starts at `next` (epoch ms). */
  | { type: "retry"; attempt: number; message: string; next: number }
  /** The wait is over: attempt `attempt` (2 or more) starts. */
  | { type: "attempt"; attempt: number }
  | { type: "finish"; reason: FinishReason; usage: Usage; metadata?: ProviderMetadata }
  /** Always the last value. It may follow a finish: the answer came whole but is of no use. */
  | { type: "error"; error: MessageError };
