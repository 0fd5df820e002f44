// The message of `run`: the words of the command line, then what standard input holds. Standard
// input is never waited for without end: with words it must begin within a second, keep coming and
// end within minutes; without words, or with the word "-", it is what the person wants to say, and
// gets its time.
import { stat } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { errorCode, errorMessage, invalid } from "@/base/error";
import type { FilePartInput } from "@/schema/part";
import type { CLIContext } from "./context";
import { isInputTerminal, readInput } from "./input";

const FIRST_BYTE_MS = 1_000;
const IDLE_MS = 10_000;
const TOTAL_MS = 5 * 60_000;
const PATIENT_MS = 5 * 60_000;
const PATIENT_TOTAL_MS = 60 * 60_000;
const NOTICE_MS = 1_000;
const INPUT_MAX_BYTES = 10 * 1024 * 1024;

const NO_MESSAGE =
  'No message: say what to do, for example opencode run "explain this repository", ' +
  "or pipe it in";

/**
 * The message as the model gets it. Throws AppError invalid when there is none, unless it
 * `mayBeEmpty`; then standard input is not waited for either.
 */
export async function readMessage(
  context: CLIContext,
  words: readonly string[],
  mayBeEmpty = false,
): Promise<string> {
  const isAwaited = (words.length === 0 && !mayBeEmpty) || words.includes("-");
  const typed = words.filter((word) => word !== "-").join(" ");
  const piped = isInputTerminal() ? "" : await readPiped(context, isAwaited);
  const message = [typed, piped].filter((text) => text.trim() !== "").join("\n");
  if (message === "" && !mayBeEmpty) throw invalid(NO_MESSAGE);
  return message;
}

async function readPiped(context: CLIContext, isAwaited: boolean): Promise<string> {
  const { clock, output } = context;
  const { text, end } = await readInput({
    clock,
    firstByteMs: isAwaited ? PATIENT_MS : FIRST_BYTE_MS,
    idleMs: isAwaited ? PATIENT_MS : IDLE_MS,
    totalMs: isAwaited ? PATIENT_TOTAL_MS : TOTAL_MS,
    maxBytes: INPUT_MAX_BYTES,
    noticeMs: NOTICE_MS,
    ...(isAwaited
      ? { onWait: () => output.note("Waiting for the message on standard input ...") }
      : {}),
  });
  if (end === "complete") return text;
  if (isAwaited) {
    const idle = `nothing came for ${PATIENT_MS / 60_000} minutes`;
    const total = `it went on for more than ${PATIENT_TOTAL_MS / 60_000}`;
    throw invalid(`Standard input did not end: ${idle}, or ${total}`);
  }
  output.note(
    end === "silent"
      ? 'Standard input is open but silent: going on without it (the word "-" waits for it)'
      : 'Standard input does not end: going on with what came (the word "-" waits for the rest)',
  );
  return text;
}

const MIMES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".pdf": "application/pdf",
};

/** The files of `--file` as parts of the prompt. AppError invalid for one that is missing. */
export function fileParts(directory: string, paths: readonly string[]): Promise<FilePartInput[]> {
  return Promise.all(paths.map((path) => filePart(resolve(directory, path))));
}

async function filePart(path: string): Promise<FilePartInput> {
  const found = await stat(path).catch((error: unknown) => {
    const reason = errorCode(error) === "ENOENT" ? "there is no such file" : errorMessage(error);
    throw invalid(`--file ${path}: ${reason}`);
  });
  if (!found.isFile() && !found.isDirectory()) {
    throw invalid(`--file ${path}: only files and directories can be attached`);
  }
  const mime = found.isDirectory()
    ? "application/x-directory"
    : (MIMES[extname(path).toLowerCase()] ?? "text/plain");
  return { type: "file", mime, filename: basename(path), url: pathToFileURL(path).href };
}
