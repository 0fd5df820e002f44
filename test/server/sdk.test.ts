// The published client of this API against our server: what programs written for it rely on.

import { createOpencodeClient, type Event, type OpencodeClient } from "@opencode-ai/sdk";
import { expect, test } from "bun:test";
import { type TestApp, type TestAppOptions, testApp } from "@test/support/test-app";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";

const files = { "src/a.txt": "needle\n" };

async function opened(options: TestAppOptions = {}) {
  const app = await testApp({ files, ...options });
  return { app, client: clientOf(app), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

function clientOf(app: TestApp): OpencodeClient {
  return createOpencodeClient({
    baseUrl: app.server.url.origin,
    directory: app.directory,
    throwOnError: true,
  });
}

/** What a call answers; one that fails throws, as the client was told. */
async function ok<T>(answer: Promise<{ data: T }>): Promise<NonNullable<T>> {
  const { data } = await answer;
  if (data === undefined || data === null) throw new Error("the answer is empty");
  return data;
}

/** The event stream, opened and past its first event. */
async function eventsOf(client: OpencodeClient) {
  const { stream } = await client.event.subscribe({ sseMaxRetryAttempts: 1 });
  const seen: Event[] = [];
  const until = async <T extends Event["type"]>(type: T) => {
    for (;;) {
      const next = await stream.next();
      if (next.done) throw new Error(`the stream ended before ${type}`);
      seen.push(next.value);
      if (next.value.type === type) return next.value as Extract<Event, { type: T }>;
    }
  };
  await until("server.connected");
  return { seen, until, [Symbol.asyncDispose]: async () => void (await stream.return(undefined)) };
}

const CALL: ScriptedTurn = {
  text: "I look.",
  calls: [{ tool: "bash", input: { command: "echo seen", description: "Looks" } }],
};

test("creates a session, prompts it, streams its events and answers a permission", async () => {
  await using t = await opened({
    turns: [CALL, { text: "All is well." }],
    config: { permission: { bash: "ask" } },
  });
  const { client } = t;
  await using events = await eventsOf(client);
  const session = await ok(client.session.create({ body: { title: "Mine" } }));
  const path = { id: session.id };
  const parts = [{ type: "text" as const, text: "Look" }];
  const answer = ok(client.session.prompt({ path, body: { parts } }));
  // This version of the client knows the event by its older name only.
  const asked = await events.until("permission.asked" as "permission.updated");
  const replied = await ok(
    client.postSessionIdPermissionsPermissionId({
      path: { id: session.id, permissionID: asked.properties.id },
      body: { response: "once" },
    }),
  );
  expect(replied).toBe(true);
  const data = await answer;
  expect(data.info).toMatchObject({ role: "assistant", modelID: "main", finish: "stop" });
  expect(data.parts).toContainEqual(expect.objectContaining({ text: "All is well." }));
  await events.until("session.idle");
  const types = events.seen.map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(["session.created", "message.part.updated"]));
  const messages = await ok(client.session.messages({ path }));
  expect(messages.map(({ info }) => info.role)).toEqual(["user", "assistant", "assistant"]);
  const messageID = messages[0]?.info.id ?? "";
  const message = await ok(client.session.message({ path: { ...path, messageID } }));
  expect([message]).toEqual(messages.slice(0, 1));
  const limited = await ok(client.session.messages({ path, query: { limit: 1 } }));
  expect(limited).toEqual(messages.slice(-1));
});

test("lists, reads, changes, copies and removes sessions", async () => {
  await using t = await opened();
  const { session: api } = t.client;
  const created = await ok(api.create({ body: { title: "First" } }));
  const path = { id: created.id };
  expect(await ok(api.get({ path }))).toEqual(created);
  expect(await ok(api.list())).toEqual([created]);
  expect((await ok(api.update({ path, body: { title: "Second" } }))).title).toBe("Second");
  expect((await ok(api.fork({ path, body: {} }))).title).toBe("Second (fork #1)");
  const child = await ok(api.create({ body: { parentID: created.id } }));
  expect(await ok(api.children({ path }))).toEqual([child]);
  expect(await ok(api.todo({ path }))).toEqual([]);
  expect(await ok(api.status())).toEqual({});
  expect(await ok(api.delete({ path }))).toBe(true);
  const gone = await api.get({ path, throwOnError: false });
  expect(gone.response.status).toBe(404);
  expect(gone.error).toMatchObject({ name: "NotFoundError" });
});

test("prompts without waiting, and aborts", async () => {
  await using t = await opened({ turns: [{ fault: "hang-headers" }] });
  const { client } = t;
  await using events = await eventsOf(client);
  const session = await ok(client.session.create({ body: {} }));
  const path = { id: session.id };
  const parts = [{ type: "text" as const, text: "Wait" }];
  const { response } = await client.session.promptAsync({ path, body: { parts } });
  expect(response.status).toBe(204);
  await t.app.model.waitForRequest(0);
  expect(await ok(client.session.status())).toEqual({ [session.id]: { type: "busy" } });
  expect(await ok(client.session.abort({ path }))).toBe(true);
  const { properties } = await events.until("session.error");
  expect(properties.error?.name).toBe("MessageAbortedError");
  await events.until("session.idle");
});

test("reads the configuration, the providers and what the agent can do", async () => {
  await using t = await opened();
  const { client } = t;
  expect((await ok(client.config.get())).model).toBe("scripted/main");
  expect((await ok(client.config.update({ body: { username: "me" } }))).username).toBe("me");
  expect((await ok(client.config.providers())).default).toEqual({ scripted: "main" });
  const providers = await ok(client.provider.list());
  expect(providers.connected).toEqual(["scripted"]);
  expect(providers.all.length).toBeGreaterThan(100);
  expect(await ok(client.provider.auth())).toBeObject();
  expect((await ok(client.app.agents())).map(({ name }) => name)).toContain("build");
  expect((await ok(client.command.list())).map(({ name }) => name)).toContain("init");
  expect(await ok(client.tool.ids())).toContain("bash");
  const query = { provider: "scripted", model: "main" };
  const tools = await ok(client.tool.list({ query }));
  expect(tools.map(({ id }) => id)).toContain("read");
  const auth = { path: { id: "openai" }, body: { type: "api" as const, key: "k" } };
  expect(await ok(client.auth.set(auth))).toBe(true);
});

test("finds its place, its files and texts, and writes to the log", async () => {
  await using t = await opened();
  const { app, client } = t;
  expect(await ok(client.path.get())).toMatchObject({ directory: app.directory });
  const project = await ok(client.project.current());
  expect(project).toMatchObject({ worktree: app.directory, vcs: "git" });
  expect(await ok(client.project.list())).toEqual([project]);
  expect(await ok(client.vcs.get())).toMatchObject({ branch: "main" });
  const matches = await ok(client.find.text({ query: { pattern: "need" } }));
  expect(matches).toMatchObject([{ path: { text: "src/a.txt" }, line_number: 1 }]);
  expect(await ok(client.find.files({ query: { query: "a.txt" } }))).toEqual(["src/a.txt"]);
  const nodes = await ok(client.file.list({ query: { path: "src" } }));
  expect(nodes).toMatchObject([{ name: "a.txt", type: "file" }]);
  const content = await ok(client.file.read({ query: { path: "src/a.txt" } }));
  expect(content).toMatchObject({ type: "text", content: "needle" });
  expect(await ok(client.file.status())).toEqual([]);
  const line = { service: "test", level: "info" as const, message: "hello" };
  expect(await ok(client.app.log({ body: line }))).toBe(true);
});

test("hears of all directories, and is told when an instance ends", async () => {
  await using t = await opened();
  const { client, app } = t;
  // Now, because the project that this stores would be told as well.
  await app.instance();
  const { stream } = await client.global.event({ sseMaxRetryAttempts: 1 });
  expect((await stream.next()).value).toMatchObject({ payload: { type: "server.connected" } });
  const session = await ok(client.session.create({ body: {} }));
  expect((await stream.next()).value).toMatchObject({
    directory: app.directory,
    payload: { type: "session.created", properties: { info: { id: session.id } } },
  });
  await using events = await eventsOf(client);
  expect(await ok(client.instance.dispose())).toBe(true);
  await events.until("server.instance.disposed");
  await stream.return(undefined);
});
