import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findActingTuiPlugins, loadThemes, loadTuiConfig, watchThemes } from "@/config/tui-config";
import { writeTree } from "@test/support/temp";
import { configHome, type ConfigHome } from "./support";

function locate(home: ConfigHome, env: Record<string, string> = {}) {
  const directory = join(home.root, "project", "a");
  return { paths: home.paths, env, directory, worktree: join(home.root, "project") };
}

describe("tui.json", () => {
  test("is merged from everywhere, the nearer over the farther", async () => {
    await using home = await configHome({
      "home/.config/opencode/tui.json": '{"theme": "nord", "keybinds": {"session_new": "f5"}}',
      "project/tui.jsonc": '{"theme": "aura", /* here */ "scroll_speed": 2,}',
      "project/a/.opencode/tui.json": '{"keybinds": {"session_list": ["f6"]}}',
      "extra.json": '{"theme": "vesper"}',
    });
    const loaded = await loadTuiConfig(locate(home));
    expect(loaded.config).toEqual({
      theme: "aura",
      scroll_speed: 2,
      keybinds: { session_new: "f5", session_list: ["f6"] },
    });
    expect(loaded.files.length).toBe(3);
    const named = locate(home, { OPENCODE_TUI_CONFIG: join(home.root, "extra.json") });
    expect((await loadTuiConfig(named)).config.theme).toBe("vesper");
  });

  test("need not be there, unless it is named", async () => {
    await using home = await configHome({});
    expect((await loadTuiConfig(locate(home))).config).toEqual({});
    const named = locate(home, { OPENCODE_TUI_CONFIG: "/nowhere/tui.json" });
    expect(loadTuiConfig(named)).rejects.toThrow("/nowhere/tui.json");
  });

  test("of the former product is read as it is", async () => {
    const file = {
      $schema: "https://example.com/tui.json",
      theme: "opencode",
      plugin: ["some-plugin", ["./own.ts", { deep: true }]],
      plugin_enabled: { "some-plugin": false },
      leader_timeout: 1500,
      attention: { enabled: true, sound_pack: "x", sounds: { done: "ding.wav", error: false } },
      prompt: { max_height: 10, max_width: "auto" },
      scroll_speed: 0.5,
      scroll_acceleration: { enabled: true },
      diff_style: "stacked",
      cursor: { style: "line", blinking: false },
      mouse: false,
      keybinds: { leader: "ctrl+o", session_new: { key: "f5", event: "press" }, app_exit: false },
    };
    await using home = await configHome({
      "home/.config/opencode/tui.json": JSON.stringify(file),
    });
    // A plugin's file is found from where it is named.
    const own = pathToFileURL(join(home.root, "home/.config/opencode/own.ts")).href;
    const plugin = ["some-plugin", [own, { deep: true }]];
    expect((await loadTuiConfig(locate(home))).config).toEqual({ ...file, plugin } as object);
  });

  const faults: [string, string][] = [
    ['{"scroll_speed": 0}', "scroll_speed"],
    ['{"diff_style": "split"}', "diff_style"],
    ['{"keybinds": {"session_new": 5}}', "keybinds.session_new"],
    ['{"statusline": ["clock"]}', "statusline"],
    ["[]", "must hold an object"],
    ["{,", "tui.json"],
  ];
  test.each(faults)("%s names the file and the key", async (text, message) => {
    await using home = await configHome({ "home/.config/opencode/tui.json": text });
    const loading = loadTuiConfig(locate(home));
    expect(loading).rejects.toThrow("tui.json");
    expect(loading).rejects.toThrow(message);
  });

  test("of a project runs no program", async () => {
    const text = '{"statusline": {"command": "touch /tmp/x"}, "theme": "nord"}';
    await using home = await configHome({ "project/tui.json": text });
    const loaded = await loadTuiConfig(locate(home));
    expect(loaded.config).toEqual({ theme: "nord" });
    expect(loaded.warnings).toEqual([expect.stringContaining("tui.json: a project's statusline")]);
    await using own = await configHome({ "home/.config/opencode/tui.json": text });
    expect((await loadTuiConfig(locate(own))).config.statusline).toBeDefined();
  });
});

describe("plugins of the terminal UI", () => {
  test("are told with their file, paths by it, a project's apart from the person's", async () => {
    await using home = await configHome({
      "home/.config/opencode/tui.json": '{"plugin": ["./own.ts", "acme@1.0.0"]}',
      "project/tui.json": '{"plugin": [["./code/theirs.ts", {"a": 1}]]}',
    });
    const { plugins } = await loadTuiConfig(locate(home));
    const own = join(home.paths.config, "tui.json");
    const theirs = join(home.root, "project", "tui.json");
    const address = (...words: string[]) => pathToFileURL(join(...words)).href;
    expect(plugins).toEqual([
      { spec: address(home.paths.config, "own.ts"), origin: own, isOfProject: false },
      { spec: "acme@1.0.0", origin: own, isOfProject: false },
      {
        spec: address(home.root, "project", "code", "theirs.ts"),
        options: { a: 1 },
        origin: theirs,
        isOfProject: true,
      },
    ]);
  });

  test("are switched off by a project, not on", async () => {
    await using home = await configHome({
      "home/.config/opencode/tui.json": '{"plugin_enabled": {"a": false, "b": true}}',
      "project/tui.json": '{"plugin_enabled": {"a": true, "b": false}}',
    });
    const { config } = await loadTuiConfig(locate(home));
    expect(config.plugin_enabled).toEqual({ a: false, b: false });
  });

  test("of a file above the project are none of it", async () => {
    await using home = await configHome({ "home/tui.json": '{"plugin": ["./a.ts"]}' });
    const directory = join(home.paths.home, "deep");
    const loaded = await loadTuiConfig({ paths: home.paths, env: {}, directory, worktree: "/" });
    expect(loaded.plugins).toEqual([]);
    expect(loaded.warnings).toEqual([expect.stringContaining("its plugins are left out")]);
  });

  test("that a project names are among what acts, and change with their code", async () => {
    await using home = await configHome({
      "project/tui.json": '{"plugin": ["./a.ts", "acme"]}',
      "project/a.ts": "1",
    });
    const find = () => findActingTuiPlugins(locate(home), join(home.root, "project"));
    const before = await find();
    expect(before.map(({ kind, what, origin }) => [kind, what, origin])).toEqual([
      ["plugin", "plugin[0]", "tui.json"],
      ["plugin", "plugin[1]", "tui.json"],
    ]);
    await writeTree(home.root, { "project/a.ts": "2" });
    const after = await find();
    expect(after[0]?.hash).not.toBe(before[0]?.hash);
    expect(after[1]?.hash).toBe(before[1]?.hash);
  });
});

describe("themes", () => {
  test("are found in every configuration directory, later ones last", async () => {
    await using home = await configHome({
      "home/.config/opencode/themes/mine.json": '{"theme": {"text": "#111111"}}',
      "home/.config/opencode/themes/note.txt": "no theme",
      "project/.opencode/themes/mine.json": '{"theme": {"text": "#222222"}}',
      "project/.opencode/themes/broken.json": "{",
    });
    const { themes, warnings } = await loadThemes(locate(home));
    expect(themes.map(({ name }) => name)).toEqual(["mine", "mine"]);
    expect(themes[1]?.value).toEqual({ theme: { text: "#222222" } });
    expect(warnings).toEqual([expect.stringContaining("broken.json")]);
  });

  test("that are written meanwhile are told", async () => {
    const path = "home/.config/opencode/themes/mine.json";
    await using home = await configHome({ [path]: "{}" });
    const told = Promise.withResolvers<void>();
    const stop = watchThemes(locate(home), told.resolve);
    await writeTree(home.root, { [path]: '{"theme": {}}' });
    await told.promise;
    stop();
    expect((await loadThemes(locate(home))).themes[0]?.value).toEqual({ theme: {} });
  });

  test("need not be there", async () => {
    await using home = await configHome({});
    watchThemes(locate(home), () => undefined)();
    expect(await loadThemes(locate(home))).toEqual({ themes: [], warnings: [] });
  });
});
