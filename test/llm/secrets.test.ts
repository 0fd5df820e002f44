// What counts as a secret of a provider.

import { expect, test } from "bun:test";
import { secretsOf } from "@/llm/secrets";
import type { Provider } from "@/schema/provider";

function provider(options: Record<string, unknown>, key?: string): Provider {
  const named = { id: "p", name: "P", source: "config" as const, env: [], models: {}, options };
  return key === undefined ? named : { ...named, key };
}

test("keys, tokens and credential headers, however deep", () => {
  const options = {
    apiKey: "key-of-options",
    headers: { Authorization: "Bearer abc-def", "x-title": "a title of mine" },
    googleCredentials: { privateKey: "-----BEGIN", clientEmail: "a@example.com" },
  };
  expect(secretsOf(provider(options, "key-of-provider")).toSorted()).toEqual([
    "-----BEGIN",
    "Bearer abc-def",
    "key-of-options",
    "key-of-provider",
  ]);
});

test("addresses, switches and short words are none", () => {
  const options = { baseURL: "http://127.0.0.1:1234/v1", setCacheKey: true, apiKey: "none" };
  expect(secretsOf(provider(options))).toEqual([]);
});
