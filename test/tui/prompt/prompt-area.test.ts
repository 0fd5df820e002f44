import { describe, expect, test } from "bun:test";
import { chipDraft, plainDraft, replaceRange } from "@/tui/prompt/draft";
import { PromptArea } from "@/tui/prompt/prompt-area";
import { testScreen } from "@test/support/screen";

async function areaScreen(width = 22) {
  const screen = await testScreen({ width, height: 10 });
  const selected: [number, number | undefined][] = [];
  const listener = {
    onKey: () => false,
    onPaste: () => undefined,
    onSelect: (cursor: number, anchor: number | undefined) => selected.push([cursor, anchor]),
  };
  const { renderer, theme } = screen.ui;
  const area = new PromptArea(renderer, theme, listener, { width, minHeight: 1, maxHeight: 6 });
  renderer.root.add(area);
  area.focus();
  return { screen, area, selected };
}

const HARD = "日本 👨‍👩‍👧‍👦 e\u0301x 🇩🇪\ntwo 👍🏽 words";

describe("the terminal's cursor", () => {
  test("stands behind each cluster, whatever its width", async () => {
    const { screen, area } = await areaScreen();
    await using _ = screen;
    const columns: [string, number][] = [
      ["", 1],
      ["日", 3],
      ["日本", 5],
      ["日本 ", 6],
      ["日本 👨‍👩‍👧‍👦", 8],
      ["日本 👨‍👩‍👧‍👦 e\u0301", 10],
      ["日本 👨‍👩‍👧‍👦 e\u0301x 🇩🇪", 14],
    ];
    for (const [before, column] of columns) {
      area.show({ draft: plainDraft(HARD), cursor: before.length });
      await screen.frame();
      const { x, y } = screen.terminal.renderer.getCursorState();
      expect([before, x, y]).toEqual([before, column, 1]);
    }
  });

  test("stays in the window of a text that is longer than it", async () => {
    const { screen, area } = await areaScreen();
    await using _ = screen;
    const text = Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n");
    area.show({ draft: plainDraft(text), cursor: text.length });
    expect(await screen.frame()).toContain("line 39");
    expect(area.height).toBe(6);
    area.show({ draft: plainDraft(text), cursor: 0 });
    expect(await screen.frame()).toContain("line 0\n");
  });
});

describe("rows", () => {
  test("are those on the screen, and going through them keeps the column", async () => {
    const { screen, area } = await areaScreen(12);
    await using _ = screen;
    const text = "one two three four\nx\n日本語 five";
    area.show({ draft: plainDraft(text), cursor: 6 });
    await screen.frame();
    let at = 6;
    const stops: string[] = [];
    for (let step = 0; step < 3; step++) {
      at = area.down(at);
      stops.push(text.slice(Math.max(0, at - 3), at));
    }
    expect(stops).toEqual(["ee ", "r\nx", "日本語"]);
    expect(area.start(text.indexOf("four"))).toBe(text.indexOf("three"));
    expect(area.up(area.up(area.up(at)))).toBe(6);
  });
});

describe("what is shown", () => {
  test("chips are marked, whatever stands before them", async () => {
    const { screen, area } = await areaScreen(40);
    await using _ = screen;
    const chip = chipDraft({ type: "file", path: "src/a.ts" });
    const draft = replaceRange(plainDraft("x\n日本 "), 5, 5, chip);
    area.show({ draft, cursor: draft.text.length });
    await screen.frame();
    const spans = screen.terminal.captureSpans().lines[1]?.spans ?? [];
    const marked = spans.filter(({ fg }) => fg.equals(screen.ui.theme.colors.info));
    expect(marked.map(({ text }) => text)).toEqual(["@src/a.ts"]);
  });

  test("a selection has its own colours", async () => {
    const { screen, area } = await areaScreen(40);
    await using _ = screen;
    area.show({ draft: plainDraft("日本 two"), cursor: 4, anchor: 1 });
    await screen.frame();
    const spans = screen.terminal.captureSpans().lines[0]?.spans ?? [];
    const marked = spans.filter(({ bg }) => bg.equals(screen.ui.theme.colors.primary));
    expect(marked.map(({ text }) => text)).toEqual(["本 t"]);
    area.show({ draft: plainDraft("日本 two"), cursor: 4 });
    await screen.frame();
    const after = screen.terminal.captureSpans().lines[0]?.spans ?? [];
    expect(after.some(({ bg }) => bg.equals(screen.ui.theme.colors.primary))).toBe(false);
  });

  test("a click places the cursor, a drag selects", async () => {
    const { screen, area, selected } = await areaScreen(40);
    await using _ = screen;
    area.show({ draft: plainDraft("日本 two"), cursor: 0 });
    await screen.frame();
    await screen.terminal.mockMouse.drag(2, 0, 7, 0);
    await screen.frame();
    expect(selected.at(-1)).toEqual([5, 1]);
  });
});
