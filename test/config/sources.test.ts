import { expect, test } from "bun:test";
import { join } from "node:path";
import { rm } from "node:fs/promises";
import { resolvePaths } from "@/base/paths";
import { configSources, projectDirectories } from "@/config/sources";
import { configHome } from "./support";

/** Every place a model can be set, lowest first: each beats all before it. */
const FILES = [
  "home/.config/opencode/config.json",
  "home/.config/opencode/opencode.json",
  "home/.config/opencode/opencode.jsonc",
  "extra.json",
  "project/opencode.json",
  "project/opencode.jsonc",
  "project/.opencode/opencode.json",
  "project/.opencode/opencode.jsonc",
  "project/a/b/opencode.json",
  "project/a/b/opencode.jsonc",
  "project/a/b/.opencode/opencode.json",
  "project/a/b/.opencode/opencode.jsonc",
  "home/.opencode/opencode.json",
  "home/.opencode/opencode.jsonc",
  "dir/opencode.json",
  "dir/opencode.jsonc",
  "(content)",
  "managed/opencode.json",
  "managed/opencode.jsonc",
];

test("each source beats all that stand before it", async () => {
  const files = FILES.filter((name) => name !== "(content)");
  await using home = await configHome(
    Object.fromEntries(files.map((name) => [name, JSON.stringify({ model: `x/${name}` })])),
  );
  const env: Record<string, string> = {
    OPENCODE_CONFIG: join(home.root, "extra.json"),
    OPENCODE_CONFIG_DIR: join(home.root, "dir"),
    OPENCODE_CONFIG_CONTENT: '{"model":"x/(content)"}',
  };
  const service = home.service({ env, directory: "project/a/b" });
  for (const name of FILES.toReversed()) {
    const { config, sources } = await service.reload();
    expect(config.model).toBe(`x/${name}`);
    const origin = name === "(content)" ? "OPENCODE_CONFIG_CONTENT" : join(home.root, name);
    expect(sources["model"]).toBe(origin);
    if (name === "(content)") delete env["OPENCODE_CONFIG_CONTENT"];
    else if (name === "extra.json") delete env["OPENCODE_CONFIG"];
    else await rm(join(home.root, name));
  }
  expect((await service.reload()).config.model).toBeUndefined();
});

test("directories for agents and commands that exist are given from far to near", async () => {
  await using home = await configHome({
    "home/.config/opencode/": "",
    "home/.opencode/": "",
    "project/.opencode/": "",
    "project/a/.opencode/": "",
    "dir/": "",
  });
  const env = { OPENCODE_CONFIG_DIR: join(home.root, "dir") };
  const loaded = await home.service({ env, directory: "project/a/b" }).get();
  expect(loaded.directories.map(({ path }) => path.slice(home.root.length + 1))).toEqual([
    "home/.config/opencode",
    "project/.opencode",
    "project/a/.opencode",
    "home/.opencode",
    "dir",
  ]);
});

test("OPENCODE_DISABLE_PROJECT_CONFIG leaves out everything of the project", async () => {
  await using home = await configHome({
    "home/.config/opencode/opencode.json": '{"model":"x/mine"}',
    "project/opencode.json": '{"model":"x/theirs"}',
    "project/.opencode/opencode.json": '{"model":"x/theirs"}',
  });
  const loaded = await home.service({ env: { OPENCODE_DISABLE_PROJECT_CONFIG: "1" } }).get();
  expect(loaded.config.model).toBe("x/mine");
  expect(loaded.directories).toEqual([{ path: home.paths.config, isProject: false, rank: 1 }]);
});

test("files of a repository are marked as such, and nothing else is", () => {
  const paths = resolvePaths({}, "/home/user");
  const env = { OPENCODE_CONFIG: "/x.json" };
  const sources = configSources({ paths, env, directory: "/repo/a", worktree: "/repo" });
  const marked = sources.flatMap((source) =>
    source.kind === "file" && source.project ? [source.path] : [],
  );
  expect(marked).toHaveLength(8);
  expect(marked.every((path) => path.startsWith("/repo/"))).toBe(true);
});

test("a path that two rules name stands in the list once, at its higher place", () => {
  const paths = resolvePaths({}, "/home/user");
  const location = { paths, env: {}, directory: "/home/user", worktree: "/home/user" };
  const all = configSources(location).map((source) => source.kind === "file" && source.path);
  expect(all.filter((path) => path === "/home/user/.opencode/opencode.json")).toHaveLength(1);
});

test("without a repository the way begins at the home directory or is the directory alone", () => {
  const paths = resolvePaths({}, "/home/user");
  const levels = (directory: string, worktree: string) =>
    projectDirectories({ paths, env: {}, directory, worktree });
  expect(levels("/home/user/a/b", "/")).toEqual(["/home/user", "/home/user/a", "/home/user/a/b"]);
  expect(levels("/tmp/shared/x", "/")).toEqual(["/tmp/shared/x"]);
  expect(levels("/repo/a", "/repo")).toEqual(["/repo", "/repo/a"]);
  expect(levels("/elsewhere", "/repo")).toEqual(["/elsewhere"]);
});
