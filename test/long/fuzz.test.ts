// Two hundred random requests, valid and not, for every operation of the document.

import { expect, test } from "bun:test";
import { fuzz } from "@test/support/fuzz/fuzz";

const MINUTES_20 = 20 * 60_000;

test(
  "every answer to a random request is one that is declared",
  async () => {
    expect((await fuzz(200)).join("\n\n")).toBe("");
  },
  MINUTES_20,
);
