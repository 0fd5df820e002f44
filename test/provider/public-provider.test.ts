// What clients are shown of a provider holds none of its secrets.
import { expect, test } from "bun:test";
import { publicProvider } from "@/provider/public-provider";
import type { Provider } from "@/schema/provider";

test("key, secret options and headers are hidden, the rest stays", () => {
  const provider: Provider = {
    id: "p",
    name: "P",
    source: "config",
    env: ["P_API_KEY"],
    key: "sk-secret-1",
    options: { apiKey: "sk-secret-2", baseURL: "http://user:sk-secret-3@host/v1", timeout: 5 },
    models: {},
  };
  const shown = publicProvider(provider);
  expect(JSON.stringify(shown)).not.toContain("sk-secret");
  expect(shown).toMatchObject({ id: "p", env: ["P_API_KEY"], options: { timeout: 5 } });
  expect("key" in shown).toBe(false);
});
