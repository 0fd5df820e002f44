// How much room a transcript has: the sidebar stands beside it where the terminal is wide enough.
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";

export const SIDEBAR_COLUMNS = 42;
/** Wider terminals have room for the sidebar beside the transcript. */
const DOCK_COLUMNS = 120;

export function isDocked(columns: number): boolean {
  return columns > DOCK_COLUMNS;
}

export function isSidebarShown({ view }: State, columns: number): boolean {
  return view.sidebar === "open" || (view.sidebar === "auto" && isDocked(columns));
}

/** Columns of the terminal that are the transcript's. */
export function transcriptColumns({ store, renderer, mini }: Ui): number {
  const { width } = renderer;
  const isBeside = !mini && isDocked(width) && isSidebarShown(store.state, width);
  return width - (isBeside ? SIDEBAR_COLUMNS : 0);
}
