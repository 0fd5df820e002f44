import { expect, test } from "bun:test";
import { join } from "node:path";
import { foreignOrigin } from "@/cli/foreign-error";
import { tempTree } from "@test/support/temp";

test("a failure in a file elsewhere is foreign, one of our own is not", async () => {
  await using temp = await tempTree({
    "mine.ts": `export const fail = () => { throw new Error("no") };
      export const parse = () => [JSON.parse("{")];`,
  });
  const path = join(temp.path, "mine.ts");
  const mine = (await import(`${path}?1`)) as Record<"fail" | "parse", () => unknown>;
  for (const fail of [mine.fail, mine.parse]) expect(foreignOrigin(caught(fail))).toBe(path);
  expect(foreignOrigin(new Error("ours"))).toBeUndefined();
  expect(foreignOrigin(caught(() => JSON.parse("{")))).toBeUndefined();
});

test("what has no place is nobody's", () => {
  expect(foreignOrigin("text")).toBeUndefined();
  expect(foreignOrigin(undefined)).toBeUndefined();
  const bare = new Error("bare");
  bare.stack = "Error: bare\n    at <anonymous> (native:1:11)";
  expect(foreignOrigin(bare)).toBeUndefined();
});

test("in the executable its own code is known as well", () => {
  const error = new Error("x");
  error.stack = "Error: x\n    at f (/home/user/.opencode/plugin/a.ts:1:2)\n    at g (/b.ts:1:1)";
  expect(foreignOrigin(error)).toBe("/home/user/.opencode/plugin/a.ts");
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
