import { expect, test } from "bun:test";
import { REDACTED } from "@/base/secret-mask";
import { restoreRedacted } from "@/config/restore-redacted";

const CURRENT = {
  provider: { a: { options: { apiKey: "{env:KEY}", baseURL: "https://me:pw@host/v1" } } },
  plugin: ["b", ["a", { token: "t", size: 1 }], ["a", { token: "u", size: 2 }]],
};

test("what is redacted is said as the file says it, or not at all", () => {
  const patch = {
    provider: {
      a: { options: { apiKey: REDACTED, baseURL: `https://${REDACTED}@host/v1`, timeout: 5 } },
      elsewhere: { options: { apiKey: REDACTED, baseURL: "https://x" } },
    },
    username: "me",
  };
  expect(restoreRedacted(patch, CURRENT)).toEqual({
    provider: {
      a: { options: { ...CURRENT.provider.a.options, timeout: 5 } },
      elsewhere: { options: { baseURL: "https://x" } },
    },
    username: "me",
  });
});

test("an item of a list is known by what is shown of it", () => {
  const patch = { plugin: [["a", { token: REDACTED, size: 2 }], "c"] };
  expect(restoreRedacted(patch, CURRENT)).toEqual({
    plugin: [["a", { token: "u", size: 2 }], "c"],
  });
});

test("a list that is as it was stays as it is written", () => {
  const mcp = (command: string[]) => ({ mcp: { a: { command } } });
  const current = mcp(["run", "--token", "{env:T}", "--key=abc", "x"]);
  const shown = mcp(["run", "--token", REDACTED, `--key=${REDACTED}`, "x"]);
  expect(restoreRedacted(shown, current)).toEqual(current);
  const longer = mcp(["run", `--key=${REDACTED}`, "y"]);
  expect(restoreRedacted(longer, current)).toEqual(mcp(["run", "--key=abc", "y"]));
});

test("one that cannot be told is refused by its path", () => {
  for (const item of [["a", { token: REDACTED, size: 3 }], ["a", { token: REDACTED }], REDACTED]) {
    expect(() => restoreRedacted({ plugin: ["b", item] }, CURRENT)).toThrow("plugin[1]");
  }
  expect(() => restoreRedacted({ x: [REDACTED] }, {})).toThrow("x[0]");
});
