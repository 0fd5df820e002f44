// A world in which every operation of the API can succeed, and for each the request that does.

import { systemClock } from "@/base/clock";
import { scripted } from "@test/mcp/support";
import { RemoteServer } from "@test/mcp/remote-server";
import { AuthorizationServer } from "@test/support/authorization-server";
import { type Call, Contract } from "@test/support/contract";
import { freePort } from "@test/support/free-port";
import { SCRIPTED_KEY } from "@test/support/scripted-model/scripted-model";
import type { ScriptedTurn, Turn } from "@test/support/scripted-model/turn";
import { writeTree } from "@test/support/temp";
import { type TestApp, testApp, type TestAppOptions, until } from "@test/support/test-app";

const HI: ScriptedTurn = { text: "Hi." };
/** What is said to a model that is to answer with JOB_CALL. */
export const JOB_PROMPT = "Wait in the background";
export const JOB_COMMAND = "sleep 300";
export const JOB_CALL: Turn = {
  calls: [{ tool: "bash", input: { command: JOB_COMMAND, background: true } }],
};
const model = { providerID: "scripted", modelID: "main" };
const parts = [{ type: "text" as const, text: "Hello" }];

/** The app and the servers that it reaches. */
export class ApiWorld implements AsyncDisposable {
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

  static async open(options: Pick<TestAppOptions, "config" | "isStored"> = {}): Promise<ApiWorld> {
    const command = { hello: { template: "Say hello" } };
    const app = await testApp({
      ...options,
      files: { "a.txt": "needle\n", "src/a.txt": "needle\n" },
      config: { command, mcp: { local: scripted() }, ...options.config },
    });
    await writeTree(app.root, { "plain/": "" });
    const world = new ApiWorld(app, await Contract.of(app));
    const oauth = { callbackPort: await freePort() };
    const mcp = { remote: { type: "remote", url: world.remote.url, oauth } };
    const acme = { baseURL: app.model.baseURL, oauth: world.logins.config() };
    const provider = { acme: { options: acme, models: { m: {} } } };
    await app.request("PATCH", "/config", { mcp, provider });
    return world;
  }

  instance() {
    return this.app.instance();
  }

  /** A session; with turns it was prompted once, and the rest of them is to come. */
  async session(...turns: ScriptedTurn[]): Promise<{ sessionID: string }> {
    const { id } = (await this.instance()).sessions.create({ title: "Driven" });
    if (turns.length > 0) await this.#prompt(id, "Hello", turns);
    return { sessionID: id };
  }

  async #prompt(sessionID: string, text: string, turns: readonly ScriptedTurn[]): Promise<void> {
    this.app.model.push(...turns);
    const { prompts } = await this.instance();
    await prompts.prompt(sessionID, { parts: [{ type: "text", text }] });
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
    const { sessionID } = await this.session();
    await this.#prompt(sessionID, JOB_PROMPT, [JOB_CALL, HI]);
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
    // One that nobody has allowed for always.
    const patterns = [`x ${sessionID}`];
    const ask = { sessionID, permission: "bash", patterns, always: [], metadata: {}, rules: [] };
    permissions.ask(ask, AbortSignal.timeout(30_000)).catch(() => undefined);
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

type Recipe = Call | ((world: ApiWorld) => Promise<Call>);

const withSession = async (world: ApiWorld) => ({ params: await world.session() });
const withTurns = (body: unknown): Recipe => {
  return async (world) => {
    world.app.model.push(HI);
    return { params: await world.session(), body };
  };
};

/** The request that succeeds, and what it needs made beforehand. */
export async function recipeOf(id: string, world: ApiWorld): Promise<Call> {
  const recipe = RECIPES[id] ?? {};
  return typeof recipe === "function" ? recipe(world) : recipe;
}

/** What an operation needs to succeed; those that need nothing are left out. */
export const RECIPES: Readonly<Record<string, Recipe>> = {
  "app.log": { body: { service: "s", level: "info", message: "m" } },
  "auth.remove": { params: { providerID: "openai" } },
  "auth.set": { params: { providerID: "openai" }, body: { type: "api", key: "k" } },
  "config.update": { body: { username: "me" } },
  "experimental.session.background": withSession,
  "experimental.session.background.get": async (world) => ({ params: await world.job() }),
  "experimental.session.background.list": withSession,
  "experimental.session.background.stop": async (world) => ({ params: await world.job() }),
  "experimental.session.move": async (world) => {
    return { params: await world.session(), body: { directory: world.app.directory } };
  },
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
  "experimental.mcp.log": { params: { name: "local" } },
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
  "pty.connect": async (world) => ({ params: await world.pty() }),
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
