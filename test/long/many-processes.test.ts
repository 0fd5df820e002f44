// Sixteen runs and a server that begin at once on one fresh data directory: all succeed, nothing is
// lost, and the database is sound.

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome, type ServedProcess } from "@test/support/executable-home";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";

const RUNS = 16;
const SESSIONS_SERVED = 4;

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

const turns = [
  { text: "I look.", calls: [{ tool: "read", input: { filePath: "a.txt" } }] },
  { calls: [{ tool: "bash", input: { command: "cat a.txt", description: "Shows it" } }] },
  { text: "It says hello." },
];

test("sixteen runs and a server on one fresh data directory", async () => {
  await using model = scriptedModel({ order: "conversation", turns });
  const files = { "a.txt": "hello\n" };
  await using home = await ExecutableHome.open(executable.path, { config: model.config(), files });
  const serving = serveSome(home);
  const runs = Array.from({ length: RUNS }, (_, index) => home.run(["run", `run ${index}`]));
  for (const ended of await Promise.all(runs)) {
    expect(ended).toMatchObject({ exitCode: 0, stdout: "I look.\nIt says hello.\n" });
  }
  await using server = await serving;
  const sessions = (await server.request("GET", "/session?limit=100")) as Session[];
  expect(sessions).toHaveLength(RUNS + SESSIONS_SERVED);
  const prompts = await Promise.all(sessions.map(({ id }) => checkWhole(server, id)));
  expect(prompts.toSorted()).toEqual([...expectedPrompts()].toSorted());
  expect(await server.stop()).toBe(143);
  expect(model.violations).toEqual([]);
  expect(await home.leftRunning()).toEqual([]);
  expect(await home.looseEntries()).toEqual([]);
  const database = new Database(join(home.dataDirectory, "sessions.sqlite"), { readonly: true });
  expect(database.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
  database.close(true);
}, 180_000);

/** A server that prompts its own sessions while the runs go on. */
async function serveSome(home: ExecutableHome): Promise<ServedProcess> {
  const server = await home.serve();
  const prompts = Array.from({ length: SESSIONS_SERVED }, async (_, index) => {
    const { id } = (await server.request("POST", "/session", {})) as Session;
    const parts = [{ type: "text", text: `served ${index}` }];
    await server.request("POST", `/session/${id}/message`, { parts });
  });
  await Promise.all(prompts);
  return server;
}

function expectedPrompts(): string[] {
  const served = Array.from({ length: SESSIONS_SERVED }, (_, index) => `served ${index}`);
  return [...Array.from({ length: RUNS }, (_, index) => `run ${index}`), ...served];
}

/** Gives the prompt of a session whose every message must be there and done. */
async function checkWhole(server: ServedProcess, sessionID: string): Promise<string> {
  const path = `/session/${sessionID}/message`;
  const messages = (await server.request("GET", path)) as MessageWithParts[];
  const roles = messages.map(({ info }): string => info.role);
  expect(roles).toEqual(["user", ...turns.map(() => "assistant")]);
  const tools = messages.flatMap(({ parts }) => parts).filter((part) => part.type === "tool");
  expect(tools.map(({ tool, state }) => `${tool} ${state.status}`)).toEqual([
    "read completed",
    "bash completed",
  ]);
  const [prompt] = messages[0]?.parts ?? [];
  return prompt?.type === "text" ? prompt.text : "";
}
