// The actions that open dialogs, and those that dialogs remember for.

import { putFirst } from "@/tui/memory";
import type { Ui } from "@/tui/ui";
import { openKeys } from "./keys";
import { openPalette, suggestible } from "./palette";

/** Until the returned function is called. */
export function registerDialogs(ui: Ui): () => void {
  const canSuggest = suggestible();
  const forget = ui.actions.onRun((id) => {
    if (!canSuggest.has(id)) return;
    ui.memory.set("used", putFirst(ui.memory.get("used") ?? [], id, Object.is));
  });
  const leave = ui.actions.register({
    "command.palette.show": { run: () => openPalette(ui) },
    "keys.rebind": { run: () => openKeys(ui) },
    "toast.last": { run: () => ui.toasts.repeat() },
  });
  return () => {
    forget();
    leave();
  };
}
