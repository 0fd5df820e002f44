// The scripted model in a process of its own, so that its processor time is nobody else's.

import { join } from "node:path";
import type { ScriptedModelOptions } from "@test/support/scripted-model/scripted-model";

export interface ModelProcess extends AsyncDisposable {
  /** With the wire's path, as a provider package wants it. */
  readonly baseURL: string;
  /** The part of opencode.json that makes it the provider "scripted". */
  readonly config: Readonly<Record<string, unknown>>;
  /**
   * Ends it. Throws when it was not asked for this many turns of its script, or when a request
   * broke a rule of the wire: the figures are then worth nothing.
   */
  finish(turns: number): Promise<void>;
}

/** A script that survives the way to another process: no functions, no promises. */
export type ModelScript = Pick<ScriptedModelOptions, "turns" | "order" | "wire">;

export const MODEL = { providerID: "scripted", modelID: "main" } as const;

/** What serve.ts says when it ends. */
interface ModelEnd {
  requests: number;
  violations: string[];
}

const SERVE = join(import.meta.dir, "../support/scripted-model/serve.ts");

/** `await using model = await startModel({ turns: [{ text: "Hello" }] });` */
export async function startModel(script: ModelScript): Promise<ModelProcess> {
  const child = Bun.spawn([process.execPath, SERVE, JSON.stringify(script)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = readLines(child.stdout);
  const started = parse<{ baseURL: string; config: Record<string, unknown> }>(await lines.next());
  const end = async () => {
    await child.stdin.end();
    await child.exited;
  };
  return {
    ...started,
    async finish(turns) {
      await child.stdin.end();
      const { requests, violations } = parse<ModelEnd>(await lines.next());
      await child.exited;
      if (violations.length > 0) {
        throw new Error(`the model was asked wrongly: ${violations.slice(0, 3).join("; ")}`);
      }
      if (requests !== turns)
        throw new Error(`the model was asked ${requests}, not ${turns} times`);
    },
    [Symbol.asyncDispose]: end,
  };
}

function parse<T>(line: IteratorResult<string>): T {
  if (line.done) throw new Error("the scripted model ended without a word");
  return JSON.parse(line.value) as T;
}

/** Lines of a stream as they come. */
export async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
