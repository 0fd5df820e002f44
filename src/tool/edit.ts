// edit: replaces a text in a file. A text that stands there exactly and once needs no more than
// that; a lenient match needs the file read and unchanged, because it rests on what the model
// believes to be there.
import { invalid } from "@/base/error";
import { t, type Static } from "@/base/schema";
import description from "./edit.txt" with { type: "text" };
import { type EditMatch, matchEdit } from "./edit-match";
import { askExternalDirectory } from "./external-directory";
import {
  applyChange,
  askChange,
  type FileChange,
  requireRead,
  withDiagnostics,
  withFileLocks,
} from "./file-change";
import { fileNotFound, type FileTarget, resolveTarget } from "./file-target";
import { findNearest, formatNearest } from "./nearest-lines";
import { stripBOM } from "./text-encoding";
import { readTextFile, type TextFile, toLF } from "./text-file";
import { replaceSpans } from "./text-span";
import { defineTool, type ToolContext, type ToolResult } from "./tool";

const parameters = t.Object({
  filePath: t.String(),
  oldString: t.String({ description: "Empty to create the file" }),
  newString: t.String(),
  replaceAll: t.Optional(t.Boolean()),
});
type Input = Static<typeof parameters>;
type Match = Extract<EditMatch, { type: "found" }>;

const LINES_NAMED_MAX = 10;

export const editTool = defineTool({ id: "edit", description, parameters, run });

async function run(input: Input, context: ToolContext): Promise<ToolResult> {
  if (input.oldString === input.newString) {
    throw invalid("oldString and newString are identical: there is nothing to change");
  }
  const target = await resolveTarget(input.filePath, context);
  await askExternalDirectory([target], context);
  const result = await withFileLocks([target.real], context, async () => {
    const { change, note } = await prepare(input, target, context);
    const asked = await askChange(change, context);
    const { filediff, note: finished } = await applyChange(asked.change, asked.diff, context);
    return {
      title: target.title,
      output: `Edit applied successfully.${note}${finished}${asked.note}`,
      metadata: { diff: filediff.patch, filediff },
    };
  });
  return withDiagnostics(result, [target], context);
}

async function prepare(
  input: Input,
  target: FileTarget,
  context: ToolContext,
): Promise<{ change: FileChange; note: string }> {
  const before = await readTextFile(target.real);
  context.signal.throwIfAborted();
  if (input.oldString === "") {
    if (before && before.text !== "") {
      throw invalid(`oldString is empty, but ${target.path} exists: give the text to replace`);
    }
    return { change: { target, before, after: input.newString }, note: "" };
  }
  if (!before) throw missing(target, await fileNotFound(target.path));
  const match = await findMatch(input, target, before, context);
  const after = replaceSpans(before.text, match.spans, before.eol);
  if (after === before.text) {
    throw invalid(`The edit would not change ${target.path}: it already has the new text`);
  }
  return { change: { target, before, after }, note: describeMatch(match) };
}

function missing(target: FileTarget, error: Error): Error {
  const [, hint] = error.message.split("\n\n");
  return invalid(`File ${target.path} not found${hint ? `. ${hint}` : ""}`);
}

async function findMatch(
  input: Input,
  target: FileTarget,
  file: TextFile,
  context: ToolContext,
): Promise<Match> {
  const text = toLF(file.text);
  const old = toLF(stripBOM(input.oldString));
  const fresh = toLF(stripBOM(input.newString.toWellFormed()));
  const match = matchEdit(text, old, fresh, input.replaceAll === true);
  if (match.type === "none") throw await notFound(target, file, old, context);
  if (match.type === "ambiguous") throw ambiguous(target, match);
  if (match.how === "") return match;
  const reason =
    `oldString is not in ${target.path} as given: ${formatRange(match.lines[0])} differs in ` +
    `${match.how}`;
  await requireRead(target, file, reason, context);
  return match;
}

function describeMatch({ how, lines }: Match): string {
  return how === "" ? "" : ` (oldString differed in ${how}; matched ${formatRange(lines[0])})`;
}

function formatRange(range: [first: number, last: number] | undefined): string {
  const [first = 0, last = 0] = range ?? [];
  return first === last ? `line ${first}` : `lines ${first}-${last}`;
}

/** Says what is there instead, and whether somebody changed the file since it was read. */
async function notFound(
  target: FileTarget,
  file: TextFile,
  old: string,
  context: ToolContext,
): Promise<Error> {
  const message = `oldString not found in ${target.path}.`;
  const nearest = findNearest(toLF(file.text), old);
  const near = nearest
    ? `\nThe nearest lines are:\n${formatNearest(nearest)}\nCopy the text exactly, without "N: ".`
    : " Nothing in it is similar: read it again.";
  if (context.reads.compare(target.real, file.state).type !== "changed") {
    return invalid(message + near);
  }
  const changed = await requireRead(target, file, message.slice(0, -1), context).catch(
    (error: unknown) => error,
  );
  return invalid(`${changed instanceof Error ? changed.message : message}${near}`);
}

function ambiguous(
  target: FileTarget,
  { lines, how }: Extract<EditMatch, { type: "ambiguous" }>,
): Error {
  const named = lines.slice(0, LINES_NAMED_MAX).join(", ");
  const more = lines.length > LINES_NAMED_MAX ? ", ..." : "";
  const apart = how === "" ? "" : ` (apart from ${how})`;
  const all = how === "" ? " or set replaceAll" : "";
  return invalid(
    `Found ${lines.length} matches of oldString in ${target.path}${apart}, at lines ` +
      `${named}${more}. Add surrounding lines to make it unique${all}.`,
  );
}
