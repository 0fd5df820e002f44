import { expect, test } from "bun:test";
import type { FoundProvider, ProviderList } from "@/schema/provider";
import { AuthorizationServer } from "@test/support/authorization-server";
import { FakeClock } from "@test/support/clock";
import { Contract } from "@test/support/contract";
import { SCRIPTED_KEY } from "@test/support/scripted-model/scripted-model";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { testApp } from "@test/support/test-app";

test("all providers are listed, and which of them are connected", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("provider.list");
  const { all, connected, default: defaults } = body as ProviderList;
  expect(all.length).toBeGreaterThan(100);
  expect(connected).toEqual(["scripted"]);
  expect(defaults["scripted"]).toBe("main");
  // Several megabytes are held against the document.
}, 180_000);

test("a client that has the list is sent it anew only when something changed", async () => {
  await using t = await testApp();
  const url = new URL("/provider", t.server.url);
  const first = await fetch(url);
  const before = (await first.json()) as ProviderList;
  const headers = { "if-none-match": first.headers.get("etag") ?? "" };
  expect((await fetch(url, { headers })).status).toBe(304);
  const { config } = await t.instance();
  await config.update({ provider: { openai: { name: "Ours" } } });
  const changed = await fetch(url, { headers });
  expect(changed.status).toBe(200);
  const after = (await changed.json()) as ProviderList;
  const nameIn = ({ all }: ProviderList) => all.find(({ id }) => id === "openai")?.name;
  expect([nameIn(before), nameIn(after)]).toEqual(["OpenAI", "Ours"]);
}, 180_000);

test("what the machine has without anybody's doing is listed", async () => {
  await using t = await testApp({ env: { ANTHROPIC_API_KEY: "sk-found" } });
  const contract = await Contract.of(t);
  const { body } = await contract.call("experimental.provider.found");
  const [first, ...others] = body as FoundProvider[];
  expect(others).toEqual([]);
  expect(first).toMatchObject({ provider: { id: "anthropic" }, variable: "ANTHROPIC_API_KEY" });
  expect(JSON.stringify(body)).not.toContain("sk-found");
});

test("each provider tells how to log in", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("provider.auth");
  expect(body).toMatchObject({ openai: [{ type: "api" }] });
});

const MINUTE_MS = 60_000;
const HI: ScriptedTurn = { text: "Hi." };

/** An app whose provider "acme" has the scripted model's address and a login. */
async function loginApp(turns: readonly ScriptedTurn[] = []) {
  const clock = new FakeClock();
  const server = new AuthorizationServer({ clock, tokenSuffix: `-${SCRIPTED_KEY}` });
  const t = await testApp({ turns, clock });
  const options = { baseURL: t.model.baseURL, oauth: server.config() };
  const limit = { context: 100_000, output: 1_000 };
  const acme = { options, models: { m: { tool_call: true, limit } } };
  const contract = await Contract.of(t);
  await contract.call("config.update", { body: { provider: { acme } } });
  const dispose = async () => {
    await t[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  const begin = async (method = 0) => {
    const params = { providerID: "acme" };
    const { body } = await contract.call("provider.oauth.authorize", { params, body: { method } });
    return body as { url: string; method: string; instructions: string };
  };
  return { t, server, clock, contract, begin, [Symbol.asyncDispose]: dispose };
}

const params = { providerID: "acme" };

test("a login over HTTP connects its provider, whose tokens nobody is shown", async () => {
  await using app = await loginApp();
  const { contract, server } = app;
  const { body: before } = await contract.call("config.providers");
  expect(before).not.toMatchObject({ default: { acme: "m" } });
  const { url, method } = await app.begin();
  expect(method).toBe("auto");
  const waiting = contract.call("provider.oauth.callback", { params, body: { method: 0 } });
  await server.allow(url);
  expect((await waiting).body).toBe(true);
  const { body: after } = await contract.call("config.providers");
  expect(after).toMatchObject({ default: { acme: "m" } });
  expect(JSON.stringify(after)).not.toMatch(/access-\d|refresh-\d|oauth/);
  expect(server.problems).toEqual([]);
});

test("a callback without a login, an unknown provider and a wrong method are refused", async () => {
  await using app = await loginApp();
  const { contract } = app;
  const missing = { params, body: { method: 0 }, status: 400 };
  expect((await contract.call("provider.oauth.callback", missing)).body).toMatchObject({
    name: "ProviderAuthOauthMissing",
    data: { providerID: "acme", message: expect.any(String) },
  });
  const unknown = { params: { providerID: "nobody-here" }, body: { method: 0 }, status: 404 };
  await contract.call("provider.oauth.authorize", unknown);
  await contract.call("provider.oauth.authorize", { params, body: {}, status: 400 });
  await contract.call("provider.oauth.authorize", { params, body: { method: 0.5 }, status: 400 });
  const key = { params: { providerID: "openai" }, body: { method: 0 } };
  expect((await contract.call("provider.oauth.authorize", key)).body).toBeNull();
});

test("twenty prompts whose token has ended renew it once", async () => {
  await using app = await loginApp(Array.from({ length: 20 }, () => HI));
  const { contract, server, clock, t } = app;
  await server.allow((await app.begin()).url);
  await contract.call("provider.oauth.callback", { params, body: { method: 0 } });
  await clock.advance(61 * MINUTE_MS);
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const { body: session } = await contract.call("session.create", { body: { title: "T" } });
      return contract.call("session.prompt", {
        params: { sessionID: (session as { id: string }).id },
        body: {
          model: { providerID: "acme", modelID: "m" },
          parts: [{ type: "text", text: "Hello" }],
        },
      });
    }),
  );
  for (const { body } of answers) expect(JSON.stringify(body)).toContain("Hi.");
  expect([server.refreshes, server.problems, t.model.violations]).toEqual([1, [], []]);
  const sent = new Set(t.model.requests.map(({ headers }) => headers["authorization"]));
  expect(sent.size).toBe(1);
}, 180_000);

test("a login ends with its instance", async () => {
  await using app = await loginApp();
  const { contract } = app;
  const { url } = await app.begin();
  await contract.call("instance.dispose");
  const redirect = new URL(url).searchParams.get("redirect_uri") ?? "";
  expect(await fetch(redirect).catch(() => "gone")).toBe("gone");
  const missing = { params, body: { method: 0 }, status: 400 };
  expect((await contract.call("provider.oauth.callback", missing)).body).toMatchObject({
    name: "ProviderAuthOauthMissing",
  });
});
