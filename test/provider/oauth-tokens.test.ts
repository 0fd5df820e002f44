import { expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { systemClock } from "@/base/clock";
import type { OAuth } from "@/schema/auth";
import { loginHome, type LoginHome, storedLogin, thrownBy } from "./login-home";

const MINUTE_MS = 60_000;
const WORKER = resolve(import.meta.dir, "token-worker.ts");

const keyOf = async ({ home }: LoginHome) =>
  (await home.providers.model("acme", "acme-1")).provider.key;

async function withLogin(lifeMs: number, options = {}, changes: Partial<OAuth> = {}) {
  const home = await loginHome(options);
  const login = storedLogin(home, lifeMs, changes);
  await home.home.auth.set("acme", login);
  return { home, login };
}

async function stored({ home }: LoginHome): Promise<OAuth> {
  const auth = await home.auth.get("acme");
  if (auth?.type !== "oauth") throw new Error("no login is stored");
  return auth;
}

test("a token is used until shortly before its end, and what replaces it is kept", async () => {
  const { home, login } = await withLogin(60 * MINUTE_MS);
  await using _ = home;
  expect(await keyOf(home)).toBe(login.access);
  await home.clock.advance(58 * MINUTE_MS);
  expect(await keyOf(home)).toBe(login.access);
  await home.clock.advance(1.5 * MINUTE_MS);
  const renewed = await keyOf(home);
  expect(renewed).not.toBe(login.access);
  const after = await stored(home);
  expect(after).toMatchObject({ access: renewed, expires: home.clock.now() + 60 * MINUTE_MS });
  expect(after.refresh).not.toBe(login.refresh);
  expect(await keyOf(home)).toBe(renewed);
  expect([home.server.refreshes, home.server.problems]).toEqual([1, []]);
});

test("a token with a short life is not renewed at every use", async () => {
  const { home, login } = await withLogin(10_000);
  await using _ = home;
  await home.clock.advance(8_000);
  expect(await keyOf(home)).toBe(login.access);
  await home.clock.advance(1_500);
  expect(await keyOf(home)).not.toBe(login.access);
});

test("twenty at once make one request", async () => {
  const gate = Promise.withResolvers<void>();
  const { home } = await withLogin(0, { refreshGate: gate.promise });
  await using _ = home;
  const keys = Promise.all(Array.from({ length: 20 }, () => keyOf(home)));
  await home.server.waitForGrant(0);
  gate.resolve();
  expect(new Set(await keys).size).toBe(1);
  expect([home.server.refreshes, home.server.problems]).toEqual([1, []]);
});

test("two processes make one request", async () => {
  await using home = await loginHome();
  const { clock, server } = home;
  const ended = storedLogin(home, 0);
  await home.home.auth.set("acme", { ...ended, expires: systemClock.now() - 1 });
  expect(clock.now()).toBeGreaterThan(0);
  const workers = [0, 1].map(() =>
    Bun.spawn([process.execPath, WORKER, join(home.home.root, "project")], {
      env: { ...process.env, HOME: join(home.home.root, "home") },
      stdout: "pipe",
      stderr: "inherit",
    }),
  );
  const keys = await Promise.all(workers.map((worker) => worker.stdout.text()));
  expect(keys[0]).toMatch(/^(access-\d+ ?){5}$/);
  expect(new Set(keys.join(" ").split(" ")).size).toBe(1);
  expect([server.refreshes, server.problems]).toEqual([1, []]);
}, 180_000);

test("a refusal says to log in again, once for all, and names no secret", async () => {
  const { home, login } = await withLogin(0);
  await using _ = home;
  await home.home.auth.set("acme", { ...login, refresh: "refresh-of-nobody" });
  const { name, text } = await thrownBy(keyOf(home));
  expect(name).toBe("ProviderAuthError");
  expect(text).toContain("Log in again: opencode auth login acme");
  expect(text).not.toContain("refresh-of-nobody");
  await thrownBy(keyOf(home));
  expect(home.server.refreshes).toBe(1);
  // Another login is another matter.
  await home.home.auth.set("acme", login);
  expect(await keyOf(home)).toStartWith("access-");
});

test("a server that fails is asked again, and a token that still lasts is used", async () => {
  const { home, login } = await withLogin(60 * MINUTE_MS);
  await using _ = home;
  await home.clock.advance(59.5 * MINUTE_MS);
  home.server.scripted.push({ status: 500, body: {} });
  expect(await keyOf(home)).toBe(login.access);
  await home.clock.advance(MINUTE_MS);
  home.server.scripted.push({ status: 400, body: { error: "temporarily_unavailable" } });
  expect((await thrownBy(keyOf(home))).text).toContain("Try again later");
  expect(await keyOf(home)).not.toBe(login.access);
});

test("a configuration cannot lead a refresh token elsewhere", async () => {
  const { home } = await withLogin(0, { oauth: { tokenURL: "http://127.0.0.1:1/token" } });
  await using _ = home;
  expect(await keyOf(home)).toStartWith("access-");
  expect([home.server.refreshes, home.server.problems]).toEqual([1, []]);
});

test("the client's secret goes along where the configuration has it for that server", async () => {
  const { home } = await withLogin(0, { clientSecret: "s3cret" });
  await using _ = home;
  expect(await keyOf(home)).toStartWith("access-");
  const { home: other } = await withLogin(0, {
    clientSecret: "s3cret",
    oauth: { tokenURL: "http://127.0.0.1:1/token" },
  });
  await using __ = other;
  expect((await thrownBy(keyOf(other))).text).toContain("the client id or secret is not accepted");
});

test("a login that was removed or replaced meanwhile stays so", async () => {
  const gate = Promise.withResolvers<void>();
  const { home, login } = await withLogin(0, { refreshGate: gate.promise });
  await using _ = home;
  const key = keyOf(home);
  await home.server.waitForGrant(0);
  await home.home.auth.remove("acme");
  gate.resolve();
  expect(await key).not.toBe(login.access);
  expect(await home.home.auth.get("acme")).toBeUndefined();
});

test("tokens that somebody brought are used while they last and never renewed", async () => {
  const { issued: _, ...brought } = storedLogin(await anyHome(), 60 * MINUTE_MS);
  await using home = await loginHome();
  await home.home.auth.set("acme", brought);
  expect(await keyOf(home)).toBe(brought.access);
  await home.clock.advance(61 * MINUTE_MS);
  expect((await thrownBy(keyOf(home))).text).toContain("has ended and cannot be renewed");
  expect(home.server.refreshes).toBe(0);
});

test("where a login cannot be stored it is not renewed", async () => {
  const { home, login } = await withLogin(0);
  await using _ = home;
  const env = { OPENCODE_AUTH_CONTENT: JSON.stringify({ acme: login }) };
  const { AuthStore } = await import("@/provider/auth-store");
  const { Logger } = await import("@/base/log");
  const { OAuthTokens } = await import("@/provider/oauth-tokens");
  const log = Logger.silent();
  const auth = new AuthStore({ path: join(home.home.root, "auth.json"), env, log });
  const tokens = new OAuthTokens({ auth, config: home.home.config, clock: home.clock, log });
  expect((await thrownBy(tokens.current("acme", login))).text).toContain("OPENCODE_AUTH_CONTENT");
  expect(home.server.refreshes).toBe(0);
});

/** For its tokens alone. */
async function anyHome(): Promise<LoginHome> {
  await using home = await loginHome();
  return home;
}
