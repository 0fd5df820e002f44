import { describe, expect, test } from "bun:test";
import { chipDraft, plainDraft, replaceRange } from "@/tui/prompt/draft";
import { type EditState, insert, type Rows } from "@/tui/prompt/edit";
import { lineEnd, lineStart } from "@/tui/prompt/segments";
import { Vim } from "@/tui/prompt/vim";

/** Rows as if no line were ever wrapped. */
function rowsOf(text: string): Rows {
  const shift = (offset: number, start: number) => {
    const column = offset - lineStart(text, offset);
    return Math.min(start + column, lineEnd(text, start));
  };
  return {
    up: (at) =>
      lineStart(text, at) === 0 ? at : shift(at, lineStart(text, lineStart(text, at) - 1)),
    down: (at) => (lineEnd(text, at) === text.length ? at : shift(at, lineEnd(text, at) + 1)),
    start: (at) => lineStart(text, at),
    end: (at) => lineEnd(text, at),
  };
}

/** Types keys (words in <> are named keys) into text with `|` at the cursor; shows the outcome. */
function type(shown: string, keys: string): string {
  const cursor = shown.indexOf("|");
  let state: EditState = { draft: plainDraft(shown.replace("|", "")), cursor };
  const vim = new Vim();
  vim.reset("normal");
  const effects: string[] = [];
  for (const key of keys.match(/<[^>]+>|./gsu) ?? []) {
    const name = key.length > 1 ? key.slice(1, -1) : key === " " ? "space" : key;
    const result = vim.press(name, state, rowsOf(state.draft.text));
    if (result?.effect) effects.push(result.effect);
    state = result?.state ?? (vim.mode === "insert" ? insert(state, plainDraft(key)) : state);
  }
  const { draft } = state;
  const text = `${draft.text.slice(0, state.cursor)}|${draft.text.slice(state.cursor)}`;
  return [text, ...effects].join(" ");
}

describe("motions", () => {
  test.each([
    ["|one two", "w", "one |two"],
    ["|one.two x", "w", "one|.two x"],
    ["|one.two x", "W", "one.two |x"],
    ["one two| x", "b", "one |two x"],
    ["one |two", "b", "|one two"],
    ["|one two", "e", "on|e two"],
    ["on|e two", "e", "one tw|o"],
    ["|one two three", "2w", "one two |three"],
    ["  on|e", "0", "|  one"],
    ["  on|e", "^", "  |one"],
    ["|one", "$", "on|e"],
    ["a\nb|b\nc", "gg", "|a\nbb\nc"],
    ["|a\nb\nc", "G", "a\nb\n|c"],
    ["|a\nb\nc", "2G", "a\n|b\nc"],
    ["|ab\ncd", "j", "ab\n|cd"],
    ["ab\nc|d", "k", "a|b\ncd"],
    ["|a,b,c", "2f,", "a,b|,c"],
    ["|a,b,c", "t,", "|a,b,c"],
    ["a,b|,c", "F,", "a|,b,c"],
    ["|日本 語", "w", "日本 |語"],
    ["|👨‍👩‍👧‍👦b", "l", "👨‍👩‍👧‍👦|b"],
    ["|ab", "99l", "a|b"],
  ])("%p %p", (before, keys, after) => {
    expect(type(before, keys)).toBe(after);
  });
});

describe("changes", () => {
  test.each([
    ["|one two", "dw", "|two"],
    ["|one two", "cwx<escape>", "|x two"],
    ["one |two", "db", "|two"],
    ["|one two", "d$", "|"],
    ["one| two", "D", "on|e"],
    ["|one two three", "d2w", "|three"],
    ["|one two three", "2dw", "|three"],
    ["a\n|b\nc", "dd", "a\n|c"],
    ["a\nb\n|c", "dd", "a\n|b"],
    ["|a\nb\nc", "2dd", "|c"],
    ["|a\nb\nc", "dj", "|c"],
    ["|abc", "x", "|bc"],
    ["|abc", "2x", "|c"],
    ["ab|c", "X", "a|c"],
    ["|abc", "rx", "|xbc"],
    ["|abc", "r ", "| bc"],
    ["a\nb|b\nc", "ccx<escape>", "a\n|x\nc"],
    ["|one two", "ywP", "one| one two"],
    ["|a\nb", "yyp", "a\n|a\nb"],
    ["|a\nb", "ddp", "b\n|a"],
    ["|ab", "xp", "b|a"],
    ["a|b", "ix<escape>", "a|xb"],
    ["a|b", "ax<escape>", "ab|x"],
    ["  a|b", "Ix<escape>", "  |xab"],
    ["|ab", "Ax<escape>", "ab|x"],
    ["|ab\nc", "ox<escape>", "ab\n|x\nc"],
    ["ab\n|c", "Ox<escape>", "ab\n|x\nc"],
    ["|a,b", "df,", "|b"],
    ["|a,b", "dt,", "|,b"],
    ["|ab", "u", "|ab undo"],
    ["|ab", "<ctrl+r>", "|ab redo"],
    ["|ab", "<return>", "|ab submit"],
  ])("%p %p", (before, keys, after) => {
    expect(type(before, keys)).toBe(after);
  });

  test("keys that are no command change nothing", () => {
    expect(type("|ab", "Qgqd<escape>zx")).toBe("|b");
  });

  test("a chip is passed and deleted whole", () => {
    const chip = chipDraft({ type: "file", path: "a.ts" });
    const draft = replaceRange(plainDraft("x  y"), 2, 2, chip);
    const vim = new Vim();
    vim.reset("normal");
    const state = { draft, cursor: 2 };
    expect(vim.press("x", state, rowsOf(draft.text))?.state.draft).toEqual(plainDraft("x  y"));
  });
});

describe("visual line mode", () => {
  test.each([
    ["a\n|b\nc", "Vd", "a\n|c"],
    ["|a\nb\nc", "Vjd", "|c"],
    ["|a\nb\nc", "Vjy<escape>P", "|a\nb\na\nb\nc"],
    ["|a\nb\nc", "VGcx<escape>", "|x"],
    ["|a\nb", "V<escape>x", "|\nb"],
  ])("%p %p", (before, keys, after) => {
    expect(type(before, keys)).toBe(after);
  });
});

describe("modes", () => {
  test("escape leaves a mode first, and is the box's after that", () => {
    const vim = new Vim();
    const state = { draft: plainDraft("ab"), cursor: 2 };
    const rows = rowsOf("ab");
    expect(vim.mode).toBe("insert");
    expect(vim.press("a", state, rows)).toBeUndefined();
    expect(vim.press("escape", state, rows)?.state.cursor).toBe(1);
    expect(vim.mode).toBe("normal");
    expect(vim.press("escape", state, rows)).toBeUndefined();
    expect(vim.press("up", state, rows)).toBeDefined();
    expect(vim.press("pageup", state, rows)).toBeUndefined();
  });
});
