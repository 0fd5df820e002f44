// How a turn leaves the scripted server: its frames, or one of the ways in which an answer fails.

import type { ServerResponse } from "node:http";

import type { Turn } from "./turn";
import type { Frame, Wire } from "./wire";

/** What is written of an answer and what becomes of the connection after it. */
interface Delivery {
  frames: Frame[];
  after: "end" | "hang" | "cut";
}

/** Writes the turn. Resolves when it is written or the client has left; `serial` makes its ids. */
export async function sendTurn(
  response: ServerResponse,
  turn: Turn,
  wire: Wire,
  serial: number,
): Promise<void> {
  if (turn.fault === "hang-headers") return;
  if (turn.fault === "cut-headers") {
    response.destroy();
    return;
  }
  const status = turn.status ?? 200;
  if (turn.body !== undefined) return sendBody(response, status, turn.body, turn);
  if (status !== 200) {
    const body = wire.errorBody(status, `scripted status ${status}`);
    return sendJSON(response, status, body, turn.headers);
  }
  const type = wire.contentType ?? "text/event-stream";
  response.writeHead(200, { "content-type": type, ...turn.headers });
  response.flushHeaders();
  const delivery = deliveryOf(turn, wire.frames(turn, serial), wire);
  await writeAll(response, delivery.frames, wire.contentType ? "latin1" : "utf8");
  if (turn.beats) await writeBeats(response, turn.beats, wire.keepAlive);
  if (delivery.after === "end") response.end();
  if (delivery.after === "cut") response.destroy();
}

function deliveryOf(turn: Turn, frames: Frame[], wire: Wire): Delivery {
  const half = frames.slice(0, Math.ceil(frames.length / 2));
  switch (turn.fault) {
    case undefined:
      return { frames, after: "end" };
    case "keepalive-only": {
      const beats = turn.beats ? [] : [wire.keepAlive, wire.keepAlive, wire.keepAlive];
      return { frames: beats, after: "hang" };
    }
    case "hang-mid":
      return { frames: half, after: "hang" };
    case "cut-mid":
      return { frames: half, after: "cut" };
    case "end-mid":
      return { frames: half, after: "end" };
    case "error-mid":
      return { frames: [...half, wire.overloaded], after: "end" };
    case "garbage-mid":
      return { frames: [...half, "data: {not json\n\n"], after: "end" };
    case "empty":
      return { frames: [], after: "end" };
    default:
      return { frames: [], after: "hang" };
  }
}

async function writeBeats(
  response: ServerResponse,
  beats: AsyncIterable<unknown>,
  keepAlive: string,
): Promise<void> {
  const iterator = beats[Symbol.asyncIterator]();
  while (!(await iterator.next()).done) await writeAll(response, [keepAlive]);
}

/** Resolves when everything was written or the client is gone; waits where the socket is full. */
async function writeAll(
  response: ServerResponse,
  frames: Iterable<Frame | Uint8Array>,
  encoding: "utf8" | "latin1" = "utf8",
): Promise<void> {
  for (const frame of frames) {
    if (typeof frame !== "string" && !(frame instanceof Uint8Array)) {
      await frame;
      continue;
    }
    if (response.destroyed) return;
    if (!response.write(frame, encoding)) await drained(response);
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off("drain", settle);
      response.off("close", settle);
      resolve();
    };
    response.on("drain", settle);
    response.on("close", settle);
  });
}

async function sendBody(
  response: ServerResponse,
  status: number,
  body: NonNullable<Turn["body"]>,
  { fault, headers = {} }: Turn,
): Promise<void> {
  if (typeof body === "string") {
    const type = body.trimStart().startsWith("<") ? "text/html" : "application/json";
    response.writeHead(status, { "content-type": type, ...headers });
    response.end(body);
    return;
  }
  if (!isStreamed(body)) return sendJSON(response, status, body, headers);
  response.writeHead(status, { "content-type": "text/event-stream", ...headers });
  response.flushHeaders();
  for await (const piece of body) await writeAll(response, [piece]);
  if (fault === "cut-mid") response.destroy();
  else if (fault !== "hang-mid") response.end();
}

function isStreamed(body: object): body is AsyncIterable<string | Uint8Array> {
  return Symbol.asyncIterator in body;
}

export function sendJSON(
  response: ServerResponse,
  status: number,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
