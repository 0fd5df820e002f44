// Where one is: the directory as people write it, with its branch.
import { presentDirectory } from "@/tui/store/present";
import type { State } from "@/tui/store/state";
import { oneLine } from "@/tui/views/words";

/** `~/proj:main`. */
export function placeOf(state: State, home: string): string {
  const { facts } = state;
  const short = homeShortened(presentDirectory(state), home);
  return facts.vcs?.branch ? oneLine(`${short}:${facts.vcs.branch}`) : short;
}

/** In one line, with `~` for the home directory. */
export function homeShortened(directory: string, home: string): string {
  const isAtHome = directory === home || directory.startsWith(`${home}/`);
  return oneLine(isAtHome ? `~${directory.slice(home.length)}` : directory);
}
