// Every package that is said to be built in opens, without a network and without an environment.

import { describe, expect, test } from "bun:test";
import { isSupported, openModel, type PackageSettings, supportedPackages } from "@/llm/packages";

const settings: PackageSettings = {
  providerID: "acme-1.x",
  modelID: "some/model",
  baseURL: "http://127.0.0.1:1/v1",
  apiKey: "key",
  headers: {},
  options: {
    region: "us-east-1",
    accessKeyId: "id",
    secretAccessKey: "secret",
    project: "project",
    location: "us-east1",
    googleCredentials: { clientEmail: "a@example.com", privateKey: "key" },
  },
  fetch: () => Promise.reject(new Error("no request is made here")),
};

test.each([...supportedPackages])("%s", async (npm) => {
  const model = await openModel(npm, settings);
  expect(model.specificationVersion).toBe("v4");
  expect(model.modelId).toBe("some/model");
});

test("names that are not packages are not supported", () => {
  expect(isSupported("@ai-sdk/anthropic")).toBe(true);
  for (const name of ["", "toString", "watsonx-ai-provider"]) expect(isSupported(name)).toBe(false);
});

describe("addresses", () => {
  test("a package that only wraps chat completions knows its own", async () => {
    const model = await openModel("@ai-sdk/groq", { ...settings, baseURL: undefined });
    expect(model.modelId).toBe("some/model");
  });

  test.each([undefined, "not a url"])("%p is refused by the key to set", async (baseURL) => {
    const opened = openModel("@ai-sdk/openai-compatible", { ...settings, baseURL });
    await expect(opened).rejects.toThrow("provider.acme-1.x.options.baseURL");
  });
});
