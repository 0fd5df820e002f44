// `kill -9` at every single event of a turn with tools.
import { expect, test } from "bun:test";
import { countEvents, killAt } from "@test/fault/killed-turn";

const MINUTES_MS = 60_000;

test(
  "at each event",
  async () => {
    const events = await countEvents();
    expect(events).toBeGreaterThan(25);
    for (let nth = 1; nth <= events; nth++) await killAt(nth);
  },
  40 * MINUTES_MS,
);
