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

test.each([
  [{}, null],
  [{ "anthropic-beta": "other-1" }, "other-1"],
  [{ "anthropic-beta": "structured-outputs-2025-11-13" }, "structured-outputs-2025-11-13"],
])("no beta is announced that nothing uses, but those of %j", async (headers, expected) => {
  const sent: (string | null)[] = [];
  const model = await openModel("@ai-sdk/anthropic", {
    ...settings,
    modelID: "claude-sonnet-4-5",
    headers,
    fetch: (_, init) => {
      sent.push(new Headers(init?.headers).get("anthropic-beta"));
      return Promise.reject(new Error("seen"));
    },
  });
  const inputSchema = { type: "object" as const };
  const asked = model.doStream({
    prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    tools: [{ type: "function", name: "read", description: "", inputSchema }],
  });
  await expect(Promise.resolve(asked)).rejects.toThrow();
  expect(sent).toEqual([expected]);
});
