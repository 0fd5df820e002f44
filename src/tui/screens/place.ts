// Where one is: the directory as people write it, with its branch.
import type { State } from "@/tui/store/state";

/** `~/proj:main`. */
export function placeOf({ directory, facts }: State, home: string): string {
  const short = homeShortened(directory, home);
  return facts.vcs?.branch ? `${short}:${facts.vcs.branch}` : short;
}

/** With `~` for the home directory. */
export function homeShortened(directory: string, home: string): string {
  const isAtHome = directory === home || directory.startsWith(`${home}/`);
  return isAtHome ? `~${directory.slice(home.length)}` : directory;
}
