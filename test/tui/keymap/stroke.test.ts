import { describe, expect, test } from "bun:test";
import { isKeyName, strokesOf } from "@/tui/keymap/stroke";
import { pressed } from "./support";

describe("without the kitty protocol", () => {
  const cases: [string, string][] = [
    ["a", "a"],
    ["E", "shift+e"],
    ["?", "?"],
    ["]", "]"],
    [" ", "space"],
    ["日", "日"],
    ["\x03", "ctrl+c"],
    ["\x18", "ctrl+x"],
    ["\n", "ctrl+j"],
    ["\r", "return"],
    ["\x1f", "ctrl+-"],
    ["\x7f", "backspace"],
    ["\x1b", "escape"],
    ["\x1be", "alt+e"],
    ["\x1bE", "alt+shift+e"],
    ["\x1b\r", "alt+return"],
    ["\x1b\x7f", "alt+backspace"],
    ["\x1b\x0b", "ctrl+alt+k"],
    ["\x1b[Z", "shift+tab"],
    ["\x1bOQ", "f2"],
    ["\x1b[1;2Q", "shift+f2"],
    ["\x1b[5~", "pageup"],
    ["\x1b[1;5D", "ctrl+left"],
    ["\x1b[1;7D", "ctrl+alt+left"],
    ["\x1b[1;3A", "alt+up"],
    ["\x1b[3;5~", "ctrl+delete"],
    ["\x1b[27;2;13~", "shift+return"],
  ];
  test.each(cases)("%j is %s", (bytes, stroke) => {
    expect(strokesOf(pressed(bytes))).toEqual([stroke]);
  });

  test("escape twice at once is escape twice", () => {
    expect(strokesOf(pressed("\x1b\x1b"))).toEqual(["escape", "escape"]);
  });
});

describe("with the kitty protocol", () => {
  const cases: [string, string][] = [
    ["\x1b[99;5u", "ctrl+c"],
    ["\x1b[45;5u", "ctrl+-"],
    ["\x1b[46;5u", "ctrl+."],
    ["\x1b[13;2u", "shift+return"],
    ["\x1b[101:69;2u", "shift+e"],
    ["\x1b[47:63;2u", "?"],
    ["\x1b[122;9u", "super+z"],
    ["\x1b[122:90;10u", "shift+super+z"],
    ["\x1b[127;5u", "ctrl+backspace"],
    ["\x1b[107:75;8u", "ctrl+alt+shift+k"],
    ["\x1b[91;7u", "ctrl+alt+["],
    ["\x1b[57414u", "return"],
    ["\x1b[57399u", "0"],
    ["\x1b[27u", "escape"],
    ["\x1b[1089::99;5u", "ctrl+c"],
    ["\x1b[1089u", "с"],
  ];
  test.each(cases)("%j is %s", (bytes, stroke) => {
    expect(strokesOf(pressed(bytes, true))).toEqual([stroke]);
  });
});

test("keys have names that people know", () => {
  expect(["a", "?", "é", "return", "f12", "pageup"].filter((name) => !isKeyName(name))).toEqual([]);
  expect(["", "ab", "f36", "\n", "retrun"].filter(isKeyName)).toEqual([]);
});
