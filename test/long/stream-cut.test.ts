// A stream cut at every single byte of an answer that holds a tool call, over each wire.
import { describe, test } from "bun:test";
import { cutAt, wholeAnswer } from "@test/fault/cut-answer";
import { WIRE_NAMES } from "@test/support/scripted-model/scripted-model";

const MINUTES_MS = 60_000;

describe.each(WIRE_NAMES)("over %s", (wire) => {
  test(
    "cut at every byte",
    async () => {
      const { length } = wholeAnswer(wire);
      await cutAt(
        wire,
        Array.from({ length: length + 1 }, (_, index) => index),
      );
    },
    40 * MINUTES_MS,
  );
});
