// Recent files: the paths that a person is likely to mean, likeliest first: what the open session
// changed, then what earlier prompts named. Pure.
import type { State } from "@/tui/store/state";
import type { History } from "./history";

const FILES_MAX = 30;
const ENTRIES_MAX = 50;

export function recentFiles({ route, diffs }: State, { entries }: History): string[] {
  const changed = route.screen === "session" ? (diffs[route.sessionID] ?? []) : [];
  const named = entries.slice(-ENTRIES_MAX).toReversed();
  const paths = [
    ...changed.flatMap(({ file }) => (file === undefined ? [] : [file])),
    ...named.flatMap(({ draft }) =>
      draft.chips.flatMap(({ chip }) => (chip.type === "file" ? [chip.path] : [])),
    ),
  ];
  return [...new Set(paths)].slice(0, FILES_MAX);
}
