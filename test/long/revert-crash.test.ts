// A kill at every step of an undo and of a redo.
import { expect, test } from "bun:test";
import { crashEverywhere } from "@test/session/revert-crash";

test("all files as before, or all as after", async () => {
  const outcomes = await crashEverywhere(1);
  console.log(JSON.stringify(outcomes));
  expect(outcomes["undo, then not undone"]).toBeGreaterThan(10);
  expect(outcomes["redo, then undone"]).toBeGreaterThan(10);
}, 900_000);
