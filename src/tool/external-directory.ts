// Permission for what lies outside the project: asked once per call, before anything else, by the
// directory. Where a symbolic link leads counts, not where it stands.
import { dirname, join } from "node:path";
import { isInside, nearestRealpath } from "@/base/file";
import { type FileTarget, findKind } from "./file-target";
import type { ToolContext } from "./tool";

/**
 * Asks `external_directory` with `<directory>/*` for the targets outside worktree and directory;
 * nothing is asked when there is none. For a file it is its parent. Throws as context.ask does.
 */
export async function askExternalDirectory(
  targets: readonly FileTarget[],
  context: ToolContext,
): Promise<void> {
  const outside = targets.filter((target) => target.outside);
  const [first] = outside;
  if (first === undefined) return;
  const directories = await Promise.all(outside.map((target) => directoryOf(target.real)));
  const patterns = [...new Set(directories.map((directory) => join(directory, "*")))];
  await context.ask({
    permission: "external_directory",
    patterns,
    always: patterns,
    metadata: { filepath: first.path, parentDir: directories[0] },
  });
}

/** The same for a target that is only read: outputs of tools saved by this program are free. */
export async function askExternalRead(target: FileTarget, context: ToolContext): Promise<void> {
  if (!target.outside) return;
  const saved = await nearestRealpath(context.host.paths.toolOutput);
  if (!isInside(saved, target.real)) await askExternalDirectory([target], context);
}

async function directoryOf(path: string): Promise<string> {
  return (await findKind(path)) === "directory" ? path : dirname(path);
}
