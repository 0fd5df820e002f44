// Front matter: the YAML between two `---` lines at the start of a markdown file, and the text
// behind it. Files of this kind are written by hand and for several programs, so a plain value
// that YAML cannot read because of a colon in it (`description: Use when: ...`) is read as text.
import { errorMessage, invalid } from "@/base/error";
import { formatIssue, findIssues, type Static, type TSchema } from "@/base/schema";

interface Markdown {
  /** The top-level keys that have a value; none when the file has no front matter. */
  fields: Record<string, unknown>;
  /** The text behind, without blank lines at its ends. */
  body: string;
}

/** Values in a front matter, nested ones counted at each place where an alias repeats them. */
const VALUES_MAX = 2_000;
const DEPTH_MAX = 20;
const LINES_MAX = 400;
const PLAIN_VALUE = /^([A-Za-z_][\w-]*):[ \t]+([^\s"'|>[{&*!#-].*)$/;

/**
 * Splits and reads a markdown file. Throws AppError invalid whose message names the path and the
 * line of a fault, and the key and what is expected when a value does not fit `schema`.
 */
export function parseMarkdown<S extends TSchema>(
  text: string,
  path: string,
  schema: S,
): { fields: Static<S>; body: string } {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (lines[0]?.trimEnd() !== "---") {
    return checked({ fields: {}, body: lines.join("\n").trim() }, [], path, schema);
  }
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---");
  if (end < 0) throw invalid(`${path}:1: the front matter has no closing --- line`, { path });
  const head = lines.slice(1, end);
  const value = readFields(head, path);
  const body = lines
    .slice(end + 1)
    .join("\n")
    .trim();
  return checked({ fields: value, body }, head, path, schema);
}

function checked<S extends TSchema>(
  markdown: Markdown,
  head: string[],
  path: string,
  schema: S,
): { fields: Static<S>; body: string } {
  const issue = findIssues(schema, markdown.fields)[0];
  // The schema was just found to fit: this is the border where the file's values get their type.
  if (issue === undefined) return { fields: markdown.fields as Static<S>, body: markdown.body };
  const key = issue.path.split(/[.[]/)[0] ?? "";
  const line = head.findIndex((text) => text.startsWith(`${key}:`)) + 2;
  throw invalid(`${path}:${line}: ${formatIssue(issue)}`, { path });
}

function readFields(head: string[], path: string): Record<string, unknown> {
  if (head.length > LINES_MAX) {
    throw invalid(`${path}:1: the front matter has more than ${LINES_MAX} lines`, { path });
  }
  const value = parseYAML(head, path);
  if (value === null || value === undefined) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw invalid(`${path}:2: the front matter must be "key: value" lines`, { path });
  }
  const budget = { left: VALUES_MAX };
  if (!fits(value, budget, DEPTH_MAX)) {
    throw invalid(`${path}:1: the front matter is too large or too deep`, { path });
  }
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

function parseYAML(head: string[], path: string): unknown {
  try {
    return Bun.YAML.parse(head.join("\n"));
  } catch (strict) {
    try {
      return Bun.YAML.parse(head.map(quotePlain).join("\n"));
    } catch {
      // The first reading says what is wrong with the file as it was written.
      const line = faultLine(head) + 2;
      throw invalid(`${path}:${line}: ${errorMessage(strict)}`, { path }, strict);
    }
  }
}

/** Top-level plain values that hold ": " or " #" become quoted text; all else stays. */
function quotePlain(line: string): string {
  const [, key, value] = PLAIN_VALUE.exec(line) ?? [];
  if (key === undefined || value === undefined || !/:(\s|$)|\s#/.test(value)) return line;
  return `${key}: ${JSON.stringify(value.trimEnd())}`;
}

/** The reader does not say where it stopped: the line behind the longest start that it can read. */
function faultLine(head: string[]): number {
  // Anchors can make each of the readings slow; such a file gets no better answer than its start.
  if (head.some((line) => /&\w/.test(line))) return 0;
  for (let count = head.length - 1; count > 0; count--) {
    try {
      Bun.YAML.parse(head.slice(0, count).join("\n"));
      return count;
    } catch {
      // Not readable up to here either: a shorter start is tried.
    }
  }
  return 0;
}

function fits(value: unknown, budget: { left: number }, depth: number): boolean {
  if (--budget.left < 0 || depth < 0) return false;
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every((inner) => fits(inner, budget, depth - 1));
}
