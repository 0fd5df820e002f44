// Writes what a patch makes of its files: all of it or nothing. When a write fails, what was
// written before it is put back, links and directories as well. apply-patch.ts has verified it.
import { mkdir, rm, rmdir, symlink } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { AppError, errorMessage } from "@/base/error";
import { readLink } from "@/base/file";
import { finishChange, writeChange } from "./file-change";
import type { FileState } from "./file-reads";
import { type FileTarget, findKind } from "./file-target";
import { readTextFile, type TextFile, writeTextFile } from "./text-file";
import type { ToolContext } from "./tool";

/** What becomes of one file: `after` undefined removes it. */
export interface PatchStep {
  target: FileTarget;
  before: TextFile | undefined;
  after: string | undefined;
  /** Where the file goes, when it is moved. */
  move?: FileTarget;
  /** The path is a symbolic link that is moved or removed: the link is, not the file behind it. */
  link?: { place: string; to: string };
}

interface Written {
  step: PatchStep;
  /** Directories that were not there before, the deepest first. */
  directories: readonly string[];
  /** Undefined when the file is gone. */
  state?: FileState | undefined;
}

/** Gives the steps as they have become: a formatter may have made another text of one. */
export async function writeSteps(
  steps: readonly PatchStep[],
  context: ToolContext,
): Promise<{ written: PatchStep[]; note: string }> {
  const written: Written[] = [];
  for (const step of steps) {
    const one: Written = { step, directories: await missingDirectories(step) };
    written.push(one);
    try {
      one.state = await writeStep(step, context);
    } catch (error) {
      throw await putBack(written, error, context);
    }
  }
  let note = "";
  const became: PatchStep[] = [];
  for (const { step, state } of written) {
    const { target, move, after, link } = step;
    if (move || !state) await context.fileEdited(target.path);
    const place = move && link ? { ...move, real: target.real } : (move ?? target);
    const finished = state ? await finishChange(place, state, context) : { note: "" };
    note += finished.note;
    became.push({ ...step, after: finished.text ?? after });
  }
  return { written: became, note };
}

async function missingDirectories({ target, move }: PatchStep): Promise<string[]> {
  const missing: string[] = [];
  let directory = dirname((move ?? target).real);
  for (; (await findKind(directory)) === undefined; directory = dirname(directory)) {
    missing.push(directory);
  }
  return missing;
}

async function writeStep(step: PatchStep, context: ToolContext): Promise<FileState | undefined> {
  const { target, before, after, link, move } = step;
  if (after === undefined) {
    await rm(target.path);
    if (!link) context.reads.forget(target.real);
    return undefined;
  }
  if (!move) return writeChange({ target, before, after }, context);
  if (link) {
    const state = await writeChange({ target, before, after }, context);
    await mkdir(dirname(move.real), { recursive: true });
    await symlink(linkFrom(dirname(move.real), link), move.real);
    await rm(link.place);
    return state;
  }
  const known = before && context.reads.compare(target.real, before.state).type === "same";
  const state = await writeTextFile(move.real, after, before);
  await rm(target.path);
  context.reads.forget(target.real);
  if (known) context.reads.record(move.real, state);
  return state;
}

/** What the link says in another directory, to lead where it led. */
function linkFrom(directory: string, { place, to }: { place: string; to: string }): string {
  return isAbsolute(to) ? to : relative(directory, resolve(dirname(place), to));
}

/** Restores what was there before, also of the step that failed; the error says what came of it. */
async function putBack(
  written: readonly Written[],
  error: unknown,
  context: ToolContext,
): Promise<Error> {
  const failed: string[] = [];
  for (const one of written.toReversed()) {
    const { target } = one.step;
    // What fails is named in the error below, which tells of the first failure too.
    await restore(one).catch(() => failed.push(target.path));
    context.reads.forget(target.real);
  }
  const outcome =
    failed.length === 0
      ? "Nothing was changed: the files written before it were restored."
      : `These files could not be restored: ${failed.join(", ")}`;
  const message = `${errorMessage(error)}. ${outcome}`;
  return new AppError("unavailable", "UnavailableError", message, { failed }, { cause: error });
}

async function restore({ step, directories }: Written): Promise<void> {
  const { target, before, link, move } = step;
  if (move) await rm(move.real, { force: true });
  if (!before) await removeIfThere(target);
  else if (!(await isSame(target, before))) await writeTextFile(target.real, before.text, before);
  if (link && (await readLink(link.place)) === undefined) await symlink(link.to, link.place);
  for (const directory of directories) {
    await rmdir(directory).catch(() => undefined); // not made yet, or somebody has put a file there
  }
}

/** A step that failed may not have touched its file. */
async function isSame(target: FileTarget, before: TextFile): Promise<boolean> {
  return (await readTextFile(target.real))?.state.hash === before.state.hash;
}

async function removeIfThere(target: FileTarget): Promise<void> {
  if ((await findKind(target.real)) !== undefined) await rm(target.real);
}
