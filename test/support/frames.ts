// Frames: what the screen is expected to show, kept as text in test/tui/frames under their names,
// row by row at the size of the terminal, `_` where the cursor stands on a blank cell. A run with
// UPDATE_FRAMES=1 writes what it sees instead; the difference is then for a person to read.

import { expect } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestRendererSetup } from "@opentui/core/testing";

const FOLDER = join(import.meta.dir, "../tui/frames");

/**
 * Compares what is on the terminal with the kept frame; spaces at the ends do not count. `above` is
 * what was printed before it.
 */
export function expectFrame(name: string, terminal: TestRendererSetup, above = ""): void {
  const path = join(FOLDER, `${name}.txt`);
  const seen = (above && `${above.replace(/ +$/gm, "")}\n`) + frameOf(terminal);
  if (process.env["UPDATE_FRAMES"]) writeFileSync(path, `${seen}\n`);
  expect(seen).toBe(readFileSync(path, "utf8").replace(/\n$/, ""));
}

/** What is on the terminal, with its cursor, without spaces at the ends of rows. */
export function frameOf({ captureCharFrame, renderer }: TestRendererSetup): string {
  const rows = captureCharFrame().split("\n").slice(0, renderer.height);
  const { x, y, visible } = renderer.getCursorState();
  const row = rows[y - 1];
  if (visible && row !== undefined) rows[y - 1] = withCursor(row, x - 1);
  return rows.map((text) => text.trimEnd()).join("\n");
}

function withCursor(row: string, column: number): string {
  let at = 0;
  let before = 0;
  for (const { segment } of new Intl.Segmenter().segment(row)) {
    if (before >= column) break;
    before += Bun.stringWidth(segment);
    at += segment.length;
  }
  return row[at] === " " ? `${row.slice(0, at)}_${row.slice(at + 1)}` : row;
}
