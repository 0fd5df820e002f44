import { expect, test } from "bun:test";
import { BoxRenderable, TextRenderable } from "@opentui/core";
import { type ColumnItem, ScrollColumn } from "@/tui/views/scroll-column";
import { testScreen, type TestScreen } from "@test/support/screen";

const ROWS = 10;

/** Blocks of one or more rows, each row saying which block it is of. */
class Column {
  readonly column: ScrollColumn;
  readonly screen: TestScreen;
  readonly mounted = new Set<Line>();
  items: Line[] = [];

  constructor(screen: TestScreen) {
    this.screen = screen;
    const { renderer } = screen.ui;
    this.column = new ScrollColumn({
      renderer,
      wheelRows: 3,
      onNearTop: () => undefined,
      onMoved: () => undefined,
      onClick: () => undefined,
    });
    const box = new BoxRenderable(renderer, { height: ROWS, flexDirection: "column" });
    box.add(this.column);
    renderer.root.add(box);
  }

  set(lines: readonly Line[]): void {
    this.items = [...lines];
    for (const [index, line] of this.items.entries()) line.index = index;
    this.column.setItems(this.items);
  }

  line(name: string, rows = 1): Line {
    return new Line(this, name, rows);
  }

  lines(from: number, to: number): Line[] {
    return Array.from({ length: to - from }, (_, n) => this.line(String(from + n)));
  }

  async rows(): Promise<string[]> {
    return (await this.screen.frame()).split("\n").slice(0, ROWS);
  }
}

class Line implements ColumnItem {
  index = 0;
  height = 1;
  rows: number;
  readonly #column: Column;
  readonly #name: string;
  #text: TextRenderable | undefined;

  constructor(column: Column, name: string, rows: number) {
    this.#column = column;
    this.#name = name;
    this.rows = rows;
  }

  mount(): TextRenderable {
    this.#text = new TextRenderable(this.#column.screen.ui.renderer, { content: this.#content });
    this.#column.mounted.add(this);
    return this.#text;
  }

  unmount(): void {
    this.#text?.destroy();
    this.#column.mounted.delete(this);
  }

  resize(rows: number): void {
    this.rows = rows;
    if (this.#text) this.#text.content = this.#content;
  }

  get #content(): string {
    return Array.from({ length: this.rows }, (_, n) => `${this.#name}.${n}`).join("\n");
  }
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `${from + n}.0`);

test("it follows the end, and mounts only what is near", async () => {
  await using screen = await testScreen({ width: 20, height: 12 });
  const column = new Column(screen);
  column.set(column.lines(0, 1_000));
  expect(await column.rows()).toEqual(numbers(990, 1_000));
  expect(column.mounted.size).toBeLessThan(80);
  column.set([...column.items, column.line("1000", 3)]);
  expect(await column.rows()).toEqual([...numbers(993, 1_000), "1000.0", "1000.1", "1000.2"]);
});

test("what is short stands at the top", async () => {
  await using screen = await testScreen({ width: 20, height: 12 });
  const column = new Column(screen);
  column.set(column.lines(0, 3));
  expect((await column.rows()).slice(0, 4)).toEqual(["0.0", "1.0", "2.0", ""]);
});

test("scrolled up, nothing that happens elsewhere moves what is read", async () => {
  await using screen = await testScreen({ width: 20, height: 12 });
  const column = new Column(screen);
  column.set(column.lines(0, 100));
  await column.rows();
  column.column.scrollBy(-30);
  const read = await column.rows();
  expect(read).toEqual(numbers(60, 70));
  // Growth above and below, more at the end, more before the first.
  column.items[55]?.resize(7);
  column.items[80]?.resize(5);
  expect(await column.rows()).toEqual(read);
  column.set([...column.items, ...column.lines(100, 110)]);
  expect(await column.rows()).toEqual(read);
  expect(column.column.newBelow).toBe(10);
  column.set([...column.lines(-50, 0), ...column.items]);
  expect(await column.rows()).toEqual(read);
});

test("every row can be reached, and the ends are ends", async () => {
  await using screen = await testScreen({ width: 20, height: 12 });
  const column = new Column(screen);
  column.set(Array.from({ length: 200 }, (_, n) => column.line(String(n), (n % 4) + 1)));
  await column.rows();
  const seen = new Set<string>();
  for (let n = 0; n < 200 && !seen.has("0.0"); n++) {
    for (const row of await column.rows()) seen.add(row);
    column.column.scrollByPages(-1);
  }
  expect(seen.size).toBe(50 * (1 + 2 + 3 + 4));
  column.column.scrollBy(-500);
  expect((await column.rows())[0]).toBe("0.0");
  column.column.scrollBy(5_000);
  await column.rows();
  expect(column.column.isFollowing).toBe(true);
  expect((await column.rows()).at(-1)).toBe("199.3");
});

test("a jump shows its block at once, far from what was mounted", async () => {
  await using screen = await testScreen({ width: 20, height: 12 });
  const column = new Column(screen);
  column.set(column.lines(0, 5_000));
  await column.rows();
  const first = column.items[0];
  if (first) column.column.scrollToItem(first);
  expect(await column.rows()).toEqual(numbers(0, 10));
  const middle = column.items[2_500];
  if (middle) column.column.scrollToItem(middle, 2);
  expect(await column.rows()).toEqual(numbers(2_498, 2_508));
  column.column.scrollToEnd();
  expect(await column.rows()).toEqual(numbers(4_990, 5_000));
});

test("a block that is opened keeps its first row where it is", async () => {
  await using screen = await testScreen({ width: 20, height: 12 });
  const column = new Column(screen);
  column.set(column.lines(0, 100));
  await column.rows();
  const clicked = column.items[95];
  if (clicked) column.column.hold(clicked);
  clicked?.resize(6);
  expect((await column.rows()).slice(4, 8)).toEqual(["94.0", "95.0", "95.1", "95.2"]);
});

test("blocks that are gone are gone, and the place stays near", async () => {
  await using screen = await testScreen({ width: 20, height: 12 });
  const column = new Column(screen);
  column.set(column.lines(0, 100));
  await column.rows();
  column.column.scrollBy(-50);
  await column.rows();
  column.set(column.items.filter((_, n) => n < 20 || n >= 60));
  const rows = await column.rows();
  expect(rows).toHaveLength(ROWS);
  expect(rows.every((row) => row !== "")).toBe(true);
  expect(column.mounted.size).toBeLessThan(80);
});
