// Edits that models make a little wrong, made by distorting right ones: the file is another than
// the quoted text says, or the quoted text is. What has to come of each is known, because the right
// edit is: that, or a refusal, and never anything else.
import { SAMPLES, type Sample } from "./files";

export interface DistortedEdit {
  name: string;
  file: string;
  old: string;
  fresh: string;
  /** The file afterwards, unless the edit is refused; undefined when it has to be refused. */
  right: string | undefined;
}

/** The same edit as it stands in a file and as it is quoted. */
interface Edit {
  lines: string[];
  eol: string[];
  old: string[];
  fresh: string[];
  /** What comes in the place of the changed line. */
  becomes: string[];
  sample: Sample;
  start: string;
  quoteEnd?: string;
  isAmbiguous?: boolean;
}

const DISTORTIONS: Readonly<Record<string, (edit: Edit) => Edit>> = {
  none: (edit) => edit,
  "CRLF in the file": (edit) => ({ ...edit, eol: edit.eol.map((eol) => eol && "\r\n") }),
  "mixed line ends in the file": (edit) => ({
    ...edit,
    eol: edit.eol.map((eol, at) => eol && (at % 3 === 0 ? "\r\n" : "\n")),
  }),
  "a byte order mark": (edit) => ({ ...edit, start: "\uFEFF" }),
  "no newline at the end": (edit) => ({ ...edit, eol: [...edit.eol.slice(0, -1), ""] }),
  "less indentation": (edit) => mapQuoted(edit, dedent(edit.old)),
  "more indentation": (edit) => mapQuoted(edit, (line) => line && `  ${line}`),
  "tabs for spaces": (edit) => mapQuoted(edit, (line) => reindent(line, /^( {2})+/, "  ", "\t")),
  "spaces for tabs": (edit) => mapQuoted(edit, (line) => reindent(line, /^\t+/, "\t", "    ")),
  "trailing blanks in the file": (edit) => ({
    ...edit,
    lines: edit.lines.map((line, at) => (at === edit.sample.at ? line : `${line} `)),
  }),
  "trailing blanks in the text": (edit) => ({
    ...edit,
    old: edit.old.map((line) => `${line}  `),
  }),
  "no-break spaces in the file": (edit) => ({
    ...edit,
    lines: edit.lines.map((line, at) =>
      at === edit.sample.at ? line : line.replace(/(\S) /, "$1\u00a0"),
    ),
  }),
  "curly quotes in the text": (edit) => ({
    ...edit,
    old: edit.old.map((line) => line.replaceAll(/"([^"]*)"/g, "“$1”")),
  }),
  "decomposed letters in the file": (edit) => ({
    ...edit,
    lines: edit.lines.map((line) => line.normalize("NFD")),
  }),
  "line numbers in the text": (edit) => ({
    ...edit,
    old: edit.old.map((line, at) => `${edit.sample.from + at + 1}: ${line}`),
  }),
  "a newline more at the end": (edit) => ({ ...edit, quoteEnd: "\n" }),
  "runs of blanks in the text": (edit) => ({
    ...edit,
    old: edit.old.map((line) => line.replaceAll(/(\S) (\S)/g, "$1  $2")),
  }),
  "one letter of an inner line wrong": (edit) => ({
    ...edit,
    old: edit.old.map((line, at) =>
      at === edit.sample.at - edit.sample.from ? line.replace(/\w(?=\W*$)/, "Q") : line,
    ),
  }),
  "the same lines twice": (edit) => twice(edit, (line) => line),
  "nearly the same lines elsewhere": (edit) => {
    const other = twice(edit, (line, at) => (at === edit.sample.at ? `${line} x9` : line));
    return { ...mapQuoted(other, (line) => line && ` ${line}`), isAmbiguous: false };
  },
  "nearly the same lines, and both wrong": (edit) => {
    const wrong = (line: string) => line.replace(/\w(?=\W*$)/, "Z");
    const other = twice(edit, (line, at) => (at === edit.sample.at ? wrong(line) : line));
    const at = edit.sample.at - edit.sample.from;
    const old = edit.old.map((line, n) => (n === at ? line.replace(/\w(?=\W*$)/, "Q") : line));
    return { ...other, old };
  },
};

export const DISTORTED_EDITS: readonly DistortedEdit[] = SAMPLES.flatMap((sample) =>
  Object.entries(DISTORTIONS).map(([name, distort]) => {
    return build(`${sample.name}, ${name}`, distort(editOf(sample)));
  }),
);

function editOf(sample: Sample): Edit {
  const { at, fresh, from, lines, to } = sample;
  const old = lines.slice(from, to);
  return {
    sample,
    lines: [...lines],
    eol: lines.map(() => "\n"),
    old,
    fresh: [...old.slice(0, at - from), ...fresh, ...old.slice(at - from + 1)],
    becomes: [...fresh],
    start: "",
  };
}

function mapQuoted(edit: Edit, map: (line: string) => string): Edit {
  return { ...edit, old: edit.old.map(map), fresh: edit.fresh.map(map) };
}

function dedent(lines: readonly string[]): (line: string) => string {
  const indents = lines.filter((line) => line.trim()).map((line) => /^\s*/.exec(line)?.[0].length);
  const least = Math.min(...indents.map((indent) => indent ?? 0));
  return (line) => line.slice(least);
}

function reindent(line: string, pattern: RegExp, unit: string, by: string): string {
  return line.replace(pattern, (blanks) => by.repeat(blanks.length / unit.length));
}

/** The quoted lines once more at the end of the file, changed by `map`. */
function twice(edit: Edit, map: (line: string, at: number) => string): Edit {
  const { from, to } = edit.sample;
  const more = edit.lines.slice(from, to).map((line, at) => map(line, from + at));
  const lines = [...edit.lines, "", ...more];
  return { ...edit, lines, eol: lines.map(() => "\n"), isAmbiguous: true };
}

function build(name: string, edit: Edit): DistortedEdit {
  const { at } = edit.sample;
  const join = (lines: readonly string[], eol: readonly string[]) =>
    edit.start + lines.map((line, n) => line + (eol[n] ?? "")).join("");
  const eol = edit.eol[at] ?? "\n";
  const replaced = join(
    [...edit.lines.slice(0, at), ...edit.becomes, ...edit.lines.slice(at + 1)],
    [...edit.eol.slice(0, at), ...edit.becomes.map(() => eol), ...edit.eol.slice(at + 1)],
  );
  const end = edit.quoteEnd ?? "";
  return {
    name,
    file: join(edit.lines, edit.eol),
    old: edit.old.join("\n") + end,
    fresh: edit.fresh.join("\n") + end,
    right: edit.isAmbiguous ? undefined : replaced,
  };
}
