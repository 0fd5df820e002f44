// What the command line asks of the terminal UI at its start: a session to open, a prompt to send.
import { errorMessage } from "@/base/error";
import type { Ui } from "./ui";

export interface StartUp {
  /** The session to open. */
  session?: string;
  /** The newest session of the directory. */
  continue?: boolean;
  /** A copy of the session instead of it. */
  fork?: boolean;
  /** Sent at once. */
  prompt?: string;
}

/** Does it, once the server answers; what is not possible is told, and the home screen stays. */
export async function startUp(ui: Ui, start: StartUp): Promise<void> {
  try {
    const sessionID = await findSession(ui, start);
    if (sessionID !== undefined && sessionID !== openID(ui)) {
      ui.store.dispatch({ type: "route.changed", route: { screen: "session", sessionID } });
    }
  } catch (error) {
    ui.store.dispatch({ type: "route.changed", route: { screen: "home" } });
    ui.toasts.show({ variant: "error", message: errorMessage(error) });
    return;
  }
  if (start.prompt === undefined) return;
  // In front of what was typed meanwhile.
  const typed = ui.prompt.text;
  ui.prompt.setText(start.prompt);
  ui.prompt.submit();
  if (typed !== "") ui.prompt.setText(typed);
}

/** The session that is on the screen. */
function openID({ store }: Ui): string | undefined {
  const { route } = store.state;
  return route.screen === "session" ? route.sessionID : undefined;
}

async function findSession(ui: Ui, start: StartUp): Promise<string | undefined> {
  const { client } = ui;
  const named = start.session ?? (start.continue ? await newestSession(ui) : undefined);
  if (named === undefined) return undefined;
  const session = start.fork ? await client.session.fork(named) : await client.session.get(named);
  return session.id;
}

async function newestSession(ui: Ui): Promise<string | undefined> {
  const sessions = await ui.client.session.list({ roots: true, limit: 1 });
  const [newest] = sessions;
  if (!newest) ui.toasts.show({ variant: "info", message: "There is no session here yet" });
  return newest?.id;
}
