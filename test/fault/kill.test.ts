// `kill -9` in the middle of a turn: after the restart everything has ended and the session goes
// on. Here at a few of its events; test/long has them all.
import { expect, test } from "bun:test";
import { killAt } from "./killed-turn";

test.each([1, 8, 14, 17])(
  "at event %d",
  async (nth) => {
    expect(await killAt(nth)).toBe("");
  },
  180_000,
);
