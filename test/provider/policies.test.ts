import { expect, test } from "bun:test";
import { AppError } from "@/base/error";
import { findModelDenial, findProviderDenial } from "@/provider/policies";
import type { Config } from "@/schema/config";
import { providerHome } from "./support";

/** `-x` denies, `+x` allows. */
function config(...written: string[]): Config {
  const policies = written.map((text) => ({
    action: "provider.use" as const,
    effect: text.startsWith("-") ? ("deny" as const) : ("allow" as const),
    resource: text.slice(1),
  }));
  return { experimental: { policies } };
}

test.each<[policies: string[], provider: boolean, model: boolean]>([
  [[], true, true],
  [["-acme"], false, false],
  [["-ac*"], false, false],
  [["-*", "+acme"], true, true],
  [["+acme", "-*"], false, false],
  [["-acme/m"], true, false],
  [["-*/m"], true, false],
  [["-*", "+acme/m"], true, true],
  [["-*", "+acme/other"], true, false],
  [["-*", "+other/m"], false, false],
])("%p: the provider may be used: %p, its model: %p", (policies, provider, model) => {
  const written = config(...policies);
  expect(findProviderDenial(written, "acme") === undefined).toBe(provider);
  expect(findModelDenial(written, "acme", "m") === undefined).toBe(model);
});

test("what is denied is not there, and asking for it says by which policy", async () => {
  const env = { ACME_API_KEY: "k", BETA_API_KEY: "k" };
  const policies = config("-beta", "-acme/acme-1");
  await using home = await providerHome({ env, config: policies });
  const connected = await home.providers.connected();
  expect(Object.keys(connected)).toEqual(["acme"]);
  expect(Object.keys(connected["acme"]?.models ?? {})).toEqual(["acme-1-mini"]);
  expect((await home.providers.all()).map(({ id }) => id)).toEqual(["acme"]);
  for (const [provider, model, resource] of [
    ["beta", "beta-1", "beta"],
    ["acme", "acme-1", "acme/acme-1"],
  ] as const) {
    const error = await home.providers.model(provider, model).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    expect(String(error)).toContain(
      `may not be used: experimental.policies denies provider.use of "${resource}"`,
    );
  }
});
