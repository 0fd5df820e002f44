// apply_patch: changes several files by one patch. All of it is verified before anything is
// written, and when a write fails the files written before it are put back.
import { rm } from "node:fs/promises";
import { AppError, errorMessage, invalid } from "@/base/error";
import { t, type Static } from "@/base/schema";
import description from "./apply-patch.txt" with { type: "text" };
import { askExternalDirectory } from "./external-directory";
import {
  askEdit,
  diffChange,
  finishChange,
  requireRead,
  requireUnchanged,
  withDiagnostics,
  withFileLocks,
  writeChange,
} from "./file-change";
import type { FileState } from "./file-reads";
import { type FileTarget, findKind, resolveTarget } from "./file-target";
import { parsePatch, type PatchOperation } from "./patch";
import { applyHunks } from "./patch-apply";
import { keepFormat, readTextFile, type TextFile, writeTextFile } from "./text-file";
import { defineTool, type ToolContext, type ToolResult } from "./tool";

const parameters = t.Object({ patchText: t.String() });

export const applyPatchTool = defineTool({ id: "apply_patch", description, parameters, run });

/** What becomes of one file: `after` undefined removes it. */
interface Step {
  target: FileTarget;
  before: TextFile | undefined;
  after: string | undefined;
  /** Where the file goes, when it is moved. */
  move?: FileTarget;
}

type Located = { operation: PatchOperation; target: FileTarget; move?: FileTarget };

async function run(input: Static<typeof parameters>, context: ToolContext): Promise<ToolResult> {
  const located = await Promise.all(
    parsePatch(input.patchText).map((operation) => locate(operation, context)),
  );
  const targets = located.flatMap(({ target, move }) => (move ? [target, move] : [target]));
  requireApart(targets);
  await askExternalDirectory(targets, context);
  const paths = targets.map((target) => target.real);
  const steps: Step[] = [];
  const result = await withFileLocks(paths, context, async () => {
    for (const one of located) steps.push(await prepare(one, context));
    const { diff, files } = await describeAll(steps);
    const filepath = files.map((file) => file.relativePath).join(", ");
    await askEdit(targets, { filepath, diff, files }, context);
    for (const step of steps) {
      await requireUnchanged(step);
      if (step.move) await requireUnchanged({ target: step.move, before: undefined });
    }
    const { written, note } = await context.changes.files(paths, () => writeAll(steps, context));
    const title = `Success. Updated the following files:\n${steps.map(summarize).join("\n")}`;
    const metadata = await describeAll(written);
    return { title, output: title + note, metadata };
  });
  const written = steps.flatMap(({ target, after, move }) =>
    after === undefined ? [] : [move ?? target],
  );
  return withDiagnostics(result, written, context);
}

async function locate(operation: PatchOperation, context: ToolContext): Promise<Located> {
  const target = await resolveTarget(operation.path, context);
  const movePath = operation.type === "update" ? operation.movePath : undefined;
  if (movePath === undefined) return { operation, target };
  const move = await resolveTarget(movePath, context);
  return move.real === target.real ? { operation, target } : { operation, target, move };
}

/** Two operations on one file would each be verified against a text the other changes. */
function requireApart(targets: readonly FileTarget[]): void {
  const seen = new Set<string>();
  for (const { real, title } of targets) {
    if (seen.has(real)) {
      throw invalid(`The patch names ${title} twice: put all its hunks under one header`);
    }
    seen.add(real);
  }
}

async function prepare({ operation, target, move }: Located, context: ToolContext): Promise<Step> {
  const before = await readTextFile(target.real);
  context.signal.throwIfAborted();
  if (operation.type === "add") {
    if (before && before.text !== "") {
      await requireRead(target, before, `${target.path} already exists`, context);
    }
    return { target, before, after: keepFormat(operation.text, before) };
  }
  if (!before) {
    throw invalid(`Failed to read file to ${operation.type}: ${target.path} does not exist`);
  }
  if (operation.type === "delete") return { target, before, after: undefined };
  if (move && (await readTextFile(move.real))) {
    throw invalid(`Cannot move ${target.title}: ${move.path} already exists`);
  }
  const after = applyHunks(target.path, before.text, operation.hunks);
  return { target, before, after, ...(move ? { move } : {}) };
}

async function describeAll(steps: readonly Step[]) {
  const files = await Promise.all(steps.map(describeStep));
  return { diff: files.map((file) => file.patch).join("\n"), files };
}

async function describeStep(step: Step) {
  const { target, before, after, move } = step;
  const { patch, additions, deletions } = await diffChange({ target, before, after: after ?? "" });
  return {
    filePath: target.path,
    relativePath: (move ?? target).title,
    type: move ? "move" : after === undefined ? "delete" : before ? "update" : "add",
    patch,
    additions,
    deletions,
    ...(move ? { movePath: move.path } : {}),
  };
}

function summarize({ target, before, after, move }: Step): string {
  const letter = after === undefined ? "D" : before ? "M" : "A";
  return `${letter} ${(move ?? target).title}`;
}

/** Gives the steps as they have become: a formatter may have made another text of one. */
async function writeAll(
  steps: readonly Step[],
  context: ToolContext,
): Promise<{ written: Step[]; note: string }> {
  const written: { step: Step; state?: FileState }[] = [];
  for (const step of steps) {
    try {
      written.push({ step });
      const state = await writeStep(step, context);
      written.splice(-1, 1, { step, ...(state ? { state } : {}) });
    } catch (error) {
      throw await putBack(
        written.map((one) => one.step),
        error,
        context,
      );
    }
  }
  let note = "";
  const became: Step[] = [];
  for (const { step, state } of written) {
    const { target, move, after } = step;
    if (move || !state) await context.fileEdited(target.path);
    const finished = state ? await finishChange(move ?? target, state, context) : { note: "" };
    note += finished.note;
    became.push({ ...step, after: finished.text ?? after });
  }
  return { written: became, note };
}

async function writeStep(step: Step, context: ToolContext): Promise<FileState | undefined> {
  const { target, before, after, move } = step;
  if (after === undefined) {
    await rm(target.path);
    context.reads.forget(target.real);
    return undefined;
  }
  if (!move) return writeChange({ target, before, after }, context);
  const known = before && context.reads.compare(target.real, before.state).type === "same";
  const state = await writeTextFile(move.real, after, before);
  await rm(target.path);
  context.reads.forget(target.real);
  if (known) context.reads.record(move.real, state);
  return state;
}

/** Restores what was there before, also of the step that failed; the error says what came of it. */
async function putBack(
  steps: readonly Step[],
  error: unknown,
  context: ToolContext,
): Promise<Error> {
  const failed: string[] = [];
  for (const { target, before, move } of steps.toReversed()) {
    try {
      if (move) await rm(move.real, { force: true });
      if (!before) await removeIfThere(target);
      else if (!(await isSame(target, before))) {
        await writeTextFile(target.real, before.text, before);
      }
    } catch {
      failed.push(target.path); // Named in the error below, which tells of the first failure too.
    }
    context.reads.forget(target.real);
  }
  const outcome =
    failed.length === 0
      ? "Nothing was changed: the files written before it were restored."
      : `These files could not be restored: ${failed.join(", ")}`;
  const message = `${errorMessage(error)}. ${outcome}`;
  return new AppError("unavailable", "UnavailableError", message, { failed }, { cause: error });
}

/** A step that failed may not have touched its file. */
async function isSame(target: FileTarget, before: TextFile): Promise<boolean> {
  return (await readTextFile(target.real))?.state.hash === before.state.hash;
}

async function removeIfThere(target: FileTarget): Promise<void> {
  if ((await findKind(target.real)) !== undefined) await rm(target.real);
}
