// Removes a worktree, and ends what goes on in it first.
import { conflict } from "@/base/error";
import type { App } from "./app";
import type { Instance } from "./instance";

/**
 * AppError not-found for a directory that is no worktree of ours, conflict for the one that the
 * request itself is made in.
 */
export async function removeWorktree(
  app: App,
  instance: Instance,
  directory: string,
): Promise<void> {
  const path = await instance.worktrees.get(directory);
  if (instance.directory === path) {
    throw conflict("A worktree is removed from another directory of its project", { directory });
  }
  await app.instances.dispose(path);
  await instance.worktrees.remove(path);
}
