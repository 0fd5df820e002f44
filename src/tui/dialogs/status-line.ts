// Which items the status row shows: each change is seen in it at once, and kept.
import { STATUSLINE_ITEMS, type StatusItem } from "@/schema/tui-config";
import { itemText } from "@/tui/status-line";
import type { Ui } from "@/tui/ui";
import { SMALL } from "./dialog";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";

/** What it says by itself, about. */
const USUAL: readonly StatusItem[] = ["tokens", "percent", "cost"];
const LABEL_COLUMNS = 12;

export function openStatusLine(ui: Ui): void {
  const dialog: ListDialog<StatusItem> = new ListDialog<StatusItem>(ui, {
    title: "Status row",
    width: SMALL,
    hasFilter: false,
    rows: () => rowsOf(ui),
    labelColumns: LABEL_COLUMNS,
    empty: "There is nothing to show.",
    enterText: "show or hide",
    onSelect: ({ value }) => choose(ui, dialog, toggled(chosenOf(ui), value)),
    keys: [
      {
        stroke: "r",
        text: "usual",
        run: () => choose(ui, dialog, undefined),
      },
    ],
  });
  ui.dialogs.open(dialog);
}

function chosenOf(ui: Ui): readonly StatusItem[] {
  return ui.statusLine.items ?? USUAL;
}

/** Chosen ones first, in their order. */
function rowsOf(ui: Ui): ListRow<StatusItem>[] {
  const chosen = chosenOf(ui);
  const others = STATUSLINE_ITEMS.filter((item) => item !== "custom" && !chosen.includes(item));
  const { route } = ui.store.state;
  const sessionID = route.screen === "session" ? route.sessionID : "";
  return [...chosen, ...others].map((item) => ({
    value: item,
    label: item,
    mark: chosen.includes(item) ? "✓" : " ",
    detail: itemText(ui, ui.store.state, sessionID, item),
  }));
}

function toggled(chosen: readonly StatusItem[], item: StatusItem): readonly StatusItem[] {
  return chosen.includes(item) ? chosen.filter((one) => one !== item) : [...chosen, item];
}

function choose(
  ui: Ui,
  dialog: ListDialog<StatusItem>,
  items: readonly StatusItem[] | undefined,
): void {
  ui.statusLine.items = items;
  dialog.refresh();
  const saved = ui.environment.saveSetting?.(["statusline"], items);
  saved?.catch((error: unknown) => {
    ui.toasts.show({ variant: "error", message: `It could not be kept: ${String(error)}` });
  });
}
