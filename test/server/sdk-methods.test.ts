// Every method of the published client, found by looking at it, makes its request and gets the
// answer it was published for. What is more than that is in sdk.test.ts.

import { createOpencodeClient, type OpencodeClient } from "@opencode-ai/sdk";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { RemoteServer } from "@test/mcp/remote-server";
import { scripted } from "@test/mcp/support";
import { AuthorizationServer } from "@test/support/authorization-server";
import { freePort } from "@test/support/free-port";
import { type TestApp, testApp, until } from "@test/support/test-app";
import { systemClock } from "@/base/clock";
import { createServer } from "@/server/server";
import { TuiControl } from "@/server/tui-control";
import { methodsOf } from "@test/support/sdk-methods";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";

interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

interface Drive {
  call(world: World): Promise<Answer>;
  /** What the answer holds. */
  holds?: unknown;
  /** 200 when absent. */
  status?: number;
}

const HI: ScriptedTurn = { text: "Hi." };
const model = { providerID: "scripted", modelID: "main" };
const parts = [{ type: "text" as const, text: "Hello" }];
const message = { info: { role: "assistant" } };

class World implements AsyncDisposable {
  readonly client: OpencodeClient;
  readonly app: TestApp;
  /** An MCP server that wants a login. */
  readonly remote: RemoteServer;
  /** Where the provider "acme" logs in. */
  readonly logins: AuthorizationServer;

  constructor(app: TestApp, remote: RemoteServer, logins: AuthorizationServer) {
    this.app = app;
    this.remote = remote;
    this.logins = logins;
    this.client = createOpencodeClient({
      baseUrl: app.server.url.origin,
      directory: app.directory,
    });
  }

  /** A session; with turns it was prompted once, and the rest of them is to come. */
  async session(...turns: ScriptedTurn[]): Promise<{ id: string }> {
    this.app.model.push(...turns);
    const { sessions, prompts } = await this.app.instance();
    const { id } = sessions.create({ title: "Driven" });
    if (turns.length > 0) await prompts.prompt(id, { parts });
    return { id };
  }

  async message(): Promise<{ id: string; messageID: string }> {
    const { id } = await this.session(HI);
    const { messages } = (await this.app.instance()).sessions.messages(id);
    return { id, messageID: messages[0]?.info.id ?? "" };
  }

  async pty(): Promise<{ id: string }> {
    const { ptys } = await this.app.instance();
    return { id: (await ptys.create({ command: "cat", args: [] })).id };
  }

  /** Logs in to the MCP server as a person does who pastes the code. */
  async logIn(): Promise<Answer> {
    const { auth } = this.client.mcp;
    const { data } = await auth.start({ path: REMOTE });
    const code = await this.remote.consent(data?.authorizationUrl ?? "");
    return auth.callback({ path: REMOTE, body: { code } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app[Symbol.asyncDispose]();
    await this.remote[Symbol.asyncDispose]();
    await this.logins[Symbol.asyncDispose]();
  }
}

const LOCAL = { name: "local" };
const REMOTE = { name: "remote" };
const ACME = { id: "acme" };
const SESSION = { id: expect.stringMatching(/^ses_/) };

const DRIVES: Readonly<Record<string, Drive>> = {
  "app.agents": { call: ({ client }) => client.app.agents(), holds: [{ name: "build" }] },
  "app.log": {
    call: ({ client }) => {
      return client.app.log({ body: { service: "s", level: "warn", message: "m" } });
    },
    holds: true,
  },
  "mcp.auth.set": {
    call: ({ client }) => {
      return client.auth.set({ path: { id: "openai" }, body: { type: "api", key: "k" } });
    },
    holds: true,
  },
  "command.list": { call: ({ client }) => client.command.list(), holds: [{ name: "init" }] },
  "config.get": {
    call: ({ client }) => client.config.get(),
    holds: { model: "scripted/main" },
  },
  "config.providers": {
    call: ({ client }) => client.config.providers(),
    holds: {
      default: { scripted: "main" },
      providers: expect.arrayContaining([expect.objectContaining({ id: "scripted" })]),
    },
  },
  "config.update": {
    call: ({ client }) => client.config.update({ body: { username: "me" } }),
    holds: { username: "me" },
  },
  "event.subscribe": {
    call: async ({ client }) => firstOf(await client.event.subscribe()),
    holds: { type: "server.connected" },
  },
  "file.list": {
    call: ({ client }) => client.file.list({ query: { path: "src" } }),
    holds: [{ name: "a.ts", type: "file" }],
  },
  "file.read": {
    call: ({ client }) => client.file.read({ query: { path: "src/a.ts" } }),
    holds: { content: "needle", type: "text" },
  },
  "file.status": { call: ({ client }) => client.file.status(), holds: expect.any(Array) },
  "find.files": {
    call: ({ client }) => client.find.files({ query: { query: "a.ts" } }),
    holds: ["src/a.ts"],
  },
  "find.symbols": {
    call: ({ client }) => client.find.symbols({ query: { query: "a" } }),
    holds: [],
  },
  "find.text": {
    call: ({ client }) => client.find.text({ query: { pattern: "need" } }),
    holds: [{ path: { text: "src/a.ts" } }],
  },
  "formatter.status": {
    call: ({ client }) => client.formatter.status(),
    holds: expect.arrayContaining([expect.objectContaining({ name: "prettier" })]),
  },
  "global.event": {
    call: async ({ client }) => firstOf(await client.global.event()),
    holds: { payload: { type: "server.connected" } },
  },
  "instance.dispose": { call: ({ client }) => client.instance.dispose(), holds: true },
  "lsp.status": { call: ({ client }) => client.lsp.status(), holds: [] },
  "mcp.add": {
    call: ({ client }) => {
      const config = { type: "local" as const, command: ["false"] };
      return client.mcp.add({ body: { name: "broken", config } });
    },
    holds: { broken: { status: "failed" } },
  },
  "mcp.auth.authenticate": {
    call: async ({ app, client, remote }) => {
      const { bus } = await app.instance();
      const asked = until(bus, ({ type }) => type === "mcp.browser.open.failed");
      const answer = client.mcp.auth.authenticate({ path: REMOTE });
      const { url } = (await asked).properties as { url: string };
      await fetch(await remote.consent(url));
      return answer;
    },
    holds: { status: "connected" },
  },
  "mcp.auth.callback": { call: (world) => world.logIn(), holds: { status: "connected" } },
  "mcp.auth.remove": {
    call: ({ client }) => client.mcp.auth.remove({ path: REMOTE }),
    holds: { success: true },
  },
  "mcp.auth.start": {
    call: ({ client }) => client.mcp.auth.start({ path: REMOTE }),
    holds: { authorizationUrl: expect.stringMatching(/^http/) },
  },
  "mcp.connect": { call: ({ client }) => client.mcp.connect({ path: LOCAL }), holds: true },
  "mcp.disconnect": { call: ({ client }) => client.mcp.disconnect({ path: LOCAL }), holds: true },
  "mcp.status": {
    call: async ({ client }) => {
      await client.mcp.connect({ path: LOCAL });
      return client.mcp.status();
    },
    holds: { local: { status: "connected" } },
  },
  "path.get": {
    call: ({ client }) => client.path.get(),
    holds: { directory: expect.any(String) },
  },
  postSessionIdPermissionsPermissionId: { call: answerPermission, holds: true },
  "project.current": { call: ({ client }) => client.project.current(), holds: { vcs: "git" } },
  "project.list": { call: ({ client }) => client.project.list(), holds: [{ vcs: "git" }] },
  "provider.auth": { call: ({ client }) => client.provider.auth(), holds: {} },
  "provider.list": {
    call: ({ client }) => client.provider.list(),
    holds: { connected: expect.arrayContaining(["scripted"]) },
  },
  "provider.oauth.authorize": {
    call: ({ client }) => client.provider.oauth.authorize({ path: ACME, body: { method: 0 } }),
    holds: { method: "auto", url: expect.stringMatching(/^http/) },
  },
  "provider.oauth.callback": {
    call: async ({ client, logins }) => {
      const body = { method: 0 };
      const { data } = await client.provider.oauth.authorize({ path: ACME, body });
      const answer = client.provider.oauth.callback({ path: ACME, body });
      await logins.allow(data?.url ?? "");
      return answer;
    },
    holds: true,
  },
  "pty.connect": {
    // A plain request, which cannot become a WebSocket; programs open the same address as one.
    call: async (world) => world.client.pty.connect({ path: await world.pty() }),
    status: 400,
  },
  "pty.create": {
    call: ({ client }) => client.pty.create({ body: { command: "cat", args: [] } }),
    holds: { command: "cat", status: "running" },
  },
  "pty.get": {
    call: async (world) => world.client.pty.get({ path: await world.pty() }),
    holds: { command: "cat" },
  },
  "pty.list": {
    call: async (world) => {
      await world.pty();
      return world.client.pty.list();
    },
    holds: expect.arrayContaining([expect.objectContaining({ command: "cat" })]),
  },
  "pty.remove": {
    call: async (world) => world.client.pty.remove({ path: await world.pty() }),
    holds: true,
  },
  "pty.update": {
    call: async (world) => {
      return world.client.pty.update({ path: await world.pty(), body: { title: "New" } });
    },
    holds: { title: "New" },
  },
  "session.abort": {
    call: async (world) => world.client.session.abort({ path: await world.session() }),
    holds: true,
  },
  "session.children": {
    call: async (world) => world.client.session.children({ path: await world.session() }),
    holds: [],
  },
  "session.command": {
    call: async (world) => {
      const path = await world.session();
      world.app.model.push(HI);
      return world.client.session.command({ path, body: { command: "hello", arguments: "x" } });
    },
    holds: message,
  },
  "session.create": {
    call: ({ client }) => client.session.create({ body: { title: "Mine" } }),
    holds: { ...SESSION, title: "Mine" },
  },
  "session.delete": {
    call: async (world) => world.client.session.delete({ path: await world.session() }),
    holds: true,
  },
  "session.diff": {
    call: async (world) => world.client.session.diff({ path: await world.session() }),
    holds: [],
  },
  "session.fork": {
    call: async (world) => world.client.session.fork({ path: await world.session(HI), body: {} }),
    holds: { ...SESSION, title: "Driven (fork #1)" },
  },
  "session.get": {
    call: async (world) => world.client.session.get({ path: await world.session() }),
    holds: { ...SESSION, title: "Driven" },
  },
  "session.init": {
    call: async (world) => {
      const path = await world.session();
      world.app.model.push(HI);
      const body = { ...model, messageID: "msg_00000000000000000000000001" };
      return world.client.session.init({ path, body });
    },
    holds: true,
  },
  "session.list": {
    call: async (world) => {
      await world.session();
      return world.client.session.list();
    },
    holds: expect.arrayContaining([expect.objectContaining({ title: "Driven" })]),
  },
  "session.message": {
    call: async (world) => world.client.session.message({ path: await world.message() }),
    holds: { info: { role: "user" }, parts },
  },
  "session.messages": {
    call: async (world) => world.client.session.messages({ path: await world.session(HI) }),
    holds: [{ info: { role: "user" } }, message],
  },
  "session.prompt": {
    call: async (world) => {
      const path = await world.session();
      world.app.model.push(HI);
      return world.client.session.prompt({ path, body: { parts, model, agent: "build" } });
    },
    holds: message,
  },
  "session.promptAsync": {
    call: async (world) => {
      const path = await world.session();
      return world.client.session.promptAsync({ path, body: { parts, noReply: true } });
    },
    status: 204,
  },
  "session.revert": {
    call: async (world) => {
      const { id, messageID } = await world.message();
      return world.client.session.revert({ path: { id }, body: { messageID } });
    },
    holds: { ...SESSION, revert: { messageID: expect.any(String) } },
  },
  "session.share": {
    call: async (world) => world.client.session.share({ path: await world.session() }),
    holds: { ...SESSION, share: { url: expect.stringContaining("/share/") } },
  },
  "session.shell": {
    call: async (world) => {
      const body = { agent: "build", command: "echo hi" };
      return world.client.session.shell({ path: await world.session(), body });
    },
    holds: { ...message, parts: [{ type: "tool", tool: "bash" }] },
  },
  "session.status": { call: ({ client }) => client.session.status(), holds: {} },
  "session.summarize": {
    call: async (world) => {
      const path = await world.session(HI);
      world.app.model.push({ text: "Summary." });
      return world.client.session.summarize({ path, body: model });
    },
    holds: true,
  },
  "session.todo": {
    call: async (world) => world.client.session.todo({ path: await world.session() }),
    holds: [],
  },
  "session.unrevert": {
    call: async (world) => world.client.session.unrevert({ path: await world.session() }),
    holds: SESSION,
  },
  "session.unshare": {
    call: async (world) => world.client.session.unshare({ path: await world.session() }),
    holds: SESSION,
  },
  "session.update": {
    call: async (world) => {
      return world.client.session.update({ path: await world.session(), body: { title: "New" } });
    },
    holds: { title: "New" },
  },
  "tool.ids": {
    call: ({ client }) => client.tool.ids(),
    holds: expect.arrayContaining(["bash"]),
  },
  "tool.list": {
    call: ({ client }) => client.tool.list({ query: { provider: "scripted", model: "main" } }),
    holds: expect.arrayContaining([expect.objectContaining({ id: "read" })]),
  },
  "tui.appendPrompt": {
    call: ({ client }) => client.tui.appendPrompt({ body: { text: "x" } }),
    holds: true,
  },
  "tui.clearPrompt": { call: ({ client }) => client.tui.clearPrompt(), holds: true },
  "tui.control.next": { call: takeControl, holds: { path: "/tui/ask", body: 1 } },
  "tui.control.response": {
    call: ({ client }) => client.tui.control.response({ body: { any: "thing" } }),
    holds: true,
  },
  "tui.executeCommand": {
    call: ({ client }) => client.tui.executeCommand({ body: { command: "session_new" } }),
    holds: true,
  },
  "tui.openHelp": { call: ({ client }) => client.tui.openHelp(), holds: true },
  "tui.openModels": { call: ({ client }) => client.tui.openModels(), holds: true },
  "tui.openSessions": { call: ({ client }) => client.tui.openSessions(), holds: true },
  "tui.openThemes": { call: ({ client }) => client.tui.openThemes(), holds: true },
  "tui.publish": {
    call: ({ client }) => {
      const body = { type: "tui.prompt.append" as const, properties: { text: "x" } };
      return client.tui.publish({ body });
    },
    holds: true,
  },
  "tui.showToast": {
    call: ({ client }) => client.tui.showToast({ body: { message: "m", variant: "info" } }),
    holds: true,
  },
  "tui.submitPrompt": { call: ({ client }) => client.tui.submitPrompt(), holds: true },
  "vcs.get": { call: ({ client }) => client.vcs.get(), holds: { branch: "main" } },
};

/** Takes the first event, which the client gives without its response. */
async function firstOf({ stream }: { stream: AsyncGenerator }): Promise<Answer> {
  const { value } = await stream.next();
  await stream.return(undefined);
  return { data: value, response: new Response() };
}

async function answerPermission({ app, client }: World): Promise<Answer> {
  const { id } = (await app.instance()).sessions.create({ title: "Asks" });
  const { bus, permissions } = await app.instance();
  const told = until(bus, ({ type }) => type === "permission.asked");
  const asked = permissions.ask(
    { sessionID: id, permission: "bash", patterns: ["x"], always: [], metadata: {}, rules: [] },
    AbortSignal.timeout(5_000),
  );
  await told;
  const [request] = permissions.list();
  const answer = await client.postSessionIdPermissionsPermissionId({
    path: { id, permissionID: request?.id ?? "" },
    body: { response: "once" },
  });
  await asked;
  return answer;
}

/** Nothing that has an address asks a terminal interface, so this server is asked from inside. */
async function takeControl({ app }: World): Promise<Answer> {
  const control = new TuiControl(app.app.services.clock);
  const server = createServer(app.app, { control });
  const inside = createOpencodeClient({
    baseUrl: "http://localhost",
    fetch: (request) => server.handle(request),
  });
  const request = { path: "/tui/ask", body: 1 };
  const asked = control.ask(app.directory, request, AbortSignal.timeout(5_000));
  const answer = await inside.tui.control.next();
  await inside.tui.control.response({ body: 2 });
  expect(await asked).toBe(2);
  return answer;
}

let world: World;

beforeAll(async () => {
  const clock = systemClock;
  const remote = new RemoteServer({ clock, needsLogin: true, lifetimeSeconds: 3_600 });
  const logins = new AuthorizationServer({ clock });
  const oauth = { callbackPort: await freePort() };
  const app = await testApp({
    files: { "src/a.ts": "needle\n" },
    config: {
      command: { hello: { template: "Say hello to $1" } },
      mcp: { local: scripted(), remote: { type: "remote", url: remote.url, oauth } },
    },
  });
  world = new World(app, remote, logins);
  const baseURL = app.model.baseURL;
  const acme = { options: { baseURL, oauth: logins.config() }, models: { m: {} } };
  await app.request("PATCH", "/config", { provider: { acme } });
});

afterAll(() => world[Symbol.asyncDispose]());

test("each method of the client is driven", () => {
  expect(methodsOf(world.client)).toEqual(Object.keys(DRIVES).sort());
});

test.each(Object.entries(DRIVES))("%s", async (_, { call, holds, status = 200 }) => {
  const { data, error, response } = await call(world);
  expect({ status: response.status, error }).toEqual({
    status,
    error: status < 400 ? undefined : expect.anything(),
  });
  if (holds !== undefined) expectHeld(data, holds);
});

/** Lists may hold more than what is wanted of their first entries. */
function expectHeld(data: unknown, holds: unknown): void {
  if (!Array.isArray(holds) || !Array.isArray(data) || holds.length === 0) {
    if (typeof holds === "object" && holds !== null) expect(data).toMatchObject(holds);
    else expect(data).toEqual(holds);
    return;
  }
  expect(data.slice(0, holds.length)).toMatchObject(holds);
}
