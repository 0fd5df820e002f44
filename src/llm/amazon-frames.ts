// Amazon frames: the body of Bedrock's answers on its way to the provider package. The package
// keeps what came of a frame until all is there that the frame claims; one that claims more than
// there can be ends the answer here.

import { formatBytes } from "@/base/text";
import { IncompleteAnswerError } from "./wire-error";

const LENGTH_BYTES = 4;
/** Two lengths and two checksums. */
const FRAME_MIN_BYTES = 16;
/** What Amazon's own libraries take. */
const FRAME_MAX_BYTES = 16 * 1024 * 1024;

/** The response, whose body fails with IncompleteAnswerError at a frame that is none. */
export function checkFrames(response: Response): Response {
  const lengths = new FrameLengths();
  const checked = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      lengths.pass(bytes);
      controller.enqueue(bytes);
    },
  });
  const { status, statusText, headers } = response;
  const body = response.body?.pipeThrough(checked) ?? null;
  return new Response(body, { status, statusText, headers });
}

/** Where frames begin in the bytes that pass, by the length that each begins with. */
class FrameLengths {
  #length = 0;
  #known = 0;
  /** Of the frame whose length is known. */
  #left = 0;

  pass(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left === 0) {
        this.#takeLength(bytes[at++] ?? 0);
        continue;
      }
      const passed = Math.min(this.#left, bytes.length - at);
      this.#left -= passed;
      at += passed;
    }
  }

  #takeLength(byte: number): void {
    this.#length = this.#length * 256 + byte;
    this.#known++;
    if (this.#known < LENGTH_BYTES) return;
    const length = this.#length;
    if (length < FRAME_MIN_BYTES || length > FRAME_MAX_BYTES) {
      const most = formatBytes(FRAME_MAX_BYTES);
      throw new IncompleteAnswerError(
        `a frame of its stream claims ${formatBytes(length)}; the most is ${most}.`,
      );
    }
    this.#left = length - LENGTH_BYTES;
    this.#length = 0;
    this.#known = 0;
  }
}
