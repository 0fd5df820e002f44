import { expect, setDefaultTimeout, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "@/base/error";
import { Logger } from "@/base/log";
import { LOGIN_MAX_MS, McpAuth } from "@/mcp/mcp-auth";
import type { McpOAuthConfig, McpRemoteConfig } from "@/schema/mcp";
import { RemoteServer, type RemoteOptions } from "@test/mcp/remote-server";
import { testServers, type TestServers } from "@test/mcp/support";
import { FakeClock } from "@test/support/clock";
import { freePort } from "@test/support/free-port";
import { tempDirectory } from "@test/support/temp";

/** For a machine that has other things to do. */
const PATIENCE_MS = 30_000;

setDefaultTimeout(6 * PATIENCE_MS);

/** A remote server, a client that knows of it, and a clock for both. */
async function setup(
  options: Omit<RemoteOptions, "clock"> & { oauth?: McpOAuthConfig; data?: string } = {},
) {
  const clock = new FakeClock();
  const remote = new RemoteServer({ clock, needsLogin: true, ...options });
  const oauth = { callbackPort: await freePort(), ...options.oauth };
  const config: McpRemoteConfig = { type: "remote", url: remote.url, oauth };
  const { data } = options;
  const t = await testServers({ mcp: { r: config }, clock, ...(data && { data }) });
  return {
    clock,
    remote,
    config,
    t,
    servers: t.servers,
    [Symbol.asyncDispose]: async () => {
      await t[Symbol.asyncDispose]();
      await remote[Symbol.asyncDispose]();
    },
  };
}

async function logIn({ servers }: TestServers, remote: RemoteServer): Promise<void> {
  const { authorizationUrl } = await servers.logins.start("r");
  await servers.logins.finish("r", await remote.consent(authorizationUrl));
}

test("a server that wants a login says so, and nothing else happens by itself", async () => {
  await using s = await setup();
  await s.servers.ready(undefined, PATIENCE_MS);
  expect(await s.servers.status()).toEqual({ r: { status: "needs_auth" } });
  expect(s.remote.seen).toEqual(["refused"]);
  expect(s.servers.tools()).toEqual([]);
  expect(s.t.published).toEqual([]);
});

test("a browser's way: registered, asked with the server's scope, back and connected", async () => {
  await using s = await setup();
  const { authorizationUrl, oauthState } = await s.servers.logins.start("r");
  expect(new URL(authorizationUrl).searchParams.get("state")).toBe(oauthState);
  const callback = await s.remote.consent(authorizationUrl);
  expect(callback).toStartWith(`http://127.0.0.1:${s.config.oauth && s.config.oauth.callbackPort}`);
  const stranger = callback.replace(oauthState, "another-state");
  expect((await fetch(stranger)).status).toBe(400);
  const page = await fetch(callback);
  expect(await page.text()).toContain("Logged in");
  await s.remote.until(() => s.remote.count("tools/list") === 1);
  await s.servers.ready(undefined, PATIENCE_MS);
  expect(await s.servers.status()).toEqual({ r: { status: "connected" } });
  expect(await s.t.call("r_echo", { text: "hello" })).toBe("hello");
  expect(s.remote.seen.filter((one) => /^(authorize|register|token)/.test(one))).toEqual([
    "register",
    "authorize client-1 tools",
    "token authorization_code",
  ]);
  // Nobody listens when no login waits.
  await expect(fetch(callback)).rejects.toThrow();
});

test("a person's way: the code, or the whole address, is pasted", async () => {
  await using s = await setup();
  const first = await s.servers.logins.start("r");
  const second = await s.servers.logins.start("r");
  const old = await s.remote.consent(first.authorizationUrl);
  await expect(s.servers.logins.finish("r", old)).rejects.toThrow("belongs to another login");
  const callback = new URL(await s.remote.consent(second.authorizationUrl));
  await expect(s.servers.logins.finish("r", "wrong")).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("The code was not accepted by r"),
  });
  const code = callback.searchParams.get("code") ?? "";
  expect(await s.servers.logins.finish("r", ` ${code}\n`)).toEqual({ status: "connected" });
  await expect(s.servers.logins.finish("r", code)).rejects.toThrow("No login waits");
  expect(s.remote.count("register")).toBe(1);
});

test("twenty calls with an ended token make one refresh, and the rotation is kept", async () => {
  await using s = await setup();
  await logIn(s.t, s.remote);
  for (let round = 1; round <= 20; round++) {
    await s.clock.advance(3_000);
    const calls = Array.from({ length: 20 }, (_, text) => s.t.call("r_echo", { text }));
    expect(await Promise.all(calls)).toHaveLength(20);
    expect(s.remote.count("token refresh_token")).toBe(round);
  }
  // Nor does it matter how it is found out that the token is no longer good.
  s.remote.endAccess();
  await Promise.all(Array.from({ length: 20 }, (_, text) => s.t.call("r_echo", { text })));
  expect(s.remote.count("token refresh_token")).toBe(21);
  expect(s.remote.count("refused")).toBeWithin(2, 22);
});

test("two directories with the same login make one refresh between them", async () => {
  await using data = await tempDirectory();
  await using s = await setup({ data: data.path });
  await logIn(s.t, s.remote);
  await using other = await testServers({
    mcp: { r: s.config },
    clock: s.clock,
    data: data.path,
  });
  await other.servers.ready(undefined, PATIENCE_MS);
  await s.clock.advance(3_000);
  const calls = [s.t, other].flatMap((t) => [1, 2, 3].map((text) => t.call("r_echo", { text })));
  expect(await Promise.all(calls)).toHaveLength(6);
  expect(s.remote.count("token refresh_token")).toBe(1);
});

test("the login outlives the process, in a private file", async () => {
  await using data = await tempDirectory();
  await using s = await setup({ data: data.path });
  await logIn(s.t, s.remote);
  await s.clock.advance(3_000);
  await s.t.scope.close();
  const path = join(data.path, "mcp-auth.json");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await using later = await testServers({
    mcp: { r: s.config, impostor: { ...s.config, url: `${s.remote.origin}/mcp?other` } },
    clock: s.clock,
    data: data.path,
  });
  await later.servers.ready(undefined, PATIENCE_MS);
  expect(await later.servers.status()).toEqual({
    impostor: { status: "needs_auth" },
    r: { status: "connected" },
  });
  expect(s.remote.count("token refresh_token")).toBe(1);
});

test("a login made elsewhere is found at the next need", async () => {
  await using data = await tempDirectory();
  await using s = await setup({ data: data.path });
  await using other = await testServers({
    mcp: { r: s.config },
    clock: s.clock,
    data: data.path,
  });
  expect(await other.servers.status()).toEqual({ r: { status: "needs_auth" } });
  await logIn(s.t, s.remote);
  expect(await other.servers.status()).toEqual({ r: { status: "connected" } });
});

test("a login that ended is needed again; one that cannot be renewed now is not lost", async () => {
  await using s = await setup();
  await logIn(s.t, s.remote);
  await s.clock.advance(3_000);
  s.remote.tokenFaults.push(new Response("busy", { status: 503 }));
  await expect(s.t.call("r_echo")).rejects.toThrow("the login could not be renewed");
  expect(await s.t.call("r_echo", { text: "renewed" })).toBe("renewed");
  s.remote.revoke();
  await expect(s.t.call("r_echo")).rejects.toThrow("MCP server r: a person must log in to it");
  expect(await s.servers.status()).toEqual({ r: { status: "needs_auth" } });
  expect(s.servers.tools()).toEqual([]);
  await logIn(s.t, s.remote);
  expect(await s.t.call("r_echo", { text: "back" })).toBe("back");
});

test("without registration a client must be configured, and then it is used", async () => {
  await using s = await setup({ registers: false });
  await s.servers.ready(undefined, PATIENCE_MS);
  const error = "it does not register clients by itself: set mcp.r.oauth.clientId";
  expect(await s.servers.status()).toEqual({
    r: { status: "needs_client_registration", error },
  });
  await expect(s.servers.logins.start("r")).rejects.toMatchObject({
    kind: "invalid",
    name: "McpRegistrationError",
    message: expect.stringContaining("set mcp.r.oauth.clientId"),
  });
  const oauth = { clientId: "ours", clientSecret: "secret", scope: "read write" };
  await using c = await setup({ registers: false, oauth });
  await logIn(c.t, c.remote);
  expect(c.remote.seen).toContain("authorize ours read write");
  await c.clock.advance(3_000);
  expect(await c.t.call("r_echo", { text: "1" })).toBe("1");
  const stored = await Bun.file(join(c.t.directory, "mcp-auth.json")).text();
  expect(stored).not.toContain('"secret"');
});

test("a whole login tells clients the address, and waits for its end", async () => {
  await using s = await setup();
  const status = s.servers.logins.authenticate("r", s.t.signal);
  const { promise, resolve } = Promise.withResolvers<string>();
  s.t.events.subscribe(({ type, properties }) => {
    if (type === "mcp.browser.open.failed") resolve((properties as { url: string }).url);
  });
  await fetch(await s.remote.consent(await promise));
  expect(await status).toEqual({ status: "connected" });
});

test("a login that nobody finishes ends after five minutes, a refused one at once", async () => {
  await using s = await setup();
  const heard = (isWanted: (type: string) => boolean) =>
    new Promise<string>((resolve) => {
      const unsubscribe = s.t.events.subscribe(({ type, properties }) => {
        if (!isWanted(type)) return;
        unsubscribe();
        resolve((properties as { url: string }).url);
      });
    });
  const begun = heard((type) => type === "mcp.browser.open.failed");
  const late = s.servers.logins.authenticate("r", s.t.signal);
  await begun;
  const end = late.catch(errorMessage);
  await s.clock.advance(LOGIN_MAX_MS);
  expect(await end).toBe("The login at r was not finished in time");
  const again = heard((type) => type === "mcp.browser.open.failed");
  const refused = s.servers.logins.authenticate("r", s.t.signal);
  const address = new URL(await again);
  const back = new URL(address.searchParams.get("redirect_uri") ?? "");
  back.searchParams.set("state", address.searchParams.get("state") ?? "");
  back.searchParams.set("error_description", "<b>not today</b>");
  const refusal = refused.catch(errorMessage);
  const page = await fetch(back);
  expect(await refusal).toBe("The login at r was refused: <b>not today</b>");
  expect(await page.text()).toContain("&lt;b&gt;not today&lt;/b&gt;");
  expect(s.clock.pending).toBe(0);
});

test("a login is forgotten when that is asked", async () => {
  await using s = await setup();
  await logIn(s.t, s.remote);
  await s.servers.logins.remove("r");
  expect(await s.servers.status()).toEqual({ r: { status: "needs_auth" } });
  expect(await Bun.file(join(s.t.directory, "mcp-auth.json")).json()).toEqual({});
});

test("no login where there is none", async () => {
  await using s = await setup();
  const headers = { authorization: "Bearer wrong" };
  s.t.configure({
    local: { type: "local", command: ["no-such-program"] },
    off: { type: "remote", url: s.remote.url, oauth: false },
    keyed: { type: "remote", url: s.remote.url, headers },
  });
  expect(await s.servers.status()).toMatchObject({
    keyed: { status: "failed", error: expect.stringContaining("HTTP") },
    off: { status: "failed", error: expect.stringContaining("HTTP") },
  });
  for (const [name, reason] of [
    ["local", "is a local program"],
    ["off", "has `oauth: false`"],
    ["keyed", "gets an Authorization header"],
  ] as const) {
    await expect(s.servers.logins.start(name)).rejects.toThrow(reason);
  }
  await expect(s.servers.logins.start("gone")).rejects.toHaveProperty("kind", "not-found");
});

test("entries of others in the file stay, and a broken file is replaced", async () => {
  await using s = await setup();
  const path = join(s.t.directory, "mcp-auth.json");
  await Bun.write(path, JSON.stringify({ other: { tokens: 5 } }));
  await logIn(s.t, s.remote);
  const key = `r ${s.remote.url}`;
  expect(Object.keys(await Bun.file(path).json())).toEqual(["other", key]);
  await Bun.write(path, "{");
  const auth = new McpAuth({
    paths: { data: s.t.directory },
    clock: s.clock,
    log: Logger.silent(),
  });
  expect(await auth.hasTokens("r", s.config)).toBe(false);
});
