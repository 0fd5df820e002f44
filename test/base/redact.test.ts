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
