// Attention: tells a person who looks elsewhere that something waits for them or has ended: a
// notification of the terminal (OSC 9, 99 or 777, whichever it knows), its bell, and a sound.
import { CliRenderEvents } from "@opentui/core";
import type { AttentionConfig } from "@/schema/tui-config";
import type { State } from "./store/state";
import type { Ui } from "./ui";
import { oneLine } from "./views/words";

export type Cause = "question" | "permission" | "error" | "done" | "subagent_done";

/** What calls for attention, and in which session. */
export interface Call {
  cause: Cause;
  sessionID: string;
}

const WORDS: Readonly<Record<Cause, string>> = {
  question: "asks a question",
  permission: "asks for permission",
  error: "has failed",
  done: "is done",
  subagent_done: "is done",
};
const BELL = "\u0007";

/** Calls while the terminal does not have the focus, until the returned function is called. */
export function followAttention(ui: Ui): () => void {
  const { attention } = ui.settings;
  if (attention.enabled !== true) return () => undefined;
  const { renderer, store } = ui;
  let isFocused = true;
  const focus = () => void (isFocused = true);
  const blur = () => void (isFocused = false);
  renderer.on(CliRenderEvents.FOCUS, focus);
  renderer.on(CliRenderEvents.BLUR, blur);
  const stop = store.subscribe((state, before) => {
    if (isFocused) return;
    for (const call of findCalls(state, before)) notify(ui, attention, call);
  });
  return () => {
    stop();
    renderer.off(CliRenderEvents.FOCUS, focus);
    renderer.off(CliRenderEvents.BLUR, blur);
  };
}

/** What has come to call for attention between two states. */
export function findCalls(state: State, before: State): Call[] {
  const asked = <T extends { id: string; sessionID: string }>(
    cause: Cause,
    [now, then]: [readonly T[], readonly T[]],
  ): Call[] => {
    const known = new Set(then.map(({ id }) => id));
    return now.filter(({ id }) => !known.has(id)).map(({ sessionID }) => ({ cause, sessionID }));
  };
  const ended = Object.keys(before.status).filter((id) => !state.status[id]);
  return [
    ...asked("permission", [state.permissions, before.permissions]),
    ...asked("question", [state.questions, before.questions]),
    ...ended.flatMap((sessionID) => endOf(state, sessionID)),
  ];
}

function endOf(state: State, sessionID: string): Call[] {
  const session = state.sessions?.[sessionID];
  if (!session) return [];
  if (session.parentID !== undefined) return [{ cause: "subagent_done", sessionID }];
  const last = state.transcripts[sessionID]?.messages.at(-1)?.info;
  const error = last?.role === "assistant" ? last.error : undefined;
  // Whoever stopped it knows that it has stopped.
  if (error?.name === "MessageAbortedError") return [];
  return [{ cause: error ? "error" : "done", sessionID }];
}

/** A notification of the terminal, and a sound by its name, file or the bell. */
export interface Notice {
  title: string;
  message: string;
  notifies: boolean;
  /** False is none; a name is looked up in the settings. */
  sound: string | false;
  volume?: number;
}

/** Tells the person, whoever wants it and wherever they look; what was done of it is answered. */
export function give(ui: Ui, notice: Notice): { notification: boolean; sound: boolean } {
  const { title, message, notifies, sound, volume } = notice;
  const notification = notifies && ui.renderer.triggerNotification(message, title);
  const { sounds, volume: usual } = ui.settings.attention;
  if (sound === false || sounds?.[sound] === false) return { notification, sound: false };
  const file = sound.includes("/") ? sound : (sounds?.[sound] ?? sounds?.["default"]);
  if (typeof file === "string") play(ui, file, volume ?? usual);
  else ui.environment.writeUnseen?.(BELL);
  return { notification, sound: true };
}

function notify(ui: Ui, config: AttentionConfig, { cause, sessionID }: Call): void {
  // Of many subagents each end would be a call; the end of the turn is the one that counts.
  if (cause === "subagent_done" && config.sounds?.[cause] === undefined) return;
  const title = oneLine(ui.store.state.sessions?.[sessionID]?.title ?? "A session");
  give(ui, {
    title: "opencode",
    message: `${title} ${WORDS[cause]}`,
    notifies: config.notifications !== false,
    sound: config.sound !== false && cause,
  });
}

/** By whichever player the machine has; the bell where there is none. */
function play(ui: Ui, file: string, volume = 0.4): void {
  const players = [
    ["afplay", "-v", String(volume), file],
    ["paplay", `--volume=${Math.round(volume * 65_536)}`, file],
    ["aplay", "-q", file],
  ];
  const player = players.find(([name = ""]) => Bun.which(name) !== null);
  if (!player) return ui.environment.writeUnseen?.(BELL);
  Bun.spawn(player, { stdin: "ignore", stdout: "ignore", stderr: "ignore" }).unref();
}
