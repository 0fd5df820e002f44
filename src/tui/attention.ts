// Calls the person back who looks elsewhere: when a turn has ended or failed, or something waits
// for an answer, while the terminal has not the focus. By the terminal's own notification and its
// bell. A terminal that does not tell of its focus is never disturbed.
import { CliRenderEvents } from "@opentui/core";
import type { PermissionRequest } from "@/schema/permission";
import type { QuestionRequest } from "@/schema/question";
import type { State } from "./store/state";
import type { Ui } from "./ui";
import { oneLine } from "./views/words";

const BELL = "\u0007";

/** Until the returned function is called. */
export function followAttention(ui: Ui): () => void {
  const { renderer, store, settings } = ui;
  if (settings.attention.enabled === false) return () => undefined;
  let isAway = false;
  const left = () => (isAway = true);
  const came = () => (isAway = false);
  renderer.on(CliRenderEvents.BLUR, left);
  renderer.on(CliRenderEvents.FOCUS, came);
  const stop = store.subscribe((state, before) => {
    const reason = isAway ? reasonOf(state, before) : undefined;
    if (reason !== undefined) call(ui, reason);
  });
  return () => {
    stop();
    renderer.off(CliRenderEvents.BLUR, left);
    renderer.off(CliRenderEvents.FOCUS, came);
  };
}

interface Reason {
  what: string;
  sessionID: string;
}

function reasonOf(state: State, before: State): Reason | undefined {
  const isNew = <T extends { id: string }>(list: readonly T[], known: readonly T[]) =>
    list.find(({ id }) => !known.some((one) => one.id === id));
  const permission: PermissionRequest | undefined = isNew(state.permissions, before.permissions);
  if (permission) return { what: "asks for permission", sessionID: permission.sessionID };
  const question: QuestionRequest | undefined = isNew(state.questions, before.questions);
  if (question) return { what: "has a question", sessionID: question.sessionID };
  const sessionID = Object.keys(before.status).find((id) => state.status[id] === undefined);
  // A subagent's end is its parent's business.
  if (sessionID === undefined || state.sessions?.[sessionID]?.parentID !== undefined) {
    return undefined;
  }
  return { what: hasFailed(state, sessionID) ? "failed" : "is done", sessionID };
}

function hasFailed({ transcripts }: State, sessionID: string): boolean {
  const info = transcripts[sessionID]?.messages.at(-1)?.info;
  return info?.role === "assistant" && info.error !== undefined;
}

function call({ renderer, store, settings }: Ui, { what, sessionID }: Reason): void {
  const title = oneLine(store.state.sessions?.[sessionID]?.title ?? "A session").slice(0, 80);
  const { notifications = true, sound = true } = settings.attention;
  if (notifications) renderer.triggerNotification(`${title} ${what}`, "opencode");
  if (sound) process.stdout.write(BELL);
}
