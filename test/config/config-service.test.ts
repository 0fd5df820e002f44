import { expect, test } from "bun:test";
import { chmod, stat } from "node:fs/promises";
import { join } from "node:path";
import { readTree, writeTree } from "@test/support/temp";
import { configHome } from "./support";

test("what was loaded is kept until it is asked for anew", async () => {
  await using home = await configHome({ "project/opencode.json": '{"model":"a/b"}' });
  const service = home.service();
  const first = await service.get();
  await writeTree(home.root, { "project/opencode.json": '{"model":"c/d"}' });
  expect(await service.get()).toBe(first);
  expect((await service.reload()).config.model).toBe("c/d");
});

test("a failed load is not kept: a repaired file is read by the next call", async () => {
  await using home = await configHome({ "project/opencode.json": "{" });
  const service = home.service();
  await expect(service.get()).rejects.toThrow("opencode.json:1:2");
  await writeTree(home.root, { "project/opencode.json": "{}" });
  expect((await service.get()).config.model).toBeUndefined();
});

test("an update goes into the file that counts most, keeps comments, shows at once", async () => {
  await using home = await configHome({
    "project/opencode.json": '{"model":"low/low"}',
    "project/opencode.jsonc":
      '{\n  // mine\n  "model": "a/b", // this one\n  "share": "manual"\n}\n',
  });
  await chmod(join(home.root, "project/opencode.jsonc"), 0o644);
  const config = await home.service().update({ model: "c/d", provider: { x: { name: "X" } } });
  expect(config).toMatchObject({ model: "c/d", share: "manual", provider: { x: { name: "X" } } });
  expect(await readTree(home.root, "project/opencode.jsonc")).toBe(
    '{\n  // mine\n  "model": "c/d", // this one\n  "share": "manual",\n' +
      '  "provider": {\n    "x": {\n      "name": "X"\n    }\n  }\n}\n',
  );
  expect((await stat(join(home.root, "project/opencode.jsonc"))).mode & 0o777).toBe(0o644);
  expect(await readTree(home.root, "project/opencode.json")).toBe('{"model":"low/low"}');
});

test("substitutions stay as they are written", async () => {
  await using home = await configHome({
    "project/opencode.json": '{"provider":{"x":{"options":{"apiKey":"{env:KEY}"}}}}',
  });
  await home.service({ env: { KEY: "secret" } }).update({ model: "a/b" });
  const text = await readTree(home.root, "project/opencode.json");
  expect(text).toContain("{env:KEY}");
  expect(text).not.toContain("secret");
});

test("without a file a private opencode.json is made in the directory", async () => {
  await using home = await configHome({ "project/a/": "" });
  await home.service({ directory: "project/a" }).update({ model: "a/b" });
  expect(await readTree(home.root, "project/a/opencode.json")).toBe('{\n  "model": "a/b"\n}\n');
  expect((await stat(join(home.root, "project/a/opencode.json"))).mode & 0o777).toBe(0o600);
});

test("a malformed file is left as it is", async () => {
  await using home = await configHome({ "project/opencode.json": '{"model": "a/b"' });
  await expect(home.service().update({ model: "c/d" })).rejects.toThrow("opencode.json:1:16");
  expect(await readTree(home.root, "project/opencode.json")).toBe('{"model": "a/b"');
});

test("a wrong patch changes nothing, an unknown key of it is left out", async () => {
  await using home = await configHome({ "project/opencode.json": "{}" });
  const service = home.service();
  const wrong = JSON.parse('{"provider":{"x":{"options":"u"}}}');
  await expect(service.update(wrong)).rejects.toThrow("provider.x.options: expected object");
  expect(await readTree(home.root, "project/opencode.json")).toBe("{}");
  await service.update(JSON.parse('{"bogus":1,"share":"auto"}'));
  expect(JSON.parse(await readTree(home.root, "project/opencode.json"))).toEqual({ share: "auto" });
});

test("a permission that is set again moves behind the others", async () => {
  await using home = await configHome({
    "project/opencode.json": '{"permission":{"bash":"ask","*":"deny"}}',
  });
  const { permission } = await home.service().update({ permission: { bash: { ls: "allow" } } });
  expect(JSON.stringify(permission)).toBe('{"*":"deny","bash":{"*":"deny","ls":"allow"}}');
});

test("updates at the same time all arrive", async () => {
  await using home = await configHome({});
  const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
  await Promise.all(names.map((name) => home.service().update({ provider: { [name]: { name } } })));
  const { config } = await home.service().get();
  expect(Object.keys(config.provider ?? {}).toSorted()).toEqual(names);
});

test("updateGlobal changes the user's file and gives the user's configuration", async () => {
  await using home = await configHome({
    "home/.config/opencode/config.json": '{"share":"manual"}',
    "project/opencode.json": '{"model":"a/b"}',
  });
  const service = home.service();
  await service.get();
  const config = await service.updateGlobal({ shell: "/bin/zsh" });
  expect(config).toMatchObject({ share: "manual", shell: "/bin/zsh" });
  expect(config.model).toBeUndefined();
  expect((await service.get()).config).toMatchObject({ model: "a/b", shell: "/bin/zsh" });
  expect(await readTree(home.paths.config, "config.json")).toContain("/bin/zsh");
});

test("without a repository only the directory's own file is written", async () => {
  await using home = await configHome({ "home/opencode.json": "{}", "home/a/": "" });
  const service = home.service({ directory: "home/a", worktree: "/" });
  await service.update({ model: "a/b" });
  expect(await readTree(home.root, "home/opencode.json")).toBe("{}");
  expect(await readTree(home.root, "home/a/opencode.json")).toContain("a/b");
});

test("what would not be read is not written", async () => {
  await using home = await configHome({});
  const service = home.service({ env: { OPENCODE_DISABLE_PROJECT_CONFIG: "1" } });
  await expect(service.update({ model: "a/b" })).rejects.toThrow("OPENCODE_DISABLE_PROJECT_CONFIG");
});
