// What a session has read: for each file its state when the model last saw it. From it follows
// whether a change of the file by somebody else would be overwritten unseen. Texts are kept within
// a budget, so that a change can be shown; without its text a file is still known by its hash.
import { createPatch } from "@/base/unified-diff";

/** The state of a file when it was read. Times in milliseconds, size in bytes. */
export interface FileRead {
  mtimeMs: number;
  size: number;
  /** Of all bytes (hashBytes); undefined for a file too large to be read as a whole. */
  hash?: string;
}

export interface FileState extends FileRead {
  /** The whole text, lines ended by "\n", for showing what changed. */
  text?: string;
}

/** `changed` carries the text that was read where it is still kept. */
export type ReadStatus = { type: "unread" } | { type: "same" } | { type: "changed"; text?: string };

const TEXT_MAX_CHARACTERS = 512 * 1024;
const TEXTS_MAX_CHARACTERS = 8 * 1024 * 1024;
const FILES_MAX = 5_000;
const DIFF_MAX_LINES = 40;

/** One per session. Keys are real paths (symbolic links resolved). */
export class FileReads {
  // In order of use, oldest first: what is given up first.
  readonly #reads = new Map<string, FileState>();
  #characters = 0;

  /** The model has now seen the file as `state` has it. */
  record(path: string, state: FileState): void {
    this.forget(path);
    const { text, ...known } = state;
    const kept = text !== undefined && text.length <= TEXT_MAX_CHARACTERS ? { text } : {};
    this.#reads.set(path, { ...known, ...kept });
    this.#characters += kept.text?.length ?? 0;
    this.#shrink();
  }

  find(path: string): FileRead | undefined {
    return this.#reads.get(path);
  }

  forget(path: string): void {
    this.#characters -= this.#reads.get(path)?.text?.length ?? 0;
    this.#reads.delete(path);
  }

  /** Whether `state`, the file as it is now, is what the model has seen. */
  compare(path: string, state: FileState): ReadStatus {
    const read = this.#reads.get(path);
    if (!read) return { type: "unread" };
    // The content decides where both are known: a touched file is the same, and a change within
    // the clock's grain is a change.
    const known = read.hash !== undefined && state.hash !== undefined;
    const same = known
      ? read.hash === state.hash
      : read.mtimeMs === state.mtimeMs && read.size === state.size;
    if (same) return { type: "same" };
    return { type: "changed", ...(read.text === undefined ? {} : { text: read.text }) };
  }

  /** Of all texts that are kept. */
  get characters(): number {
    return this.#characters;
  }

  /** Gives up all texts: the files are still known by their hashes. */
  forgetTexts(): void {
    for (const read of this.#reads.values()) delete read.text;
    this.#characters = 0;
  }

  /** Gives up the oldest texts, then the oldest entries, until all is within the limits. */
  #shrink(): void {
    for (const [path, read] of this.#reads) {
      if (this.#reads.size > FILES_MAX) {
        this.forget(path);
        continue;
      }
      if (this.#characters <= TEXTS_MAX_CHARACTERS) return;
      this.#characters -= read.text?.length ?? 0;
      delete read.text;
    }
  }
}

/** The hash of a file's content. */
export function hashBytes(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha1").update(bytes).digest("hex");
}

/** The change from `before` to `after` for a model to read: the hunks alone, at most 40 lines. */
export async function describeChange(
  path: string,
  before: string | undefined,
  after: string,
): Promise<string> {
  if (before === undefined) return "(the text that was read is no longer kept)";
  const patch = await createPatch(path, before, after, 1);
  const lines = patch.split("\n").filter((line) => !line.startsWith("\\"));
  const start = lines.findIndex((line) => line.startsWith("@@"));
  const hunks = lines.slice(start < 0 ? lines.length : start);
  while (hunks.at(-1) === "") hunks.pop();
  if (hunks.length === 0) return "(only line endings or the byte order mark)";
  const shown = hunks.slice(0, DIFF_MAX_LINES).map((line) => line.slice(0, 300));
  if (hunks.length > shown.length) shown.push(`... (${hunks.length - shown.length} more lines)`);
  return shown.join("\n");
}
