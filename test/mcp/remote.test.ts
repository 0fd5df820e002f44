import { expect, setDefaultTimeout, test } from "bun:test";
import { systemClock } from "@/base/clock";
import { nextEvent, publishedScript, testServers } from "@test/mcp/support";
import { RemoteServer } from "@test/mcp/remote-server";
import { FakeClock } from "@test/support/clock";
import { freePort } from "@test/support/free-port";

/** For a machine that has other things to do. */
const PATIENCE_MS = 30_000;

setDefaultTimeout(6 * PATIENCE_MS);

const clock = systemClock;
const CANCELLED = "notifications/cancelled";

test("a remote server is spoken to over streamable HTTP, with the configured headers", async () => {
  await using remote = new RemoteServer({ clock });
  const headers = { "X-Key": "secret" };
  await using t = await testServers({ mcp: { r: { type: "remote", url: remote.url, headers } } });
  await t.servers.ready(undefined, PATIENCE_MS);
  expect(await t.call("r_echo", { text: "hello" })).toBe("hello");
  expect(remote.headers.every((sent) => sent.get("x-key") === "secret")).toBe(true);
  const changed = nextEvent(t);
  await t.servers.disconnect("r");
  await changed;
  expect(remote.count("goodbye")).toBe(1);
});

test("a server of before streamable HTTP is spoken to over SSE", async () => {
  await using remote = new RemoteServer({ clock, isOld: true });
  await using t = await testServers({ mcp: { r: { type: "remote", url: remote.url } } });
  await t.servers.ready(undefined, PATIENCE_MS);
  expect(await t.servers.status()).toEqual({ r: { status: "connected" } });
  expect(await t.call("r_echo", { text: "hello" })).toBe("hello");
  // Its stream is the connection: when it ends there is another, with a new greeting.
  remote.endStreams();
  await remote.until(() => remote.count("initialize") === 2);
  expect(await t.call("r_echo", { text: "again" })).toBe("again");
});

test("a session that the server forgot is begun anew, and the call is made in it", async () => {
  await using remote = new RemoteServer({ clock });
  await using t = await testServers({ mcp: { r: { type: "remote", url: remote.url } } });
  await t.servers.ready(undefined, PATIENCE_MS);
  remote.forgetSessions();
  const calls = [1, 2, 3].map((text) => t.call("r_echo", { text }));
  expect(await Promise.all(calls)).toEqual(["1", "2", "3"]);
  expect(remote.count("initialize")).toBe(2);
  remote.faults.push(new Response("Bad Request: No valid session ID", { status: 400 }));
  expect(await t.call("r_echo", { text: "4" })).toBe("4");
  expect(t.published).toHaveLength(1);
});

test("a server that went away is found again when it is back", async () => {
  const port = await freePort();
  const first = new RemoteServer({ clock }, port);
  const { url } = first;
  await using t = await testServers({ mcp: { r: { type: "remote", url } } });
  await t.servers.ready(undefined, PATIENCE_MS);
  await first[Symbol.asyncDispose]();
  await expect(t.call("r_echo", { text: "1" })).rejects.toThrow(/^MCP server r: /);
  expect((await t.servers.status())["r"]?.status).toBe("failed");
  await using _ = new RemoteServer({ clock }, port);
  expect(await t.call("r_echo", { text: "2" })).toBe("2");
  expect(t.published).toHaveLength(1);
});

test("a server that cannot be reached is tried again with growing pauses", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/mcp`;
  const fake = new FakeClock();
  await using t = await testServers({ mcp: { r: { type: "remote", url } }, clock: fake });
  await t.servers.ready(undefined, PATIENCE_MS);
  expect((await t.servers.status())["r"]).toMatchObject({ status: "failed" });
  for (const pauseMs of [1_000, 2_000, 4_000]) {
    expect(fake.pending).toBe(1);
    await fake.advance(pauseMs - 1);
    expect(fake.pending).toBe(1);
    await fake.advance(1);
    // The attempt has its own time limits; when it has failed only the next pause is left.
    await t.servers.ready(undefined, 60_000);
    expect((await t.servers.status())["r"]).toMatchObject({
      status: "failed",
      error: expect.stringContaining("cannot be reached"),
    });
  }
  await using _ = new RemoteServer({ clock }, port);
  const connected = nextEvent(t);
  await fake.advance(8_000);
  await connected;
  expect(await t.servers.status()).toEqual({ r: { status: "connected" } });
});

test("a call that is given up keeps no request open", async () => {
  await using remote = new RemoteServer({ clock });
  const fake = new FakeClock();
  await using t = await testServers({
    mcp: { r: { type: "remote", url: remote.url, timeout: 500 } },
    clock: fake,
  });
  await t.servers.ready(undefined, PATIENCE_MS);
  const call = t.call("r_hang").catch(String);
  await remote.until(() => remote.count("tools/call") === 1);
  expect(remote.openRequests).toBe(1);
  await fake.advance(500);
  expect(await call).toContain("did not answer within 0.5 s");
  await remote.until(() => remote.openRequests === 0 && remote.count(CANCELLED) === 1);
  expect(await t.call("r_echo", { text: "on" })).toBe("on");
});

test("an answer without end is given up", async () => {
  await using remote = new RemoteServer({ clock });
  await using t = await testServers({ mcp: { r: { type: "remote", url: remote.url } } });
  await t.servers.ready(undefined, PATIENCE_MS);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += 1024 * 1024;
      controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
    },
  });
  remote.faults.push(new Response(endless, { headers: { "content-type": "application/json" } }));
  await expect(t.call("r_echo", { text: "1" })).rejects.toThrow("it sent more than 32 MB");
  expect(sent).toBeLessThan(200 * 1024 * 1024);
  expect(await t.call("r_echo", { text: "2" })).toBe("2");
});

test("the published everything server over streamable HTTP and over SSE", async () => {
  for (const transport of ["streamableHttp", "sse"]) {
    await using server = await startEverything(transport);
    await using t = await testServers({ mcp: { all: { type: "remote", url: server.url } } });
    await t.servers.ready(undefined, PATIENCE_MS);
    expect(await t.call("all_echo", { message: "hi" })).toBe("Echo: hi");
    expect(t.servers.prompts().length).toBeGreaterThan(2);
    const [resource] = t.servers.resources();
    const content = await t.servers.readResource("all", resource?.uri ?? "", t.signal);
    expect(content.text).not.toBe("");
  }
});

async function startEverything(transport: string) {
  const port = await freePort();
  const child = Bun.spawn([process.execPath, publishedScript("everything"), transport], {
    env: { ...process.env, PORT: String(port) },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  let said = "";
  for await (const chunk of child.stderr) {
    said += new TextDecoder().decode(chunk);
    if (said.includes(String(port))) break;
  }
  return {
    url: `http://127.0.0.1:${port}/${transport === "sse" ? "sse" : "mcp"}`,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
