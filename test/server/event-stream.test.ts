import { expect, test } from "bun:test";
import type { BusEvent } from "@/schema/event";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import { EventStreams } from "@/server/event-stream";
import { createServer } from "@/server/server";
import { FakeClock } from "@test/support/clock";
import { Contract } from "@test/support/contract";
import { EventReader, type Frame, propertiesOf, typeOf } from "@test/support/event-reader";
import { readSeed } from "@test/support/seed";
import { type TestApp, testApp, until } from "@test/support/test-app";

const parts = [{ type: "text" as const, text: "hi" }];

/** What a client that only listens knows. */
class Known {
  readonly things = new Map<string, unknown>();
  /** The numbers of the changes, in the order in which they were heard. */
  readonly numbers: number[] = [];
  /** Parts that came before their messages: a client has no place for them. */
  readonly orphans: string[] = [];

  hear(frame: Frame): void {
    if (frame.id !== undefined) this.numbers.push(Number(frame.id));
    const event = { type: typeOf(frame), properties: propertiesOf(frame) } as BusEvent;
    if (event.type === "session.created" || event.type === "session.updated") {
      this.things.set(event.properties.sessionID, event.properties.info);
    } else if (event.type === "message.updated") {
      this.things.set(event.properties.info.id, event.properties.info);
    } else if (event.type === "message.part.updated") {
      const { id, messageID } = event.properties.part;
      if (!this.things.has(messageID)) this.orphans.push(id);
      this.things.set(event.properties.part.id, event.properties.part);
    } else if (event.type === "message.part.removed") {
      this.things.delete(event.properties.partID);
    } else if (event.type === "message.removed") {
      this.#forget(({ id, messageID }) => [id, messageID].includes(event.properties.messageID));
    } else if (event.type === "session.deleted") {
      this.#forget(({ id, sessionID }) => [id, sessionID].includes(event.properties.sessionID));
    }
  }

  #forget(isGone: (thing: { id?: string; sessionID?: string; messageID?: string }) => boolean) {
    for (const [id, thing] of this.things) if (isGone(thing as object)) this.things.delete(id);
  }

  get sorted(): unknown {
    expect(this.orphans).toEqual([]);
    return Object.fromEntries([...this.things].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** The same, asked for. */
async function stored(contract: Contract): Promise<unknown> {
  const known = new Known();
  const sessions = (await contract.call("session.list")).body as Session[];
  for (const session of sessions) {
    known.things.set(session.id, session);
    const params = { sessionID: session.id };
    const messages = (await contract.call("session.messages", { params })).body;
    for (const { info, parts } of messages as MessageWithParts[]) {
      known.things.set(info.id, info);
      for (const part of parts) known.things.set(part.id, part);
    }
  }
  return known.sorted;
}

function listen(t: TestApp, id?: string): Promise<EventReader> {
  const headers: Record<string, string> = id === undefined ? {} : { "last-event-id": id };
  return EventReader.open(new URL("/event", t.server.url), headers);
}

/** Hears all that there is until now: up to an event that is told only now. */
async function hearAll(t: TestApp, events: EventReader, known: Known): Promise<void> {
  await events.untilType("server.connected");
  const start = events.frames.length;
  (await t.instance()).publish("file.edited", { file: "until here" });
  await events.untilType("file.edited");
  for (const frame of events.frames.slice(start)) known.hear(frame);
}

async function change(t: TestApp, contract: Contract): Promise<void> {
  const { sessions, prompts } = await t.instance();
  const [kept, gone] = [sessions.create({ title: "kept" }), sessions.create({ title: "gone" })];
  await prompts.prompt(kept.id, { parts });
  await prompts.prompt(gone.id, { parts, noReply: true });
  await contract.call("session.delete", { params: { sessionID: gone.id } });
  const { info } = await prompts.prompt(kept.id, { parts, noReply: true });
  sessions.removeMessage(kept.id, info.id);
}

test("a client that comes back hears what is there, what is gone, and nothing twice", async () => {
  await using t = await testApp({ turns: [{ text: "one" }, { text: "two" }] });
  const contract = await Contract.of(t);
  const known = new Known();
  await using first = await listen(t, "0");
  await change(t, contract);
  await hearAll(t, first, known);
  expect(known.sorted).toEqual(await stored(contract));
  await first[Symbol.asyncDispose]();
  const heard = known.numbers.length;

  await change(t, contract);
  await using second = await listen(t, first.lastID);
  await hearAll(t, second, known);
  expect(second.frames[0]?.data).toMatchObject({ properties: { resumed: true } });
  expect(known.sorted).toEqual(await stored(contract));
  const later = known.numbers.slice(heard);
  expect(Math.min(...later)).toBeGreaterThanOrEqual(Number(first.lastID));
  for (const { data } of second.frames) contract.checkEvent("event.subscribe", data);

  await using third = await listen(t, second.lastID);
  const nothing = new Known();
  await hearAll(t, third, nothing);
  expect(nothing.numbers).toEqual([]);
});

test("the number is also taken from the query", async () => {
  await using t = await testApp();
  const { sessions } = await t.instance();
  const seen = sessions.create({ title: "seen" });
  const lastSeq = t.app.services.sessionStore.lastSeq();
  const missed = sessions.create({ title: "missed" });
  for (const name of ["after", "lastEventID"]) {
    const url = new URL(`/global/event?${name}=${lastSeq}`, t.server.url);
    await using events = await EventReader.open(url);
    const told = await events.untilType("session.updated");
    expect(propertiesOf(told)["sessionID"]).toBe(missed.id);
    expect(propertiesOf(told)["sessionID"]).not.toBe(seen.id);
  }
});

test("a number stays good when the server is started again", async () => {
  await using t = await testApp({ isStored: true, turns: [{ text: "one" }, { text: "two" }] });
  const known = new Known();
  await using first = await listen(t, "0");
  await change(t, await Contract.of(t));
  await hearAll(t, first, known);
  await t.reopen();
  const contract = await Contract.of(t);
  await change(t, contract);
  await using second = await listen(t, first.lastID);
  await hearAll(t, second, known);
  expect(known.sorted).toEqual(await stored(contract));
});

test("connections cut anywhere in a run lose nothing", async () => {
  const seed = readSeed();
  const random = generator(seed);
  const turns = Array.from({ length: 8 }, (_, turn) => ({
    text: Array.from({ length: 20 }, (_, chunk) => `word${turn}.${chunk} `),
  }));
  await using t = await testApp({ turns });
  const contract = await Contract.of(t);
  const { sessions, prompts } = await t.instance();
  const known = new Known();
  const progress = { isDone: false };
  const work = (async () => {
    const session = sessions.create({ title: "talk" });
    while (t.model.turnsLeft > 0) await prompts.prompt(session.id, { parts });
    progress.isDone = true;
  })();
  let lastID = "0";
  for (let cuts = 0; !progress.isDone || cuts < 3; cuts++) {
    await using events = await listen(t, lastID);
    for (let count = Math.floor(random() * 12); count >= 0; count--) {
      if (progress.isDone) break;
      const frame = await events.next();
      if (frame) known.hear(frame);
    }
    lastID = events.lastID ?? lastID;
  }
  await work;
  await using last = await listen(t, lastID);
  await hearAll(t, last, known);
  expect(known.sorted, `seed ${seed}`).toEqual(await stored(contract));
}, 180_000);

test("what happens during a replay comes after it, once", async () => {
  await using t = await testApp();
  const { directory, sessions } = await t.instance();
  for (let count = 0; count < 300; count++) sessions.create({ title: `old ${count}` });
  const streams = new EventStreams(t.app);
  const request = new Request("http://localhost/event");
  const { body } = streams.open({ request, server: null, directory, after: 0 });
  const live = sessions.create({ title: "new" });
  sessions.update(live.id, { title: "newer" });
  streams.close();
  const broken = await new Response(body).text();
  expect(broken).not.toContain("newer");

  const whole = streams.open({ request, server: null, directory, after: 0 });
  const reader = whole.body?.getReader();
  sessions.update(live.id, { title: "newest" });
  let text = "";
  while (!text.includes("newest")) text += new TextDecoder().decode((await reader?.read())?.value);
  expect(text.split('"session.updated"').length - 1).toBe(301);
  expect(text.indexOf("old 299")).toBeLessThan(text.indexOf("newest"));
  await reader?.cancel();
  expect(t.app.services.bus.listenerCount).toBe(0);
});

test("a number that is not known tells the client to start afresh", async () => {
  await using t = await testApp();
  (await t.instance()).sessions.create();
  for (const id of ["999999", "evt_of_another_server", "-1"]) {
    await using events = await listen(t, id);
    const connected = await events.untilType("server.connected");
    expect(propertiesOf(connected), id).toEqual({ resumed: false });
    (await t.instance()).publish("file.edited", { file: "live" });
    await events.next();
    expect(events.types, id).toEqual(["server.connected", "file.edited"]);
  }
});

test("a client that comes back hears what waits, what runs and what no longer does", async () => {
  const call = { calls: [{ tool: "bash", input: { command: "echo hi", description: "greets" } }] };
  await using t = await testApp({
    turns: [{ text: "done" }, call],
    config: { permission: { bash: "ask" } },
  });
  const { bus, permissions, prompts, sessions } = await t.instance();
  const [idle, busy] = [sessions.create({ title: "idle" }), sessions.create({ title: "busy" })];
  await prompts.prompt(idle.id, { parts });
  const asked = until(bus, ({ type }) => type === "permission.asked");
  await prompts.promptAsync(busy.id, { parts });
  await asked;
  await using events = await listen(t, "0");
  const request = await events.untilType("permission.asked");
  expect(propertiesOf(request)).toEqual({ ...permissions.list()[0] });
  const statuses = [
    await events.untilType("session.status"),
    await events.untilType("session.status"),
  ].map((frame) => propertiesOf(frame));
  expect(statuses).toContainEqual({ sessionID: busy.id, status: { type: "busy" } });
  expect(statuses).toContainEqual({ sessionID: idle.id, status: { type: "idle" } });
  await sessions.abort(busy.id);
});

test("a heartbeat is told every ten seconds", async () => {
  const clock = new FakeClock();
  await using t = await testApp({ clock });
  await using events = await listen(t);
  await events.untilType("server.connected");
  await clock.advance(30_000);
  for (let count = 0; count < 3; count++) await events.untilType("server.heartbeat");
  expect(events.types).toEqual(["server.connected", ...Array(3).fill("server.heartbeat")]);
});

test("a listener that does not read is ended, and others hear everything", async () => {
  await using t = await testApp();
  const { directory, publish } = await t.instance();
  const server = createServer(t.app);
  const open = () => server.handle(new Request(`http://localhost/event?directory=${directory}`));
  const stalled = await Promise.all(Array.from({ length: 20 }, open));
  const healthy = (await open()).body?.getReader();
  const file = "x".repeat(64 * 1024);
  let heard = 0;
  for (let count = 0; count < 300; count++) {
    publish("file.edited", { file });
    while (heard < (count + 1) * file.length) heard += (await healthy?.read())?.value?.length ?? 0;
  }
  expect(t.app.services.bus.listenerCount).toBe(1);
  for (const { body } of stalled) {
    // What was on its way is still there, and then the end.
    expect((await new Response(body).text()).length).toBeLessThan(1024 * 1024);
  }
  await healthy?.cancel();
  expect(t.app.services.bus.listenerCount).toBe(0);
});

test("an event of any size is told, live and again", async () => {
  await using t = await testApp();
  const { publish, sessions } = await t.instance();
  await using live = await listen(t);
  await live.untilType("server.connected");
  const file = "x".repeat(17 * 1024 * 1024);
  publish("file.edited", { file });
  await live.untilType("file.edited");
  publish("file.edited", { file: "next" });
  expect(propertiesOf(await live.untilType("file.edited"))).toEqual({ file: "next" });
  sessions.create({ title: file });
  sessions.create({ title: "next" });
  await using later = await listen(t, "0");
  const large = propertiesOf(await later.untilType("session.updated"))["info"] as Session;
  expect(large.title.length).toBe(file.length);
  const next = propertiesOf(await later.untilType("session.updated"));
  expect(next).toMatchObject({ info: { title: "next" } });
});

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
