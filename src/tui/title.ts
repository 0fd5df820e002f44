// The title of the terminal's window: the program, the session, and whether it works or asks.
import type { State } from "./store/state";
import type { Ui } from "./ui";
import { oneLine } from "./views/words";

const TITLE_MAX = 80;

/** Keeps the title, until the returned function is called, which leaves none. */
export function followTitle(ui: Ui): () => void {
  let isOn = ui.settings.title;
  // A title that is left alone is not emptied either.
  let shown: string | undefined = isOn ? undefined : "";
  const show = (state: State) => {
    const title = isOn ? titleOf(state) : "";
    if (title !== shown) ui.renderer.setTerminalTitle(title);
    shown = title;
  };
  show(ui.store.state);
  const stop = ui.store.subscribe(show);
  const unregister = ui.actions.register({
    "terminal.title.toggle": {
      title: () => (isOn ? "Leave the terminal's title alone" : "Set the terminal's title"),
      run: () => {
        isOn = !isOn;
        show(ui.store.state);
      },
    },
  });
  return () => {
    stop();
    unregister();
    if (shown !== "" && !ui.renderer.isDestroyed) ui.renderer.setTerminalTitle("");
  };
}

function titleOf(state: State): string {
  const { route, sessions, status } = state;
  if (route.screen !== "session") return "opencode";
  const { sessionID } = route;
  const asks = [...state.permissions, ...state.questions];
  const isAsking = asks.some((ask) => ask.sessionID === sessionID);
  const sign = isAsking ? "△ " : status[sessionID] ? "⠹ " : "";
  const title = oneLine(sessions?.[sessionID]?.title ?? "").slice(0, TITLE_MAX);
  return `${sign}opencode${title && ` · ${title}`}`;
}
