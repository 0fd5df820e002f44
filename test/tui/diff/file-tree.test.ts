// The tree of a diff's files.
import { expect, test } from "bun:test";
import { directoriesOf, treeRows } from "@/tui/diff/file-tree";

function shown(paths: string[], folded: string[] = []): string[] {
  return treeRows(paths, new Set(folded)).map(({ lead, name, isFolded }) => {
    return `${lead}${isFolded === undefined ? "" : isFolded ? "▸ " : "▾ "}${name}`;
  });
}

test("directories stand before files, with the lines that lead to them", () => {
  expect(shown(["src/b.ts", "src/a/deep.ts", "README.md", "src/a.ts"])).toEqual([
    "▾ src",
    "├─ ▾ a",
    "│  └─ deep.ts",
    "├─ a.ts",
    "└─ b.ts",
    "README.md",
  ]);
});

test("a folded directory hides what is in it", () => {
  expect(shown(["src/a/deep.ts", "src/a.ts"], ["src/a"])).toEqual(["▾ src", "├─ ▸ a", "└─ a.ts"]);
});

test("rows say which file of the diff they are", () => {
  expect(treeRows(["b", "a"], new Set()).map(({ file }) => file)).toEqual([1, 0]);
  expect(directoriesOf("a/b/c.ts")).toEqual(["a", "a/b"]);
});
