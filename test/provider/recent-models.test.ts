import { expect, test } from "bun:test";
import { readRecentModels } from "@/provider/recent-models";
import { tempTree } from "@test/support/temp";

const ref = { providerID: "p", modelID: "m" };

test.each([
  [JSON.stringify({ recent: [ref, { providerID: 1 }, ref], favorite: [] }), [ref, ref]],
  ["{}", []],
  ["not json", []],
  ['{"recent":5}', []],
])("%s", async (text, expected) => {
  await using directory = await tempTree({ "model.json": text });
  expect(await readRecentModels(directory.path)).toEqual(expected);
});

test("no file is no memory", async () => {
  await using directory = await tempTree({});
  expect(await readRecentModels(directory.path)).toEqual([]);
});
