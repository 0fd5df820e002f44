// Lists that are asked for by name and shown above the prompt box: earlier prompts, the stash, and
// what is queued. What is typed narrows them; what a row does is told by who opens them.
import type { NamedList } from "./completion";
import { draftText } from "./draft";
import type { Entry } from "./history";
import type { PopupRow } from "./popup";
import type { Queue } from "./queue";

const ENTRIES_MAX = 100;

export interface EntryListOptions {
  take(entry: Entry): void;
  onHide(): void;
}

/** Earlier prompts, newest first. */
export function historyList(
  search: (query: string) => readonly Entry[],
  { take, onHide }: EntryListOptions,
): NamedList {
  const rows = (query: string) =>
    search(query)
      .slice(0, ENTRIES_MAX)
      .map((entry) => ({ row: entryRow(entry), take: () => take(entry) }));
  return { rows, onHide };
}

/** The stash, newest first; a row can be removed. */
export function stashList(
  entries: () => readonly Entry[],
  { take, onHide, remove }: EntryListOptions & { remove(entry: Entry): void },
): NamedList {
  const rows = (query: string) =>
    entries()
      .toReversed()
      .filter((entry) => holds(entry, query))
      .map((entry) => ({
        row: entryRow(entry),
        take: () => take(entry),
        remove: () => remove(entry),
      }));
  return { rows, onHide };
}

/** What waits in a session, in the order of sending. Return edits a row, tab sends it now. */
export function queueList(
  queue: Queue,
  sessionID: string,
  options: EntryListOptions & { sendNow(id: number): void },
): NamedList {
  const rows = (query: string) =>
    queue
      .list(sessionID)
      .filter((entry) => holds(entry, query))
      .map((entry, index) => ({
        row: { ...entryRow(entry), note: index === 0 ? "next" : `${index + 1}` },
        take: (how: "select" | "complete") => {
          if (how === "complete") return options.sendNow(entry.id);
          queue.take(sessionID, entry.id);
          options.take(entry);
        },
        remove: () => void queue.take(sessionID, entry.id),
        move: (by: number) => queue.move(sessionID, entry.id, by),
      }));
  return { rows, onHide: options.onHide };
}

function holds({ draft }: Entry, query: string): boolean {
  return draftText(draft).toLowerCase().includes(query.trim().toLowerCase());
}

function entryRow({ draft, mode }: Entry): PopupRow {
  const mark = mode === "prompt" ? "" : mode === "shell" ? "! " : "!! ";
  const [first = "", ...rest] = draft.text.trim().split("\n");
  const more = rest.length > 0 ? `+${rest.length} lines` : "";
  return { name: "", text: `${mark}${first}`, note: more };
}
