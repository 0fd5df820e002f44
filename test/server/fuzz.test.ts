import { expect, test } from "bun:test";
import { fuzz } from "@test/support/fuzz/fuzz";

test("no operation answers a random request with what it does not declare", async () => {
  expect((await fuzz(5)).join("\n\n")).toBe("");
}, 120_000);
