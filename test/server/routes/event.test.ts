import { expect, test } from "bun:test";
import { join } from "node:path";
import { FakeClock } from "@test/support/clock";
import { Contract } from "@test/support/contract";
import { EventReader, propertiesOf } from "@test/support/event-reader";
import { testApp } from "@test/support/test-app";

test("the stream tells the events of its directory, each as declared", async () => {
  await using t = await testApp({ turns: [{ text: "Hello" }], files: { "below/a.txt": "a" } });
  const contract = await Contract.of(t);
  await using events = await EventReader.open(new URL("/event", t.server.url));
  expect(events.response.headers.get("content-type")).toBe("text/event-stream");
  expect(events.response.headers.get("cache-control")).toBe("no-cache, no-transform");
  expect(events.response.headers.get("x-accel-buffering")).toBe("no");
  await contract.call("session.create", { body: {}, query: { directory: "below" } });
  const { body } = await contract.call("session.create", { body: {} });
  const sessionID = String((body as { id: string }).id);
  const parts = [{ type: "text", text: "hi" }];
  await contract.call("session.prompt", { params: { sessionID }, body: { parts } });
  await events.untilType("session.idle");
  expect(events.types[0]).toBe("server.connected");
  expect(events.types.filter((type) => type === "session.created")).toHaveLength(1);
  expect(events.types).toContain("message.part.delta");
  for (const { data } of events.frames) contract.checkEvent("event.subscribe", data);
});

test("numbered changes have their number as id, what is only live has none", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await using events = await EventReader.open(new URL("/event", t.server.url));
  await contract.call("session.create", { body: { title: "first" } });
  const created = await events.untilType("session.created");
  expect(Number(created.id)).toBe(t.app.services.sessionStore.lastSeq());
  expect(created.data).not.toHaveProperty("seq");
  expect(events.frames[0]?.id).toBeUndefined();
});

test("the stream ends when its instance is disposed", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await using events = await EventReader.open(new URL("/event", t.server.url));
  await events.untilType("server.connected");
  await contract.call("instance.dispose");
  const last = await events.untilType("server.instance.disposed");
  expect(propertiesOf(last)).toEqual({ directory: t.directory });
  expect(await events.next()).toBeUndefined();
});

test("a HEAD request gets the headers and no stream", async () => {
  await using t = await testApp();
  const { status, headers } = await t.request("HEAD", "/event");
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("text/event-stream");
});

test("while somebody listens, changes of files are told", async () => {
  const clock = new FakeClock();
  await using t = await testApp({ clock, files: { "a.txt": "a" } });
  const contract = await Contract.of(t);
  const { watcher } = await t.instance();
  expect(clock.pending).toBe(0);
  await using events = await EventReader.open(new URL("/event", t.server.url));
  await events.untilType("server.connected");
  await clock.waitForPending(2); // the heartbeat and the start of the watcher
  await clock.advance(1_000);
  await watcher.ready();
  await Bun.write(join(t.directory, "a.txt"), "b");
  await clock.waitForPending(2);
  await clock.advance(100);
  const told = await events.untilType("file.watcher.updated");
  contract.checkEvent("event.subscribe", told.data);
  const file = join(t.directory, "a.txt");
  expect(propertiesOf(told)).toEqual({ file, event: "change" });
});
