// Wire scripts: what servers have been seen to send, as the bytes they sent, and what has to come
// of it. A table of them stands in each file beside this one; wire.test.ts runs them all.

import type { WireName } from "@test/support/scripted-model/turn";

export interface WireAnswer {
  /** Each is one write. */
  pieces: readonly (string | Uint8Array)[];
  status?: number;
  headers?: Record<string, string>;
  /** What becomes of the connection; the end of the body without. */
  after?: "hang" | "cut";
}

export interface WireScript {
  name: string;
  /** Who sends this. */
  source: string;
  wire?: WireName;
  /** As the server knows it: some rules go by the name. */
  model?: string;
  /** Of the model in the configuration. */
  modelOptions?: Record<string, unknown>;
  providerOptions?: Record<string, unknown>;
  /** The answers to the first requests; the ones after get "Done." */
  answers: readonly WireAnswer[];
  expect: Expectation;
}

/** Of the first prompt; what is not named is nothing. */
export interface Expectation {
  /** Tool, input, and how it ended ("completed" without). */
  calls?: readonly (readonly [tool: string, input: unknown, status?: string])[];
  /** What the model said before the last "Done." */
  text?: string;
  reasoning?: string;
  /** The waits before another attempt. */
  retries?: number;
  /** Of the error that a person sees. */
  error?: RegExp;
}

export const DONE = "data: [DONE]\n\n";

/** A chunk of chat completions. */
export function chunk(delta: unknown, more: Record<string, unknown> = {}): string {
  const choice = { index: 0, delta, finish_reason: null };
  return data({ id: "c", object: "chat.completion.chunk", choices: [choice], ...more });
}

export function chatFinish(reason: string | null, more: Record<string, unknown> = {}): string {
  const choice = { index: 0, delta: {}, finish_reason: reason };
  return data({ id: "c", object: "chat.completion.chunk", choices: [choice], ...more });
}

/** Of one call: the delta that holds it, or a piece of it. */
export function callDelta(call: Record<string, unknown>): { tool_calls: unknown[] } {
  return { tool_calls: [call] };
}

export function data(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

export function event(value: { type: string } & Record<string, unknown>): string {
  return `event: ${value.type}\n${data(value)}`;
}

/** The text in writes of one byte, wherever that cuts it. */
export function byByte(text: string): Uint8Array[] {
  return [...new TextEncoder().encode(text)].map((byte) => Uint8Array.of(byte));
}

/** The text of an answer, in chunks of a few characters. */
export function chatText(text: string, size = 7): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
  return pieces.map((content) => chunk({ content }));
}

export const READ = JSON.stringify({ filePath: "a.txt" });
