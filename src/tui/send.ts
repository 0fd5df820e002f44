// Sending: a prompt goes to the open session, or to a new one, which is opened for it.
import { errorMessage } from "@/base/error";
import type { PromptInput } from "@/schema/message";
import type { Ui } from "./ui";

/**
 * Sends `parts` with the agent, model and variant that are chosen, and gives the session's id;
 * undefined when it failed, which a toast has told: the draft must be kept.
 */
export async function sendPrompt(ui: Ui, parts: PromptInput["parts"]): Promise<string | undefined> {
  try {
    const sessionID = await openedSession(ui);
    const { agent, model, variant } = ui.store.state.choice;
    await ui.client.message.prompt(sessionID, {
      parts,
      ...(agent !== undefined && { agent }),
      ...(model && { model }),
      ...(variant !== undefined && { variant }),
    });
    return sessionID;
  } catch (error) {
    ui.toasts.show({ variant: "error", title: "Not sent", message: errorMessage(error) });
    return undefined;
  }
}

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
