import { describe, expect, test } from "bun:test";
import { parse } from "@/base/schema";
import { Keybinds } from "@/schema/tui-config";
import { createBindings } from "@/tui/keymap/bindings";
import { keyNames, LEADER } from "@/tui/keymap/key-table";
import published from "./published-keys.json";

function keysOf(keybinds: Record<string, unknown>, name: string): string[] {
  const bindings = createBindings(parse(Keybinds, keybinds, "tui.json"));
  const found = bindings.all.filter((binding) => binding.name === name);
  return found.map(({ sequence }) => sequence.join(" "));
}

describe("bindings", () => {
  test("are the defaults when nothing is said", () => {
    expect(keysOf({}, "app_exit")).toEqual(["ctrl+c", "ctrl+d", "ctrl+x q"]);
    expect(keysOf({}, "session_fork")).toEqual([]);
    expect(keysOf({}, "session_backtrack")).toEqual(["escape escape"]);
  });

  test("are written in every way", () => {
    expect(keysOf({ session_new: "f5,f6" }, "session_new")).toEqual(["f5", "f6"]);
    expect(keysOf({ session_new: ["f5", { key: "f6" }] }, "session_new")).toEqual(["f5", "f6"]);
    expect(keysOf({ session_new: { key: "<leader>z" } }, "session_new")).toEqual(["ctrl+x z"]);
    expect(keysOf({ session_new: "none" }, "session_new")).toEqual([]);
    expect(keysOf({ session_new: false }, "session_new")).toEqual([]);
  });

  test("are found by the action's id, too", () => {
    expect(keysOf({ "session.new": "f5" }, "session_new")).toEqual(["f5"]);
    expect(keysOf({ "session.timeline": "f5" }, "session_timeline")).toEqual(["f5"]);
    expect(keysOf({ "session.timeline": "f5" }, "session_backtrack")).toEqual(["escape escape"]);
  });

  test("follow another leader", () => {
    expect(keysOf({ leader: "f1" }, "session_list")).toEqual(["f1 l"]);
    expect(keysOf({ leader: "none" }, "session_list")).toEqual([]);
  });

  test("say how a key is taken", () => {
    const bindings = createBindings({ session_new: { key: "f5", fallthrough: true } });
    const found = bindings.all.find(({ name }) => name === "session_new");
    expect(found).toMatchObject({ event: "press", preventDefault: true, fallthrough: true });
  });

  test("of an unknown name name the nearest", () => {
    const bind = (name: string) => () => createBindings({ [name]: "f5" }, "/x/tui.json");
    expect(bind("sesion_new")).toThrow(
      '/x/tui.json: keybinds.sesion_new: there is no such key name. Did you mean "session_new"?',
    );
    expect(bind("constructor")).toThrow("keybinds.constructor: there is no such key name");
  });

  test("of a wrong key name the name", () => {
    expect(() => createBindings({ session_new: "ctrl+foo" })).toThrow("keybinds.session_new");
  });
});

test("a file that lists every name with its default changes nothing", () => {
  const file = Object.fromEntries(keyNames().map(({ name, keys }) => [name, keys]));
  const written = createBindings(parse(Keybinds, { leader: "ctrl+x", ...file }, "tui.json"));
  expect(written).toEqual(createBindings({}));
});

test("a file that people have, with every published name, loads, and means the defaults", () => {
  const defaults: Record<string, string> = { [LEADER.name]: LEADER.keys };
  for (const { name, keys } of keyNames()) defaults[name] = keys;
  for (const [name, keys] of Object.entries(published)) {
    expect([name, defaults[name]]).toEqual([name, keys]);
  }
  const written = createBindings(parse(Keybinds, published, "tui.json"));
  expect(written).toEqual(createBindings({}));
});
