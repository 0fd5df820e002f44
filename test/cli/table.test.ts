import { expect, test } from "bun:test";
import { formatTable } from "@/cli/table";

test("columns line up by what is seen, and lines end without spaces", () => {
  const lines = formatTable([
    ["id", "title"],
    ["日本", "x"],
    ["abcdef", ""],
  ]);
  expect(lines).toEqual(["id      title", "日本    x", "abcdef"]);
});
