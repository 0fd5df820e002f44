// A thousand turns of one session with the executable, over HTTP: five thousand and more calls,
// more than 200 MB of tool output, subagents, jobs, compactions, and a restart every hundred turns.
// Memory does not grow with what was, the database holds little but its text, no process is left,
// and a strict server takes every request. And a process that is not restarted, whose memory does
// not grow with what it has done.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "@/schema/job";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import { treeUsage } from "@test/bench/usage";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome, type ServedProcess } from "@test/support/executable-home";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import type { NeutralRequest, ScriptedCall, Turn } from "@test/support/scripted-model/turn";

const TURNS = 1_000;
const STEPS = 500;
/** Turns between restarts. */
const HUNDRED = 100;
const READS = 5;
const LIMIT = { context: 100_000, output: 8_000 };
const BYTES_PER_TOKEN = 4;
const GROWTH_MAX = 1.3;
const DATABASE_MAX = 2.5;
const OUTPUT_MIN_BYTES = 200_000_000;
/** Memory is taken to stay when none was given back for so long: it goes about ten seconds late. */
const QUIET_ROUNDS = 40;
const ROUND_MS = 500;

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

const PADDING = "some words to fill a line with ";
const text = (n: number) =>
  Array.from({ length: 680 }, (_, line) => `${n} ${PADDING}${line}\n`).join("");
const files = {
  ...Object.fromEntries(Array.from({ length: READS }, (_, n) => [`${n}.txt`, text(n)])),
  "edited.txt": "count 0\n",
};

/** What the model does in a turn: reads always, other things now and then. */
function callsOf(turn: number): ScriptedCall[] {
  const calls: ScriptedCall[] = Array.from({ length: READS }, (_, n) => ({
    tool: "read",
    input: { filePath: `${n}.txt` },
  }));
  if (turn % 10 === 0) {
    const edit = {
      filePath: "edited.txt",
      oldString: `count ${turn - 10}`,
      newString: `count ${turn}`,
    };
    calls.push({ tool: "edit", input: edit });
    calls.push({ tool: "bash", input: { command: `seq ${turn} ${turn + 50}` } });
    calls.push({ tool: "grep", input: { pattern: "words", include: "*.txt" } });
  }
  if (turn % 50 === 0) {
    const task = { description: "Look", prompt: `Child ${turn}`, subagent_type: "general" };
    calls.push({ tool: "task", input: { ...task, background: turn % 100 === 0 } });
  }
  if (turn % 100 === 50) {
    calls.push({ tool: "bash", input: { command: "echo up; exec sleep 3000", background: true } });
  }
  return calls;
}

/** As many kinds of calls, and little of each. */
function lightCallsOf(step: number): ScriptedCall[] {
  const calls: ScriptedCall[] = [
    { tool: "read", input: { filePath: "edited.txt" } },
    { tool: "glob", input: { pattern: `${step % 7}*` } },
    {
      tool: "todowrite",
      input: { todos: [{ content: `${step}`, status: "pending", priority: "low" }] },
    },
  ];
  if (step % 5 === 0) calls.push({ tool: "bash", input: { command: `echo ${step}` } });
  if (step % 20 === 0) {
    const task = { description: "Look", prompt: `Child ${step}`, subagent_type: "general" };
    calls.push({ tool: "task", input: task });
  }
  return calls;
}

function answer({ messages, tools, system }: NeutralRequest): Turn {
  const bytes = messages.reduce((sum, { results, text }) => {
    return sum + text.length + results.reduce((all, result) => all + result.text.length, 0);
  }, system.length);
  const usage = { input: Math.ceil(bytes / BYTES_PER_TOKEN), output: 50 };
  if (tools.length === 0) return { text: "## Goal\nCount the turns", usage };
  const asked = messages.findLastIndex(({ text }) => /^(Turn|Step|Child) \d+/.test(text));
  const [, kind, number] = /^(Turn|Step|Child) (\d+)/.exec(messages[asked]?.text ?? "") ?? [];
  const isAnswered = messages.slice(asked + 1).some(({ calls }) => calls.length > 0);
  if (isAnswered) return { text: `Done with ${kind} ${number}`, usage };
  if (kind === "Turn") return { calls: callsOf(Number(number)), usage };
  if (kind === "Step") return { calls: lightCallsOf(Number(number)), usage };
  return { calls: [{ tool: "read", input: { filePath: "0.txt" } }], usage };
}

interface Stored {
  calls: number;
  summaries: number;
  subagents: number;
  /** Bytes that tools gave, and all bytes of text. */
  outputs: number;
  text: number;
}

function readStored(path: string): Stored {
  const stored = { calls: 0, summaries: 0, subagents: 0, outputs: 0, text: 0 };
  const database = new Database(path, { readonly: true });
  const rows = database.query("select data from part").iterate() as Iterable<{ data: string }>;
  for (const { data } of rows) {
    const part = JSON.parse(data) as { type: string; text?: string; state?: { output?: string } };
    if (part.type === "tool") stored.calls++;
    if (part.type === "compaction") stored.summaries++;
    const output = Buffer.byteLength(part.state?.output ?? "");
    stored.outputs += output;
    stored.text += output + Buffer.byteLength(part.text ?? "");
  }
  const sessions = database.query("select data from session").all() as { data: string }[];
  stored.subagents = sessions.filter(({ data }) => "parentID" in JSON.parse(data)).length;
  database.close();
  return stored;
}

interface Told {
  turn: number;
  rss?: number;
  error?: unknown;
}

/** One session, whose server is stopped and started as a test wants it. */
interface Bench extends AsyncDisposable {
  home: ExecutableHome;
  violations: readonly string[];
  /** Prompts from one turn to another in a process of its own, and what was told. */
  run(words: string, turns: { first: number; last: number }): Promise<Told[]>;
}

/** Memory is measured at the first hundred turns, and at the last of `turns`. */
async function soakBench(turns: number): Promise<Bench> {
  const model = scriptedModel({
    limit: LIMIT,
    side: (request) => {
      // Each holds a hundred thousand tokens: what was checked is let go.
      model.sideRequests.length = 0;
      return answer(request);
    },
  });
  const home = await ExecutableHome.open(executable.path, { config: model.config(), files });
  let sessionID: string | undefined;
  return {
    home,
    violations: model.violations,
    async run(words, { first, last }) {
      const told: Told[] = [];
      await using server = await home.serve();
      sessionID ??= ((await server.request("POST", "/session", { title: "Soak" })) as Session).id;
      for (let turn = first; turn <= last; turn++) {
        const error = await prompt(server, sessionID, `${words} ${turn}`);
        if (error) told.push({ turn, error });
        if (turn % HUNDRED > 0) continue;
        const isMeasured = turn === HUNDRED || turn === turns;
        if (isMeasured) told.push({ turn, rss: await residentBytes(server) });
        await server.request("POST", "/instance/dispose");
      }
      await server.stop();
      expect(await home.processes()).toEqual([]);
      return told;
    },
    async [Symbol.asyncDispose]() {
      await model.close();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** The error of the answer, if it has one, when the subagents in the background have ended, too. */
async function prompt(server: ServedProcess, sessionID: string, text: string): Promise<unknown> {
  const parts = [{ type: "text", text }];
  const path = `/session/${sessionID}`;
  const answered = await server.request("POST", `${path}/message`, { agent: "build", parts });
  const { info } = answered as MessageWithParts;
  const isBusy = async () => {
    const jobs = await server.request("GET", `/experimental${path}/background`);
    return (jobs as Job[]).some(({ kind, status }) => kind === "task" && status === "running");
  };
  while (await isBusy()) await Bun.sleep(ROUND_MS);
  return info.role === "assistant" ? info.error : undefined;
}

/** What is left when everything that can go has gone: some of it goes a while later. */
async function residentBytes(server: ServedProcess): Promise<number> {
  let least = Infinity;
  for (let quiet = 0; quiet < QUIET_ROUNDS; quiet++) {
    await Bun.sleep(ROUND_MS);
    const { rssBytes } = await treeUsage(server.child.pid);
    if (rssBytes < least * 0.99) quiet = 0;
    least = Math.min(least, rssBytes);
  }
  return least;
}

function rssOf(told: readonly Told[]): number[] {
  return told.flatMap(({ rss }) => (rss === undefined ? [] : [rss]));
}

test("memory, database and processes stay within bounds over a thousand turns", async () => {
  await using bench = await soakBench(TURNS);
  const began = performance.now();
  const told: Told[] = [];
  for (let first = 1; first <= TURNS; first += HUNDRED) {
    const turns = { first, last: first + HUNDRED - 1 };
    told.push(...(await bench.run("Turn", turns)));
  }
  const rss = rssOf(told);
  const database = join(bench.home.dataDirectory, "sessions.sqlite");
  const { size } = await stat(database);
  const { text: live, ...counts } = readStored(database);
  const figures = {
    seconds: Math.round((performance.now() - began) / 1_000),
    ...counts,
    rssMB: rss.map(megabytes),
    databaseMB: megabytes(size),
    textMB: megabytes(live),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  expect(told.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(bench.violations).toEqual([]);
  expect(counts.calls).toBeGreaterThanOrEqual(READS * TURNS);
  expect(counts.subagents).toBeGreaterThanOrEqual(20);
  expect(counts.summaries).toBeGreaterThan(10);
  expect(counts.outputs).toBeGreaterThan(OUTPUT_MIN_BYTES);
  expect(rss).toHaveLength(2);
  expect((rss.at(-1) ?? Infinity) / (rss[0] ?? 1)).toBeLessThanOrEqual(GROWTH_MAX);
  expect(size / live).toBeLessThanOrEqual(DATABASE_MAX);
}, 5_400_000);

test("a process that is not restarted does not grow with what it has done", async () => {
  await using bench = await soakBench(STEPS);
  const told = await bench.run("Step", { first: 1, last: STEPS });
  const rss = rssOf(told);
  process.stdout.write(`${JSON.stringify({ rssMB: rss.map(megabytes) })}\n`);
  expect(told.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(bench.violations).toEqual([]);
  expect(rss).toHaveLength(2);
  expect((rss.at(-1) ?? Infinity) / (rss[0] ?? 1)).toBeLessThanOrEqual(GROWTH_MAX);
}, 1_800_000);

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}
