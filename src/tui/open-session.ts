// Where a prompt goes: to the open session, or to a new one, which is opened for it.
import type { Ui } from "./ui";

/** The session on the screen; from home a new one, which is then on the screen. */
export async function openedSession(ui: Ui): Promise<string> {
  const { route } = ui.store.state;
  if (route.screen === "session") return route.sessionID;
  const session = await ui.client.session.create();
  ui.store.dispatch({
    type: "transcript.loaded",
    sessionID: session.id,
    messages: [],
    place: "newest",
  });
  ui.store.dispatch({ type: "route.changed", route: { screen: "session", sessionID: session.id } });
  return session.id;
}
