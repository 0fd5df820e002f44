import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { managedPreferences } from "@/app/managed-preferences";
import { Logger } from "@/base/log";
import { resolvePaths } from "@/base/paths";
import { ConfigService } from "@/config/config-service";
import { tempTree, type Tree } from "@test/support/temp";

const FILE = "ai.opencode.managed.plist";

/** Property lists are JSON here: only the Mac has the program that makes JSON of them. */
async function fixture(tree: Tree) {
  const root = await tempTree({ "project/": "", "preferences/": "", ...tree });
  const preferences = {
    directory: join(root.path, "preferences"),
    user: "me",
    read: (path: string) => readFile(path, "utf8"),
  };
  const directory = join(root.path, "project");
  const config = new ConfigService({
    paths: resolvePaths({}, join(root.path, "home")),
    env: { OPENCODE_CONFIG_CONTENT: '{"share":"auto"}', OPENCODE_PERMISSION: '{"bash":"allow"}' },
    directory,
    worktree: directory,
    managedDirectory: join(root.path, "managed"),
    log: Logger.silent(),
    managed: () => managedPreferences(preferences),
  });
  return { preferences, config, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

test("they count more than all else, and the person's more than the Mac's", async () => {
  await using f = await fixture({
    "managed/opencode.json": '{"share":"manual"}',
    [`preferences/${FILE}`]: '{"share":"auto","permission":{"bash":"deny"},"PayloadUUID":"x"}',
    [`preferences/me/${FILE}`]: '{"share":"disabled"}',
    [`preferences/other/${FILE}`]: '{"share":"auto"}',
  });
  const { config, sources, warnings } = await f.config.get();
  expect(config.share).toBe("disabled");
  expect(config.permission).toEqual({ bash: "deny" });
  expect(sources["share"]).toBe(join(f.preferences.directory, "me", FILE));
  expect(warnings).toEqual([]);
});

test("where there are none, nothing is said and nothing read", async () => {
  await using f = await fixture({});
  expect(await managedPreferences(f.preferences)).toEqual([]);
});

test("one that cannot be read is an error that names it, not a restriction lost", async () => {
  await using f = await fixture({ [`preferences/${FILE}`]: "broken" });
  await expect(f.config.get()).rejects.toThrow(join(f.preferences.directory, FILE));
});
