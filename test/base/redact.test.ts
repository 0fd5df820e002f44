import { expect, test } from "bun:test";
import { redact } from "@/base/redact";

test("keys, headers, environments and passwords in addresses are hidden, their names stay", () => {
  const config = {
    model: "a/b",
    provider: {
      a: {
        options: {
          apiKey: "sk-1",
          baseURL: "https://me:secret@host/v1?api_key=abc&x=1",
          headers: { Authorization: "Bearer t", "x-team": "blue" },
          timeout: 10,
        },
      },
    },
    mcp: { s: { environment: { TOKEN: "t" }, command: ["run"] } },
  };
  const text = JSON.stringify(redact(config));
  for (const secret of ["sk-1", "secret@", "abc", "Bearer", "blue", '"t"']) {
    expect(text).not.toContain(secret);
  }
  for (const kept of ["a/b", "host/v1", "x=1", "x-team", "TOKEN", "run", "10"]) {
    expect(text).toContain(kept);
  }
});

test("what is known, looks like one, or stands behind a flag is hidden", () => {
  const config = {
    provider: { a: { options: { custom: "known-value-1" } } },
    mcp: { s: { command: ["run", "--api-key", "a1b2c3", "--token=d4e5f6", "--verbose", "yes"] } },
    hooks: { Stop: [{ hooks: [{ command: "curl -H 'Authorization: Bearer g7h8i9j0k1l2' x" }] }] },
    plugin: [["./a.ts", { password: "m3n4", title: "Blue" }]],
    agent: { a: { options: { accessToken: "o5p6" } } },
  };
  const text = JSON.stringify(redact(config, ["known-value-1"]));
  for (const secret of ["known-value-1", "a1b2", "d4e5", "g7h8", "m3n4", "o5p6"]) {
    expect(text).not.toContain(secret);
  }
  for (const kept of ["run", "--verbose", "yes", "Blue", "curl"]) expect(text).toContain(kept);
});
