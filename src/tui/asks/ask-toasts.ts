// Ask toasts: something asks in a session that is not on the screen. Says so once for each ask,
// with the way there. Asks of the open session stand in the place of its prompt box.
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { oneLine } from "@/tui/views/words";
import { isBelow } from "./session-tree";

/** Tells of asks elsewhere until the returned function is called. */
export function tellAsks(ui: Ui): () => void {
  const told = new Set<string>();
  const tell = (state: State) => {
    const asks = [...state.permissions, ...state.questions];
    for (const { id, sessionID } of asks) {
      if (told.has(id) || isShown(state, sessionID)) continue;
      told.add(id);
      const title = oneLine(state.sessions?.[sessionID]?.title ?? "Another session");
      const key = ui.keymap.label("session.list");
      const way = key === undefined ? "" : `  ${key} goes there`;
      ui.toasts.show({ variant: "warning", title, message: `△ waits for you${way}` });
    }
    for (const id of told) if (!asks.some((ask) => ask.id === id)) told.delete(id);
  };
  return ui.store.subscribe(tell);
}

function isShown(state: State, sessionID: string): boolean {
  const { route } = state;
  // From the diff viewer the way back leads to what asks.
  const shown = "back" in route ? route.back : route;
  return shown.screen === "session" && isBelow(state, sessionID, shown.sessionID);
}
