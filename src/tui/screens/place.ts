// Where one is: the directory as people write it, with its branch.
import type { State } from "@/tui/store/state";

/** `~/proj:main`. */
export function placeOf({ directory, facts }: State, home: string): string {
  const isAtHome = directory === home || directory.startsWith(`${home}/`);
  const short = isAtHome ? `~${directory.slice(home.length)}` : directory;
  return facts.vcs?.branch ? `${short}:${facts.vcs.branch}` : short;
}
