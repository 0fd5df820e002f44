import { expect, test } from "bun:test";
import { connect } from "node:net";
import { Access, isLoopback, passwordCheck } from "@/server/access";
import { Contract, fillPath } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

function request(headers: Record<string, string>, method = "GET"): Request {
  return new Request("http://localhost/session", { method, headers });
}

function isRefused(access: Access, headers: Record<string, string>, method = "GET"): boolean {
  try {
    access.check(request(headers, method));
    return false;
  } catch {
    return true;
  }
}

test("only names of this machine, the bound one and configured ones are answered", () => {
  const access = new Access({ hostname: "127.0.0.1", domains: ["opencode.local"] });
  const own = [
    "localhost",
    "localhost:4096",
    "LOCALHOST:1",
    "127.0.0.1:4096",
    "127.9.9.9",
    "[::1]:1",
  ];
  for (const host of [...own, "localhost.", "app.localhost:1", "opencode.local:4096"]) {
    expect(isRefused(access, { host }), host).toBe(false);
  }
  const foreign = [
    "evil.example",
    "evil.example:4096",
    "localhost.evil.example",
    "127.0.0.1.evil.x",
  ];
  for (const host of [
    ...foreign,
    "192.168.1.5:4096",
    "0.0.0.0:4096",
    "",
    "127.0.0.1@evil.example",
  ]) {
    expect(isRefused(access, { host }), host).toBe(true);
  }
});

test("bound beyond loopback, addresses are answered too, and foreign names still not", () => {
  const access = new Access({ hostname: "0.0.0.0", cors: ["https://code.example.com"] });
  for (const host of ["192.168.1.5:4096", "0.0.0.0:4096", "[fe80::1]:4096", "code.example.com"]) {
    expect(isRefused(access, { host }), host).toBe(false);
  }
  expect(isRefused(access, { host: "evil.example" })).toBe(true);
  expect(isRefused(new Access({ hostname: "box.lan" }), { host: "box.lan:4096" })).toBe(false);
  expect(isRefused(new Access({ hostname: "::1" }), { host: "[::1]:4096" })).toBe(false);
});

const host = "127.0.0.1:4096";

test("pages of allowed origins may, all others may not, whatever the method", () => {
  const access = new Access({ cors: ["https://mine.example/"] });
  const allowed = [
    "http://localhost:3000",
    "http://127.0.0.1:5173",
    "http://127.0.0.1:4096",
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
    "oc://renderer",
    "https://opencode.ai",
    "https://app.opencode.ai",
    "https://mine.example",
  ];
  const refused = [
    "null",
    "http://localhost",
    "https://localhost:3000",
    "http://[::1]:3000",
    "http://0.0.0.0:3000",
    "http://opencode.ai",
    "https://opencode.ai.evil.example",
    "https://evilopencode.ai",
    "https://mine.example.evil.example",
    "http://mine.example",
    "vscode-webview://abc",
    "http://localhost:3000.evil.example",
  ];
  for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    for (const origin of allowed) {
      expect(isRefused(access, { host, origin }, method), `${method} ${origin}`).toBe(false);
    }
    for (const origin of refused) {
      expect(isRefused(access, { host, origin }, method), `${method} ${origin}`).toBe(true);
    }
  }
});

test("a page of the server itself may, by the name it was called by", () => {
  const access = new Access({ hostname: "box.lan" });
  const headers = { host: "box.lan:4096", "sec-fetch-site": "same-origin" };
  expect(isRefused(access, { ...headers, origin: "http://box.lan:4096" })).toBe(false);
  expect(isRefused(access, { ...headers, origin: "http://box.lan:4097" })).toBe(true);
  expect(isRefused(access, headers)).toBe(false);
});

test("what a page of another site loads without an origin is refused", () => {
  const access = new Access();
  for (const site of ["cross-site", "same-site"]) {
    expect(isRefused(access, { host, "sec-fetch-site": site }), site).toBe(true);
    const origin = "http://localhost:3000";
    expect(isRefused(access, { host, origin, "sec-fetch-site": site }), site).toBe(false);
  }
  for (const site of ["none", "same-origin"]) {
    expect(isRefused(access, { host, "sec-fetch-site": site }), site).toBe(false);
  }
  expect(isRefused(access, { host })).toBe(false);
});

test("a loopback name is one that only this machine can reach", () => {
  for (const name of ["localhost", "127.0.0.1", "127.1.2.3", "::1"]) {
    expect(isLoopback(name), name).toBe(true);
  }
  for (const name of ["0.0.0.0", "::", "192.168.1.5", "box.lan", "127.0.0.1.evil.example"]) {
    expect(isLoopback(name), name).toBe(false);
  }
});

test("the password is taken by Basic, Bearer and auth_token, and nothing else passes", async () => {
  const has = passwordCheck({ username: "opencode", password: "pass:wörd" });
  const basic = (pair: string) => Buffer.from(pair).toString("base64");
  const check = (authorization: string) => {
    return has(new Request("http://localhost/", { headers: { authorization } }));
  };
  expect(await check(`Basic ${basic("opencode:pass:wörd")}`)).toBe(true);
  expect(await check(`basic ${basic("opencode:pass:wörd")}`)).toBe(true);
  for (const pair of ["opencode:pass", "other:pass:wörd", "opencode", ":", "", "pass:wörd"]) {
    expect(await check(`Basic ${basic(pair)}`), pair).toBe(false);
  }
  const plain = passwordCheck({ username: "opencode", password: "secret" });
  const bearer = (text: string) => {
    return plain(new Request("http://localhost/", { headers: { authorization: text } }));
  };
  expect(await bearer("Bearer secret")).toBe(true);
  for (const text of ["Bearer secret2", "Bearer ", "Bearer", "secret", "Digest secret"]) {
    expect(await bearer(text), text).toBe(false);
  }
  const token = (text: string) => plain(new Request(`http://localhost/?${text}`));
  expect(await token(`auth_token=${encodeURIComponent(basic("opencode:secret"))}`)).toBe(true);
  expect(await token("auth_token=secret")).toBe(false);
  expect(await token("access_token=secret")).toBe(false);
  expect(await token("")).toBe(false);
});

test("every operation, and every unknown path, wants the password", async () => {
  await using open = await testApp();
  const { operations } = await Contract.of(open);
  await using t = await testApp({ listen: { password: "secret", username: "me" } });
  // The address of a shared session is its own password: test/server/routes/share.test.ts.
  const calls = operations
    .filter(({ id }) => id !== "share.get")
    .map(({ method, path }) => [method.toUpperCase(), path] as const);
  for (const [method, path] of [
    ...calls,
    ["GET", "/nope"] as const,
    ["PUT", "/session"] as const,
  ]) {
    const url = fillPath(path, idsFor(path));
    const answer = await t.request(method, url, undefined, { origin: "http://localhost:3000" });
    expect(answer.status, `${method} ${url}`).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Basic realm="opencode"');
    expect(answer.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
    expect(answer.body).toMatchObject({ name: "UnauthorizedError" });
  }
  const authorization = `Basic ${Buffer.from("me:secret").toString("base64")}`;
  const known = await t.request("GET", "/global/health", undefined, { authorization });
  expect(known.status).toBe(200);
});

test("every operation refuses a rebinding name and a foreign page", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const before = t.app.services.sessionStore.lastSeq();
  for (const { id, method, path } of contract.operations) {
    for (const [name, value] of [
      ["host", "evil.example"],
      ["origin", "http://evil.example"],
    ]) {
      const url = fillPath(path, idsFor(path));
      const answer = await t.request(method.toUpperCase(), url, undefined, {
        [name ?? ""]: value ?? "",
      });
      expect(answer.status, `${id} ${name}`).toBe(403);
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      contract.check(id, answer);
    }
  }
  expect(t.app.services.sessionStore.lastSeq()).toBe(before);
});

test("a foreign page cannot write, whatever content type it sends or leaves out", async () => {
  await using t = await testApp();
  const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""];
  for (const type of types) {
    const headers = { origin: "http://evil.example", "content-type": type };
    expect((await t.request("POST", "/session", {}, headers)).status, type).toBe(403);
  }
  // What a person's own program sends is read as JSON, whatever it is called.
  for (const type of types) {
    const body = { title: type };
    const answer = await t.request("POST", "/session", body, { "content-type": type });
    expect(answer.body).toMatchObject(body);
  }
});

test("an upgrade by a foreign name or page is refused", async () => {
  await using t = await testApp();
  for (const line of ["Host: evil.example", "Host: localhost\r\nOrigin: http://evil.example"]) {
    const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13";
    const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    const status = await rawStatus(
      t.server.port,
      `GET /event HTTP/1.1\r\n${line}\r\n${upgrade}\r\n${key}`,
    );
    expect(status, line).toBe(403);
  }
});

test("preflights of allowed pages are answered, those of others refused", async () => {
  await using t = await testApp({ listen: { password: "secret" } });
  const preflight = (origin: string, headers: Record<string, string> = {}) => {
    const method = { "access-control-request-method": "POST" };
    return t.request("OPTIONS", "/session", undefined, { origin, ...method, ...headers });
  };
  const allowed = await preflight("http://localhost:3000");
  expect(allowed.status).toBe(204);
  expect(Object.fromEntries(allowed.headers)).toMatchObject({
    "access-control-allow-origin": "http://localhost:3000",
    "access-control-allow-methods": "GET, HEAD, PUT, PATCH, POST, DELETE",
    "access-control-allow-headers": expect.stringContaining("x-opencode-directory"),
    "access-control-max-age": "86400",
    vary: "Origin",
  });
  expect(allowed.headers.get("access-control-allow-credentials")).toBeNull();
  // A page may have reasons for headers that nobody here has heard of: whatever it asks for.
  const asked = { "access-control-request-headers": "content-type,x-trace" };
  const echoed = await preflight("http://localhost:3000", asked);
  expect(echoed.headers.get("access-control-allow-headers")).toBe("content-type,x-trace");
  const refused = await preflight("http://evil.example");
  expect(refused.status).toBe(403);
  expect(refused.headers.get("access-control-allow-origin")).toBeNull();
});

/** Ids of the right form that nothing has. */
function idsFor(path: string): Record<string, string> {
  const forms: Record<string, string> = {
    sessionID: "ses_unknown",
    messageID: "msg_unknown",
    partID: "prt_unknown",
    permissionID: "per_unknown",
    requestID: path.startsWith("/question") ? "que_unknown" : "per_unknown",
    projectID: "unknown",
    providerID: "unknown",
    shareID: "unknown",
    jobID: "unknown",
    ptyID: "pty_unknown",
    name: "unknown",
  };
  return forms;
}

/** The status of an answer to a request that fetch would not send. */
function rawStatus(port: number, head: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${head}\r\n\r\n`));
    socket.once("error", reject);
    socket.once("data", (chunk) => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(chunk.toString())?.[1]));
    });
  });
}
