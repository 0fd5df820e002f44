import { expect, test } from "bun:test";
import { login, resolveProviderID, similarProviders } from "@/provider/login";
import { CATALOG, catalogModel, catalogOf, providerHome } from "./support";

test("the key is stored under the provider's id, without the space around it", async () => {
  await using home = await providerHome();
  const input = { provider: "ACME", key: " sk-1\n", metadata: { region: "eu" } };
  expect(await login(home.auth, CATALOG, input)).toBe("acme");
  expect(await home.auth.all()).toEqual({
    acme: { type: "api", key: "sk-1", metadata: { region: "eu" } },
  });
  expect(Object.keys(await home.providers.connected())).toEqual(["acme"]);
});

test.each(["", "  ", "two words", "“quoted”"])("%j is no key", async (key) => {
  await using home = await providerHome();
  await expect(login(home.auth, CATALOG, { provider: "acme", key })).rejects.toThrow(
    "key for acme",
  );
  expect(await home.auth.all()).toEqual({});
});

test("a name of the catalog is as good as the id; what nobody knows is taken as it is", () => {
  const catalog = catalogOf({ x1: { name: "Ex One", models: { m: catalogModel() } } });
  expect(resolveProviderID(catalog, "ex one")).toBe("x1");
  expect(resolveProviderID(catalog, "mine")).toBe("mine");
  expect(() => resolveProviderID(catalog, "not an id")).toThrow("is not a provider id");
  expect(similarProviders(CATALOG, "acmee")).toEqual(["acme"]);
  expect(similarProviders(CATALOG, "acme")).toEqual([]);
});
