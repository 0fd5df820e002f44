import { PassThrough } from "node:stream";
import { afterEach, expect, test } from "bun:test";
import { fg, link, StyledText, TextRenderable } from "@opentui/core";
import { createTestRenderer, type TestRendererSetup } from "@opentui/core/testing";
import { findMove, moveRows } from "@/tui/moved-rows";
import { CellGrid } from "@test/support/cell-grid";

const COLUMNS = 40;
const ROWS = 20;
const FRAME = "\u001b[?2026h";
const FRAME_END = "\u001b[?2026l";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Rows as the codes of their characters, one screen after the other. */
function cells(rows: readonly string[]): Uint32Array {
  const text = rows.map((row) => row.padEnd(COLUMNS)).join("");
  return Uint32Array.from(text, (character) => character.charCodeAt(0));
}

/** A row of a text, no two of which have much in common. */
function rowOf(n: number): string {
  return String.fromCharCode(65 + (n % 26)).repeat(20 + (n % 17));
}

/** A screen of ten rows of text, begun at this one, over a box that stays. */
function screenAt(first: number): string[] {
  const text = Array.from({ length: 10 }, (_, n) => rowOf(first + n));
  return [...text, "", "| ", "| prompt", "| ", "status"];
}

test("text that goes up or down is moved, without what stays around it", () => {
  const found = (from: number, to: number) =>
    findMove(cells(screenAt(from)), cells(screenAt(to)), COLUMNS);
  expect(found(500, 501)).toEqual({ top: 0, end: 10, distance: -1 });
  expect(found(503, 500)).toEqual({ top: 0, end: 10, distance: 3 });
});

test("nothing is moved where little has changed, or all", () => {
  const before = screenAt(500);
  const grown = before.with(9, "another end of it");
  expect(findMove(cells(before), cells(grown), COLUMNS)).toBeUndefined();
  const other = before.map((_, n) => String.fromCharCode(97 + n).repeat(COLUMNS));
  expect(findMove(cells(before), cells(other), COLUMNS)).toBeUndefined();
});

/** A renderer, and a terminal that is written what it writes. */
class Written {
  readonly grid = new CellGrid();
  readonly terminal: TestRendererSetup;
  readonly #text: TextRenderable;
  #output = "";
  #count = 0;
  #heard = Promise.withResolvers<void>();

  static async open(): Promise<Written> {
    const stdout = new PassThrough();
    const written = Object.assign(stdout, { columns: COLUMNS, rows: ROWS, isTTY: true });
    const terminal = await createTestRenderer({
      width: COLUMNS,
      height: ROWS,
      stdout: written as unknown as NodeJS.WriteStream,
      bufferedOutput: "stdout",
    });
    closers.push(() => terminal.renderer.destroy());
    return new Written(terminal, stdout);
  }

  private constructor(terminal: TestRendererSetup, stdout: PassThrough) {
    this.terminal = terminal;
    moveRows(terminal.renderer);
    this.#text = new TextRenderable(terminal.renderer, { content: "" });
    terminal.renderer.root.add(this.#text);
    stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    });
  }

  /** What the frame with these rows was written as. */
  async draw(rows: readonly (string | StyledText)[]): Promise<string> {
    // So that there is a frame to wait for, whatever the rows.
    const mark = `frame ${++this.#count}`;
    const lines = [...rows.slice(0, ROWS - 1), mark].map((row) =>
      typeof row === "string" ? [{ __isChunk: true as const, text: row }] : row.chunks,
    );
    const end = { __isChunk: true as const, text: "\n" };
    this.#text.content = new StyledText(lines.flatMap((chunks) => [...chunks, end]));
    await this.terminal.renderOnce();
    while (!this.#isDrawn()) await this.#heard.promise;
    const output = this.#output;
    this.#output = "";
    for (const part of output.split(FRAME)) this.grid.draw(part.split(FRAME_END)[0] ?? "");
    return output;
  }

  #isDrawn(): boolean {
    return this.#output.includes(FRAME_END) && this.#output.trimEnd().endsWith(FRAME_END);
  }

  /** What it shows, and what it should. */
  get shown(): { terminal: string; renderer: string } {
    const buffer = this.terminal.renderer.currentRenderBuffer;
    const text = new TextDecoder().decode(buffer.getRealCharBytes(true));
    return { terminal: this.grid.text(COLUMNS, ROWS).trimEnd(), renderer: text.trimEnd() };
  }
}

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

/** Numbers from 0 to below `below`, the same for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Three of them and what is between fit into a row. */
const WORDS = ["word", "日本語", "👨‍👩‍👧", "e\u0301", "✅", "x", "", "한국", "longer word"];

test("whatever moves, the terminal shows what the frame says", async () => {
  const roll = dice(SEED);
  const word = () => WORDS[roll(WORDS.length)] ?? "";
  const row = (): string | StyledText => {
    if (roll(4) === 0) return new StyledText([link("http://x.test")(fg("#ff0000")(word()))]);
    return Array.from({ length: 3 }, word).join(" ");
  };
  const written = await Written.open();
  const rows = Array.from({ length: 200 }, row);
  let first = 60;
  let moved = 0;
  for (let n = 0; n < 100; n++) {
    first = Math.max(0, Math.min(180, first + roll(9) - 4));
    const fixed = Array.from({ length: roll(3) }, () => "a row that stays where it is");
    const output = await written.draw([...fixed, ...rows.slice(first, first + 15), "end"]);
    if (/\[\d+[LM]/.test(output)) moved++;
    const { terminal, renderer } = written.shown;
    expect([SEED, n, terminal]).toEqual([SEED, n, renderer]);
  }
  expect(moved).toBeGreaterThan(0);
});

test("a screen of text that goes up by a row is a fraction of its cells", async () => {
  const written = await Written.open();
  const text = Array.from({ length: 60 }, (_, n) => rowOf(n));
  const whole = await written.draw(text.slice(0, 18));
  const next = await written.draw(text.slice(1, 19));
  expect(next.length).toBeLessThan(whole.length / 4);
});
