// A key is asked about with one small request, before it is kept.
import { expect, test } from "bun:test";
import { SCRIPTED_KEY, scriptedModel } from "@test/support/scripted-model/scripted-model";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { testApp } from "@test/support/test-app";

const never = new AbortController().signal;

/** What the provider "acme", which is a scripted model, says to a key. */
async function checked(turn: ScriptedTurn) {
  await using model = scriptedModel({ turns: [turn], side: false });
  await using t = await testApp();
  const { config, keyChecks } = await t.instance();
  const limit = { context: 100_000, output: 1_000 };
  const models = { m: { tool_call: true, limit } };
  const acme = { options: { baseURL: model.baseURL }, models };
  await config.update({ provider: { acme } });
  const verdict = await keyChecks.check("acme", { key: SCRIPTED_KEY }, never);
  const kept = await t.app.services.auth.all();
  return { ...verdict, kept: Object.keys(kept), requests: model.requests.length };
}

test("an answer accepts it, and it is not kept by being asked about", async () => {
  const once = { kept: [], requests: 1 };
  expect(await checked({ text: "OK" })).toEqual({ verdict: "accepted", ...once });
});

test.each([401, 403])("status %d refuses it, in the provider's words", async (status) => {
  const { verdict, message, requests } = await checked({ status });
  expect({ verdict, requests }).toEqual({ verdict: "refused", requests: 1 });
  expect(message).toBeTruthy();
});

test.each([{ status: 500 }, { status: 404 }, { fault: "cut-headers" }] as const)(
  "%p leaves it open, without a second request",
  async (turn) => {
    const { verdict, message, requests } = await checked(turn);
    expect({ verdict, requests }).toEqual({ verdict: "unknown", requests: 1 });
    expect(message).toBeTruthy();
  },
);

test("a provider that is not there is not found", async () => {
  await using t = await testApp();
  const { keyChecks } = await t.instance();
  const asked = keyChecks.check("nobody", { key: "k" }, never);
  await expect(asked).rejects.toMatchObject({ kind: "not-found" });
});
