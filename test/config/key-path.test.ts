import { expect, test } from "bun:test";
import { formatKeyPath, parseKeyPath } from "@/config/key-path";

test.each([
  [["model"], "model"],
  [["provider", "llama.cpp", "env", 0], 'provider["llama.cpp"].env[0]'],
  [["command", 'a"b\\', "x-y"], 'command["a\\"b\\\\"].x-y'],
  [[], ""],
])("%j is written %s and read back", (path, text) => {
  expect(formatKeyPath(path)).toBe(text);
  expect(parseKeyPath(text)).toEqual(path);
});
