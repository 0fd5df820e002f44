// What a wire format is to the scripted server: how it reads a request, what it refuses, and the
// frames it makes of a turn. One constant of this type stands in each wire's file.

import type { Chunk, NeutralRequest, Turn, WireName } from "./turn";

/** A piece of the body, or a promise that holds the stream until it resolves. */
export type Frame = Chunk;

export interface Wire {
  name: WireName;
  /** The package that speaks it, as the configuration names it. */
  npm: string;
  /** Below the server's origin; what the client gets as baseURL. */
  basePath: string;
  /** What the provider's configuration needs besides. */
  options?: Record<string, unknown>;
  /** Of an answer; an event stream without. With it each character of a frame is a byte. */
  contentType?: string;
  matches(path: string): boolean;
  parse(body: Record<string, unknown>, path: string): NeutralRequest;
  /** Rules of this wire alone; the pairing of calls and results is checked for all in one place. */
  check(request: NeutralRequest): string[];
  /** `serial` is unique for each answer of one server: ids are made of it. */
  frames(turn: Turn, serial: number): Frame[];
  keepAlive: string;
  overloaded: string;
  errorBody(status: number, message: string): Record<string, unknown>;
}

export function dataFrame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** A frame with an event name, which is the type of its data on the wires that use them. */
export function eventFrame(value: { type: string } & Record<string, unknown>): string {
  return `event: ${value.type}\n${dataFrame(value)}`;
}

/** Turns chunks into frames and leaves the promises among them where they stand. */
export function mapChunks(chunks: readonly Chunk[], toFrame: (text: string) => string): Frame[] {
  return chunks.map((chunk) => (typeof chunk === "string" ? toFrame(chunk) : chunk));
}
