// The script of a scripted model: turns in words of no wire, and the request as they may read it.
//
// A turn says what the model answers or how the answer goes wrong. The wires (openai-compatible,
// anthropic, openai, google, mistral, bedrock) each translate it into their frames; the server
// sends those.

export type WireName =
  "openai-compatible" | "anthropic" | "openai" | "google" | "mistral" | "bedrock";

export interface NeutralCall {
  id: string;
  tool: string;
  /** The arguments as JSON text, as they came. */
  input: string;
}

export interface NeutralResult {
  id: string;
  text: string;
  isError: boolean;
}

export interface NeutralMessage {
  role: "user" | "assistant" | "tool";
  text: string;
  reasoning: string;
  calls: NeutralCall[];
  results: NeutralResult[];
  /** Images, documents and whatever else is not text. */
  attachments: number;
}

export interface NeutralTool {
  name: string;
  description: string;
  parameters: unknown;
}

/** What a client asked for, the same for every wire. `raw` is the parsed body. */
export interface NeutralRequest {
  model: string;
  system: string;
  messages: NeutralMessage[];
  tools: NeutralTool[];
  toolChoice: unknown;
  maxOutputTokens: number | undefined;
  temperature: number | undefined;
  raw: Record<string, unknown>;
}

export interface ScriptedCall {
  tool: string;
  /** A string is sent as it is, whatever it holds; anything else as JSON. */
  input: unknown;
  id?: string;
}

/** Counts as the program keeps them: `input` without cached, `output` without reasoning tokens. */
export interface ScriptedUsage {
  input: number;
  output: number;
  reasoning: number;
  cacheRead: number;
  cacheWrite: number;
}

/**
 * Where an answer goes wrong. "Mid" is after half of its frames.
 * hang-headers: the connection stays open and silent. hang-body: headers, then silence.
 * hang-mid: half, then silence. cut-headers: the connection is dropped before any answer.
 * cut-mid: it is dropped after half. end-mid: half, then a clean end without a finish.
 * keepalive-only: headers, then one keep-alive for each of `beats` (three without), then silence.
 * error-mid: half, then the wire's own error event saying it is overloaded.
 * garbage-mid: half, then a frame that is not JSON, then a clean end. empty: 200 and no byte.
 */
export type Fault =
  | "hang-headers"
  | "hang-body"
  | "hang-mid"
  | "cut-headers"
  | "cut-mid"
  | "end-mid"
  | "keepalive-only"
  | "error-mid"
  | "garbage-mid"
  | "empty";

export type ScriptedFinish = "stop" | "tool-calls" | "length" | "content-filter";

/** A promise among the chunks holds the stream there until it resolves. */
export type Chunk = string | PromiseLike<unknown>;
/** With `perSecond` a chunk is sent when it is due by that rate, counted from the first one. */
export type Chunks =
  | string
  | readonly Chunk[]
  | { chunk: string; times: number; perSecond?: number }
  | { chunks: readonly string[]; times?: number; perSecond: number };

export interface Turn {
  reasoning?: Chunks;
  text?: Chunks;
  calls?: readonly ScriptedCall[];
  usage?: Partial<ScriptedUsage>;
  finish?: ScriptedFinish;
  /** Anything but 200 is answered with the wire's error body, unless `body` is given. */
  status?: number;
  headers?: Record<string, string>;
  /**
   * Sent instead of the frames: text as it is, an object as JSON, an iterable piece by piece; after
   * the latter the connection is dropped by the fault "cut-mid", and kept by "hang-mid".
   */
  body?: string | AsyncIterable<string | Uint8Array> | Record<string, unknown>;
  fault?: Fault;
  /** Awaited before the headers are sent. */
  gate?: PromiseLike<unknown>;
  /** For "keepalive-only": one keep-alive is sent for each value. */
  beats?: AsyncIterable<unknown>;
}

export type ScriptedTurn = Turn | ((request: NeutralRequest) => Turn | Promise<Turn>);

export function chunksOf(chunks: Chunks | undefined): readonly Chunk[] {
  if (chunks === undefined) return [];
  if (typeof chunks === "string") return chunks === "" ? [] : [chunks];
  if ("chunks" in chunks) {
    const repeated = Array.from({ length: chunks.times ?? 1 }, () => chunks.chunks).flat();
    return paced(repeated, chunks.perSecond);
  }
  if (!("chunk" in chunks)) return chunks;
  const { chunk, times, perSecond } = chunks;
  const all = Array<string>(times).fill(chunk);
  return perSecond === undefined ? all : paced(all, perSecond);
}

function paced(chunks: readonly string[], perSecond: number): readonly Chunk[] {
  const due = pace(1_000 / perSecond);
  return chunks.flatMap((chunk, index) => [due(index), chunk]);
}

/** What waits for the time of the nth chunk, once somebody waits for it. */
function pace(intervalMs: number): (index: number) => PromiseLike<unknown> {
  let startedAt: number | undefined;
  return (index) => ({
    // oxlint-disable-next-line unicorn/no-thenable -- the time counts from when it is awaited
    then: (resolve, reject) => {
      startedAt ??= performance.now();
      const waitMs = startedAt + index * intervalMs - performance.now();
      return new Promise((done) => setTimeout(done, Math.max(0, waitMs))).then(resolve, reject);
    },
  });
}

export function usageOf(turn: Turn): ScriptedUsage {
  return { input: 100, output: 20, reasoning: 0, cacheRead: 0, cacheWrite: 0, ...turn.usage };
}

export function finishOf(turn: Turn): ScriptedFinish {
  return turn.finish ?? (turn.calls?.length ? "tool-calls" : "stop");
}

export function argumentsOf(call: ScriptedCall): string {
  return typeof call.input === "string" ? call.input : JSON.stringify(call.input);
}

/** Call arguments come in pieces on every wire that streams them: three are enough to show it. */
export function splitArguments(text: string): string[] {
  const size = Math.max(1, Math.ceil(text.length / 3));
  const pieces: string[] = [];
  for (let start = 0; start < text.length; start += size) {
    pieces.push(text.slice(start, start + size));
  }
  return pieces;
}

export function emptyMessage(role: NeutralMessage["role"]): NeutralMessage {
  return { role, text: "", reasoning: "", calls: [], results: [], attachments: 0 };
}
