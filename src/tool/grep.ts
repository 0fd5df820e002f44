// grep: searches file contents with ripgrep. Files that the rules would not let be read without
// asking are left out of the result, and the result says so.
import { basename, dirname, resolve } from "node:path";
import { notFound } from "@/base/error";
import { t, type Static } from "@/base/schema";
import { plural } from "@/base/text";
import { askExternalDirectory } from "./external-directory";
import { findKind, type FileTarget, permissionPattern, resolveTarget } from "./file-target";
import description from "./grep.txt" with { type: "text" };
import { cutLine } from "./read-lines";
import { defineTool, type ToolContext, type ToolResult } from "./tool";

const parameters = t.Object({
  pattern: t.String({ description: "Regular expression (ripgrep)" }),
  path: t.Optional(t.String({ description: "File or directory" })),
  include: t.Optional(t.String({ description: "As *.{ts,tsx}" })),
});
type Input = Static<typeof parameters>;

const MATCHES_MAX = 100;
/** More is searched than shown, so that hidden files do not use up the limit. */
const SEARCHED_MAX = 1_000;

export const grepTool = defineTool({ id: "grep", description, parameters, run });

interface Match {
  path: string;
  line: number;
  text: string;
}

async function run(input: Input, context: ToolContext): Promise<ToolResult> {
  const target = await resolveTarget(input.path ?? ".", context);
  await askExternalDirectory([target], context);
  await context.ask({
    permission: "grep",
    patterns: [input.pattern],
    always: ["*"],
    metadata: { pattern: input.pattern, path: input.path, include: input.include },
  });
  const found = await search(input, target, context);
  const allowed = found.filter((match) => isShown(match, context));
  const hidden = new Set(found.filter((match) => !isShown(match, context)).map(({ path }) => path));
  const shown = allowed.slice(0, MATCHES_MAX);
  const truncated = allowed.length > shown.length || found.length >= SEARCHED_MAX;
  return {
    title: input.pattern,
    output: format(shown, truncated, hidden.size),
    metadata: { matches: shown.length, truncated },
  };
}

async function search(input: Input, target: FileTarget, context: ToolContext): Promise<Match[]> {
  const kind = await findKind(target.real);
  if (kind === undefined) throw notFound("Path", target.path);
  const isFile = kind !== "directory";
  const cwd = isFile ? dirname(target.path) : target.path;
  const matches = await context.host.ripgrep.search({
    cwd,
    pattern: input.pattern,
    ...(isFile ? { file: basename(target.path) } : {}),
    ...(input.include === undefined ? {} : { include: input.include }),
    hidden: true,
    limit: SEARCHED_MAX,
    signal: context.signal,
  });
  context.signal.throwIfAborted();
  return matches.map((match) => ({
    path: resolve(cwd, match.path.text),
    line: match.line_number,
    text: match.lines.text.replace(/\r?\n$/, ""),
  }));
}

function isShown(match: Match, context: ToolContext): boolean {
  return context.mayRead(permissionPattern(match.path, context));
}

function format(matches: readonly Match[], truncated: boolean, hidden: number): string {
  const left =
    hidden > 0
      ? `\n\n(${plural(hidden, "file")} with matches left out: reading needs permission)`
      : "";
  if (matches.length === 0) return `No files found${left}`;
  const more = truncated ? " (more matches available)" : "";
  const lines = [`Found ${matches.length} matches${more}`];
  let path = "";
  for (const match of matches) {
    if (match.path !== path) lines.push(...(path === "" ? [] : [""]), `${match.path}:`);
    path = match.path;
    lines.push(`  Line ${match.line}: ${cutLine(match.text)}`);
  }
  const hint = "\n\n(Results are truncated: use a more specific path, include or pattern.)";
  return lines.join("\n") + (truncated ? hint : "") + left;
}
