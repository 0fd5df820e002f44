// A thousand turns of one session: five thousand and more calls, more than 200 MB of tool output,
// subagents, jobs, compactions, and a restart every hundred turns. Memory does not grow with what
// was, the database holds little but its text, no process is left, and a strict server takes every
// request. And a process that is not restarted, whose memory does not grow with what it has done.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { listDescendants } from "@/base/process";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import type { NeutralRequest, ScriptedCall, Turn } from "@test/support/scripted-model/turn";
import { gitRepository, tempDirectory, writeTree } from "@test/support/temp";

const TURNS = 1_000;
/** Turns between restarts. */
const HUNDRED = 100;
const READS = 5;
const LIMIT = { context: 100_000, output: 8_000 };
const BYTES_PER_TOKEN = 4;
const GROWTH_MAX = 1.3;
const DATABASE_MAX = 2.5;
const OUTPUT_MIN_BYTES = 200_000_000;

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

interface Bench extends AsyncDisposable {
  root: string;
  violations: readonly string[];
  /** Runs the program from one turn to another in a process of its own; what it told. */
  run(words: string, turns: { first: number; last: number }, sessionID?: string): Promise<Told[]>;
}

interface Told {
  turn: number;
  sessionID?: string;
  rss?: number;
  error?: unknown;
}

async function soakBench(): Promise<Bench> {
  const root = await tempDirectory();
  const model = scriptedModel({
    limit: LIMIT,
    side: (request) => {
      // Each holds a hundred thousand tokens: what was checked is let go.
      model.sideRequests.length = 0;
      return answer(request);
    },
  });
  await writeTree(root.path, { "home/": "" });
  const config = JSON.stringify(model.config());
  await gitRepository(join(root.path, "project"), { "opencode.json": config, ...files });
  const worker = join(import.meta.dir, "../support/soak-worker.ts");
  return {
    root: root.path,
    violations: model.violations,
    async run(words, { first, last }, sessionID) {
      const numbers = [first, last, HUNDRED].map(String);
      const argv = [process.execPath, worker, root.path, words, ...numbers];
      const child = Bun.spawn([...argv, ...(sessionID ? [sessionID] : [])], {
        stdin: "ignore",
        stdout: "pipe",
        stderr: "inherit",
      });
      const told = (await new Response(child.stdout).text()).trim().split("\n");
      expect(await child.exited).toBe(0);
      expect(await listDescendants(process.pid)).toEqual([]);
      return told.map((line) => JSON.parse(line) as Told);
    },
    async [Symbol.asyncDispose]() {
      await model.close();
      await root[Symbol.asyncDispose]();
    },
  };
}

function rssOf(told: readonly Told[]): number[] {
  return told.flatMap(({ rss }) => (rss === undefined ? [] : [rss]));
}

test("memory, database and processes stay within bounds over a thousand turns", async () => {
  await using bench = await soakBench();
  const began = performance.now();
  const told: Told[] = [];
  for (let first = 1; first <= TURNS; first += HUNDRED) {
    const turns = { first, last: first + HUNDRED - 1 };
    told.push(...(await bench.run("Turn", turns, told.at(-1)?.sessionID)));
  }
  const rss = rssOf(told);
  const database = join(bench.root, "home/.local/share/opencode/sessions.sqlite");
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
  expect(rss).toHaveLength(TURNS / HUNDRED);
  expect((rss.at(-1) ?? Infinity) / (rss[0] ?? 1)).toBeLessThanOrEqual(GROWTH_MAX);
  expect(size / live).toBeLessThanOrEqual(DATABASE_MAX);
}, 5_400_000);

test("a process that is not restarted does not grow with what it has done", async () => {
  await using bench = await soakBench();
  const told = await bench.run("Step", { first: 1, last: 5 * HUNDRED });
  const rss = rssOf(told);
  process.stdout.write(`${JSON.stringify({ rssMB: rss.map(megabytes) })}\n`);
  expect(told.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(bench.violations).toEqual([]);
  expect(rss).toHaveLength(5);
  expect((rss.at(-1) ?? Infinity) / (rss[0] ?? 1)).toBeLessThanOrEqual(GROWTH_MAX);
}, 1_800_000);

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}
