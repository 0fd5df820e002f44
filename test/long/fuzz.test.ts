// Two hundred random requests, valid and not, for every operation of the document.

import { expect, test } from "bun:test";
import { fuzz } from "@test/support/fuzz/fuzz";

const HOUR_MS = 60 * 60_000;

test(
  "every answer to a random request is one that is declared",
  async () => {
    expect((await fuzz(200)).join("\n\n")).toBe("");
  },
  HOUR_MS,
);
