import { expect, test } from "bun:test";
import manifest from "#package.json" with { type: "json" };
import { version } from "@/base/version";

test("run from source, the version is package.json's", () => {
  expect(version).toBe(manifest.version);
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
});
