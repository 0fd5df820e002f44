// Standard input of a command: what is there is read, and nothing is ever waited for without end.
// A closed, empty or finished input is "nothing"; a pipe that nobody writes to gets a bound.
import { fstatSync } from "node:fs";
import { isatty } from "node:tty";
import type { Clock } from "@/base/clock";
import { errorCode, errorMessage, invalid } from "@/base/error";
import { formatBytes } from "@/base/text";

/** Whether standard input is a person at a terminal. */
export function isInputTerminal(): boolean {
  return isatty(0);
}

export interface InputOptions {
  clock: Clock;
  /** Until the first byte. */
  firstByteMs: number;
  /** Between two pieces, from the first on. */
  idleMs: number;
  /** In all: what drips without end must not be waited for either. */
  totalMs: number;
  /** More is an error. */
  maxBytes: number;
  /** Called when nothing has come for `noticeMs`. */
  onWait?: () => void;
  noticeMs?: number;
}

export interface InputText {
  text: string;
  /** "silent": nothing came in time; "stalled": the rest did not come in time. */
  end: "complete" | "silent" | "stalled";
}

/** Reads standard input as UTF-8. Throws AppError invalid when it is too large or unreadable. */
export async function readInput(options: InputOptions): Promise<InputText> {
  const reader = openInput();
  if (!reader) return { text: "", end: "complete" };
  const cancelNotice = options.onWait
    ? options.clock.timer(options.noticeMs ?? options.firstByteMs, options.onWait)
    : undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  let end: InputText["end"] | undefined;
  const deadline = options.clock.now() + options.totalMs;
  while (end === undefined) {
    const idleMs = size === 0 ? options.firstByteMs : options.idleMs;
    const waitMs = Math.min(idleMs, deadline - options.clock.now());
    const chunk = await readWithin(reader, waitMs, options.clock);
    cancelNotice?.();
    if (chunk === "late") end = size === 0 ? "silent" : "stalled";
    else if (chunk === undefined) end = "complete";
    else {
      size += chunk.length;
      if (size > options.maxBytes) throw tooLarge(options.maxBytes);
      chunks.push(chunk);
    }
  }
  return { text: Buffer.concat(chunks).toString("utf8"), end };
}

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
}

function openInput(): Reader | undefined {
  try {
    if (fstatSync(0).isDirectory()) throw invalid("Standard input is a directory, not a text");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EBADF") return undefined;
    throw error;
  }
  return Bun.stdin.stream().getReader();
}

async function readWithin(
  reader: Reader,
  waitMs: number,
  clock: Clock,
): Promise<Uint8Array | "late" | undefined> {
  const late = Promise.withResolvers<"late">();
  const cancel = clock.timer(waitMs, () => late.resolve("late"));
  try {
    const read = await Promise.race([reader.read(), late.promise]);
    return read === "late" ? "late" : read.value;
  } catch (error) {
    // Open, but not for reading: so does nohup, to say that there is nothing.
    if (errorCode(error) === "EBADF") return undefined;
    throw invalid(`Standard input cannot be read: ${errorMessage(error)}`, {}, error);
  } finally {
    cancel();
  }
}

function tooLarge(maxBytes: number): Error {
  return invalid(
    `Standard input is larger than ${formatBytes(maxBytes)}: give the model a file instead ` +
      "(--file PATH), or only the part that matters",
  );
}
