// Every route file of the server answers on the executable: what the bundler and the minifier made
// of a handler is called once. A new route file must get its calls here.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { published } from "@test/mcp/support";
import { EventReader } from "@test/support/event-reader";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome, type ServedProcess } from "@test/support/executable-home";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import { writeTree } from "@test/support/temp";

setDefaultTimeout(180_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

interface Call {
  /** Method and path; ":session" stands for a session with one answered prompt. */
  ask: string;
  body?: unknown;
  status?: number;
  /** What the answer holds, or the first of its events. */
  answer: unknown;
}

const has = (...entries: unknown[]) => expect.arrayContaining(entries);
const like = (value: object) => expect.objectContaining(value);
const notFound = { name: "NotFoundError", data: { message: expect.any(String) } };
const unknownRequest = (route: string) => {
  return { ask: `POST /${route}`, body: { reply: "once", answers: [] }, status: 404 };
};

const CALLS: Readonly<Record<string, readonly Call[]>> = {
  agent: [{ ask: "GET /agent", answer: has(like({ name: "build" })) }],
  auth: [
    { ask: "PUT /auth/openai", body: { type: "api", key: "k" }, answer: true },
    { ask: "DELETE /auth/openai", answer: true },
  ],
  command: [{ ask: "GET /command", answer: has(like({ name: "init" })) }],
  config: [
    { ask: "GET /config", answer: { model: "scripted/main" } },
    { ask: "GET /config/providers", answer: { default: { scripted: "main" } } },
    { ask: "PATCH /config", body: { username: "me" }, answer: { username: "me" } },
  ],
  doc: [{ ask: "GET /doc", answer: { openapi: expect.stringMatching(/^3\.1/) } }],
  experimental: [
    { ask: "GET /experimental/capabilities", answer: { backgroundSubagents: true } },
    { ask: "GET /experimental/session", answer: expect.any(Array) },
  ],
  event: [{ ask: "STREAM /event", answer: { type: "server.connected" } }],
  file: [
    { ask: "GET /file?path=src", answer: [{ path: "src/a.txt", type: "file" }] },
    { ask: "GET /file/content?path=src/a.txt", answer: { type: "text", content: "needle" } },
    { ask: "GET /file/status", answer: has(like({ path: "new.txt", status: "added" })) },
  ],
  find: [
    { ask: "GET /find?pattern=need", answer: [{ path: { text: "src/a.txt" }, line_number: 1 }] },
    { ask: "GET /find/file?query=atxt", answer: ["src/a.txt"] },
  ],
  formatter: [{ ask: "GET /formatter", answer: has(like({ name: "prettier", enabled: false })) }],
  global: [
    { ask: "GET /global/health", answer: { healthy: true } },
    { ask: "GET /global/config", answer: expect.any(Object) },
    { ask: "STREAM /global/event", answer: { payload: { type: "server.connected" } } },
  ],
  instance: [{ ask: "POST /instance/dispose", answer: true }],
  job: [
    { ask: "GET /experimental/session/:session/background", answer: [] },
    { ask: "POST /experimental/session/:session/background", answer: false },
  ],
  log: [
    { ask: "POST /log", body: { service: "test", level: "info", message: "hi" }, answer: true },
  ],
  lsp: [
    { ask: "GET /lsp", answer: [] },
    { ask: "GET /find/symbol?query=needle", answer: [] },
  ],
  mcp: [
    { ask: "GET /mcp", answer: {} },
    {
      ask: "POST /mcp",
      body: { name: "all", config: published("everything", "stdio") },
      answer: { all: { status: "connected" } },
    },
    { ask: "GET /command", answer: has(like({ name: "all:simple-prompt", source: "mcp" })) },
    { ask: "GET /experimental/resource", answer: expect.any(Object) },
    { ask: "POST /mcp/all/disconnect", answer: true },
    { ask: "POST /mcp/all/auth", status: 400, answer: { name: "BadRequest" } },
  ],
  message: [
    {
      ask: "POST /session/:session/message",
      body: { parts: [{ type: "text", text: "Hello" }] },
      answer: { info: { role: "assistant" }, parts: has(like({ text: "Hi there" })) },
    },
    { ask: "GET /session/:session/message", answer: has(like({ parts: expect.any(Array) })) },
    { ask: "GET /session/:session/message/msg_none", status: 404, answer: notFound },
  ],
  path: [{ ask: "GET /path", answer: { directory: expect.stringMatching(/project$/) } }],
  permission: [
    { ask: "GET /permission", answer: [] },
    { ...unknownRequest("permission/per_none/reply"), answer: expect.anything() },
  ],
  project: [
    { ask: "GET /project", answer: has(like({ vcs: "git" })) },
    { ask: "GET /project/current", answer: { vcs: "git" } },
  ],
  provider: [
    {
      ask: "GET /provider",
      answer: { all: has(like({ id: "anthropic" })), connected: ["scripted"] },
    },
    { ask: "GET /provider/auth", answer: expect.any(Object) },
  ],
  pty: [
    { ask: "GET /pty/shells", answer: has(like({ name: "sh" })) },
    { ask: "POST /pty", body: { command: "cat" }, answer: { status: "running" } },
    { ask: "GET /pty", answer: has(like({ command: "cat" })) },
    { ask: "GET /pty/pty_none/connect", status: 404, answer: notFound },
  ],
  question: [
    { ask: "GET /question", answer: [] },
    { ...unknownRequest("question/que_none/reply"), answer: expect.anything() },
  ],
  revert: [
    { ask: "GET /session/:session/diff", answer: [] },
    { ask: "POST /session/:session/unrevert", answer: { id: expect.stringMatching(/^ses_/) } },
    {
      ask: "POST /session/:session/revert",
      body: { messageID: "msg_none" }, // there is nothing to undo
      answer: { id: expect.stringMatching(/^ses_/) },
    },
  ],
  session: [
    { ask: "GET /session/:session", answer: { id: expect.stringMatching(/^ses_/) } },
    { ask: "PATCH /session/:session", body: { title: "Mine" }, answer: { title: "Mine" } },
    { ask: "GET /session", answer: [{ title: "Mine" }] },
    { ask: "GET /session/status", answer: {} },
    { ask: "GET /session/:session/children", answer: [] },
    { ask: "GET /session/:session/todo", answer: [] },
    { ask: "POST /session/:session/abort", answer: true },
    { ask: "POST /session/:session/fork", answer: { title: "Mine (fork #1)" } },
    { ask: "DELETE /session/:session", answer: true },
    { ask: "GET /session/:session", status: 404, answer: notFound },
  ],
  share: [
    {
      ask: "POST /session/:session/share",
      answer: { share: { url: expect.stringContaining("/share/") } },
    },
    { ask: "DELETE /session/:session/share", answer: { id: expect.stringMatching(/^ses_/) } },
  ],
  skill: [{ ask: "GET /skill", answer: [] }],
  tool: [
    { ask: "GET /experimental/tool/ids", answer: has("bash", "read", "edit") },
    {
      ask: "GET /experimental/tool?provider=scripted&model=main",
      answer: has(like({ id: "bash", parameters: like({ type: "object" }) })),
    },
  ],
  tui: [
    { ask: "POST /tui/open-themes", answer: true },
    { ask: "POST /tui/append-prompt", body: { text: "x" }, answer: true },
    { ask: "POST /tui/control/response", body: {}, answer: true },
  ],
  worktree: [
    {
      ask: "POST /experimental/worktree",
      body: { name: "made" },
      answer: { name: "made", branch: "opencode/made" },
    },
    { ask: "GET /experimental/worktree", answer: [expect.stringMatching(/made$/)] },
    {
      ask: "DELETE /experimental/worktree",
      body: { directory: "/" },
      status: 404,
      answer: notFound,
    },
  ],
  vcs: [
    { ask: "GET /vcs", answer: { branch: "main" } },
    { ask: "GET /vcs/status", answer: has(like({ file: "new.txt", status: "added" })) },
  ],
};

test("each route file answers", async () => {
  const folder = resolve(import.meta.dir, "../../src/server/routes");
  const routeFiles = (await readdir(folder)).map((name) => basename(name, ".ts"));
  expect(Object.keys(CALLS).toSorted()).toEqual(routeFiles.toSorted());

  await using model = scriptedModel({ order: "conversation", turns: [{ text: "Hi there" }] });
  const files = { "src/a.txt": "needle\n" };
  await using home = await ExecutableHome.open(executable.path, { config: model.config(), files });
  await writeTree(home.project, { "new.txt": "new\n" });
  await using server = await home.serve();
  const { id } = (await server.request("POST", "/session", {})) as { id: string };
  // The session's own route file last: its calls end with the session's removal.
  const order = [...routeFiles.filter((name) => name !== "session"), "session"];
  for (const call of order.flatMap((name) => CALLS[name] ?? [])) await make(call, server, id);
  expect(model.violations).toEqual([]);
});

async function make(call: Call, server: ServedProcess, sessionID: string): Promise<void> {
  const [method = "", path = ""] = call.ask.replace(":session", sessionID).split(" ");
  const { status, answer } = method === "STREAM" ? await stream(server, path) : await ask();
  expect({ ask: call.ask, status, answer }).toMatchObject({
    ask: call.ask,
    status: call.status ?? 200,
    answer: call.answer,
  });

  async function ask() {
    const response = await server.send(method, path, call.body);
    return { status: response.status, answer: await response.json() };
  }
}

async function stream(server: ServedProcess, path: string) {
  await using events = await EventReader.open(new URL(path, server.url));
  return { status: events.response.status, answer: (await events.next())?.data };
}
