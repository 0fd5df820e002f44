// Two hundred sessions that are prompted at once over HTTP, five steps each: every answer comes,
// what the event stream tells is what is stored, and memory stays bounded.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import { readableFiles } from "@test/bench/home";
import { treeUsage } from "@test/bench/usage";
import { EventReader, propertiesOf, typeOf } from "@test/support/event-reader";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome } from "@test/support/executable-home";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";

const SESSIONS = 200;
const STEPS = 5;
const PEAK_MAX_BYTES = 400 * 1024 * 1024;
const ANSWER = "All files are read.";

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

/** What somebody knows who only listens. */
class Listener {
  readonly #infos = new Map<string, unknown>();
  readonly #parts = new Map<string, unknown>();
  readonly idle = new Map<string, number>();
  readonly errors: unknown[] = [];
  #lastID = 0;

  /** Reads until all of `count` sessions were idle. */
  async follow(events: EventReader, count: number): Promise<void> {
    while (this.idle.size < count) {
      const frame = await events.next();
      if (!frame) throw new Error(`the stream ended with ${this.idle.size} idle sessions`);
      events.frames.length = 0; // they are not needed twice
      if (frame.id !== undefined) {
        expect(Number(frame.id)).toBeGreaterThanOrEqual(this.#lastID);
        this.#lastID = Number(frame.id);
      }
      this.#take(typeOf(frame), propertiesOf(frame));
    }
  }

  /** The message as it was told. */
  told({ info, parts }: MessageWithParts): unknown {
    return { info: this.#infos.get(info.id), parts: parts.map(({ id }) => this.#parts.get(id)) };
  }

  #take(type: string, properties: Record<string, unknown>): void {
    const { info, part, sessionID } = properties as {
      info?: { id: string };
      part?: { id: string };
      sessionID?: string;
    };
    if (type === "message.updated" && info) this.#infos.set(info.id, info);
    if (type === "message.part.updated" && part) this.#parts.set(part.id, part);
    if (type === "session.error") this.errors.push(properties);
    if (type !== "session.idle" || sessionID === undefined) return;
    this.idle.set(sessionID, (this.idle.get(sessionID) ?? 0) + 1);
  }
}

test("two hundred sessions at once, each of five steps", async () => {
  const { files, paths } = readableFiles(STEPS - 1);
  const reads = paths.map((path) => ({ calls: [{ tool: "read", input: { filePath: path } }] }));
  await using model = scriptedModel({ order: "conversation", turns: [...reads, { text: ANSWER }] });
  await using home = await ExecutableHome.open(executable.path, { config: model.config(), files });
  await using server = await home.serve();
  const events = await EventReader.open(new URL("/event", server.url));
  await events.untilType("server.connected");
  const listener = new Listener();
  const following = listener.follow(events, SESSIONS);
  const startedAt = performance.now();
  const talks = Array.from({ length: SESSIONS }, async () => {
    const { id } = (await server.request("POST", "/session", {})) as Session;
    const parts = [{ type: "text", text: "Read all files." }];
    const answer = await server.request("POST", `/session/${id}/message`, { parts });
    return { id, answer: answer as MessageWithParts };
  });
  const answers = await Promise.all(talks);
  const tookMs = performance.now() - startedAt;
  await following;
  const { peakBytes, cpuMs } = await treeUsage(server.child.pid);
  for (const { id, answer } of answers) {
    expect(answer.parts).toContainEqual(expect.objectContaining({ type: "text", text: ANSWER }));
    const path = `/session/${id}/message`;
    const messages = (await server.request("GET", path)) as MessageWithParts[];
    expect(messages).toHaveLength(1 + STEPS);
    for (const message of messages) expect(listener.told(message)).toEqual({ ...message });
    const calls = messages.flatMap(({ parts }) => parts).filter(({ type }) => type === "tool");
    expect(calls).toHaveLength(STEPS - 1);
    for (const call of calls) expect(call).toMatchObject({ state: { status: "completed" } });
    expect(listener.idle.get(id)).toBe(1);
  }
  await events[Symbol.asyncDispose]();
  expect(listener.errors).toEqual([]);
  expect(model.violations).toEqual([]);
  const megabytes = Math.round(peakBytes / 1024 / 1024);
  console.log(`${SESSIONS} sessions: ${Math.round(tookMs)} ms, CPU ${cpuMs} ms, ${megabytes} MB`);
  expect(peakBytes).toBeLessThan(PEAK_MAX_BYTES);
}, 900_000);
