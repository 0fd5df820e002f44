// Facts for a bug report, copied by enter.

import type { Ui } from "@/tui/ui";
import { SMALL } from "./dialog";
import { debugFacts } from "./facts-text";
import { ListDialog } from "./list-dialog";

const LABEL_COLUMNS = 14;

export function openDebug(ui: Ui): void {
  const facts = debugFacts(ui);
  ui.dialogs.open(
    new ListDialog<string>(ui, {
      title: "Debug",
      width: SMALL,
      hasFilter: false,
      labelColumns: LABEL_COLUMNS,
      rows: () => facts.map(([label, detail]) => ({ value: detail, label, detail })),
      empty: "",
      enterText: "copy all",
      onSelect: () => void copyFacts(ui),
    }),
  );
}

export async function copyFacts(ui: Ui): Promise<void> {
  ui.dialogs.closeAll();
  const text = debugFacts(ui)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
  const isSure = await ui.clipboard.write(text);
  const message = isSure ? "Copied the facts" : "Sent the facts to the terminal's clipboard";
  ui.toasts.show({ variant: "info", message });
}
