// Unified diffs as `diff -u` and git print them, by the diff package (imported on first use).

export interface LineChanges {
  additions: number;
  deletions: number;
}

/** A patch of one file with an `Index:` header; `context` is the number of lines around a hunk. */
export async function createPatch(
  path: string,
  before: string,
  after: string,
  context = 3,
): Promise<string> {
  const { createTwoFilesPatch } = await import("diff");
  const body = createTwoFilesPatch(path, path, before, after, "", "", {
    context,
    timeout: DIFF_TIMEOUT_MS,
  });
  // Undefined when the texts differ too much to compare in time: then all of it was replaced.
  return body ?? replaceAllPatch(path, before, after);
}

/** How many lines a patch adds and takes away. */
export function countChanges(patch: string): LineChanges {
  let additions = 0;
  let deletions = 0;
  let inHunk = false;
  for (const line of patch.split("\n")) {
    if (line.startsWith("@@")) inHunk = true;
    else if (line.startsWith("Index: ")) inHunk = false;
    else if (inHunk && line.startsWith("+")) additions++;
    else if (inHunk && line.startsWith("-")) deletions++;
  }
  return { additions, deletions };
}

const DIFF_TIMEOUT_MS = 2_000;

function replaceAllPatch(path: string, before: string, after: string): string {
  const removed = before.split("\n").map((line) => `-${line}`);
  const added = after.split("\n").map((line) => `+${line}`);
  const hunk = `@@ -1,${removed.length} +1,${added.length} @@`;
  const rule = "=".repeat(67);
  const header = [`Index: ${path}`, rule, `--- ${path}`, `+++ ${path}`];
  return [...header, hunk, ...removed, ...added, ""].join("\n");
}
