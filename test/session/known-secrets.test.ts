import { expect, test } from "bun:test";
import { knownSecrets } from "@/session/known-secrets";

test("credentials of the environment, the logins and the configuration are known", () => {
  const secrets = knownSecrets({
    env: { MY_API_KEY: "value-of-env", CUSTOM: "value-of-custom", HOME: "/home/user", LANG: "x" },
    auth: {
      one: { type: "api", key: "value-of-key" },
      two: { type: "oauth", access: "value-of-access", refresh: "value-of-refresh", expires: 1 },
      three: { type: "wellknown", key: "NAME_OF_IT", token: "value-of-token" },
    },
    config: {
      username: "somebody-else",
      provider: {
        own: {
          env: ["CUSTOM"],
          options: Object.fromEntries([
            ["apiKey", "value-of-option"],
            ["headers", { "x-any": "value-of-header" }],
          ]),
        },
      },
      mcp: {
        remote: {
          type: "remote",
          url: "https://example.com/mcp",
          headers: { Authorization: "Bearer value-of-bearer" },
          oauth: { clientId: "client-of-mine", clientSecret: "value-of-client" },
        },
        local: { type: "local", command: ["run-it-now"], environment: { A: "value-of-variable" } },
      },
    },
  });
  expect(secrets.sort()).toEqual(
    [
      ...["value-of-env", "value-of-custom", "value-of-key", "value-of-access"],
      ...["value-of-refresh", "value-of-token", "value-of-option", "value-of-header"],
      ...["Bearer value-of-bearer", "value-of-bearer", "value-of-client", "value-of-variable"],
    ].sort(),
  );
});

test("what is short is left out", () => {
  expect(knownSecrets({ env: { A_TOKEN: "abc", B_TOKEN: "" }, auth: {}, config: {} })).toEqual([]);
});
