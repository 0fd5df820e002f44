// Changing files on behalf of the model: one at a time per file, shown and asked before anything
// is written, checked again after the answer, written atomically, and told. What the new text is,
// the tools decide.
import { invalid } from "@/base/error";
import { countChanges, createPatch } from "@/base/unified-diff";
import { describeChange, type FileState } from "./file-reads";
import type { FileTarget } from "./file-target";
import { keepFormat, readTextFile, type TextFile, toLF, writeTextFile } from "./text-file";
import type { ToolContext, ToolResult } from "./tool";

/** A change that is shown and asked as a whole. */
export interface FileChange {
  target: FileTarget;
  /** Undefined when the file is new. */
  before: TextFile | undefined;
  /** The whole new text, with its line endings. */
  after: string;
}

export interface FileDiff {
  file: string;
  patch: string;
  additions: number;
  deletions: number;
}

/** Runs `work` while no other tool changes one of the files; waiting ends with the signal. */
export async function withFileLocks<T>(
  paths: readonly string[],
  context: ToolContext,
  work: () => Promise<T>,
): Promise<T> {
  const { signal, host } = context;
  // In one order everywhere, so that two calls never wait for each other.
  const ordered = [...new Set(paths)].sort();
  const start = () => {
    signal.throwIfAborted();
    return work();
  };
  const chain = ordered.reduceRight<() => Promise<T>>(
    (inner, path) => () => host.locks.run(path, inner),
    async () => start(),
  );
  return untilAborted(chain(), signal);
}

/** Rejects as soon as the signal aborts, though `work` may still be on its way to its own end. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** The unified diff of a change, named by its title. */
export async function diffChange(change: FileChange): Promise<FileDiff> {
  const { target, before, after } = change;
  const patch = await createPatch(target.title, toLF(before?.text ?? ""), toLF(after));
  return { file: target.path, patch, ...countChanges(patch) };
}

/**
 * Throws AppError invalid unless the model has seen the file as it is now: for changes that rely on
 * more than the text the call itself quotes. `reason` begins the message.
 */
export async function requireRead(
  target: FileTarget,
  file: TextFile,
  reason: string,
  context: ToolContext,
): Promise<void> {
  const status = context.reads.compare(target.real, file.state);
  if (status.type === "same") return;
  if (status.type === "unread") {
    throw invalid(`${reason}, and it was not read in this session: read it first`);
  }
  const change = await describeChange(target.title, status.text, toLF(file.text));
  throw invalid(
    `${reason}, and it has changed since it was read. Read it again, then retry. ` +
      `The change since the read:\n${change}`,
  );
}

/**
 * Asks permission to edit; the diff is what a person is shown. Gives the text that the person put
 * in the place of the one proposed, if any: only a single file is changed so.
 */
export async function askEdit(
  targets: readonly FileTarget[],
  metadata: Record<string, unknown>,
  context: ToolContext,
): Promise<string | undefined> {
  const { edited } = await context.ask({
    permission: "edit",
    patterns: [...new Set(targets.flatMap((target) => target.patterns))],
    always: ["*"],
    metadata,
  });
  context.signal.throwIfAborted();
  return edited;
}

export interface AskedChange {
  change: FileChange;
  diff: FileDiff;
  /** Tells the model what the person made of its change; empty when nothing. */
  note: string;
}

/** Asks permission for the change of one file, and gives it as the person left it. */
export async function askChange(change: FileChange, context: ToolContext): Promise<AskedChange> {
  const { target, before } = change;
  const diff = await diffChange(change);
  const metadata = { filepath: target.path, diff: diff.patch };
  const edited = await askEdit([target], metadata, context);
  await requireUnchanged(change);
  const after =
    edited === undefined ? change.after : keepFormat(sameEnd(edited, change.after), before);
  if (toLF(after) === toLF(change.after)) return { change, diff, note: "" };
  const changed = { ...change, after };
  const made = await describeChange(target.title, toLF(change.after), toLF(after));
  const note = ` The user changed the text before it was written. Their change to it:\n${made}`;
  return { change: changed, diff: await diffChange(changed), note };
}

/** With a final newline where the other has one: editors put one there unasked. */
function sameEnd(text: string, other: string): string {
  if (text === "") return text;
  const bare = text.replace(/\r?\n$/, "");
  return toLF(other).endsWith("\n") ? `${bare}\n` : bare;
}

/** Throws AppError invalid when the file changed while the permission was waited for. */
export async function requireUnchanged(
  change: Pick<FileChange, "target" | "before">,
): Promise<void> {
  const now = await readTextFile(change.target.real);
  if (now?.state.hash === change.before?.state.hash) return;
  const before = toLF(change.before?.text ?? "");
  const difference = await describeChange(change.target.title, before, toLF(now?.text ?? ""));
  throw invalid(
    `${change.target.path} changed while permission was waited for; nothing was written. ` +
      `Read it again, then retry. The change:\n${difference}`,
  );
}

/** Writes one change and keeps the record of reads true. Call finishChange when all are written. */
export async function writeChange(change: FileChange, context: ToolContext): Promise<FileState> {
  const { target, before, after } = change;
  const known = !before || isKnown(target, before.state, context);
  const state = await writeTextFile(target.real, after, before);
  // Of a file that the model has not seen, its own small change makes not more seen.
  if (known) context.reads.record(target.real, state);
  return state;
}

function isKnown(target: FileTarget, state: FileState, context: ToolContext): boolean {
  return context.reads.compare(target.real, state).type === "same";
}

/** What became of a file after a change was written. */
export interface FinishedChange {
  /** The whole text, when a formatter has made another of it. */
  text?: string;
  /** For the end of the tool's output; may be empty. */
  note: string;
}

/** Tells that the file, just left in `state`, was edited; records what a formatter made of it. */
export async function finishChange(
  target: FileTarget,
  state: FileState,
  context: ToolContext,
): Promise<FinishedChange> {
  const known = isKnown(target, state, context);
  const said = await context.fileEdited(target.path);
  const note = said ? `\n\n${said}` : "";
  const file = await readTextFile(target.real);
  if (file && known) context.reads.record(target.real, file.state);
  if (!file || file.state.hash === state.hash) return { note };
  return { note: `\n\n${target.title} was then changed by a formatter.${note}`, text: file.text };
}

/** Writes one change and finishes it; the diff is that of the file as it is then. */
export async function applyChange(
  change: FileChange,
  asked: FileDiff,
  context: ToolContext,
): Promise<{ filediff: FileDiff; note: string }> {
  const { target } = change;
  const { text, note } = await context.changes.files([target.real], async () => {
    return finishChange(target, await writeChange(change, context), context);
  });
  const filediff = text === undefined ? asked : await diffChange({ ...change, after: text });
  return { filediff, note };
}

/**
 * The result with what language servers say of the files as they are now: for the model in its
 * output, for clients in `diagnostics`. To be called when the files' locks are free again, because
 * it may take seconds.
 */
export async function withDiagnostics(
  result: ToolResult,
  targets: readonly FileTarget[],
  context: ToolContext,
): Promise<ToolResult> {
  const found = await Promise.all(
    targets.map(async ({ path, title }) => ({
      path,
      ...((await context.checkFile?.(path, title)) ?? { text: "", diagnostics: [] }),
    })),
  );
  const text = found.flatMap((one) => one.text || []).join("\n");
  const diagnostics = Object.fromEntries(
    found.flatMap((one) => (one.diagnostics.length > 0 ? [[one.path, one.diagnostics]] : [])),
  );
  return {
    ...result,
    output: text
      ? `${result.output}\n\nErrors in the files now, please fix:\n${text}`
      : result.output,
    metadata: { ...result.metadata, diagnostics },
  };
}
