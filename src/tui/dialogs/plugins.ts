// The plugins that the configuration names, as it names them.

import type { Ui } from "@/tui/ui";
import { LARGE } from "./dialog";
import { ListDialog } from "./list-dialog";

export function openPlugins(ui: Ui): void {
  ui.dialogs.open(
    new ListDialog<string>(ui, {
      title: "Plugins",
      width: LARGE,
      rows: () =>
        (ui.store.state.facts.config?.plugin ?? []).map((plugin) => {
          const name = Array.isArray(plugin) ? String(plugin[0]) : String(plugin);
          const right = Array.isArray(plugin) ? "with options" : "";
          return { value: name, label: name, right };
        }),
      empty:
        'None. "plugin": ["name"] in opencode.json names one; .opencode/plugin holds your own.',
    }),
  );
}
