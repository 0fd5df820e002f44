// A client of a server over HTTP: requests, events, and what becomes of them when it goes away.
import { expect, test } from "bun:test";
import { systemClock } from "@/base/clock";
import { createClient } from "@/client/client";
import { HTTPTransport } from "@/client/http-transport";
import type { Connection, EventListener, PlacedEvent } from "@/client/transport";
import { FakeClock } from "@test/support/clock";
import { freePort } from "@test/support/free-port";
import { TCPRelay } from "@test/support/tcp-relay";
import { type TestApp, testApp } from "@test/support/test-app";

/** Keeps what it hears, and lets a test wait for it. */
class Heard implements EventListener {
  readonly events: PlacedEvent[] = [];
  readonly connections: Connection[] = [];
  readonly resumed: boolean[] = [];
  #wake = () => {};

  connected(resumed: boolean): void {
    this.resumed.push(resumed);
    this.#wake();
  }

  event(placed: PlacedEvent): void {
    this.events.push(placed);
    this.#wake();
  }

  changed(connection: Connection): void {
    this.connections.push(connection);
    this.#wake();
  }

  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  titles(): string[] {
    return this.events.flatMap(({ event }) => {
      return event.type === "session.updated" ? [event.properties.info.title] : [];
    });
  }
}

function isReconnecting({ state }: Connection): boolean {
  return state === "reconnecting";
}

function transportTo(t: TestApp, password?: string): HTTPTransport {
  return new HTTPTransport({ url: t.server.url, clock: systemClock, password });
}

test("operations answer values, and failures in the server's words", async () => {
  await using t = await testApp();
  const client = createClient(transportTo(t), t.directory);
  const session = await client.session.create({ title: "Over HTTP" });
  expect((await client.session.list()).map(({ id }) => id)).toEqual([session.id]);
  expect(client.session.get("ses_none")).rejects.toMatchObject({
    kind: "not-found",
    message: expect.stringContaining("ses_none"),
  });
});

test("a server that restarts is found again, and what was missed is told", async () => {
  const port = await freePort();
  await using t = await testApp({ isStored: true, listen: { port } });
  const transport = transportTo(t);
  const client = createClient(transport, t.directory);
  const session = await client.session.create({ title: "before" });
  const heard = new Heard();
  const stop = transport.listen(heard);
  await heard.until(() => heard.resumed.length === 1);
  await client.session.update(session.id, { title: "live" });
  await heard.until(() => heard.titles().includes("live"));
  // The server goes, something changes, and it comes back.
  const away = t.server;
  await away.stop();
  await heard.until(() => heard.connections.at(-1)?.state === "reconnecting");
  (await t.instance()).sessions.change(session.id, (info) => ({ ...info, title: "missed" }));
  await t.reopen();
  await heard.until(() => heard.titles().includes("missed"));
  expect(heard.resumed).toEqual([false, true]);
  expect(heard.connections.at(-1)).toEqual({ state: "connected" });
  stop();
});

test("a network that dies without a word is noticed, and nothing waits for it", async () => {
  await using t = await testApp();
  await using relay = await TCPRelay.open(Number(t.server.url.port));
  const clock = new FakeClock();
  const url = new URL(`http://127.0.0.1:${relay.port}`);
  const transport = new HTTPTransport({ url, clock });
  const client = createClient(transport, t.directory);
  const session = await client.session.create({ title: "before" });
  const heard = new Heard();
  const stop = transport.listen(heard);
  await heard.until(() => heard.resumed.length === 1);
  await client.session.update(session.id, { title: "live" });
  await heard.until(() => heard.titles().includes("live"));
  relay.cut();
  (await t.instance()).sessions.change(session.id, (info) => ({ ...info, title: "missed" }));
  const asked = client.session.list().catch((error: unknown) => error);
  await clock.advance(25_000);
  expect(await asked).toMatchObject({ kind: "unavailable" });
  await heard.until(() => heard.connections.at(-1)?.state === "reconnecting");
  // The first attempt hears nothing either.
  await clock.advance(500);
  await clock.advance(10_000);
  await heard.until(() => heard.connections.filter(isReconnecting).length === 2);
  relay.mend();
  await clock.waitForPending();
  await clock.advance(1_000);
  await heard.until(() => heard.titles().includes("missed"));
  expect(heard.resumed).toEqual([false, true]);
  // What stood ready before the network went is not asked any more.
  expect((await client.session.list()).map(({ title }) => title)).toEqual(["missed"]);
  stop();
});

test("a wrong password is told, and not tried again", async () => {
  await using t = await testApp({ listen: { password: "right" } });
  const heard = new Heard();
  const stop = transportTo(t, "wrong").listen(heard);
  await heard.until(() => heard.connections.at(-1)?.state === "failed");
  expect(heard.connections.at(-1)).toMatchObject({ reason: expect.stringContaining("-p") });
  const right = new Heard();
  const leave = transportTo(t, "right").listen(right);
  await right.until(() => right.resumed.length === 1);
  stop();
  leave();
});
