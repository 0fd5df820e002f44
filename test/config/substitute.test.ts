import { expect, test } from "bun:test";
import { join } from "node:path";
import { substitute } from "@/config/substitute";
import { tempTree } from "@test/support/temp";

function options(directory: string, warnings: string[] = []) {
  return {
    env: { NAME: 'a"b\n', LOOP: "{env:NAME}" },
    home: directory,
    origin: "f.json",
    directory,
    warn: (message: string) => void warnings.push(message),
  };
}

test("variables are put in wherever a string stands, keys included", async () => {
  const value: unknown = { "{env:NAME}": ["x{env:NAME}y", 1, true, null] };
  expect(await substitute(value, options("/"))).toEqual({ 'a"b\n': ['xa"b\ny', 1, true, null] });
});

test("what was put in is not looked at again", async () => {
  expect(await substitute("{env:LOOP}", options("/"))).toBe("{env:NAME}");
});

test("a variable that is not set gives nothing but a warning with its name and key", async () => {
  const warnings: string[] = [];
  expect(await substitute({ a: ["{env:NONE}"] }, options("/", warnings))).toEqual({ a: [""] });
  expect(warnings).toEqual(["f.json: a[0]: the environment variable NONE is not set"]);
});

test("files are trimmed and may be relative, absolute or below the home directory", async () => {
  await using tree = await tempTree({ "key.txt": " secret\n", "sub/x": "deep" });
  const { path } = tree;
  const value = ["{file:key.txt}", "{file:./sub/x}", `{file:${path}/key.txt}`, "{file:~/sub/x}"];
  expect(await substitute(value, options(path))).toEqual(["secret", "deep", "secret", "deep"]);
});

test("a missing file is an error that names the key and the file", async () => {
  await using tree = await tempTree({});
  const missing = join(tree.path, "none.txt");
  await expect(substitute({ a: "{file:none.txt}" }, options(tree.path))).rejects.toThrow(
    `f.json: a: {file:none.txt}: Cannot read ${missing}: it does not exist`,
  );
});

test("only regular files are read: a device would never end", async () => {
  await expect(substitute("{file:/dev/zero}", options("/"))).rejects.toThrow("not a regular file");
});
