import { expect, test } from "bun:test";
import fc from "fast-check";
import { EventFrames } from "@/client/event-frames";
import { readSeed } from "@test/support/seed";

const TEXT = 'id: 7\ndata: {"a":"ä"}\n\n: a comment\n\ndata: one\ndata: two\n\ndata: unfinished';

test("frames come whole, wherever the bytes are cut", () => {
  const bytes = new TextEncoder().encode(TEXT);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 5 }), (cuts) => {
      const frames = new EventFrames();
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const pieces = places.slice(1).map((end, index) => bytes.slice(places[index], end));
      expect(pieces.flatMap((piece) => frames.add(piece))).toEqual([
        { id: "7", data: '{"a":"ä"}' },
        { data: "one\ntwo" },
      ]);
    }),
    { seed: readSeed() },
  );
});
