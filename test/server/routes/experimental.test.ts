import { expect, test } from "bun:test";
import { join } from "node:path";
import type { MessageWithParts } from "@/schema/message";
import type { GlobalSession, Session } from "@/schema/session";
import type { Worktree } from "@/schema/worktree";
import { FakeClock } from "@test/support/clock";
import { Contract } from "@test/support/contract";
import { EventReader } from "@test/support/event-reader";
import { testApp } from "@test/support/test-app";

test("the capabilities are told", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("experimental.capabilities.get");
  expect(body).toEqual({ backgroundSubagents: true });
});

test("who hears what happens is counted, until it leaves", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const count = async () => {
    const { body } = await contract.call("experimental.server.get");
    return (body as { clients: number }).clients;
  };
  expect(await count()).toBe(0);
  {
    await using events = await EventReader.open(new URL("/event", t.server.url));
    await using all = await EventReader.open(new URL("/global/event", t.server.url));
    await Promise.all([events.untilType("server.connected"), all.untilType("server.connected")]);
    expect(await count()).toBe(2);
  }
  // The server hears of their leaving when it reads from their connections.
  while ((await count()) > 0) await new Promise((resolve) => setImmediate(resolve));
});

test("the sessions of all projects are in one list, in pages without gaps", async () => {
  const clock = new FakeClock();
  await using t = await testApp({ clock });
  const contract = await Contract.of(t);
  const made: string[] = [];
  for (let count = 0; count < 7; count++) {
    const query = { directory: count % 2 === 0 ? t.directory : t.home };
    const { body } = await contract.call("session.create", { body: {}, query });
    made.unshift((body as Session).id);
    // Two at a time bear the same time.
    if (count % 2 === 1) await clock.advance(1_000);
  }
  const page = async (query: Record<string, string>) => {
    const { body, headers } = await contract.call("experimental.session.list", { query });
    return { sessions: body as GlobalSession[], cursor: headers.get("x-next-cursor") };
  };
  const all = await page({});
  expect(all.sessions.map(({ id }) => id).sort()).toEqual([...made].sort());
  expect(all.cursor).toBeNull();
  const worktrees = new Set(all.sessions.map(({ project }) => project?.worktree));
  expect(worktrees).toEqual(new Set([t.directory, "/"]));
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string> = cursor === null ? {} : { cursor };
    const found = await page({ limit: "2", ...query });
    expect(found.sessions.length).toBeLessThanOrEqual(3);
    seen.push(...found.sessions.map(({ id }) => id));
    cursor = found.cursor;
  } while (cursor !== null);
  expect(seen).toEqual(all.sessions.map(({ id }) => id));
});

test("the list is searched, and leaves archived sessions out unless they are wanted", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  for (const title of ["alpha", "beta"]) await contract.call("session.create", { body: { title } });
  const list = async (query: Record<string, string>) => {
    const { body } = await contract.call("experimental.session.list", { query });
    return (body as Session[]).map(({ title }) => title).sort();
  };
  const [alpha] = (await contract.call("session.list", { query: { search: "alp" } }))
    .body as Session[];
  const time = { archived: 1 };
  const params = { sessionID: alpha?.id ?? "" };
  await contract.call("session.update", { params, body: { time } });
  expect(await list({})).toEqual(["beta"]);
  expect(await list({ archived: "true" })).toEqual(["alpha", "beta"]);
  expect(await list({ archived: "true", search: "ALP" })).toEqual(["alpha"]);
  expect(await list({ start: "99999999999999" })).toEqual([]);
  await contract.call("experimental.session.list", { query: { limit: "0" }, status: 400 });
});

test("a session that waits for nothing has nothing to send again", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { id } = (await contract.call("session.create", { body: {} })).body as Session;
  const again = (sessionID: string, status: number) => {
    return contract.call("experimental.session.retry", { params: { sessionID }, status });
  };
  expect((await again(id, 200)).body).toBe(false);
  await again("ses_unknown", 404);
});

test("a session moves to another worktree of its project with those below it", async () => {
  await using t = await testApp({ files: { "a.txt": "one\n" }, turns: [{ text: "Here" }] });
  const contract = await Contract.of(t);
  const make = async (body: object) => {
    return (await contract.call("session.create", { body })).body as Session;
  };
  const session = await make({ title: "Wanders" });
  const child = await make({ title: "Follows", parentID: session.id });
  const params = { sessionID: session.id };
  const worktree = (await contract.call("worktree.create", { body: {} })).body as Worktree;
  const { directory } = worktree;
  const move = (to: string, status: number, of = params) => {
    const id = "experimental.session.move";
    return contract.call(id, { params: of, body: { directory: to }, status });
  };
  const moved = (await move(directory, 200)).body as Session;
  expect(moved).toMatchObject({
    id: session.id,
    directory,
    path: "",
    projectID: session.projectID,
  });
  const { instances } = t.app;
  const [there, below] = [
    await instances.ofSession(session.id),
    await instances.ofSession(child.id),
  ];
  expect([there.directory, below.directory]).toEqual([directory, directory]);
  const body = { parts: [{ type: "text", text: "Where are you?" }] };
  const answer = (await contract.call("session.prompt", { params, body })).body;
  expect(answer).toMatchObject({ info: { path: { cwd: directory, root: directory } } });
  await move(t.directory, 400, { sessionID: child.id });
  await move(join(t.root, "nowhere"), 404);
  await move(t.root, 400);
  expect((await move(t.directory, 200)).body).toMatchObject({ directory: t.directory });
});

test("a session is not moved while it runs or something is undone in it", async () => {
  const gate = Promise.withResolvers<string>();
  const turns = [{ text: "One" }, { text: ["wait", gate.promise] }];
  await using t = await testApp({ files: { "a.txt": "one\n" }, turns });
  const contract = await Contract.of(t);
  const { id } = (await contract.call("session.create", { body: {} })).body as Session;
  const params = { sessionID: id };
  const prompt = (text: string) => {
    return contract.call("session.prompt", { params, body: { parts: [{ type: "text", text }] } });
  };
  const { body: made } = await contract.call("worktree.create", { body: {} });
  const body = { directory: (made as Worktree).directory };
  const { info } = (await prompt("one")).body as MessageWithParts;
  const messageID = info.role === "assistant" ? info.parentID : "";
  await contract.call("session.revert", { params, body: { messageID } });
  await contract.call("experimental.session.move", { params, body, status: 409 });
  await contract.call("session.unrevert", { params });
  const answered = prompt("two");
  await t.model.waitForRequest(1);
  await contract.call("experimental.session.move", { params, body, status: 409 });
  gate.resolve("");
  await answered;
});
