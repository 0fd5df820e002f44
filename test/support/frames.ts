// Frames: what the screen is expected to show, kept as text in test/tui/frames under their names.
// A run with UPDATE_FRAMES=1 writes what it sees instead; the difference is then for a person to
// read.

import { expect } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dir, "../tui/frames");

/** Compares a frame with the kept one; spaces and blank rows at the ends do not count. */
export function expectFrame(name: string, frame: string): void {
  const path = join(FOLDER, `${name}.txt`);
  const seen = trim(frame);
  if (process.env["UPDATE_FRAMES"]) writeFileSync(path, `${seen}\n`);
  expect(seen).toBe(trim(readFileSync(path, "utf8")));
}

function trim(frame: string): string {
  return frame
    .split("\n")
    .map((row) => row.trimEnd())
    .join("\n")
    .replace(/^\n+|\s+$/g, "");
}
