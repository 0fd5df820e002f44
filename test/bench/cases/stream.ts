// What it costs to pass on a long answer: 5,000 chunks from the model, stored and told to one
// subscriber of /event. Beside it, what a bare process pays for the same bytes: the provider
// package alone, and a fetch that only parses.

import { join } from "node:path";
import { runProcess } from "@/base/process";
import type { Case } from "@test/bench/bench";
import type { BareStream } from "@test/bench/bare-stream";
import { openHome } from "@test/bench/home";
import { type ModelProcess, startModel } from "@test/bench/model-process";
import { ServerProcess, type StreamedEvent } from "@test/bench/server-process";

const CHUNKS = 5_000;
const WORD = "word ";
const ANSWER = WORD.repeat(CHUNKS);
const WARM_ANSWER = "Ready.";
const THOUSANDS = CHUNKS / 1_000;
const BARE = join(import.meta.dir, "../bare-stream.ts");

export const streamCase: Case = {
  name: "stream",
  measures: "5,000 chunks to one subscriber of /event, for each 1,000 of them",
  figures: [
    { name: "CPU", unit: "ms", beat: 60 },
    { name: "CPU, second time", unit: "ms" },
    { name: "wall", unit: "ms" },
    { name: "events", unit: "count" },
    { name: "provider package alone", unit: "ms" },
    { name: "provider package, warm", unit: "ms" },
    { name: "bare fetch and parse", unit: "ms" },
  ],
  runs: 3,
  limitMs: 120_000,
  async measure(subject, signal) {
    const long = { text: { chunk: WORD, times: CHUNKS } };
    await using model = await startModel({
      turns: [{ text: WARM_ANSWER }, long, long, long, long, long],
    });
    await using home = await openHome({ model });
    await using server = await ServerProcess.start(subject, home, signal);
    await server.prompt(await server.createSession(), "Say hello.", WARM_ANSWER);
    const first = await streamOnce(server);
    const second = await streamOnce(server);
    const provider = await streamBare("provider", 2, model, signal);
    const bare = await streamBare("fetch", 1, model, signal);
    await model.finish(1 + 2 + 2 + 1);
    return {
      CPU: first.cpuMs / THOUSANDS,
      "CPU, second time": second.cpuMs / THOUSANDS,
      wall: first.wallMs / THOUSANDS,
      events: first.events / THOUSANDS,
      "provider package alone": (provider[0] ?? 0) / THOUSANDS,
      "provider package, warm": (provider[1] ?? 0) / THOUSANDS,
      "bare fetch and parse": (bare[0] ?? 0) / THOUSANDS,
    };
  },
};

async function streamOnce(server: ServerProcess) {
  const sessionID = await server.createSession();
  const events = await server.subscribe();
  // The first event says that the subscription stands.
  await events.next();
  const before = await server.usage();
  const startedAt = performance.now();
  const [seen] = await Promise.all([
    follow(events, sessionID),
    server.prompt(sessionID, "Tell me a long story.", ANSWER),
  ]);
  const wallMs = performance.now() - startedAt;
  const after = await server.usage();
  if (seen.text !== ANSWER) throw new Error(`the deltas make ${seen.text.length} characters`);
  return { cpuMs: after.cpuMs - before.cpuMs, wallMs, events: seen.events };
}

/** Reads until the session is idle. */
async function follow(events: AsyncGenerator<StreamedEvent>, sessionID: string) {
  let count = 0;
  let text = "";
  for await (const { type, properties } of events) {
    count++;
    if (properties.sessionID !== sessionID) continue;
    if (type === "message.part.delta") text += properties.delta ?? "";
    if (type === "session.status" && properties.status?.type === "idle") break;
  }
  return { events: count, text };
}

/** CPU milliseconds of each pass in a process that does nothing else. */
async function streamBare(
  how: "provider" | "fetch",
  times: number,
  model: ModelProcess,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const { baseURL } = model;
  const order: BareStream = { how, times, baseURL, chunks: CHUNKS };
  const result = await runProcess([process.execPath, BARE, JSON.stringify(order)], {
    cwd: import.meta.dir,
    signal,
  });
  if (result.exitCode !== 0) throw new Error(`the bare stream failed: ${result.stderr.trim()}`);
  return JSON.parse(result.stdout) as number[];
}
