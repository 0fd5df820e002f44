import { expect, test } from "bun:test";
import type { Session } from "@/schema/session";
import { createServer } from "@/server/server";
import { TuiControl } from "@/server/tui-control";
import { FakeClock } from "@test/support/clock";
import { Contract } from "@test/support/contract";
import { EventReader, propertiesOf, typeOf } from "@test/support/event-reader";
import { testApp } from "@test/support/test-app";

const COMMANDS = {
  "tui.openHelp": "help.show",
  "tui.openSessions": "session.list",
  "tui.openThemes": "theme.switch",
  "tui.openModels": "model.list",
  "tui.submitPrompt": "prompt.submit",
  "tui.clearPrompt": "prompt.clear",
};

test("each call becomes an event of its directory, as declared", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await using events = await EventReader.open(new URL("/event", t.server.url));
  await events.untilType("server.connected");
  const told = async (id: string, body?: unknown) => {
    expect((await contract.call(id, { body })).body).toBe(true);
    const frame = await events.next();
    contract.checkEvent("event.subscribe", frame?.data);
    return frame && { type: typeOf(frame), properties: propertiesOf(frame) };
  };
  for (const [id, command] of Object.entries(COMMANDS)) {
    const expected = { type: "tui.command.execute", properties: { command } };
    expect(await told(id)).toEqual(expected);
  }
  const text = { text: "some\nlines" };
  const append = { type: "tui.prompt.append", properties: text };
  expect(await told("tui.appendPrompt", text)).toEqual(append);
  expect(await told("tui.publish", append)).toEqual(append);
  const toast = { title: "T", message: "M", variant: "warning", duration: 100 };
  const shown = { type: "tui.toast.show", properties: toast };
  expect(await told("tui.showToast", toast)).toEqual(shown);
  const plain = { message: "M", variant: "info" };
  const lasting = { ...plain, duration: 5_000 };
  expect((await told("tui.showToast", plain))?.properties).toEqual(lasting);
});

test("commands go by their names, the older ones too", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await using events = await EventReader.open(new URL("/event", t.server.url));
  await events.untilType("server.connected");
  const names = [
    ["agent_cycle", "agent.cycle"],
    ["messages_half_page_up", "session.half.page.up"],
    ["session.new", "session.new"],
    ["constructor", "constructor"],
    ["no_such_command", "no_such_command"],
  ];
  for (const [name, command] of names) {
    await contract.call("tui.executeCommand", { body: { command: name } });
    const frame = await events.untilType("tui.command.execute");
    expect(propertiesOf(frame)).toEqual({ command });
  }
});

test("a session is selected when there is one", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await using events = await EventReader.open(new URL("/event", t.server.url));
  const { id: sessionID } = (await contract.call("session.create", { body: {} })).body as Session;
  await contract.call("tui.selectSession", { body: { sessionID } });
  const frame = await events.untilType("tui.session.select");
  expect(propertiesOf(frame)).toEqual({ sessionID });
  const unknown = { sessionID: "ses_unknown" };
  await contract.call("tui.selectSession", { body: unknown, status: 404 });
  const event = { type: "tui.session.select", properties: unknown };
  await contract.call("tui.publish", { body: event, status: 404 });
});

test("what no interface could act on is refused", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const bodies = [
    { type: "tui.other", properties: {} },
    { type: "tui.prompt.append", properties: { command: "x" } },
    { type: "session.deleted", properties: { sessionID: "ses_1" } },
  ];
  for (const body of bodies) {
    const answer = await contract.call("tui.publish", { body, status: 400 });
    expect(JSON.stringify(answer.body)).toMatch(/type|properties/);
  }
  const toast = { message: "M", variant: "loud" };
  await contract.call("tui.showToast", { body: toast, status: 400 });
  await contract.call("tui.appendPrompt", { body: { text: 1 }, status: 400 });
  await contract.call("tui.executeCommand", { body: {}, status: 400 });
});

test("the answer says whether a terminal interface is attached there", async () => {
  await using t = await testApp({ files: { "below/a.txt": "a" } });
  const contract = await Contract.of(t);
  const attached = async (directory: string) => {
    const { headers } = await contract.call("tui.openHelp", { query: { directory } });
    return headers.get("x-opencode-tui");
  };
  await using other = await EventReader.open(new URL("/event", t.server.url));
  expect(await attached(t.directory)).toBe("detached");
  const headers = { "x-opencode-client": "tui" };
  const tui = await EventReader.open(new URL("/event", t.server.url), headers);
  expect(await attached(t.directory)).toBe("attached");
  expect(await attached("below")).toBe("detached");
  await tui[Symbol.asyncDispose]();
  await other.untilType("tui.command.execute");
});

test("two callers of control/next get one request each, in order", async () => {
  await using t = await testApp();
  const control = new TuiControl(t.app.services.clock);
  const server = createServer(t.app, { control });
  const call = async (method: string, path: string, body?: unknown) => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await server.handle(new Request(`http://localhost${path}`, { method, ...text }));
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  };
  const { signal } = new AbortController();
  const ask = (path: string) => control.ask(t.directory, { path, body: [path] }, signal);
  const first = ask("/a");
  const second = ask("/b");
  expect((await call("HEAD", "/tui/control/next")).status).toBe(200);
  const next = await call("GET", "/tui/control/next");
  expect(JSON.parse(next.body)).toEqual({ path: "/a", body: ["/a"] });
  const after = await call("GET", "/tui/control/next");
  expect(JSON.parse(after.body)).toEqual({ path: "/b", body: ["/b"] });
  expect((await call("POST", "/tui/control/response", { body: 1 })).body).toBe("true");
  expect((await call("POST", "/tui/control/response", "two")).body).toBe("true");
  expect(await first).toEqual({ body: 1 });
  expect(await second).toBe("two");
});

test("a caller of control/next that gets nothing gets an empty answer", async () => {
  const clock = new FakeClock();
  await using t = await testApp({ clock });
  const contract = await Contract.of(t);
  await t.instance();
  const waiting = clock.waitForPending(clock.pending + 1);
  const next = contract.call("tui.control.next");
  await waiting;
  await clock.advance(60_000);
  expect((await next).body).toEqual({ path: "", body: null });
  expect((await contract.call("tui.control.response", { body: { any: true } })).body).toBe(true);
});
