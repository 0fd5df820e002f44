// Every answer that /doc declares is given: each operation once with success, in a world where all
// that it needs is there, and once with each failure, which is thrown on the way to its handler.
// How failures come about is told by the tests of each route.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "@/base/clock";
import { AppError, type ErrorKind } from "@/base/error";
import { createServer } from "@/server/server";
import { TuiControl } from "@/server/tui-control";
import { scripted } from "@test/mcp/support";
import { RemoteServer } from "@test/mcp/remote-server";
import { AuthorizationServer } from "@test/support/authorization-server";
import { type Call, Contract, fillPath } from "@test/support/contract";
import { EventReader } from "@test/support/event-reader";
import { SCRIPTED_KEY } from "@test/support/scripted-model/scripted-model";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { SocketReader } from "@test/support/socket-reader";
import { writeTree } from "@test/support/temp";
import { type TestApp, testApp, until } from "@test/support/test-app";

const HI: ScriptedTurn = { text: "Hi." };
const model = { providerID: "scripted", modelID: "main" };
const parts = [{ type: "text" as const, text: "Hello" }];

class World implements AsyncDisposable {
  readonly app: TestApp;
  readonly contract: Contract;
  readonly remote = new RemoteServer({
    clock: systemClock,
    needsLogin: true,
    lifetimeSeconds: 3_600,
  });
  readonly logins = new AuthorizationServer({ clock: systemClock });

  private constructor(app: TestApp, contract: Contract) {
    this.app = app;
    this.contract = contract;
  }

  static async open(): Promise<World> {
    const app = await testApp({
      files: { "src/a.txt": "needle\n" },
      config: { command: { hello: { template: "Say hello" } }, mcp: { local: scripted() } },
    });
    await writeTree(app.root, { "plain/": "" });
    const world = new World(app, await Contract.of(app));
    const oauth = { callbackPort: await freePort() };
    const mcp = { remote: { type: "remote", url: world.remote.url, oauth } };
    const options = { baseURL: app.model.baseURL, oauth: world.logins.config() };
    const provider = { acme: { options, models: { m: {} } } };
    await app.request("PATCH", "/config", { mcp, provider });
    return world;
  }

  instance() {
    return this.app.instance();
  }

  /** A session; with turns it was prompted once, and the rest of them is to come. */
  async session(...turns: ScriptedTurn[]): Promise<{ sessionID: string }> {
    this.app.model.push(...turns);
    const { sessions, prompts } = await this.instance();
    const { id } = sessions.create({ title: "Driven" });
    if (turns.length > 0) await prompts.prompt(id, { parts });
    return { sessionID: id };
  }

  async message(): Promise<{ sessionID: string; messageID: string }> {
    const { sessionID } = await this.session(HI);
    const { messages } = (await this.instance()).sessions.messages(sessionID);
    return { sessionID, messageID: messages[0]?.info.id ?? "" };
  }

  async part() {
    const params = await this.message();
    const { messages } = (await this.instance()).sessions.messages(params.sessionID);
    const part = messages[0]?.parts[0];
    return { params: { ...params, partID: part?.id ?? "" }, part };
  }

  /** A command that goes on in the background. */
  async job(): Promise<{ sessionID: string; jobID: string }> {
    const input = { command: "exec sleep 300", background: true };
    const { sessionID } = await this.session({ calls: [{ tool: "bash", input }] }, HI);
    const [job] = (await this.instance()).jobs.list(sessionID);
    return { sessionID, jobID: job?.id ?? "" };
  }

  async worktree(): Promise<{ directory: string }> {
    const { directory } = await (await this.instance()).worktrees.create({});
    return { directory };
  }

  async pty(): Promise<{ ptyID: string }> {
    const { ptys } = await this.instance();
    return { ptyID: (await ptys.create({ command: "cat", args: [] })).id };
  }

  async permission() {
    const { bus, permissions } = await this.instance();
    const { sessionID } = await this.session();
    const asked = until(bus, ({ type }) => type === "permission.asked");
    const ask = { permission: "bash", patterns: ["x"], always: [], metadata: {}, rules: [] };
    permissions.ask({ ...ask, sessionID }, AbortSignal.timeout(30_000)).catch(() => undefined);
    await asked;
    return { sessionID, id: permissions.list().at(-1)?.id ?? "" };
  }

  async question(): Promise<{ requestID: string }> {
    const { questions } = await this.instance();
    const { sessionID } = await this.session();
    const options = [{ label: "A", description: "a" }];
    const asked = [{ question: "Which?", header: "Which", options }];
    const signal = AbortSignal.timeout(30_000);
    questions.ask({ sessionID, questions: asked }, signal).catch(() => undefined);
    return { requestID: questions.list().at(-1)?.id ?? "" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app[Symbol.asyncDispose]();
    await this.remote[Symbol.asyncDispose]();
    await this.logins[Symbol.asyncDispose]();
  }
}

type Recipe = Call | ((world: World) => Promise<Call>);

const withSession = async (world: World) => ({ params: await world.session() });
const withTurns = (body: unknown): Recipe => {
  return async (world) => {
    world.app.model.push(HI);
    return { params: await world.session(), body };
  };
};

/** What an operation needs to succeed; those that need nothing are left out. */
const RECIPES: Readonly<Record<string, Recipe>> = {
  "app.log": { body: { service: "s", level: "info", message: "m" } },
  "auth.remove": { params: { providerID: "openai" } },
  "auth.set": { params: { providerID: "openai" }, body: { type: "api", key: "k" } },
  "config.update": { body: { username: "me" } },
  "experimental.session.background": withSession,
  "experimental.session.background.get": async (world) => ({ params: await world.job() }),
  "experimental.session.background.list": withSession,
  "experimental.session.background.stop": async (world) => ({ params: await world.job() }),
  "experimental.session.retry": withSession,
  "file.list": { query: { path: "src" } },
  "file.read": { query: { path: "src/a.txt" } },
  "find.files": { query: { query: "a" } },
  "find.symbols": { query: { query: "a" } },
  "find.text": { query: { pattern: "need" } },
  "global.config.update": { body: { username: "me" } },
  "mcp.add": { body: { name: "added", config: scripted() } },
  "mcp.auth.callback": async ({ contract, remote }) => {
    const params = { name: "remote" };
    const { body } = await contract.call("mcp.auth.start", { params });
    const { authorizationUrl } = body as { authorizationUrl: string };
    return { params, body: { code: await remote.consent(authorizationUrl) } };
  },
  "mcp.auth.authenticate": async ({ app, remote }) => {
    const { bus } = await app.instance();
    const asked = until(bus, ({ type }) => type === "mcp.browser.open.failed");
    const answer = async () => {
      const { url } = (await asked).properties as { url: string };
      await fetch(await remote.consent(url));
    };
    void answer();
    return { params: { name: "remote" } };
  },
  "mcp.auth.remove": { params: { name: "remote" } },
  "mcp.auth.start": { params: { name: "remote" } },
  "mcp.connect": { params: { name: "local" } },
  "mcp.disconnect": { params: { name: "local" } },
  "part.delete": async (world) => ({ params: (await world.part()).params }),
  "part.update": async (world) => {
    const { params, part } = await world.part();
    return { params, body: part };
  },
  "permission.reply": async (world) => {
    return { params: { requestID: (await world.permission()).id }, body: { reply: "once" } };
  },
  "permission.respond": async (world) => {
    const { sessionID, id } = await world.permission();
    return { params: { sessionID, permissionID: id }, body: { response: "once" } };
  },
  "project.directories": async (world) => {
    return { params: { projectID: (await world.instance()).project.id } };
  },
  "project.initGit": async ({ app }) => ({ query: { directory: `${app.root}/plain` } }),
  "project.update": async (world) => {
    return { params: { projectID: (await world.instance()).project.id }, body: { name: "P" } };
  },
  "provider.check": { params: { providerID: "scripted" }, body: { key: SCRIPTED_KEY } },
  "provider.oauth.authorize": { params: { providerID: "acme" }, body: { method: 0 } },
  "provider.oauth.callback": async ({ contract, logins }) => {
    const call = { params: { providerID: "acme" }, body: { method: 0 } };
    const { body } = await contract.call("provider.oauth.authorize", call);
    void logins.allow((body as { url: string }).url);
    return call;
  },
  "pty.connectToken": async (world) => ({ params: await world.pty() }),
  "pty.create": { body: { command: "cat" } },
  "pty.get": async (world) => ({ params: await world.pty() }),
  "pty.remove": async (world) => ({ params: await world.pty() }),
  "pty.update": async (world) => ({ params: await world.pty(), body: { title: "T" } }),
  "question.reject": async (world) => ({ params: await world.question() }),
  "question.reply": async (world) => {
    return { params: await world.question(), body: { answers: [["A"]] } };
  },
  "session.abort": withSession,
  "session.children": withSession,
  "session.command": withTurns({ command: "hello", arguments: "" }),
  "session.create": { body: { title: "T" } },
  "session.delete": withSession,
  "session.deleteMessage": async (world) => ({ params: await world.message() }),
  "session.diff": withSession,
  "session.fork": async (world) => ({ params: await world.session(HI), body: {} }),
  "session.get": withSession,
  "session.init": withTurns({ ...model, messageID: "msg_00000000000000000000000001" }),
  "session.message": async (world) => ({ params: await world.message() }),
  "session.messages": async (world) => ({ params: await world.session(HI) }),
  "session.prompt": withTurns({ parts }),
  "session.prompt_async": async (world) => {
    return { params: await world.session(), body: { parts, noReply: true }, status: 204 };
  },
  "session.revert": async (world) => {
    const { sessionID, messageID } = await world.message();
    return { params: { sessionID }, body: { messageID } };
  },
  "session.share": withSession,
  "session.shell": async (world) => {
    return { params: await world.session(), body: { agent: "build", command: "true" } };
  },
  // The summary is asked for beside the conversation, as titles are.
  "session.summarize": async (world) => ({ params: await world.session(HI), body: model }),
  "session.todo": withSession,
  "session.unrevert": withSession,
  "session.unshare": withSession,
  "session.update": async (world) => ({ params: await world.session(), body: { title: "T" } }),
  "share.get": async (world) => {
    const params = await world.session();
    const { body } = await world.contract.call("session.share", { params });
    const { url } = (body as { share: { url: string } }).share;
    return { params: { shareID: url.split("/").at(-1) ?? "" } };
  },
  "tool.list": { query: { provider: "scripted", model: "main" } },
  "tui.appendPrompt": { body: { text: "x" } },
  "tui.control.response": { body: {} },
  "tui.executeCommand": { body: { command: "session_new" } },
  "tui.publish": { body: { type: "tui.prompt.append", properties: { text: "x" } } },
  "tui.selectSession": async (world) => ({ body: await world.session() }),
  "tui.showToast": { body: { message: "m", variant: "info" } },
  "vcs.apply": {
    body: { patch: "--- a/src/a.txt\n+++ b/src/a.txt\n@@ -1 +1 @@\n-needle\n+other\n" },
  },
  "worktree.create": { body: { name: "made" } },
  "worktree.remove": async (world) => ({ body: await world.worktree() }),
  "worktree.reset": async (world) => ({ body: await world.worktree() }),
  "vcs.diff": { query: { mode: "git" } },
};

/** What no plain request can show, or what would take the others' world away. */
const SPECIAL: Readonly<Record<string, (world: World) => Promise<void>>> = {
  "event.subscribe": (world) => firstEvent(world, "event.subscribe", "/event"),
  "global.event": (world) => firstEvent(world, "global.event", "/global/event"),
  "pty.connect": async (world) => {
    const { ptyID } = await world.pty();
    const url = new URL(`/pty/${ptyID}/connect`, world.app.server.url);
    await using socket = await SocketReader.open(url);
    await socket[Symbol.asyncDispose]();
  },
  // Nothing that has an address asks a terminal interface, so this server is asked from inside.
  "tui.control.next": async ({ app, contract }) => {
    const control = new TuiControl(systemClock);
    const server = createServer(app.app, { control });
    const asked = control.ask(
      app.directory,
      { path: "/tui/ask", body: 1 },
      new AbortController().signal,
    );
    const response = await server.handle(new Request("http://localhost/tui/control/next"));
    const { status, headers } = response;
    contract.check("tui.control.next", { status, headers, body: await response.json() });
    expect(status).toBe(200);
    control.respond(app.directory, 2);
    expect(await asked).toBe(2);
  },
};

const LAST = ["instance.dispose", "global.dispose"];

async function firstEvent({ app, contract }: World, id: string, path: string): Promise<void> {
  await using events = await EventReader.open(new URL(path, app.server.url));
  const frame = await events.next();
  contract.checkEvent(id, frame?.data);
}

test("each operation succeeds, and answers what it declares", async () => {
  await using world = await World.open();
  const { contract } = world;
  const ids = contract.operations.map(({ id }) => id).toSorted((a, b) => rank(a) - rank(b));
  expect(Object.keys(RECIPES).filter((id) => !ids.includes(id))).toEqual([]);
  for (const id of ids) {
    const special = SPECIAL[id];
    if (special) await special(world);
    else {
      const recipe = RECIPES[id] ?? {};
      await contract.call(id, typeof recipe === "function" ? await recipe(world) : recipe);
      // Else another operation would get an answer that is not meant for it.
      expect(world.app.model.turnsLeft, id).toBe(0);
    }
  }
  expect(world.logins.problems).toEqual([]);
}, 60_000);

function rank(id: string): number {
  return LAST.indexOf(id);
}

const KINDS: Readonly<Record<string, ErrorKind | undefined>> = {
  400: "invalid",
  403: "denied",
  404: "not-found",
  409: "conflict",
  413: "limit",
  503: "unavailable",
};

describe("each failure that is declared has the declared form", () => {
  let app: TestApp;
  let contract: Contract;
  beforeAll(async () => {
    app = await testApp();
    contract = await Contract.of(app);
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test.each(["400", "401", "403", "404", "409", "413", "500", "503"])("%s", async (status) => {
    const kind = KINDS[status];
    const failure = kind ? new AppError(kind, "TestError", "It failed") : new TypeError("a bug");
    const password = { username: "opencode", password: "secret" };
    const server = createServer(app.app, status === "401" ? { password } : {});
    if (status !== "401") {
      server.onRequest(() => {
        throw failure;
      });
    }
    const declaring = contract.operations.filter(({ responses }) => status in responses);
    expect(declaring.length).toBeGreaterThan(10);
    for (const { id, method, path } of declaring) {
      const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? "");
      const ids = Object.fromEntries(names.map((name) => [name, "x"]));
      const url = `http://localhost${fillPath(path, ids)}`;
      const response = await server.handle(new Request(url, { method: method.toUpperCase() }));
      expect(response.status, id).toBe(Number(status));
      const { headers } = response;
      contract.check(id, { status: response.status, headers, body: await response.json() });
    }
  });
});

test("a server that is being closed is unavailable, in every directory", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { id: sessionID } = (await t.instance()).sessions.create({});
  await t.app.instances.close();
  for (const { id, parameters, path, method } of contract.operations) {
    const hasDirectory = parameters.some(({ name }) => name === "directory");
    const isOfSession = path.startsWith("/session/{sessionID}");
    if (!hasDirectory || (path.includes("{") && !isOfSession)) continue;
    const params = { sessionID, messageID: "msg_1", partID: "prt_1", permissionID: "per_1" };
    const answer = await t.request(method.toUpperCase(), fillPath(path, params));
    // What does not fit may be refused before.
    expect([503, 400], id).toContain(answer.status);
    contract.check(id, answer);
  }
});

async function freePort(): Promise<number> {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port = 0 } = server;
  await server.stop(true);
  return port;
}
