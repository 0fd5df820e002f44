import { describe, expect, test } from "bun:test";
import { MEDIUM } from "@/tui/dialogs/dialog";
import { ListDialog, type ListDialogOptions } from "@/tui/dialogs/list-dialog";
import type { ListRow } from "@/tui/dialogs/list-rows";
import type { ScreenOptions } from "@test/support/screen";
import { dialogScreen } from "./support";

function rows(count: number): ListRow<number>[] {
  return Array.from({ length: count }, (_, index) => ({
    value: index,
    label: `Row ${index + 1}`,
    group: index < 5 ? "First" : "Later",
    right: `key ${index + 1}`,
  }));
}

async function open(
  options: Partial<ListDialogOptions<number>> = {},
  screenOptions: Omit<ScreenOptions, "ui"> = {},
) {
  const screen = await dialogScreen(screenOptions);
  const picked: number[] = [];
  const dialog = new ListDialog<number>(screen.ui, {
    title: "Numbers",
    width: MEDIUM,
    rows: () => rows(40),
    empty: "There are none.",
    onSelect: (row) => picked.push(row.value),
    enterText: "take",
    ...options,
  });
  screen.ui.dialogs.open(dialog);
  return { screen, dialog, picked, keys: screen.terminal.mockInput };
}

describe("a list", () => {
  test("is drawn as it is specified", async () => {
    const { screen } = await open({ rows: () => rows(3) });
    await using _ = screen;
    expect(await screen.frame()).toContain(
      `
       ╭────────────────────────────────────────────────────────────────╮
       │  Numbers                                                  esc  │
       │                                                                │
       │  >                                                             │
       │                                                                │
       │  First                                                         │
       │  Row 1                                                  key 1  │
       │  Row 2                                                  key 2  │
       │  Row 3                                                  key 3  │
       │                                                                │
       │                                                                │
       │  enter take                                                    │
       ╰────────────────────────────────────────────────────────────────╯
`.slice(1),
    );
  });

  test("shows at least ten rows at 80x24, and scrolls with what is selected", async () => {
    const { screen, keys, dialog } = await open();
    await using _ = screen;
    const shown = (frame: string) => frame.match(/Row \d+/g) ?? [];
    expect(shown(await screen.frame()).length).toBeGreaterThanOrEqual(10);
    for (let press = 0; press < 20; press++) keys.pressArrow("down");
    expect(shown(await screen.frame())).toContain("Row 21");
    expect(dialog.selected?.value).toBe(20);
    keys.pressKey("END");
    expect(shown(await screen.frame()).at(-1)).toBe("Row 40");
    keys.pressArrow("down");
    expect(dialog.selected?.value).toBe(0);
    expect(await screen.frame()).toContain("First");
    keys.pressArrow("up");
    expect(dialog.selected?.value).toBe(39);
  });

  test("is filtered by what is typed, the best first", async () => {
    const { screen, keys, picked } = await open();
    await using _ = screen;
    await keys.typeText("row 7");
    const frame = await screen.frame();
    expect(frame).toContain("> row 7");
    expect(frame.indexOf("Row 7 ")).toBeLessThan(frame.indexOf("Row 37"));
    keys.pressEnter();
    expect(picked).toEqual([6]);
    await keys.typeText("zzz");
    expect(await screen.frame()).toContain("Nothing matches.");
    keys.pressEnter();
    expect(picked).toEqual([6]);
  });

  test("says so when there is nothing", async () => {
    const { screen } = await open({ rows: () => [] });
    await using _ = screen;
    expect(await screen.frame()).toContain("There are none.");
  });

  test("cuts with an ellipsis, by the width of characters", async () => {
    const long = "日本語のとても長い名前".repeat(8);
    const { screen } = await open({
      rows: () => [{ value: 1, label: long, right: "\u001b]0;x\u0007right" }],
    });
    await using _ = screen;
    const line = (await screen.frame()).split("\n").find((row) => row.includes("日本"));
    expect(line).toContain("…");
    expect(line).toContain("right  │");
  });

  test("keeps its place when its rows are read again", async () => {
    let count = 3;
    const { screen, dialog, keys } = await open({ rows: () => rows(count) });
    await using _ = screen;
    keys.pressArrow("down");
    count = 20;
    dialog.refresh();
    expect(dialog.selected?.value).toBe(1);
    expect((await screen.frame()).match(/Row \d+/g)?.length).toBeGreaterThanOrEqual(10);
  });

  test("has keys of its own, told in the footer as they are bound", async () => {
    const ran: unknown[] = [];
    const { screen, keys } = await open({
      hasFilter: false,
      keys: [
        { action: "session.rename", text: "rename", run: (row) => void ran.push(row?.value) },
        { stroke: "u", text: "undo", run: () => void ran.push("u") },
        { stroke: "alt+k", text: "rebind", run: () => false },
      ],
    });
    await using _ = screen;
    expect(await screen.frame()).toContain("enter take  ctrl+r rename  u undo  alt+k rebind");
    keys.pressKey("r", { ctrl: true });
    keys.pressKey("u");
    expect(ran).toEqual([0, "u"]);
  });

  test("takes the whole of a narrow screen", async () => {
    const { screen } = await open({}, { width: 48, height: 16 });
    await using _ = screen;
    const frame = await screen.frame();
    expect(frame).toContain(`╭${"─".repeat(46)}╮`);
    expect(frame.match(/Row \d+/g)?.length).toBeGreaterThanOrEqual(4);
    for (const line of frame.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(48);
  });
});

describe("the mouse", () => {
  test("takes what it clicks, and scrolls", async () => {
    const { screen, picked } = await open();
    await using _ = screen;
    const lines = (await screen.frame()).split("\n");
    const y = lines.findIndex((line) => line.includes("Row 3 "));
    await screen.terminal.mockMouse.click(20, y);
    expect(picked).toEqual([2]);
    await screen.terminal.mockMouse.scroll(20, y, "down");
    expect(await screen.frame()).not.toContain("Row 1 ");
  });

  test("closes by a click outside, and not by one inside", async () => {
    const { screen } = await open();
    await using _ = screen;
    await screen.frame();
    await screen.terminal.mockMouse.click(12, 2);
    expect(screen.ui.dialogs.isOpen).toBe(true);
    await screen.terminal.mockMouse.click(1, 1);
    expect(screen.ui.dialogs.isOpen).toBe(false);
  });
});

describe("the stack", () => {
  test("gives the keys back to what lies beneath", async () => {
    const { screen, keys } = await open({ rows: () => rows(3) });
    await using _ = screen;
    const above = new ListDialog<string>(screen.ui, {
      title: "Above",
      width: MEDIUM,
      rows: () => [{ value: "x", label: "Only this" }],
      empty: "",
    });
    screen.ui.dialogs.open(above);
    const frame = await screen.frame();
    expect(frame).toContain("Only this");
    expect(frame).not.toContain("Row 1");
    keys.pressEscape();
    await screen.terminal.flush();
    expect(await screen.frame()).toContain("Row 1");
    await keys.typeText("2");
    expect(await screen.frame()).toContain("> 2");
    keys.pressKey("c", { ctrl: true });
    expect(await screen.frame()).not.toContain("Row 2");
    await keys.typeText("draft");
    expect(screen.ui.prompt.text).toBe("draft");
  });

  test("dims what lies beneath by its colours alone", async () => {
    const { screen } = await open({ rows: () => rows(1) });
    await using _ = screen;
    screen.ui.renderer.root.add(screen.ui.prompt.root);
    screen.ui.prompt.setText("日本語 👨‍👩‍👧 text");
    const frame = await screen.frame();
    expect(frame).toContain("日本語 👨‍👩‍👧 text");
    const span = screen.terminal
      .captureSpans()
      .lines.flatMap(({ spans }) => spans)
      .find(({ text }) => text.includes("日本語"));
    const [red = 255] = span?.fg.toInts() ?? [];
    expect(red).toBeLessThan(100);
  });
});
