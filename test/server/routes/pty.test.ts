import { expect, test } from "bun:test";
import type { Pty } from "@/schema/pty";
import { isRunning } from "@/base/process";
import { Contract } from "@test/support/contract";
import { EventReader, propertiesOf } from "@test/support/event-reader";
import { SocketReader } from "@test/support/socket-reader";
import { type TestApp, testApp } from "@test/support/test-app";

const CAT = { command: "cat", args: [], title: "cat" };

async function create(contract: Contract, body: unknown = CAT) {
  const pty = (await contract.call("pty.create", { body })).body as Pty;
  return { pty, params: { ptyID: pty.id } };
}

function urlOf(t: TestApp, { id }: Pty, query = ""): URL {
  return new URL(`/pty/${id}/connect?${query}`, t.server.url);
}

test("a terminal is created, listed, changed and removed, and each is told", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await using events = await EventReader.open(new URL("/event", t.server.url));
  const { pty, params } = await create(contract);
  expect(pty).toMatchObject({ ...CAT, cwd: t.directory, status: "running" });
  expect((await contract.call("pty.list")).body).toEqual([pty]);
  expect((await contract.call("pty.get", { params })).body).toEqual(pty);
  const body = { title: "other", size: { rows: 50, cols: 120 } };
  const updated = await contract.call("pty.update", { params, body });
  expect(updated.body).toEqual({ ...pty, title: "other" });
  expect((await contract.call("pty.remove", { params })).body).toBe(true);
  expect(await isRunning(pty.pid)).toBe(false);
  const last = await events.untilType("pty.deleted");
  expect(propertiesOf(last)).toEqual({ id: pty.id });
  const told = events.types.filter((type) => type.startsWith("pty."));
  expect(told).toEqual(["pty.created", "pty.updated", "pty.deleted"]);
  for (const { data } of events.frames) contract.checkEvent("event.subscribe", data);
  await contract.call("pty.get", { params, status: 404 });
  await contract.call("pty.update", { params, body: {}, status: 404 });
  await contract.call("pty.remove", { params, status: 404 });
  await contract.call("pty.connectToken", { params, status: 404 });
  await contract.call("pty.connect", { params, status: 404 });
});

test("what cannot be started is refused", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await contract.call("pty.create", { body: { cwd: "nowhere" }, status: 400 });
  await contract.call("pty.create", { body: { args: "x" }, status: 400 });
  await contract.call("pty.create", { body: { command: "no-such-program" }, status: 503 });
  const { params } = await create(contract);
  const size = { rows: 0, cols: 80 };
  await contract.call("pty.update", { params, body: { size }, status: 400 });
  await contract.call("pty.update", {
    params,
    body: { size: { rows: 1e6, cols: 1 } },
    status: 400,
  });
});

test("the shells of the machine are listed", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("pty.shells");
  expect(body).toContainEqual(expect.objectContaining({ name: "sh", acceptable: true }));
});

test("terminals end with their instance", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { pty } = await create(contract);
  await using socket = await SocketReader.open(urlOf(t, pty));
  await contract.call("instance.dispose");
  expect(await isRunning(pty.pid)).toBe(false);
  expect((await socket.closed).code).toBe(1000);
  expect((await contract.call("pty.list")).body).toEqual([]);
});

test("a socket carries what is typed and printed, for all who are connected", async () => {
  await using t = await testApp();
  const { pty } = await create(await Contract.of(t), {});
  await using first = await SocketReader.open(urlOf(t, pty));
  await using second = await SocketReader.open(urlOf(t, pty));
  first.send("echo fir'st'\n");
  await first.until(/first\r\n/);
  second.send(new TextEncoder().encode("echo sec'ond' wörld\n"));
  for (const socket of [first, second]) {
    await socket.until(/first\r\n[^]*second wörld\r\n/);
    expect(socket.cursors).toEqual([0]);
  }
});

test("who comes back with a cursor gets what came since, and nothing twice", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { pty } = await create(contract);
  const first = await SocketReader.open(urlOf(t, pty));
  first.send("one\n");
  await first.until(/one\r\none\r\n/);
  await first[Symbol.asyncDispose]();
  await using between = await SocketReader.open(urlOf(t, pty, "cursor=-1"));
  between.send("two\n");
  await between.until(/two\r\ntwo\r\n/);
  expect(between.text).not.toContain("one");
  expect(between.cursors).toEqual([first.cursor]);
  await using again = await SocketReader.open(urlOf(t, pty, `cursor=${first.cursor}`));
  await again.until(/two\r\ntwo\r\n/);
  expect(again.text).toBe(between.text);
  await using whole = await SocketReader.open(urlOf(t, pty));
  await whole.until(/two\r\ntwo\r\n/);
  expect(whole.text).toBe(first.text + between.text);
  await using ahead = await SocketReader.open(urlOf(t, pty, "cursor=999999"));
  const { cursor: end } = whole;
  ahead.send("three\n");
  await ahead.until(/three/);
  expect(ahead.cursors).toEqual([end]);
  for (const cursor of ["x", "-2", "1.5"]) {
    await contract.call("pty.connect", {
      params: { ptyID: pty.id },
      query: { cursor },
      status: 400,
    });
  }
});

test("a much printing terminal reaches a reader whole", async () => {
  await using t = await testApp();
  const script = "read go; seq 1 200000; echo done; read end";
  const { pty } = await create(await Contract.of(t), { command: "sh", args: ["-c", script] });
  await using socket = await SocketReader.open(urlOf(t, pty));
  socket.send("\n");
  const text = await socket.until(/\ndone\r\n/);
  expect(text.split("\r\n").slice(1, 200_001).at(-1)).toBe("200000");
  expect(text.length).toBeGreaterThan(1_300_000);
});

test("when the program ends, its last output arrives and the socket closes", async () => {
  await using t = await testApp();
  const body = { command: "sh", args: ["-c", "read go; echo bye"] };
  const { pty } = await create(await Contract.of(t), body);
  await using socket = await SocketReader.open(urlOf(t, pty));
  socket.send("\n");
  expect(await socket.closed).toMatchObject({ code: 1000, reason: "The terminal has ended" });
  expect(socket.text).toEndWith("bye\r\n");
});

test("a socket whose program does not read is closed, and no memory is lost to it", async () => {
  await using t = await testApp();
  const body = { command: "sh", args: ["-c", "stty raw -echo; echo ready; sleep 1000"] };
  const { pty } = await create(await Contract.of(t), body);
  await using socket = await SocketReader.open(urlOf(t, pty));
  await socket.until(/ready/);
  for (let count = 0; count < 5; count++) socket.send("x".repeat(400_000));
  expect((await socket.closed).code).toBe(1013);
});

test("stopping the server closes sockets without delay", async () => {
  await using t = await testApp();
  const { pty } = await create(await Contract.of(t));
  await using socket = await SocketReader.open(urlOf(t, pty));
  await t.server.stop();
  expect((await socket.closed).code).toBe(1001);
});

test("only an upgrade connects, by an own name and from an allowed page", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { pty, params } = await create(contract);
  await contract.call("pty.connect", { params, status: 400 });
  const upgrade = { upgrade: "websocket", connection: "Upgrade" };
  await contract.call("pty.connect", { params, headers: upgrade, status: 400 });
  for (const name of ["origin", "host"]) {
    const headers = { [name]: name === "host" ? "evil.example" : "http://evil.example" };
    await expect(SocketReader.open(urlOf(t, pty), headers)).rejects.toThrow("refused");
  }
  await using own = await SocketReader.open(urlOf(t, pty), { origin: "http://localhost:3000" });
  own.send("hi\n");
  await own.until(/hi\r\nhi/);
});

test("a password guards the socket; a ticket stands for it once", async () => {
  await using t = await testApp({ listen: { password: "secret" } });
  const authorization = "Bearer secret";
  const created = await t.request("POST", "/pty", CAT, { authorization });
  const pty = created.body as Pty;
  const take = async (id = pty.id) => {
    const path = `/pty/${id}/connect-token`;
    const { body } = await t.request("POST", path, undefined, { authorization });
    return (body as { ticket: string }).ticket;
  };
  expect((await t.request("POST", `/pty/${pty.id}/connect-token`)).status).toBe(401);
  await expect(SocketReader.open(urlOf(t, pty))).rejects.toThrow("refused");
  await expect(SocketReader.open(urlOf(t, pty, "ticket=guessed"))).rejects.toThrow("refused");
  const ticket = await take();
  await using socket = await SocketReader.open(urlOf(t, pty, `ticket=${ticket}`));
  socket.send("hi\n");
  await socket.until(/hi\r\nhi/);
  await expect(SocketReader.open(urlOf(t, pty, `ticket=${ticket}`))).rejects.toThrow("refused");
  const other = (await t.request("POST", "/pty", CAT, { authorization })).body as Pty;
  const foreign = await take(other.id);
  await expect(SocketReader.open(urlOf(t, pty, `ticket=${foreign}`))).rejects.toThrow("refused");
  // It opens nothing else.
  expect((await t.request("GET", `/pty?ticket=${await take()}`)).status).toBe(401);
  expect((await t.request("DELETE", `/pty/${pty.id}/connect?ticket=${await take()}`)).status).toBe(
    401,
  );
  await using known = await SocketReader.open(urlOf(t, pty), { authorization });
  known.send("again\n");
  await known.until(/again\r\nagain/);
});

test("without a password a ticket that is shown must be good all the same", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { pty, params } = await create(contract);
  await expect(SocketReader.open(urlOf(t, pty, "ticket=guessed"))).rejects.toThrow("refused");
  const { body } = await contract.call("pty.connectToken", { params });
  const { ticket } = body as { ticket: string };
  await using socket = await SocketReader.open(urlOf(t, pty, `ticket=${ticket}`));
  socket.send("hi\n");
  await socket.until(/hi\r\nhi/);
});
