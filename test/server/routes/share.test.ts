import { expect, test } from "bun:test";
import { connect } from "node:net";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Session } from "@/schema/session";
import type { SharedSession } from "@/schema/share";
import { createServer } from "@/server/server";
import { Contract } from "@test/support/contract";
import { EventReader, propertiesOf, typeOf } from "@test/support/event-reader";
import { type TestApp, testApp, type TestAppOptions, until } from "@test/support/test-app";

const parts = [{ type: "text" as const, text: "hi" }];
const HTML = { accept: "text/html,*/*;q=0.8" };
const EVENTS = { accept: "text/event-stream" };

async function shareOne(options: TestAppOptions = {}) {
  const t = await testApp(options);
  const { sessions } = await t.instance();
  const session = sessions.create({ title: "Talk" });
  const headers = authorization(options);
  const shared = (await t.request("POST", `/session/${session.id}/share`, undefined, headers)).body;
  const url = (shared as Session).share?.url ?? "";
  const path = new URL(url).pathname;
  const dispose = () => t[Symbol.asyncDispose]();
  return { t, sessionID: session.id, url, path, [Symbol.asyncDispose]: dispose };
}

function authorization({ listen }: TestAppOptions): Record<string, string> {
  if (!listen?.password) return {};
  return { authorization: `Bearer ${listen.password}` };
}

async function read(t: TestApp, path: string): Promise<SharedSession> {
  const answer = await t.request("GET", path);
  expect(answer.status).toBe(200);
  return answer.body as SharedSession;
}

test("a session is shared, read and unshared", async () => {
  await using t = await testApp({ turns: [{ text: "Hello" }] });
  const contract = await Contract.of(t);
  const { sessions, prompts, bus } = await t.instance();
  const { id: sessionID } = sessions.create({ title: "Talk" });
  await prompts.prompt(sessionID, { parts });
  const params = { sessionID };
  const told = until(bus, ({ type }) => type === "session.updated");
  const shared = (await contract.call("session.share", { params })).body as Session;
  expect(await told).toMatchObject({ properties: { info: { share: shared.share } } });
  const url = new URL(shared.share?.url ?? "");
  expect(url.origin).toBe(t.server.url.origin);
  const shareID = decodeURIComponent(url.pathname.slice("/share/".length));
  const seen = (await contract.call("share.get", { params: { shareID } })).body as SharedSession;
  expect(seen.info).toMatchObject({ id: sessionID, title: "Talk" });
  expect(seen.messages.map(({ info }) => info.role)).toEqual(["user", "assistant"]);
  expect(seen.messages[1]?.parts).toMatchObject([{ type: "text", text: "Hello" }]);
  const ended = (await contract.call("session.unshare", { params })).body as Session;
  expect(ended.share).toBeUndefined();
  await contract.call("share.get", { params: { shareID }, status: 404 });
  expect((await contract.call("session.unshare", { params })).status).toBe(200);
  const again = (await contract.call("session.share", { params })).body as Session;
  expect(again.share?.url).not.toBe(shared.share?.url);
  await contract.call("share.get", { params: { shareID }, status: 404 });
});

test("sharing twice keeps the secret, below the address that the client reached", async () => {
  await using shared = await shareOne();
  const { t, sessionID, url, path } = shared;
  const ask = async (headers: Record<string, string>) => {
    const { body } = await t.request("POST", `/session/${sessionID}/share`, undefined, headers);
    return (body as Session).share?.url;
  };
  expect(await ask({})).toBe(url);
  expect(await ask({ host: "localhost:1" })).toBe(`http://localhost:1${path}`);
  const secure = { host: "localhost", "x-forwarded-proto": "https" };
  expect(await ask(secure)).toBe(`https://localhost${path}`);
  const secret = path.slice(-24);
  expect(secret).toMatch(/^[\w-]{24}$/);
  expect((await t.request("GET", path)).status).toBe(200);
});

test("where readers come in otherwise, the address is below what is configured", async () => {
  await using t = await testApp({ config: { enterprise: { url: "https://share.example/to/" } } });
  const contract = await Contract.of(t);
  const { id } = (await contract.call("session.create", { body: {} })).body as Session;
  const params = { sessionID: id };
  const { share } = (await contract.call("session.share", { params })).body as Session;
  expect(share?.url).toStartWith(`https://share.example/to/share/${id}-`);
  const shareID = share?.url.split("/").at(-1) ?? "";
  await contract.call("share.get", { params: { shareID } });
});

test("who knows less than the whole address gets nothing", async () => {
  await using shared = await shareOne();
  const { t, path, sessionID } = shared;
  const other = (await t.instance()).sessions.create();
  const secret = path.slice(-24);
  const wrong = [
    `/share/${sessionID}`,
    `/share/${sessionID}-`,
    `/share/${sessionID}-${"A".repeat(24)}`,
    `/share/${other.id}-${secret}`,
    `/share/${secret}`,
    `${path}x`,
    path.slice(0, -1),
    "/share/unknown",
    `/share/${encodeURIComponent("../session")}`,
    `/share/${"x".repeat(5_000)}`,
  ];
  for (const one of wrong) {
    const answer = await t.request("GET", one);
    expect(answer.status, one).toBe(404);
    expect(answer.body).toMatchObject({ name: "NotFoundError" });
  }
});

test("the address needs no password, and nothing else is open by it", async () => {
  await using shared = await shareOne({ listen: { password: "secret-of-server" } });
  const { t, path, sessionID } = shared;
  for (const method of ["GET", "HEAD"]) expect((await t.request(method, path)).status).toBe(200);
  expect((await t.request("GET", `${path}?before=msg_1`)).status).toBe(200);
  expect((await t.request("GET", "/share/unknown")).status).toBe(404);
  const closed = [
    ["POST", path],
    ["DELETE", path],
    ["GET", "/share"],
    ["GET", "/share/"],
    ["GET", `${path}/x`],
    ["GET", `/session/${sessionID}`],
    ["POST", `/session/${sessionID}/share`],
    ["GET", `/session?x=/share/${path.slice(7)}`],
  ] as const;
  for (const [method, one] of closed) {
    const response = await fetch(`${t.server.url.origin}${one}`, { method });
    expect(response.status, `${method} ${one}`).toBe(401);
  }
  // As no client of ours would send it.
  for (const target of [`/${path}`, `${path}/../../session`, `/x/../session`, "/share\\x/.."]) {
    expect(await rawStatus(t, target), target).toBe(401);
  }
});

test("the rules of names and pages hold, and only a link may come from elsewhere", async () => {
  await using shared = await shareOne();
  const { t, path } = shared;
  const status = async (headers: Record<string, string>) => {
    const answer = await t.request("GET", path, undefined, { ...HTML, ...headers });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    return answer.status;
  };
  const visit = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  expect(await status({ "sec-fetch-site": "cross-site", ...visit })).toBe(200);
  expect(await status({ host: "evil.example", "sec-fetch-site": "cross-site", ...visit })).toBe(
    403,
  );
  expect(await status({ origin: "http://evil.example", ...visit })).toBe(403);
  expect(await status({ origin: "null" })).toBe(403);
  const foreign = { "sec-fetch-site": "cross-site" };
  expect(await status(foreign)).toBe(403);
  expect(await status({ ...foreign, "sec-fetch-mode": "no-cors" })).toBe(403);
  const framed = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" };
  expect(await status({ ...foreign, ...framed })).toBe(403);
  const session = await t.request("GET", "/session", undefined, { ...foreign, ...visit });
  expect(session.status).toBe(403);
});

test("the page runs and loads nothing but its own, whatever the session holds", async () => {
  const evil = '<script>alert(1)</script><img src=x onerror=alert(2)>[a](javascript:alert(3))"><b>';
  await using shared = await shareOne({
    turns: [
      { calls: [{ tool: "bash", input: { command: `echo '${evil}'`, description: evil } }] },
      { text: evil },
    ],
    config: { permission: { bash: "allow" } },
  });
  const { t, path, sessionID } = shared;
  const { sessions, prompts } = await t.instance();
  sessions.update(sessionID, { title: evil });
  await prompts.prompt(sessionID, {
    messageID: `msg_"><script>`,
    parts: [{ type: "text", text: evil }],
  });
  const { status, headers, body } = await t.request("GET", path, undefined, HTML);
  expect(status).toBe(200);
  const page = String(body);
  expect(page).toContain("&lt;img src=x onerror=alert(2)&gt;");
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page).not.toMatch(/<img|javascript:alert\(3\)"|<b>&quot;|https?:\/\//);
  expect(page).toContain("<details");
  const nonce = /<script nonce="([\w-]{22})">/.exec(page)?.[1] ?? "none";
  expect(headers.get("content-security-policy")?.split("; ")).toEqual([
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    `connect-src ${t.server.url.host}${path}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  expect(Object.fromEntries(headers)).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-resource-policy": "same-origin",
  });
  const again = await t.request("GET", path, undefined, HTML);
  expect(again.headers.get("content-security-policy")).not.toContain(nonce);
  expect((await t.request("HEAD", path, undefined, HTML)).body).toBeUndefined();
  const gone = await t.request("GET", "/share/unknown", undefined, HTML);
  expect(gone.status).toBe(404);
  expect(gone.headers.get("content-security-policy")).toContain("default-src 'none'");
});

test("secrets and paths outside of the project are masked, also in what tools gave", async () => {
  const login = "value-of-a-login";
  await using shared = await shareOne({
    files: { ".env": "DB_PASSWORD=hunter2\n", "src/a.ts": "export {};\n" },
    turns: [
      {
        calls: [
          {
            tool: "bash",
            input: { command: `cat .env; ls "$PWD/src"; echo $PWD/src/a.ts /etc/passwd ${login}` },
          },
        ],
      },
      { text: `It is DB_PASSWORD=hunter2 and ${login}` },
    ],
    config: { permission: "allow" },
  });
  const { t, path, sessionID } = shared;
  await t.app.services.auth.set("some", { type: "api", key: login });
  await (await t.instance()).prompts.prompt(sessionID, { parts });
  const seen = await read(t, path);
  const calls = seen.messages.flatMap(({ parts: all }) =>
    all.filter(({ type }) => type === "tool"),
  );
  expect(calls).toMatchObject([
    {
      state: { status: "completed", output: expect.stringContaining("src/a.ts ‹path› ‹redacted›") },
    },
  ]);
  const page = String((await t.request("GET", path, undefined, HTML)).body);
  for (const text of [JSON.stringify(seen), page]) {
    expect(text).toContain("DB_PASSWORD=‹redacted›");
    for (const secret of ["hunter2", login, t.root, "/etc/passwd"])
      expect(text).not.toContain(secret);
  }
});

test("readers hear the session live, and what they missed", async () => {
  const second = Promise.withResolvers<void>();
  await using shared = await shareOne({
    turns: [{ text: ["One ", "two ", second.promise, "three"] }],
  });
  const { t, path, sessionID } = shared;
  const contract = await Contract.of(t);
  const { prompts, sessions } = await t.instance();
  const before = await read(t, path);
  await using live = await EventReader.open(new URL(path, t.server.url), EVENTS);
  expect(live.response.headers.get("content-type")).toBe("text/event-stream");
  await live.untilType("server.connected");
  const other = sessions.create({ title: "other" });
  await prompts.promptAsync(sessionID, { parts });
  await prompts.prompt(other.id, { parts, noReply: true });
  const growing = await live.until((frame) => JSON.stringify(frame.data).includes("One two"));
  expect(typeOf(growing)).toBe("message.part.updated");
  expect(JSON.stringify(live.frames)).toContain('"status":{"type":"busy"}');
  expect(JSON.stringify(live.frames)).not.toContain("three");
  second.resolve();
  await live.until((frame) => JSON.stringify(frame.data).includes("One two three"));
  expect(JSON.stringify(live.frames)).not.toContain(other.id);
  for (const { data } of live.frames) {
    if ("type" in data) contract.checkEvent("event.subscribe", data);
    expect(data["html"]).toBeUndefined();
  }
  const query = `?html=true&after=${before.cursor}`;
  await using late = await EventReader.open(new URL(`${path}${query}`, t.server.url), EVENTS);
  const connected = await late.untilType("server.connected");
  expect(propertiesOf(connected)).toEqual({ resumed: true });
  const whole = await late.until((frame) => JSON.stringify(frame.data).includes("One two three"));
  expect(whole.data["html"]).toContain("<p>One two three</p>");
  expect(whole.id).toMatch(/^\d+$/);
  const ahead = { ...EVENTS, "last-event-id": "999999999999" };
  await using lost = await EventReader.open(new URL(path, t.server.url), ahead);
  expect(propertiesOf(await lost.untilType("server.connected"))).toEqual({ resumed: false });
});

test("what is removed, undone or renamed is told as well", async () => {
  await using shared = await shareOne({ turns: [{ text: "One" }] });
  const { t, path, sessionID } = shared;
  const { prompts, sessions } = await t.instance();
  const answer = await prompts.prompt(sessionID, { parts });
  await using live = await EventReader.open(new URL(path, t.server.url), EVENTS);
  await live.untilType("server.connected");
  sessions.update(sessionID, { title: "Renamed" });
  const renamed = await live.untilType("session.updated");
  expect(propertiesOf(renamed)).toMatchObject({ info: { title: "Renamed" } });
  const textID = answer.parts.find(({ type }) => type === "text")?.id ?? "";
  sessions.removePart(sessionID, answer.info.id, textID);
  expect(propertiesOf(await live.untilType("message.part.removed"))).toMatchObject({
    partID: textID,
  });
  const messageID = answer.info.id;
  sessions.change(sessionID, (session) => ({ ...session, revert: { messageID } }));
  expect(propertiesOf(await live.untilType("server.connected"))).toEqual({ resumed: false });
  expect((await read(t, path)).messages.map(({ info }) => info.role)).toEqual(["user"]);
});

test("unsharing, and removing the session, cut readers off at once", async () => {
  for (const [method, suffix] of [
    ["DELETE", "/share"],
    ["DELETE", ""],
  ] as const) {
    await using shared = await shareOne();
    const { t, path, sessionID } = shared;
    await using live = await EventReader.open(new URL(path, t.server.url), EVENTS);
    await live.untilType("server.connected");
    expect((await t.request(method, `/session/${sessionID}${suffix}`)).status).toBe(200);
    while (await live.next());
    expect((await t.request("GET", path)).status).toBe(404);
    expect(t.app.services.bus.listenerCount).toBe(0);
  }
});

test("a reader who goes away, and a server that stops, leave no listener", async () => {
  await using shared = await shareOne();
  const { t, path } = shared;
  const { bus } = t.app.services;
  await using live = await EventReader.open(new URL(path, t.server.url), EVENTS);
  await live.untilType("server.connected");
  expect(bus.listenerCount).toBe(1);
  await t.server.stop();
  while (await live.next());
  expect(bus.listenerCount).toBe(0);
});

test("disabled sharing is refused, and what was shared before is closed", async () => {
  await using shared = await shareOne();
  const { t, path, sessionID } = shared;
  const contract = await Contract.of(t);
  await (await t.instance()).config.update({ share: "disabled" });
  const params = { sessionID };
  const { body } = await contract.call("session.share", { params, status: 403 });
  const message = expect.stringMatching(/"share" in .*opencode\.json.*"manual"/);
  expect(body).toMatchObject({ name: "ForbiddenError", data: { message, key: "share" } });
  expect((await t.request("GET", path)).status).toBe(404);
  expect((await contract.call("session.unshare", { params })).body).toMatchObject({
    id: sessionID,
  });
});

test("with auto, new sessions and forks are shared, subagents' sessions are not", async () => {
  await using t = await testApp({ config: { share: "auto" } });
  const created = (await t.request("POST", "/session", {})).body as Session;
  const path = new URL(created.share?.url ?? "").pathname;
  expect((await t.request("GET", path)).status).toBe(200);
  const child = (await t.request("POST", "/session", { parentID: created.id })).body as Session;
  expect(child.share).toBeUndefined();
  const fork = (await t.request("POST", `/session/${created.id}/fork`, {})).body as Session;
  expect(fork.share?.url).toBeString();
  expect(fork.share?.url).not.toBe(created.share?.url);
  await using manual = await testApp();
  expect((await manual.request("POST", "/session", {})).body).not.toHaveProperty("share");
});

test("without a connection nobody could come, and nothing is shared", async () => {
  await using t = await testApp();
  const { id } = (await t.instance()).sessions.create();
  const request = () => new Request(`http://localhost/session/${id}/share`, { method: "POST" });
  const alone = createServer(t.app);
  expect((await alone.handle(request())).status).toBe(503);
});

test("a broken configuration shows nothing, and says nothing of this machine", async () => {
  await using shared = await shareOne();
  const { t, path, sessionID } = shared;
  await Bun.write(join(t.directory, "opencode.json"), "{ broken");
  await (await t.instance()).config.reload().catch(() => undefined); // it says that it is broken
  const { status, body } = await t.request("GET", path);
  expect(status).toBe(404);
  expect(JSON.stringify(body)).not.toContain(t.root);
  expect(JSON.stringify(body)).not.toContain(sessionID);
});

test("the secret is in no line of the log", async () => {
  const shared = await shareOne();
  const { t, path, sessionID } = shared;
  const secret = path.slice(-24);
  await t.request("GET", path);
  await t.request("POST", path, {});
  await t.request("DELETE", `/session/${sessionID}/share`);
  await t.request("GET", path);
  const { log } = t.app.services.paths;
  await t.app.services.log.close();
  const names = await readdir(log);
  const texts = await Promise.all(names.map((name) => Bun.file(join(log, name)).text()));
  await shared[Symbol.asyncDispose]();
  expect(texts.join("")).toContain("/share/[secret]");
  expect(texts.join("")).not.toContain(secret);
});

test("older messages are in the next answer", async () => {
  await using shared = await shareOne();
  const { t, path, sessionID } = shared;
  const { prompts } = await t.instance();
  for (let count = 0; count < 205; count += 1) {
    await prompts.prompt(sessionID, { parts, noReply: true });
  }
  const newest = await read(t, path);
  expect([newest.messages.length, newest.more]).toEqual([200, true]);
  const first = newest.messages[0]?.info.id ?? "";
  const older = await read(t, `${path}?before=${first}`);
  expect([older.messages.length, older.more]).toEqual([5, false]);
  const page = String((await t.request("GET", path, undefined, HTML)).body);
  expect(page).toContain(`<a href="?before=${first}">`);
  const olderPage = String(
    (await t.request("GET", `${path}?before=${first}`, undefined, HTML)).body,
  );
  expect(olderPage).not.toContain("data-after");
});

/** The status of an answer to a path that fetch would not send. */
function rawStatus(t: TestApp, target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const head = `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
    const socket = connect(t.server.port, "127.0.0.1", () => socket.write(head));
    socket.once("error", reject);
    socket.once("data", (chunk) => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(chunk.toString())?.[1]));
    });
  });
}
