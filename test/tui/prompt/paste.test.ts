import { describe, expect, test } from "bun:test";
import { chipLabel } from "@/tui/prompt/chip";
import {
  cleanPaste,
  imageType,
  isLongPaste,
  pasteChip,
  pastedPath,
  shownPath,
} from "@/tui/prompt/paste";

describe("cleaning", () => {
  test("line ends become LF, control characters and escape sequences are dropped", () => {
    expect(cleanPaste("a\r\nb\rc\n")).toBe("a\nb\nc\n");
    expect(cleanPaste("\u001b[31mred\u001b[0m\ttab\u0000\u0007\u009b\u007f")).toBe("red\ttab");
    expect(cleanPaste("\u001b]52;c;AAAA\u0007x\u001b")).toBe("x");
    expect(cleanPaste(new TextEncoder().encode("日本 👨‍👩‍👧‍👦"))).toBe("日本 👨‍👩‍👧‍👦");
  });

  test("bytes that are no UTF-8 are replaced, not thrown at", () => {
    expect(cleanPaste(new Uint8Array([0x61, 0xff, 0x62]))).toBe("a\ufffdb");
  });
});

describe("long pastes", () => {
  test("three lines or 150 characters are long", () => {
    expect(isLongPaste("a\nb")).toBe(false);
    expect(isLongPaste("a\nb\n")).toBe(false);
    expect(isLongPaste("a\nb\nc")).toBe(true);
    expect(isLongPaste("x".repeat(149))).toBe(false);
    expect(isLongPaste("x".repeat(150))).toBe(true);
  });

  test("their chip counts lines as a person does", () => {
    expect(chipLabel(pasteChip("a\nb\nc\n"))).toBe("[Pasted ~3 lines]");
    expect(chipLabel(pasteChip("x".repeat(200)))).toBe("[Pasted ~1 line]");
  });
});

describe("paths", () => {
  const at = (text: string) => pastedPath(text, "/srv/project", "/home/user");

  test("are known in the ways in which terminals write them", () => {
    expect(at("/tmp/a.png")).toBe("/tmp/a.png");
    expect(at("'/tmp/my file.png' ")).toBe("/tmp/my file.png");
    expect(at('"/tmp/my file.png"')).toBe("/tmp/my file.png");
    expect(at("/tmp/my\\ file\\(1\\).png")).toBe("/tmp/my file(1).png");
    expect(at("file:///tmp/my%20file.png")).toBe("/tmp/my file.png");
    expect(at("~/a.txt")).toBe("/home/user/a.txt");
    expect(at("src/a.ts")).toBe("/srv/project/src/a.ts");
  });

  test("text is not taken for one", () => {
    expect(at("README")).toBeUndefined();
    expect(at("and/or something")).toBeUndefined();
    expect(at("/a\n/b")).toBeUndefined();
    expect(at("file://elsewhere/share/x")).toBeUndefined();
    expect(at(`/${"x".repeat(5_000)}`)).toBeUndefined();
  });

  test("are shown relative to the project where they lie in it", () => {
    expect(shownPath("/srv/project/src/a.ts", "/srv/project")).toBe("src/a.ts");
    expect(shownPath("/srv/project2/a.ts", "/srv/project")).toBe("/srv/project2/a.ts");
    expect(shownPath("/srv/project", "/srv/project")).toBe("/srv/project");
    expect(imageType("/a/B.PNG")).toBe("image/png");
    expect(imageType("/a/b.svg")).toBeUndefined();
  });
});
