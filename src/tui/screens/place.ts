// Where one is: the directory as people write it, with its branch.
import type { State } from "@/tui/store/state";
import { oneLine } from "@/tui/views/words";

/** `~/proj:main`. */
export function placeOf({ directory, facts }: State, home: string): string {
  const short = homeShortened(directory, home);
  return facts.vcs?.branch ? oneLine(`${short}:${facts.vcs.branch}`) : short;
}

/** In one line, with `~` for the home directory. */
export function homeShortened(directory: string, home: string): string {
  const isAtHome = directory === home || directory.startsWith(`${home}/`);
  return oneLine(isAtHome ? `~${directory.slice(home.length)}` : directory);
}
