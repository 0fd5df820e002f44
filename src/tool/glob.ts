// glob: finds files by name with ripgrep, newest first.
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { invalid, notFound } from "@/base/error";
import { t, type Static } from "@/base/schema";
import { askExternalDirectory } from "./external-directory";
import { findKind, type FileTarget, resolveTarget } from "./file-target";
import description from "./glob.txt" with { type: "text" };
import { defineTool, type ToolContext, type ToolResult } from "./tool";

const parameters = t.Object({
  pattern: t.String({ description: "As src/**/*.ts" }),
  path: t.Optional(t.String({ description: "Directory" })),
});
type Input = Static<typeof parameters>;

const FILES_MAX = 100;
/** So many are compared by time; beyond, the order is the search's. */
const COMPARED_MAX = 5_000;

export const globTool = defineTool({ id: "glob", description, parameters, run });

async function run(input: Input, context: ToolContext): Promise<ToolResult> {
  const target = await resolveTarget(input.path ?? ".", context);
  await askExternalDirectory([target], context);
  await context.ask({
    permission: "glob",
    patterns: [input.pattern],
    always: ["*"],
    metadata: { pattern: input.pattern, path: input.path },
  });
  const files = await sortNewestFirst(await find(input, target, context));
  context.signal.throwIfAborted();
  const shown = files.slice(0, FILES_MAX);
  const truncated = files.length > shown.length;
  const hint = `\n\n(Only ${FILES_MAX} files are shown: use a more specific path or pattern.)`;
  return {
    title: target.title,
    output: shown.length === 0 ? "No files found" : shown.join("\n") + (truncated ? hint : ""),
    metadata: { count: shown.length, truncated },
  };
}

async function find(input: Input, target: FileTarget, context: ToolContext): Promise<string[]> {
  const kind = await findKind(target.real);
  if (kind === undefined) throw notFound("Directory", target.path);
  if (kind !== "directory") throw invalid(`glob path must be a directory: ${target.path}`);
  const files: string[] = [];
  const found = context.host.ripgrep.files({
    cwd: target.path,
    globs: [relativePattern(input.pattern, target.path)],
    hidden: true,
    limit: COMPARED_MAX,
    signal: context.signal,
  });
  for await (const file of found) files.push(resolve(target.path, file));
  return files;
}

/** ripgrep takes patterns below the directory; models also give absolute ones. */
function relativePattern(pattern: string, directory: string): string {
  const prefix = `${directory}/`;
  return pattern.startsWith(prefix) ? pattern.slice(prefix.length) : pattern;
}

async function sortNewestFirst(files: readonly string[]): Promise<string[]> {
  const timed = await Promise.all(
    files.map(async (path) => ({
      path,
      // A file that went away meanwhile comes last.
      time: await stat(path).then(
        (stats) => stats.mtimeMs,
        () => 0,
      ),
    })),
  );
  timed.sort((a, b) => b.time - a.time || (a.path < b.path ? -1 : 1));
  return timed.map(({ path }) => path);
}
