import { describe, expect, test } from "bun:test";
import { formatSequence, parseKeys } from "@/tui/keymap/key-string";

const LEADER = [["ctrl+x"]];

function parse(list: string, leader = LEADER) {
  return parseKeys(list, leader, "keybinds.some");
}

describe("keys as people write them", () => {
  const cases: [string, string[][]][] = [
    ["ctrl+x", [["ctrl+x"]]],
    ["<leader>q", [["ctrl+x", "q"]]],
    ["<leader> q", [["ctrl+x", "q"]]],
    ["<leader>down", [["ctrl+x", "down"]]],
    ["super+shift+z", [["shift+super+z"]]],
    ["ctrl+c,ctrl+d,<leader>q", [["ctrl+c"], ["ctrl+d"], ["ctrl+x", "q"]]],
    [" pageup , ctrl+alt+b ", [["pageup"], ["ctrl+alt+b"]]],
    ["escape escape", [["escape", "escape"]]],
    ["enter,space", [["return"], ["space"]]],
    ["Esc", [["escape"]]],
    ["E", [["shift+e"]]],
    ["Ctrl+E", [["ctrl+shift+e"]]],
    ["shift+i", [["shift+i"]]],
    ["cmd+a", [["super+a"]]],
    ["option+f", [["alt+f"]]],
    ["ctrl+-,super+z", [["ctrl+-"], ["super+z"]]],
    ["ctrl+.", [["ctrl+."]]],
    ["ctrl+,", [["ctrl+,"]]],
    [",", [[","]]],
    ["<leader>,", [["ctrl+x", ","]]],
    ["ctrl+,,ctrl+a", [["ctrl+,"], ["ctrl+a"]]],
    ["ctrl++", [["ctrl++"]]],
    ["+", [["+"]]],
    ["ctrl+alt+[", [["ctrl+alt+["]]],
    ["none", []],
    ["NONE", []],
    ["", []],
  ];
  test.each(cases)("%j", (list, sequences) => {
    expect(parse(list)).toEqual(sequences);
  });

  test("the leader may be several keys", () => {
    expect(parse("<leader>q", [["ctrl+x"], ["f1"]])).toEqual([
      ["ctrl+x", "q"],
      ["f1", "q"],
    ]);
  });
});

describe("what is no key is told", () => {
  const cases: [string, string][] = [
    ["ctrl+foo", 'keybinds.some: in "ctrl+foo", "foo" is no key'],
    ["strg+c", 'keybinds.some: in "strg+c", "strg" is no modifier'],
    ["<leader>", 'keybinds.some: "<leader>" names no key'],
    ["ctrl+", 'keybinds.some: in "ctrl+", "" is no key'],
  ];
  test.each(cases)("%j", (list, message) => {
    expect(() => parse(list)).toThrow(message);
  });
});

test("keys are shown as people read them", () => {
  expect(formatSequence(["ctrl+x", "l"])).toBe("ctrl+x l");
  expect(formatSequence(["alt+up"])).toBe("alt+↑");
  expect(formatSequence(["escape", "escape"])).toBe("esc esc");
  expect(formatSequence(["ctrl++"])).toBe("ctrl++");
});
