// The files of a directory for whoever needs a bounded list of them: language servers, which are
// woken by a file of theirs.
import { join } from "node:path";
import type { Ripgrep } from "@/host/ripgrep";

/** Absolute paths of files that are not ignored; at most `limit`, in no order. */
export async function listFiles(
  ripgrep: Ripgrep,
  directory: string,
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<string[]> {
  const found: string[] = [];
  for await (const path of ripgrep.files({ cwd: directory, limit, signal })) {
    found.push(join(directory, path));
  }
  return found;
}
