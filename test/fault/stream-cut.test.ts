// A stream cut in the middle of a tool call ends the message, and the session goes on from there.
// Here at a few places of each wire; test/long has them all.
import { describe, test } from "bun:test";
import { WIRE_NAMES } from "@test/support/scripted-model/scripted-model";
import { cutAt, wholeAnswer } from "./cut-answer";

const PLACES = 12;

describe.each(WIRE_NAMES)("over %s", (wire) => {
  test("cut at places over the whole answer", async () => {
    const { length } = wholeAnswer(wire);
    await cutAt(
      wire,
      Array.from({ length: PLACES }, (_, index) => Math.round((index * length) / (PLACES - 1))),
    );
  });
});
