// What tools found, as a person reads it: the lines of a file with their numbers and colours, and
// matches beneath the file that they are in. What is not in the usual form is shown as it is.
import {
  bold,
  BoxRenderable,
  CodeRenderable,
  fg,
  pathToFiletype,
  type Renderable,
  type TextChunk,
  type TextRenderable,
} from "@opentui/core";
import type { Ui } from "@/tui/ui";
import { ink, styled, wrapped } from "./style";
import { harmless } from "./words";

/** `12: text`, as files are read. */
const NUMBERED = /^ *(\d+): (.*)$/;
/** `  Line 12: text`, beneath the path of the file. */
const MATCH = /^ {2}Line (\d+): (.*)$/;
/** What could take a pattern of the model's longer than a line is worth. */
const COSTLY = /[*+?{(|]/;
const LINE_MAX_CHARACTERS = 2_000;

/** The numbered lines of a file, in the colours of its language as soon as those are known. */
export function fileLines(ui: Ui, path: string, output: string): Renderable {
  const lines = harmless(output).trimEnd().split("\n");
  const numbered = lines.map((line) => NUMBERED.exec(line));
  const count = numbered.findIndex((found) => found === null);
  const shown = numbered.slice(0, count < 0 ? undefined : count);
  const box = column(ui);
  if (shown.length > 0) {
    const numbers = shown.map((found) => found?.[1] ?? "");
    const width = Math.max(...numbers.map((number) => number.length));
    const side = wrapped(ui, "textMuted");
    side.content = numbers.map((number) => number.padStart(width)).join("\n");
    side.flexShrink = 0;
    side.selectable = false;
    const filetype = pathToFiletype(path);
    const code = new CodeRenderable(ui.renderer, {
      content: shown.map((found) => found?.[2] ?? "").join("\n"),
      ...(filetype !== undefined && { filetype }),
      syntaxStyle: ui.theme.syntax,
      treeSitterClient: ui.treeSitter,
      fg: ui.theme.colors.text,
      wrapMode: "none",
      flexGrow: 1,
      flexShrink: 1,
    });
    const row = new BoxRenderable(ui.renderer, { flexDirection: "row", gap: 2, flexShrink: 0 });
    row.add(side);
    row.add(code);
    box.add(row);
  }
  const rest = lines.slice(shown.length).join("\n").trim();
  if (rest !== "") box.add(muted(ui, rest));
  return box;
}

/** Matches by file, what was looked for marked in them. */
export function matchLines(ui: Ui, pattern: string, output: string): Renderable {
  const root = `${ui.store.state.facts.path?.directory ?? ui.store.state.directory}/`;
  const find = COSTLY.test(pattern) ? undefined : patternOf(pattern);
  const chunks = harmless(output)
    .trimEnd()
    .split("\n")
    .flatMap((line): TextChunk[] => {
      const [, number, text] = MATCH.exec(line) ?? [];
      if (number === undefined || text === undefined) {
        const path = line.startsWith(root) ? line.slice(root.length) : line;
        return [ink(ui, line.endsWith(":") ? "text" : "textMuted", `${path}\n`)];
      }
      return [
        ink(ui, "textMuted", `  ${number}  `),
        ...marked(ui, text, find),
        ink(ui, "text", "\n"),
      ];
    });
  const shown = wrapped(ui);
  shown.content = styled(...chunks);
  return shown;
}

function marked(ui: Ui, text: string, find: RegExp | undefined): TextChunk[] {
  if (find === undefined || text.length > LINE_MAX_CHARACTERS) return [ink(ui, "textMuted", text)];
  const chunks: TextChunk[] = [];
  let at = 0;
  for (const { 0: hit, index } of text.matchAll(find)) {
    if (hit === "") continue;
    chunks.push(ink(ui, "textMuted", text.slice(at, index)));
    chunks.push(bold(fg(ui.theme.colors.accent)(hit)));
    at = index + hit.length;
  }
  return [...chunks, ink(ui, "textMuted", text.slice(at))];
}

/** Undefined for what is a pattern to ripgrep alone. */
function patternOf(pattern: string): RegExp | undefined {
  try {
    return pattern === "" ? undefined : new RegExp(pattern, "g");
  } catch {
    return undefined; // nothing is marked then
  }
}

function column(ui: Ui): BoxRenderable {
  return new BoxRenderable(ui.renderer, { flexDirection: "column", flexShrink: 0 });
}

function muted(ui: Ui, text: string): TextRenderable {
  const shown = wrapped(ui, "textMuted");
  shown.content = text;
  return shown;
}
