import { describe, expect, test } from "bun:test";
import { ColorFilter, findColorDepth, type ColorDepth } from "@/tui/theme/color-depth";

describe("the depth is told by the environment", () => {
  const cases: [Record<string, string>, ColorDepth][] = [
    [{ TERM: "xterm-256color", COLORTERM: "truecolor" }, "truecolor"],
    [{ TERM: "xterm-256color", COLORTERM: "24bit" }, "truecolor"],
    [{ TERM: "xterm-direct" }, "truecolor"],
    [{ TERM: "xterm-256color", COLORTERM: "" }, "256"],
    [{ TERM: "tmux-256color" }, "256"],
    [{ TERM: "xterm-kitty" }, "256"],
    [{ TERM: "xterm" }, "16"],
    [{ TERM: "linux" }, "16"],
    [{}, "16"],
    [{ TERM: "vt100" }, "none"],
    [{ TERM: "dumb" }, "none"],
    [{ TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" }, "none"],
    [{ TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "" }, "truecolor"],
  ];
  test.each(cases)("%j", (env, depth) => {
    expect(findColorDepth(env)).toBe(depth);
  });
});

describe("what is sent is held to the depth", () => {
  const drawn =
    "\x1b[1;38;2;250;178;131;48;5;16mA\x1b[0m\x1b[39;49mB\x1b[4;31;102mC\x1b[2;3H\x1b[m";

  function filter(depth: ColorDepth, text: string, size = text.length): string {
    const colors = new ColorFilter(depth);
    const bytes = Buffer.from(text);
    let out = "";
    for (let at = 0; at < bytes.length; at += size) {
      out += Buffer.from(colors.write(bytes.subarray(at, at + size))).toString("latin1");
    }
    return Buffer.from(out, "latin1").toString();
  }

  test("no colours: attributes and everything else stay", () => {
    const plain = "\x1b[1mA\x1b[0mB\x1b[4mC\x1b[2;3H\x1b[0m";
    expect(filter("none", drawn)).toBe(plain);
  });

  test("sixteen colours", () => {
    const sixteen = "\x1b[1;93;40mA\x1b[0m\x1b[39;49mB\x1b[4;31;102mC\x1b[2;3H\x1b[0m";
    expect(filter("16", drawn)).toBe(sixteen);
  });

  test("256 colours", () => {
    expect(filter("256", "\x1b[38;2;255;0;0mA")).toBe("\x1b[38;5;196mA");
  });

  test("however the chunks are cut, characters included", () => {
    const text = `${drawn}日本é\x1b]0;title\x07\x1b[?2026l`;
    for (const depth of ["none", "16"] as const) {
      const whole = filter(depth, text);
      for (const size of [1, 2, 3, 5, 7]) expect(filter(depth, text, size)).toBe(whole);
    }
  });

  test("what is no code of colours is passed on at once", () => {
    expect(filter("none", "\x1b[12;3Hx\x1b]10;?\x07\x1b[38;2;1mz")).toBe(
      "\x1b[12;3Hx\x1b]10;?\x07z",
    );
  });
});
