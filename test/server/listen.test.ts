import { expect, test } from "bun:test";
import { createServer as createTcpServer, type Server } from "node:net";
import { App } from "@/app/app";
import { errorMessage } from "@/base/error";
import { startServer } from "@/server/listen";
import { EventReader } from "@test/support/event-reader";
import { freePort } from "@test/support/free-port";
import { tempDirectory } from "@test/support/temp";
import { testApp } from "@test/support/test-app";

async function openApp(home: string): Promise<App> {
  return App.open({ env: {}, home, directory: home, database: ":memory:", localServers: [] });
}

async function occupy(): Promise<{ port: number; server: Server }> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address === "string" || address === null) throw new Error("no port");
  return { port: address.port, server };
}

test("a taken port is replaced, unless it was chosen: then it is named", async () => {
  await using home = await tempDirectory();
  const app = await openApp(home.path);
  const { port, server } = await occupy();
  const running = await startServer(app, { port });
  expect(running.port).not.toBe(port);
  const chosen = startServer(app, { port, isPortExplicit: true });
  const error = await chosen.then(
    () => "",
    (reason: unknown) => errorMessage(reason),
  );
  expect(error).toContain(`Port ${port} on 127.0.0.1 is taken`);
  expect(error).toContain("--port");
  // Another server of ours is no exception: two must not share a port.
  await expect(
    startServer(app, { port: running.port, isPortExplicit: true }),
  ).rejects.toMatchObject({
    kind: "conflict",
  });
  await running.stop();
  server.close();
  await app.close();
});

test("an address that is not this machine's is named", async () => {
  await using home = await tempDirectory();
  const app = await openApp(home.path);
  const starting = startServer(app, { hostname: "192.0.2.1", port: 0 });
  await expect(starting).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("192.0.2.1"),
  });
  await app.close();
});

test("on loopback no password is made, and a given one is required", async () => {
  await using t = await testApp();
  expect(t.server.password).toBeUndefined();
  expect(t.server.url.href).toBe(`http://127.0.0.1:${t.server.port}/`);
  await using guarded = await testApp({ listen: { password: "secret" } });
  expect(guarded.server.password).toBeUndefined();
  expect((await guarded.request("GET", "/global/health")).status).toBe(401);
  const authorization = "Bearer secret";
  const { status } = await guarded.request("GET", "/global/health", undefined, { authorization });
  expect(status).toBe(200);
});

test("beyond loopback a password is made and required", async () => {
  await using t = await testApp({ listen: { hostname: "0.0.0.0" } });
  const { password = "", port } = t.server;
  expect(password.length).toBeGreaterThanOrEqual(20);
  const health = (headers: Record<string, string>) => {
    return fetch(`http://127.0.0.1:${port}/global/health`, { headers });
  };
  expect((await health({})).status).toBe(401);
  const pair = Buffer.from(`opencode:${password}`).toString("base64");
  expect((await health({ authorization: `Basic ${pair}` })).status).toBe(200);
});

test("stopping ends streams and frees the port", async () => {
  await using t = await testApp({ listen: { port: await freePort() } });
  await using events = await EventReader.open(new URL("/event", t.server.url));
  await events.untilType("server.connected");
  await t.server.stop();
  expect(await events.next()).toBeUndefined();
  const again = await startServer(t.app, { port: t.server.port, isPortExplicit: true });
  expect(again.port).toBe(t.server.port);
  await again.stop();
});

test("requests of the first instant are all answered", async () => {
  await using home = await tempDirectory();
  const app = await openApp(home.path);
  const running = await startServer(app, { port: 0 });
  const url = new URL("/session", running.url);
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => fetch(url, { method: "POST" })),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  await running.stop();
  await app.close();
});
