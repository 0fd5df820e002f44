// Lists of prompts, each a dialog: earlier ones, the stash, and those that are queued.
import { MEDIUM } from "@/tui/dialogs/dialog";
import { ListDialog } from "@/tui/dialogs/list-dialog";
import type { ListRow } from "@/tui/dialogs/list-rows";
import type { Ui } from "@/tui/ui";
import { oneLine } from "@/tui/views/words";
import { draftText } from "./draft";
import type { Entry, History } from "./history";
import type { Keeper } from "./keeper";
import type { QueuedPrompt } from "./queue";
import type { Sender } from "./sender";

const LABEL_MAX_CHARACTERS = 500;

/** Earlier prompts, newest first; `take` gets the one that is chosen. */
export function openHistory(ui: Ui, history: History, take: (entry: Entry) => void): void {
  const dialog = new ListDialog<Entry>(ui, {
    title: "Earlier prompts",
    width: MEDIUM,
    rows: () => history.distinct().map(entryRow),
    empty: "No prompt was sent in this project yet.",
    enterText: "take",
    onSelect: ({ value }) => {
      ui.dialogs.closeAll();
      take(value);
    },
  });
  ui.dialogs.open(dialog);
}

/** What was put away, newest first. */
export function openStash(ui: Ui, keeper: Keeper, take: (entry: Entry) => void): void {
  const dialog: ListDialog<Entry> = new ListDialog<Entry>(ui, {
    title: "Stashed prompts",
    width: MEDIUM,
    rows: () => keeper.stash.toReversed().map(entryRow),
    empty: "Nothing is stashed.",
    enterText: "take",
    onSelect: ({ value }) => {
      ui.dialogs.closeAll();
      keeper.takeFromStash(value);
      take(value);
    },
    keys: [
      {
        action: "stash.delete",
        text: "delete",
        run: (row) => {
          if (row) keeper.takeFromStash(row.value);
          dialog.refresh();
        },
      },
    ],
  });
  ui.dialogs.open(dialog);
}

/** What waits in a session, in the order of sending. */
export function openQueue(
  ui: Ui,
  { queue, sendNow }: { queue: Sender["queue"]; sendNow(id: number): void },
  sessionID: string,
  take: (entry: Entry) => void,
): void {
  const onRow = (run: (prompt: QueuedPrompt) => void) => (row?: ListRow<QueuedPrompt>) => {
    if (row) run(row.value);
    dialog.refresh();
    if (queue.list(sessionID).length === 0) ui.dialogs.close();
  };
  const dialog: ListDialog<QueuedPrompt> = new ListDialog<QueuedPrompt>(ui, {
    title: "Queued prompts",
    width: MEDIUM,
    rows: () =>
      queue.list(sessionID).map((prompt, index) => {
        return { ...entryRow(prompt), value: prompt, mark: `${index + 1}` };
      }),
    empty: "Nothing waits.",
    enterText: "edit",
    onSelect: ({ value }) => {
      ui.dialogs.closeAll();
      queue.take(sessionID, value.id);
      take(value);
    },
    keys: [
      { stroke: "tab", text: "send now", run: onRow(({ id }) => sendNow(id)) },
      {
        action: "stash.delete",
        text: "delete",
        run: onRow(({ id }) => void queue.take(sessionID, id)),
      },
      {
        stroke: "alt+up",
        text: "up",
        run: onRow(({ id }) => queue.move(sessionID, id, -1)),
      },
      {
        stroke: "alt+down",
        text: "down",
        run: onRow(({ id }) => queue.move(sessionID, id, 1)),
      },
    ],
  });
  ui.dialogs.open(dialog);
}

function entryRow<T extends Entry>(entry: T): ListRow<T> {
  const { draft, mode } = entry;
  const mark = mode === "prompt" ? "" : mode === "shell" ? "! " : "!! ";
  const label = mark + oneLine(draft.text.slice(0, LABEL_MAX_CHARACTERS));
  return { value: entry, label, search: draftText(draft).slice(0, 10 * LABEL_MAX_CHARACTERS) };
}
