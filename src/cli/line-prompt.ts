// A question whose answer is one line typed at the terminal, seen as it is typed.
import type { Output } from "./output";

const ANSWER_MAX_CHARACTERS = 64 * 1024;

/**
 * What the person types up to Enter; undefined when the terminal closes or `signal` aborts before.
 * Needs a terminal. Ctrl-C interrupts as it does elsewhere.
 */
export async function readLine(
  output: Output,
  question: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (signal?.aborted) return undefined;
  const { stdin } = process;
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let text = "";
  const onData = (typed: string) => {
    text = (text + typed).slice(0, ANSWER_MAX_CHARACTERS);
    const end = text.search(/[\r\n]/);
    if (end >= 0) resolve(text.slice(0, end));
  };
  const onEnd = () => resolve(undefined);
  output.writeNote(question);
  stdin.setEncoding("utf8");
  stdin.on("data", onData);
  stdin.on("end", onEnd);
  stdin.resume(); // paused after the question before
  signal?.addEventListener("abort", onEnd, { once: true });
  try {
    return await promise;
  } finally {
    stdin.off("data", onData);
    stdin.off("end", onEnd);
    signal?.removeEventListener("abort", onEnd);
    stdin.pause();
  }
}
