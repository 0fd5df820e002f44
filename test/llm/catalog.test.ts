// The embedded catalog, and the file format it is kept in.

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Catalog, openCatalog } from "@/llm/catalog";
import { unpackCatalog } from "@/llm/catalog-format";
import { readModelsJSON } from "@/llm/models-json";
import { tempTree } from "@test/support/temp";
import { packCatalog } from "@test/support/pack-catalog";

describe("the embedded catalog", () => {
  const catalog = new Catalog();

  test("lists providers by id, with what is needed to connect them", () => {
    const providers = catalog.listProviders();
    expect(providers.length).toBeGreaterThan(200);
    expect(new Set(providers.map((provider) => provider.id)).size).toBe(providers.length);
    expect(catalog.findProvider("anthropic")).toMatchObject({
      name: "Anthropic",
      env: ["ANTHROPIC_API_KEY"],
      npm: "@ai-sdk/anthropic",
    });
  });

  test("every model has a name, a limit and modalities, and their number is as listed", () => {
    for (const provider of catalog.listProviders()) {
      const models = Object.values(catalog.models(provider.id));
      expect(models.length).toBe(provider.modelCount);
      for (const model of models) {
        expect(model.name).toBeString();
        expect(model.limit.context).toBeNumber();
        expect(model.modalities.input).toBeArray();
      }
    }
  });

  test("an unknown provider is none, and has no models", () => {
    expect(catalog.findProvider("nobody")).toBeUndefined();
    expect(catalog.models("nobody")).toEqual({});
  });
});

describe("packing", () => {
  const model = {
    name: "M",
    release_date: "2026-01-01",
    limit: { context: 1, output: 2 },
    modalities: { input: ["text"], output: ["text"] },
    cost: { input: 1, output: 2 },
  };
  const source = {
    zeta: { name: "Zeta", env: ["Z_KEY"], npm: "z", api: "http://z.test", models: { m: model } },
    alpha: { name: "Alpha", env: [], npm: "a", models: {} },
  };

  test("what was packed is read back, ordered by id", () => {
    const bytes = packCatalog(readModelsJSON(JSON.stringify(source)));
    const catalog = new Catalog(() => unpackCatalog(bytes));
    expect(catalog.listProviders().map((provider) => provider.id)).toEqual(["alpha", "zeta"]);
    expect(catalog.findProvider("zeta")).toEqual({
      id: "zeta",
      name: "Zeta",
      env: ["Z_KEY"],
      npm: "z",
      api: "http://z.test",
      modelCount: 1,
    });
    expect(catalog.models("zeta")).toEqual({ m: model });
    expect(catalog.models("alpha")).toEqual({});
  });

  test("the file is read once, when first asked", () => {
    let reads = 0;
    const catalog = new Catalog(() => {
      reads++;
      return readModelsJSON("{}");
    });
    expect(reads).toBe(0);
    catalog.listProviders();
    catalog.models("x");
    expect(reads).toBe(1);
  });

  test("a source of another shape is refused by its path", () => {
    const broken = { zeta: { ...source.zeta, env: "Z_KEY" } };
    expect(() => readModelsJSON(JSON.stringify(broken))).toThrow("env");
  });
});

describe("OPENCODE_MODELS_PATH", () => {
  const model = {
    name: "M",
    release_date: "2026-01-01",
    limit: { context: 1, output: 2 },
    modalities: { input: ["text"], output: ["text"] },
  };
  const own = { own: { name: "Own", env: ["OWN_KEY"], npm: "own", models: { m: model } } };

  test("names a file that stands in the place of the catalog", async () => {
    await using tree = await tempTree({ "models.json": JSON.stringify(own) });
    const catalog = openCatalog({ OPENCODE_MODELS_PATH: join(tree.path, "models.json") });
    expect(catalog.listProviders().map(({ id }) => id)).toEqual(["own"]);
    expect(catalog.models("own")).toEqual({ m: model });
    expect(catalog.models("anthropic")).toEqual({});
    expect(catalog.models("constructor")).toEqual({});
  });

  test.each([
    ["broken.json", "it is no JSON"],
    ["odd.json", "own.models"],
    ["missing.json", "it does not exist"],
    ["directory", "not a regular file"],
  ])("%s: %s is said with the path", async (name, words) => {
    await using tree = await tempTree({
      "broken.json": "<html>",
      "odd.json": JSON.stringify({ own: { ...own.own, models: [] } }),
      "directory/": "",
    });
    const path = join(tree.path, name);
    const catalog = openCatalog({ OPENCODE_MODELS_PATH: path });
    expect(() => catalog.listProviders()).toThrow(`OPENCODE_MODELS_PATH: Cannot read ${path}`);
    expect(() => catalog.listProviders()).toThrow(words);
  });
});
