// What the panels of tools that change files show: the diff, and what is wrong with the file now.
import type { Renderable, TextChunk } from "@opentui/core";
import { countLines } from "@/base/text";
import type { ToolPart } from "@/schema/part";
import { foldLines, unifiedLines } from "@/tui/diff/diff-lines";
import { diffBody } from "@/tui/diff/diff-body";
import { type FilePatch, parsePatch } from "@/tui/diff/patch-rows";
import type { Ui } from "@/tui/ui";
import { moreLines } from "./fold";
import { ink, row, styled, wrapped } from "./style";
import type { DescribePanel, PanelRoom } from "./tool-panel";
import { harmless, oneLine } from "./words";

const DIFF_ROWS = 20;
const WRITTEN_ROWS = 10;
const DIAGNOSTICS_MAX = 3;

/** `← Edit src/auth.ts`, and the diff. */
export const describeEdit: DescribePanel = (ui, _, part, room) => {
  const { state } = part;
  const diff = textOf("metadata" in state ? state.metadata : undefined, "diff");
  const files = parsePatch(diff);
  const title = `Edit ${pathOf(part, "filePath")}`;
  return { icon: "←", title, ...changes(ui, part, files, room) };
};

/** `← Patch 2 files`, and the diff of each. */
export const describePatch: DescribePanel = (ui, _, part, room) => {
  const { state } = part;
  const files = parsePatch(textOf("metadata" in state ? state.metadata : undefined, "diff"));
  const [only, ...others] = files;
  const what = only === undefined ? "" : others.length > 0 ? `${files.length} files` : only.path;
  return { icon: "←", title: `Patch ${what}`.trim(), ...changes(ui, part, files, room) };
};

/** `# Wrote src/new.ts` and the text; an overwritten file is shown as an edit. */
export const describeWrite: DescribePanel = (ui, block, part, room) => {
  const { state } = part;
  const metadata = "metadata" in state ? state.metadata : undefined;
  if (metadata?.["exists"] === true) return describeEdit(ui, block, part, room);
  const text = harmless(textOf(state.input, "content")).replace(/\n$/, "");
  const lines = text.split("\n");
  const isFolded = lines.length > WRITTEN_ROWS + 1;
  const shown = room.isExpanded || !isFolded ? lines : lines.slice(0, WRITTEN_ROWS);
  return {
    icon: "#",
    title: `${state.status === "completed" ? "Wrote" : "Write"} ${pathOf(part, "filePath")}`,
    figures: text === "" ? [] : [ink(ui, "diffAdded", `+${countLines(text)}`)],
    isFolded,
    isBrief: true,
    body: () => {
      const body = wrapped(ui);
      body.content = shown.join("\n");
      const hidden = lines.length - shown.length;
      return [body, ...moreLines(ui, hidden), ...diagnosticRows(ui, part)];
    },
  };
};

function changes(ui: Ui, part: ToolPart, files: readonly FilePatch[], room: PanelRoom) {
  const shown = files.map((file) => {
    const lines = unifiedLines(file);
    return { file, ...(room.isExpanded ? { lines, hidden: 0 } : foldLines(lines, DIFF_ROWS)) };
  });
  return {
    isBrief: true,
    figures: figuresOf(ui, files),
    isFolded: shown.some(({ hidden }) => hidden > 0),
    body: () => [
      ...shown.flatMap(({ file, lines, hidden }): Renderable[] => [
        ...(files.length > 1 ? [fileRow(ui, file)] : []),
        diffBody(ui, lines, room.columns),
        ...moreLines(ui, hidden),
      ]),
      ...diagnosticRows(ui, part),
    ],
  };
}

/** `+2 -1`. */
export function figuresOf(
  ui: Ui,
  files: readonly { additions: number; deletions: number }[],
): TextChunk[] {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  if (additions + deletions === 0) return [];
  return [ink(ui, "diffAdded", `+${additions}`), ink(ui, "diffRemoved", ` -${deletions}`)];
}

function fileRow(ui: Ui, file: FilePatch): Renderable {
  const title = row(ui, "text");
  const from = file.from === undefined ? "" : `${oneLine(file.from)} → `;
  const name = ink(ui, "text", `${from}${oneLine(file.path)}  `);
  title.content = styled(name, ...figuresOf(ui, [file]));
  return title;
}

interface Diagnostic {
  message?: unknown;
  severity?: unknown;
  range?: { start?: { line?: unknown; character?: unknown } };
}

/** The first errors of the language servers about what was written. */
function diagnosticRows(ui: Ui, { state }: ToolPart): Renderable[] {
  const metadata = state.status === "completed" ? state.metadata : undefined;
  const found = metadata?.["diagnostics"];
  if (typeof found !== "object" || found === null) return [];
  const errors = Object.values(found as Record<string, unknown>)
    .flatMap((list) => (Array.isArray(list) ? (list as Diagnostic[]) : []))
    .filter(({ severity }) => severity === undefined || severity === 1);
  return errors.slice(0, DIAGNOSTICS_MAX).map(({ message, range }) => {
    const line = range?.start?.line;
    const place = typeof line === "number" ? ` line ${line + 1}` : "";
    const one = row(ui, "error");
    one.content = `✗${place} ${oneLine(String(message ?? ""))}`;
    return one;
  });
}

function textOf(values: Readonly<Record<string, unknown>> | undefined, key: string): string {
  const value = values?.[key];
  return typeof value === "string" ? value : "";
}

/** The title that the server gives is relative to the project; until then what the model said. */
function pathOf({ state }: ToolPart, key: string): string {
  return (state.status === "completed" && state.title) || textOf(state.input, key);
}
