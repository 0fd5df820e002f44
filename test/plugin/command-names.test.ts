import { expect, test } from "bun:test";
import { commonToolName, matches, withoutSnakeCase, withSnakeCase } from "@/plugin/command-names";

test("tools have the names that commands know them by; others keep their own", () => {
  expect(commonToolName("bash")).toBe("Bash");
  expect(commonToolName("github_search")).toBe("github_search");
  expect(commonToolName("constructor")).toBe("constructor");
});

test("nothing, an empty matcher and a star mean every name", () => {
  for (const matcher of [undefined, "", "*"]) expect(matches(matcher, ["read"])).toBe(true);
  expect(matches("Write|Read", ["read", "Read"])).toBe(true);
  expect(matches("Rea", ["read"])).toBe(false);
});

const SENT = { filePath: "a", oldString: "b", plain: 1, snake_case: 2 };

test("what was added in snake case is taken off again", () => {
  const told = withSnakeCase(SENT);
  expect(told).toEqual({ ...SENT, file_path: "a", old_string: "b" });
  expect(withoutSnakeCase(told, SENT)).toEqual(SENT);
});

test("a change under either name counts, and a key that a tool has itself is left alone", () => {
  const told = withSnakeCase(SENT);
  expect(withoutSnakeCase({ ...told, file_path: "c" }, SENT)).toEqual({ ...SENT, filePath: "c" });
  expect(withoutSnakeCase({ ...told, filePath: "c", file_path: "a" }, SENT)).toEqual({
    ...SENT,
    filePath: "c",
  });
  expect(withoutSnakeCase({ file_path: "c", snake_case: 3 }, SENT)).toEqual({
    filePath: "c",
    snake_case: 3,
  });
});
