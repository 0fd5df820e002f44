// A hundred turns of one session, through restarts, reconnects of an MCP server, subagents, changed
// files and midnight: of each request, at least 99 % are what the next one begins with, as provider
// caches count it: the tools, the system prompt, then the messages.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { type Clock, systemClock } from "@/base/clock";
import { scripted } from "@test/mcp/support";
import type { RecordedRequest } from "@test/support/scripted-model/scripted-model";
import type { NeutralRequest, ScriptedCall, Turn } from "@test/support/scripted-model/turn";
import { sessionApp } from "@test/support/session-app";

const TURNS = 100;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** What the model does at its nth prompt; nothing is an answer at once. */
function callsAt(turn: number): ScriptedCall[] {
  const calls: ScriptedCall[] = [];
  if (turn % 2 === 0) calls.push({ tool: "read", input: { filePath: "a.txt" } });
  if (turn % 5 === 0) calls.push({ tool: "local_echo", input: { text: `Turn ${turn}` } });
  if (turn % 7 === 0) calls.push({ tool: "bash", input: { command: `echo ${turn}` } });
  if (turn % 20 === 0) {
    const input = { description: "Look", prompt: "Sub", subagent_type: "general" };
    calls.push({ tool: "task", input });
  }
  return calls;
}

function answer({ messages }: NeutralRequest): Turn {
  const last = messages.at(-1);
  if (last?.role === "tool") return { reasoning: "Seen.", text: "That is that." };
  const turn = /Turn (\d+)/.exec(last?.text ?? "")?.[1];
  if (turn === undefined) return { text: "Looked." };
  const calls = callsAt(Number(turn));
  return calls.length > 0 ? { text: "I look.", calls } : { text: `An answer to ${turn}.` };
}

/** In the order in which caches count it, without the end of the list of messages. */
function cachedText({ request }: RecordedRequest): string {
  const { tools, messages } = request.raw;
  return `${JSON.stringify(tools)}${JSON.stringify(messages).slice(0, -1)}`;
}

function sharedLength(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

test("consecutive requests share their beginning", async () => {
  let aheadMs = 0;
  const clock: Clock = {
    now: () => systemClock.now() + aheadMs,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    timer: (ms, run) => systemClock.timer(ms, run),
  };
  await using t = await sessionApp({
    clock,
    isStored: true,
    modelOptions: { reasoning: true },
    files: { "a.txt": "one\n", "AGENTS.md": "Be kind." },
    config: { permission: "allow", mcp: { local: scripted() } },
    turns: Array.from({ length: 4 * TURNS }, () => answer),
  });
  // For a machine that has other things to do: what it offers is known from here on.
  await t.instance.mcp.ready(undefined, 60_000);
  const session = t.create();
  for (let turn = 1; turn <= TURNS; turn++) {
    if (turn % 25 === 0) await t.reopen();
    if (turn % 15 === 0) {
      await t.instance.mcp.disconnect("local");
      await t.instance.mcp.connect("local");
    }
    if (turn === 50) aheadMs = DAY_MS;
    if (turn % 10 === 0) await writeFile(join(t.directory, "a.txt"), `changed ${turn}\n`);
    const { info } = await t.prompt(session, `Turn ${turn}`);
    expect(info).toMatchObject({ finish: "stop" });
  }
  expect(t.model.violations).toEqual([]);
  const own = t.model.requests.filter(({ headers }) => headers["x-session-id"] === session.id);
  expect(t.model.requests.length).toBeGreaterThan(own.length + 4);
  expect(own.length).toBeGreaterThan(1.5 * TURNS);
  const shares = own.slice(1).map((request, index) => {
    const before = own[index] ? cachedText(own[index]) : "";
    return sharedLength(before, cachedText(request)) / before.length;
  });
  const worst = Math.min(...shares);
  console.log(`${own.length} requests; the least share is ${(100 * worst).toFixed(3)} %`);
  expect(worst).toBeGreaterThanOrEqual(0.99);
}, 900_000);
