// Frames of bytes pass as they came, however they are cut; one of an impossible length ends it.

import { expect, test } from "bun:test";
import { checkFrames } from "@/llm/amazon-frames";
import { IncompleteAnswerError } from "@/llm/wire-error";
import { amazonFrame } from "@test/support/scripted-model/amazon-frames";

const LARGEST = 16 * 1024 * 1024;
const FRAMES = Buffer.from(
  amazonFrame("messageStart", { role: "assistant" }) +
    amazonFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "ÿ".repeat(300) } }) +
    amazonFrame("messageStop", { stopReason: "end_turn" }),
  "latin1",
);

async function pass(pieces: readonly Uint8Array[]): Promise<Buffer> {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  return Buffer.from(await checkFrames(new Response(body())).arrayBuffer());
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

test("frames pass as they came, however they are cut", async () => {
  for (const size of [1, 2, 3, 5, 17, 100, FRAMES.length]) {
    const pieces: Buffer[] = [];
    for (let at = 0; at < FRAMES.length; at += size) pieces.push(FRAMES.subarray(at, at + size));
    expect(await pass(pieces)).toEqual(FRAMES);
  }
});

test("the largest frame passes, and a cut one does for the package to tell", async () => {
  const largest = [lengthOf(LARGEST), Buffer.alloc(LARGEST - 4)];
  expect(await pass([...largest, FRAMES])).toHaveLength(LARGEST + FRAMES.length);
  expect(await pass([FRAMES.subarray(0, 30)])).toHaveLength(30);
});

test.each([LARGEST + 1, 0xff_ff_ff_ff, 15, 0])("a frame of %i bytes is none", async (length) => {
  const passing = pass([FRAMES, lengthOf(length).subarray(0, 3), lengthOf(length).subarray(3)]);
  await expect(passing).rejects.toThrow(IncompleteAnswerError);
});

test("no more is read behind it", async () => {
  let pieces = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(pieces++ === 0 ? lengthOf(0xff_ff_ff_ff) : Buffer.alloc(1024));
    },
  });
  await expect(checkFrames(new Response(endless)).arrayBuffer()).rejects.toThrow("claims 4.0 GB");
  expect(pieces).toBeLessThan(10);
});
