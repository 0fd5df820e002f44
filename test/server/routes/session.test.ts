import { expect, test } from "bun:test";
import { processIdentity } from "@/base/process";
import type { Session } from "@/schema/session";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

async function create(contract: Contract, body: object = {}, directory?: string): Promise<Session> {
  const call = { body, ...(directory !== undefined && { query: { directory } }) };
  return (await contract.call("session.create", call)).body as Session;
}

test("a session is created, found, changed, listed and removed", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const session = await create(contract, { title: "first" });
  const params = { sessionID: session.id };
  expect((await contract.call("session.get", { params })).body).toEqual(session);
  const changed = await contract.call("session.update", { params, body: { title: "second" } });
  expect(changed.body).toMatchObject({ id: session.id, title: "second" });
  expect((await contract.call("session.list")).body).toEqual([changed.body]);
  expect((await contract.call("session.delete", { params })).body).toBe(true);
  expect((await contract.call("session.list")).body).toEqual([]);
  await contract.call("session.get", { params, status: 404 });
});

test("an empty body creates a session with a title of its own", async () => {
  await using t = await testApp();
  const { body } = await t.request("POST", "/session");
  expect(body).toMatchObject({ title: expect.stringMatching(/^New session - /) });
});

test("a list can be narrowed", async () => {
  await using t = await testApp({ files: { "below/a.txt": "a" } });
  const contract = await Contract.of(t);
  const root = await create(contract, { title: "Alpha" });
  await create(contract, { title: "Beta", parentID: root.id }, "below");
  const titles = async (query: Record<string, string>) => {
    const { body } = await contract.call("session.list", { query });
    return (body as Session[]).map(({ title }) => title).sort();
  };
  expect(await titles({})).toEqual(["Alpha", "Beta"]);
  expect(await titles({ roots: "true" })).toEqual(["Alpha"]);
  expect(await titles({ roots: "false" })).toEqual(["Alpha", "Beta"]);
  expect(await titles({ search: "bet" })).toEqual(["Beta"]);
  expect(await titles({ path: "below" })).toEqual(["Beta"]);
  expect(await titles({ limit: "1" })).toHaveLength(1);
  expect(await titles({ limit: "0" })).toHaveLength(2);
  expect(await titles({ start: String(Date.now() + 60_000) })).toEqual([]);
  await contract.call("session.list", { query: { limit: "many" }, status: 400 });
});

test("children, todos and status are empty for a fresh session", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const parent = await create(contract);
  const child = await create(contract, { parentID: parent.id });
  const params = { sessionID: parent.id };
  expect((await contract.call("session.children", { params })).body).toEqual([child]);
  expect((await contract.call("session.todo", { params })).body).toEqual([]);
  expect((await contract.call("session.status")).body).toEqual({});
});

test("a fork has copies of the messages before the named one", async () => {
  await using t = await testApp({ turns: [{ text: "one" }, { text: "two" }] });
  const contract = await Contract.of(t);
  const session = await create(contract, { title: "talk" });
  const params = { sessionID: session.id };
  const parts = [{ type: "text", text: "hi" }];
  await contract.call("session.prompt", { params, body: { parts } });
  await contract.call("session.prompt", { params, body: { parts } });
  const { body } = await contract.call("session.messages", { params });
  const third = (body as { info: { id: string } }[])[2]?.info.id ?? "";
  const fork = await contract.call("session.fork", { params, body: { messageID: third } });
  expect(fork.body).toMatchObject({ title: "talk (fork #1)" });
  const forked = { sessionID: (fork.body as Session).id };
  expect((await contract.call("session.messages", { params: forked })).body).toHaveLength(2);
  expect((await contract.call("session.fork", { params })).status).toBe(200);
});

test("abort ends a running session, and does nothing to an idle one", async () => {
  await using t = await testApp({ turns: [{ text: "half", fault: "hang-mid" }] });
  const contract = await Contract.of(t);
  const session = await create(contract);
  const params = { sessionID: session.id };
  const parts = [{ type: "text", text: "hi" }];
  expect((await contract.call("session.abort", { params })).body).toBe(true);
  await contract.call("session.prompt_async", { params, body: { parts }, status: 204 });
  await t.model.waitForRequest(0);
  expect((await contract.call("session.status")).body).toEqual({ [session.id]: { type: "busy" } });
  expect((await contract.call("session.abort", { params })).body).toBe(true);
  expect((await contract.call("session.status")).body).toEqual({});
});

test("routes of a session happen in its own directory", async () => {
  await using t = await testApp({ files: { "below/a.txt": "a" } });
  const contract = await Contract.of(t);
  const { id: sessionID, directory } = await create(contract, {}, "below");
  const query = { directory: t.home };
  const { body } = await contract.call("session.get", { params: { sessionID }, query });
  expect(body).toMatchObject({ directory });
});

test("a change brings nothing that was not asked for", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const session = await create(contract, { title: "first", id: "ses_mine", directory: "/" });
  expect(session.id).not.toBe("ses_mine");
  expect(session.directory).toBe(t.directory);
  const params = { sessionID: session.id };
  const body = {
    title: "second",
    id: "ses_mine",
    directory: "/",
    time: { created: 1, archived: 2 },
  };
  const changed = (await contract.call("session.update", { params, body })).body as Session;
  const time = { ...changed.time, created: session.time.created, archived: 2 };
  expect(changed).toEqual({ ...session, title: "second", time });
});

test("init writes AGENTS.md by a run, and is true when that went well", async () => {
  const input = { filePath: "AGENTS.md", content: "- Test: bun test" };
  const turns = [{ calls: [{ tool: "write", input }] }, { text: "Written" }];
  await using t = await testApp({ turns });
  const contract = await Contract.of(t);
  const params = { sessionID: (await create(contract)).id };
  const messageID = "msg_000000000001";
  const body = { providerID: "scripted", modelID: "main", messageID };
  expect((await contract.call("session.init", { params, body })).body).toBe(true);
  const message = { ...params, messageID };
  expect((await contract.call("session.message", { params: message })).status).toBe(200);
  await contract.call("session.init", { params, body, status: 409 });
  await contract.call("session.init", {
    params,
    body: { ...body, messageID: "msg_2", modelID: "nope" },
    status: 404,
  });
  await contract.call("session.init", { params, body: {}, status: 400 });
});

test("a session is summarised on demand", async () => {
  await using t = await testApp({ turns: [{ text: "Hello" }] });
  const contract = await Contract.of(t);
  const params = { sessionID: (await create(contract, { title: "talk" })).id };
  const body = { providerID: "scripted", modelID: "main" };
  await contract.call("session.summarize", { params, body, status: 400 }); // nothing to summarise
  const parts = [{ type: "text", text: "hi" }];
  await contract.call("session.prompt", { params, body: { parts } });
  expect((await contract.call("session.summarize", { params, body })).body).toBe(true);
  const { body: messages } = await contract.call("session.messages", { params });
  expect((messages as { info: object }[]).at(-1)?.info).toMatchObject({ summary: true });
  await contract.call("session.summarize", { params, body: {}, status: 400 });
  const unknown = { ...body, modelID: "nope" };
  await contract.call("session.summarize", { params, body: unknown, status: 404 });
});

test("a busy session is not summarised", async () => {
  await using t = await testApp({ turns: [{ text: "half", fault: "hang-mid" }] });
  const contract = await Contract.of(t);
  const params = { sessionID: (await create(contract)).id };
  const parts = [{ type: "text", text: "hi" }];
  await contract.call("session.prompt_async", { params, body: { parts }, status: 204 });
  await t.model.waitForRequest(0);
  const body = { providerID: "scripted", modelID: "main" };
  await contract.call("session.summarize", { params, body, status: 409 });
  await contract.call("session.abort", { params });
});

test("a session that runs in another process is neither stopped nor removed here", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { id: sessionID } = await create(contract);
  const other = Bun.spawn(["sleep", "600"]);
  const holder = processIdentity(other.pid) ?? expect.unreachable();
  t.app.services.sessionStore.claimRun(sessionID, holder, () => true);
  const message = expect.stringContaining(`pid ${other.pid}`);
  for (const id of ["session.abort", "session.delete", "session.summarize"]) {
    const model = { providerID: "scripted", modelID: "main" };
    const body = id === "session.summarize" ? { body: model } : {};
    const call = { params: { sessionID }, status: 409, ...body };
    expect((await contract.call(id, call)).body, id).toMatchObject({ data: { message } });
  }
  other.kill("SIGKILL");
  await other.exited;
  await contract.call("session.delete", { params: { sessionID } });
});
