// Broken files of the person: the fault is told with file, line and key, over HTTP and on the
// command line, the server goes on, and nothing is overwritten.

import { expect, test } from "bun:test";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CLIHome } from "@test/cli/support";
import { writeTree } from "@test/support/temp";
import { testApp } from "@test/support/test-app";

type Fault = readonly [what: string, text: string, where: string, words: RegExp];

const FAULTS: readonly Fault[] = [
  ["no end", '{\n  "model": "a/b",\n  "provider": {\n}', ":4:2", /brace expected/],
  ["a value of another type", '{\n  "model": 5\n}', ":2:12", /model: expected string, got number/],
  ["a word that is none of the known", '{ "share": "maybe" }', ":1:12", /share: .*"maybe"/],
  ["a list instead", "[]", ":1:1", /must hold an object/],
  ["bytes that are no text", "\u0000\u0001", ":1:1", /invalid/],
  ["a file that is missing", '{ "model": "{file:./none.txt}" }', "", /none\.txt.*does not exist/],
];

test.each(FAULTS)("a configuration with %s", async (_, text, where, words) => {
  await using t = await testApp({ turns: [{ text: "ok" }] });
  await writeTree(t.root, { "other/opencode.json": text });
  const path = join(t.root, "other/opencode.json");
  const query = `?directory=${encodeURIComponent(join(t.root, "other"))}`;
  for (const route of ["/config", "/config/providers", "/agent"]) {
    const { status, body } = await t.request("GET", route + query);
    const { message } = (body as { data: { message: string } }).data;
    expect({ route, status }).toEqual({ route, status: 400 });
    expect(message).toContain(path + where);
    expect(message).toMatch(words);
  }
  // Another directory is not touched by it, and this one is well as soon as the file is.
  expect((await t.request("GET", "/config")).status).toBe(200);
  expect(await readFile(path, "utf8")).toBe(text);
  await writeFile(path, '{ "username": "me" }');
  expect((await t.request("GET", `/config${query}`)).body).toMatchObject({ username: "me" });
});

test.each(FAULTS)("on the command line, one with %s", async (_, text, where, words) => {
  await using cli = await CLIHome.open();
  const path = join(cli.project, "opencode.json");
  await writeFile(path, text);
  const { exitCode, stdout, stderr } = await cli.run(["run", "--trust", "hi"]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(path + where);
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("the user's own configuration is named, also by serve", async () => {
  await using cli = await CLIHome.open();
  const path = join(cli.configDirectory, "opencode.json");
  await writeFile(path, '{\n  "x": \n');
  for (const args of [["models"], ["serve", "--port", "0"], ["run", "hi"]]) {
    const { exitCode, stderr } = await cli.run(args);
    expect({ args, exitCode, stderr }).toEqual({
      args,
      exitCode: 2,
      stderr: expect.stringContaining(`${path}:3:1: value expected`),
    });
  }
});

test("a change over HTTP does not overwrite a file that cannot be read", async () => {
  await using t = await testApp();
  await writeTree(t.root, { "other/opencode.json": '{ "broken": ' });
  const directory = join(t.root, "other");
  const headers = { "x-opencode-directory": directory };
  const { status, body } = await t.request("PATCH", "/config", { username: "me" }, headers);
  expect({ status, body }).toMatchObject({
    status: 400,
    body: { data: { message: expect.stringContaining(join(directory, "opencode.json")) } },
  });
  expect(await readFile(join(directory, "opencode.json"), "utf8")).toBe('{ "broken": ');
});

test("credentials that cannot be read are kept aside by the next change", async () => {
  await using t = await testApp();
  const data = t.app.services.paths.data;
  const broken = '{ "openai": { "type": "api", "key": "sk-pre';
  await writeTree(data, { "auth.json": broken });
  expect((await t.request("GET", "/config/providers")).status).toBe(200);
  const { body } = await t.request("PUT", "/auth/anthropic", { type: "api", key: "k" });
  expect(body).toBe(true);
  const aside = (await readdir(data)).find((name) => name.startsWith("auth.json.broken-")) ?? "";
  expect(await readFile(join(data, aside), "utf8")).toBe(broken);
});
