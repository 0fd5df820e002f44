// What happens when a provider refuses a key that can be renewed.

import { expect, test } from "bun:test";
import { Logger } from "@/base/log";
import { unavailable } from "@/base/error";
import { LLM } from "@/llm/llm";
import { collect, errorOf, ofType, requestTo, textOf } from "@test/llm/scripted-request";
import { FakeClock } from "@test/support/clock";
import { SCRIPTED_KEY, scriptedModel } from "@test/support/scripted-model/scripted-model";
import type { Turn } from "@test/support/scripted-model/turn";

const live = new AbortController().signal;
const REFUSED: Turn = { status: 401 };

function withKey(request: ReturnType<typeof requestTo>, key: string) {
  const { apiKey: _, ...options } = request.provider.options;
  return { ...request, provider: { ...request.provider, options, key } };
}

function setUp(turns: readonly Turn[]) {
  const model = scriptedModel({ turns });
  const llm = new LLM({ clock: new FakeClock(), log: Logger.silent() });
  const request = withKey(requestTo(model), `${SCRIPTED_KEY}-old`);
  const renewed = withKey(request, `${SCRIPTED_KEY}-new`).provider;
  return { model, llm, request, renewed };
}

const keys = (model: ReturnType<typeof scriptedModel>) =>
  model.requests.map(({ headers }) => headers["authorization"]);

test("a refused key is renewed once, and nobody hears of it", async () => {
  const { model, llm, request, renewed } = setUp([REFUSED, { text: "Hello" }]);
  await using _ = model;
  llm.renewals.set(request.provider, async () => renewed);
  const events = await collect(llm.stream(request, live));
  expect(textOf(events)).toBe("Hello");
  expect([...ofType(events, "retry"), ...ofType(events, "attempt")]).toEqual([]);
  expect(keys(model)).toEqual([`Bearer ${SCRIPTED_KEY}-old`, `Bearer ${SCRIPTED_KEY}-new`]);
});

test("a renewed key that is refused as well is the end", async () => {
  const { model, llm, request, renewed } = setUp([REFUSED, REFUSED]);
  await using _ = model;
  llm.renewals.set(request.provider, async () => renewed);
  llm.renewals.set(renewed, () => Promise.reject(new Error("asked twice")));
  const error = errorOf(await collect(llm.stream(request, live)));
  expect([error.name, model.requests.length]).toEqual(["ProviderAuthError", 2]);
  expect(JSON.stringify(error)).not.toContain("asked twice");
});

test("why there is no other key is told, and a key that is one is not asked for", async () => {
  const { model, llm, request } = setUp([REFUSED, REFUSED]);
  await using _ = model;
  expect(errorOf(await collect(llm.stream(request, live)))).toMatchObject({
    name: "ProviderAuthError",
  });
  llm.renewals.set(request.provider, () => Promise.reject(unavailable("log in again")));
  expect(errorOf(await collect(llm.stream(request, live)))).toEqual({
    name: "ProviderAuthError",
    data: { providerID: "scripted", message: "log in again" },
  });
  expect(model.requests.length).toBe(2);
});
