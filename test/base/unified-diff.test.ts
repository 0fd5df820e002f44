// Patches say what changed, for two texts that differ little, wholly or not at all.
import { expect, test } from "bun:test";
import { countChanges, createPatch } from "@/base/unified-diff";

test("a patch has one header and the changed lines with their context", async () => {
  const patch = await createPatch("a.txt", "one\ntwo\nthree\n", "one\n2\nthree\nfour\n");
  expect(patch.split("\n")).toEqual([
    "Index: a.txt",
    "=".repeat(67),
    "--- a.txt",
    "+++ a.txt",
    "@@ -1,3 +1,4 @@",
    " one",
    "-two",
    "+2",
    " three",
    "+four",
    "",
  ]);
  expect(countChanges(patch)).toEqual({ additions: 2, deletions: 1 });
});

test("equal texts have no hunk", async () => {
  expect(countChanges(await createPatch("a", "same\n", "same\n"))).toEqual({
    additions: 0,
    deletions: 0,
  });
});

test("lines that look like headers are counted as what they are", async () => {
  const patch = await createPatch("a", "-- x\n", "++ y\nIndex: z\n");
  expect(countChanges(patch)).toEqual({ additions: 2, deletions: 1 });
});
