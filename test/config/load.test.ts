import { expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@/base/error";
import { loadGlobalConfig } from "@/config/load";
import { configHome } from "./support";

test("without any file there are only the keys that are always there", async () => {
  await using home = await configHome({});
  const loaded = await home.service().get();
  const { username, ...config } = loaded.config;
  expect(config).toEqual({ agent: {}, command: {}, mode: {}, plugin: [] });
  expect(username).toBeString();
  expect(loaded).toMatchObject({ sources: {}, warnings: [], files: [], directories: [] });
});

test("a value of the wrong type names the file, the place and the key", async () => {
  await using home = await configHome({
    "project/opencode.jsonc": '{\n  // mine\n  "provider": {\n    "x": { "options": "u" }\n  }\n}',
  });
  const error = await home
    .service()
    .get()
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error("not refused");
  const path = join(home.root, "project/opencode.jsonc");
  expect(error.message).toBe(`${path}:4:23: provider.x.options: expected object, got string`);
  expect(error).toMatchObject({
    kind: "invalid",
    name: "ConfigInvalidError",
    data: { path, line: 4 },
  });
});

test("a variable that is wrong is named like a file", async () => {
  await using home = await configHome({});
  const broken = home.service({ env: { OPENCODE_CONFIG_CONTENT: '{"a" 1}' } }).get();
  await expect(broken).rejects.toThrow("OPENCODE_CONFIG_CONTENT:1:6: colon expected");
  const wrong = home.service({ env: { OPENCODE_PERMISSION: '{"bash":"maybe"}' } }).get();
  await expect(wrong).rejects.toThrow(
    'OPENCODE_PERMISSION: permission.bash: expected one of "ask", "allow", "deny", object, got',
  );
});

test("an unknown key is a warning with the key that was meant, and is left out", async () => {
  await using home = await configHome({
    "project/opencode.json": '{"modle":"x/y","theme":"dark","share":"manual"}',
  });
  const { config, warnings } = await home.service().get();
  expect(config).not.toHaveProperty("modle");
  expect(config.share).toBe("manual");
  const path = join(home.root, "project/opencode.json");
  expect(warnings).toEqual([
    `${path}: the key "modle" is not known and was ignored. Did you mean "model"?`,
    `${path}: the key "theme" is not known and was ignored. It belongs into tui.json.`,
  ]);
});

test("a key that looks mistyped is told where any key may stand, and stays", async () => {
  await using home = await configHome({
    "project/opencode.json": JSON.stringify({
      agent: { a: { temprature: 1, top_k: 5 } },
      provider: { p: { options: { baseUrl: "http://127.0.0.1:1/v1" } } },
    }),
  });
  const { config, warnings } = await home.service().get();
  const said = "is not known and goes to the provider as it is.";
  const path = join(home.root, "project/opencode.json");
  expect(warnings.toSorted()).toEqual([
    `${path}: the key "agent.a.temprature" ${said} Did you mean "temperature"?`,
    `${path}: the key "provider.p.options.baseUrl" ${said} Did you mean "baseURL"?`,
  ]);
  expect(config.agent?.["a"]).toMatchObject({ temprature: 1, top_k: 5 });
});

test("a key that changes nothing is told, unless it asks for nothing", async () => {
  await using home = await configHome({
    "home/.config/opencode/opencode.json":
      '{"layout":"auto","autoupdate":"notify","experimental":{"batch_tool":true}}',
    "project/opencode.json": '{"autoupdate":false,"experimental":{"batch_tool":false}}',
  });
  const { warnings } = await home.service().get();
  const path = join(home.root, "home/.config/opencode/opencode.json");
  expect(warnings.map((warning) => warning.replace(/:[^:]*$/, ""))).toEqual([
    `${path}: the key "layout" has no effect`,
    `${path}: the key "autoupdate" has no effect`,
    `${path}: the key "experimental.batch_tool" has no effect`,
  ]);
});

test("an unknown key below is told with its path", async () => {
  await using home = await configHome({
    "project/opencode.json": JSON.stringify({
      compaction: { atuo: false },
      provider: { p: { options: { anything: 1 }, model: {} } },
      agent: { a: { anything: 1 } },
    }),
  });
  const { warnings } = await home.service().get();
  const said = "is not known and was ignored.";
  const path = join(home.root, "project/opencode.json");
  expect(warnings).toEqual(
    [
      `${path}: the key "provider.p.model" ${said} Did you mean "models"?`,
      `${path}: the key "compaction.atuo" ${said} Did you mean "auto"?`,
    ].sort((a, b) => warnings.indexOf(a) - warnings.indexOf(b)),
  );
});

test("OPENCODE_PERMISSION comes after everything else", async () => {
  await using home = await configHome({
    "project/opencode.json": '{"permission":{"bash":"allow","*":"ask"}}',
  });
  const env = { OPENCODE_PERMISSION: '{"bash":"deny"}' };
  const { config, sources } = await home.service({ env }).get();
  expect(JSON.stringify(config.permission)).toBe('{"*":"ask","bash":"deny"}');
  expect(sources["permission.bash"]).toBe("OPENCODE_PERMISSION");
  for (const text of ["deny", '"deny"']) {
    const all = await home.service({ env: { OPENCODE_PERMISSION: text } }).get();
    expect(all.config.permission).toBe("deny");
  }
});

test("switches of the environment count more than files", async () => {
  await using home = await configHome({
    "project/opencode.json": '{"compaction":{"auto":true,"prune":true,"reserved":5}}',
  });
  const env = { OPENCODE_DISABLE_AUTOCOMPACT: "true", OPENCODE_DISABLE_PRUNE: "1" };
  const { config } = await home.service({ env }).get();
  expect(config.compaction).toEqual({ auto: false, prune: false, reserved: 5 });
});

test("a file that is named must be there", async () => {
  await using home = await configHome({});
  const service = home.service({ env: { OPENCODE_CONFIG: "none.json" } });
  const path = join(home.root, "project/none.json");
  await expect(service.get()).rejects.toThrow(`${path}: it does not exist`);
});

test("a directory in the place of a file is named, not waited for or skipped", async () => {
  await using home = await configHome({});
  const path = join(home.root, "project/opencode.json");
  await mkdir(path);
  await expect(home.service().get()).rejects.toThrow(`${path}: it is not a regular file`);
});

test("relative files are relative to the file that names them", async () => {
  await using home = await configHome({
    "home/.config/opencode/opencode.json": '{"username":"{file:name.txt}"}',
    "home/.config/opencode/name.txt": "ada\n",
    "project/opencode.json": '// {file:missing.txt}\n{"shell":"{env:MY_SHELL}"}',
  });
  const { config } = await home.service({ env: { MY_SHELL: "/bin/zsh" } }).get();
  expect(config).toMatchObject({ username: "ada", shell: "/bin/zsh" });
});

test("the user's configuration alone is what stands in the user's files", async () => {
  await using home = await configHome({
    "home/.config/opencode/opencode.json": '{"server":{"port":5000}}',
    "project/opencode.json": '{"server":{"port":6000}}',
  });
  const env = { OPENCODE_CONFIG_CONTENT: '{"server":{"port":7000}}' };
  const { config, files } = await loadGlobalConfig({ paths: home.paths, env });
  expect(config.server).toEqual({ port: 5000 });
  expect(files).toEqual([join(home.paths.config, "opencode.json")]);
});

test("reading never writes", async () => {
  await using home = await configHome({ "project/opencode.json": "{}", "project/.opencode/": "" });
  await home.service().get();
  const found = await Array.fromAsync(new Bun.Glob("**/*").scan({ cwd: home.root, dot: true }));
  expect(found).toEqual(["project/opencode.json"]);
});
