// Large answers that stay the same for long: made once for each version of what they show, and kept
// compressed, so that the next client costs next to nothing. What nobody shows any more is let go.
import { answerLarge, encodeText, tagOf, ZSTD_LEVEL, type LargeAnswer } from "./json-response";

type Set = Parameters<typeof answerLarge>[2];

export class KeptAnswers {
  readonly #kept = new WeakMap<object, Promise<LargeAnswer>>();

  /**
   * The answer that `make` gives, as JSON. It is asked once for the object `version`, also by those
   * who come at the same time, and again when it failed.
   */
  async answer(
    version: object,
    make: () => Promise<unknown>,
    { request, set }: { request: Request; set: Set },
  ): Promise<Response> {
    const keeping = this.#kept.get(version) ?? keep(make);
    this.#kept.set(version, keeping);
    try {
      return await answerLarge(await keeping, request, set);
    } catch (error) {
      this.#kept.delete(version);
      throw error;
    }
  }
}

async function keep(make: () => Promise<unknown>): Promise<LargeAnswer> {
  const text = JSON.stringify(await make());
  const packed = await Bun.zstdCompress(text, { level: ZSTD_LEVEL });
  const unpack = async () => Bun.zstdDecompress(packed);
  let zipped: ReturnType<typeof encodeText> | undefined;
  const zip = async () => encodeText(await unpack(), "gzip");
  return {
    tag: tagOf(text),
    encode: async (encoding) => {
      if (encoding === "zstd") return packed;
      return encoding === "gzip" ? (zipped ??= zip()) : unpack();
    },
  };
}
