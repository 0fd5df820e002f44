// apply_patch: changes several files by one patch. All of it is verified before anything is
// written; the writing itself is patch-write.ts's.
import { basename, dirname, join } from "node:path";
import { invalid } from "@/base/error";
import { nearestRealpath, readLink } from "@/base/file";
import { t, type Static } from "@/base/schema";
import description from "./apply-patch.txt" with { type: "text" };
import { askExternalDirectory } from "./external-directory";
import {
  askEdit,
  diffChange,
  requireRead,
  requireUnchanged,
  withDiagnostics,
  withFileLocks,
} from "./file-change";
import { type FileTarget, resolveTarget } from "./file-target";
import { parsePatch, type PatchOperation } from "./patch";
import { applyHunks } from "./patch-apply";
import { type PatchStep, writeSteps } from "./patch-write";
import { keepFormat, readTextFile } from "./text-file";
import { defineTool, type ToolContext, type ToolResult } from "./tool";

const parameters = t.Object({ patchText: t.String() });

export const applyPatchTool = defineTool({ id: "apply_patch", description, parameters, run });

/** A file that an operation names; `link` and `move` are as in PatchStep. */
type Located = { operation: PatchOperation } & Pick<PatchStep, "target" | "link" | "move">;

async function run(input: Static<typeof parameters>, context: ToolContext): Promise<ToolResult> {
  const operations = parsePatch(input.patchText.toWellFormed());
  const located = await Promise.all(operations.map((operation) => locate(operation, context)));
  const targets = located.flatMap(({ target, move }) => (move ? [target, move] : [target]));
  requireApart(targets);
  await askExternalDirectory(targets, context);
  const links = located.flatMap(({ link }) => link?.place ?? []);
  const paths = [...targets.map((target) => target.real), ...links];
  const steps: PatchStep[] = [];
  const result = await withFileLocks(paths, context, async () => {
    for (const one of located) steps.push(await prepare(one, context));
    const { diff, files } = await describeAll(steps);
    const filepath = files.map((file) => file.relativePath).join(", ");
    await askEdit(targets, { filepath, diff, files }, context);
    for (const step of steps) {
      await requireUnchanged(step);
      if (step.move) await requireUnchanged({ target: step.move, before: undefined });
    }
    const { written, note } = await context.changes.files(paths, () => writeSteps(steps, context));
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
  if (movePath === undefined && operation.type !== "delete") return { operation, target };
  const to = await readLink(target.path);
  const directory = await nearestRealpath(dirname(target.path));
  const link = to !== undefined && { place: join(directory, basename(target.path)), to };
  const located = { operation, target, ...(link && { link }) };
  if (movePath === undefined) return located;
  const move = await resolveTarget(movePath, context);
  return move.real === target.real ? { operation, target } : { ...located, move };
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

async function prepare(located: Located, context: ToolContext): Promise<PatchStep> {
  const { operation, target, move } = located;
  const before = await readTextFile(target.real);
  context.signal.throwIfAborted();
  const step = { ...located, before };
  if (operation.type === "add") {
    if (before && before.text !== "") {
      await requireRead(target, before, `${target.path} already exists`, context);
    }
    return { ...step, after: keepFormat(operation.text, before) };
  }
  if (!before) {
    throw invalid(`Failed to read file to ${operation.type}: ${target.path} does not exist`);
  }
  if (operation.type === "delete") {
    // What was never read goes as by "rm"; what was read is not what would go now.
    if (context.reads.compare(target.real, before.state).type === "changed") {
      await requireRead(target, before, `${target.path} is to be deleted`, context);
    }
    return { ...step, after: undefined };
  }
  // Also a link that leads nowhere: it would be lost.
  if (move && ((await readTextFile(move.real)) || (await readLink(move.path)) !== undefined)) {
    throw invalid(`Cannot move ${target.title}: ${move.path} already exists`);
  }
  const { text, isLoose } = applyHunks(target.path, before.text, operation.hunks);
  if (isLoose) {
    const reason = `The patch does not have the lines of ${target.path} as they are`;
    await requireRead(target, before, reason, context);
  }
  return { ...step, after: text };
}

async function describeAll(steps: readonly PatchStep[]) {
  const files = await Promise.all(steps.map(describeStep));
  return { diff: files.map((file) => file.patch).join("\n"), files };
}

async function describeStep(step: PatchStep) {
  const { target, before, after, link, move } = step;
  // A link that is removed takes nothing with it but itself.
  const gone = before && link && after === undefined ? { ...before, text: link.to } : before;
  const change = { target, before: gone, after: after ?? "" };
  const { patch, additions, deletions } = await diffChange(change);
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

function summarize({ target, before, after, move }: PatchStep): string {
  const letter = after === undefined ? "D" : before ? "M" : "A";
  return `${letter} ${(move ?? target).title}`;
}
