// The messages of the person in a session, with what each changed. Moving in the list moves the
// transcript behind it. One is read whole, and something is done with it.

import type { MessageWithParts } from "@/schema/message";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
import { timeOf } from "./days";
import { LARGE, SMALL } from "./dialog";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";
import { PageDialog } from "./page-dialog";
import { forkSession } from "./sessions";

const LABEL_COLUMNS = 44;

/** `start` is the message that is selected at first; without it the newest. */
export function openTimeline(ui: Ui, start?: string): void {
  const { route } = ui.store.state;
  if (route.screen !== "session") return;
  const { sessionID } = route;
  const newest = userMessages(ui, sessionID).at(-1)?.info.id;
  const dialog: ListDialog<MessageWithParts> = new ListDialog<MessageWithParts>(ui, {
    title: "Timeline",
    width: LARGE,
    rows: () => rows(ui, sessionID),
    labelColumns: LABEL_COLUMNS,
    empty: "Nothing was said here yet.",
    isCurrent: ({ value }) => value.info.id === (start ?? newest),
    enterText: "actions",
    onSelect: ({ value }) => openMessageActions(ui, value),
    onMove: (row) => row !== undefined && ui.transcript?.scrollToMessage(row.value.info.id),
    onClose: () => leave(),
    keys: [
      {
        stroke: "right",
        text: "preview",
        run: (row) => row !== undefined && openPreview(ui, row.value),
      },
      {
        stroke: "alt+u",
        text: "undo to here",
        run: (row) => row !== undefined && void undoTo(ui, sessionID, row.value),
      },
      {
        stroke: "alt+n",
        text: "fork here",
        run: (row) => row !== undefined && void fork(ui, sessionID, row.value),
      },
    ],
  });
  const leave = ui.store.subscribe((state, before) => {
    if (state.transcripts[sessionID] !== before.transcripts[sessionID]) dialog.refresh();
  });
  ui.dialogs.open(dialog);
}

function userMessages(ui: Ui, sessionID: string): MessageWithParts[] {
  const messages = ui.store.state.transcripts[sessionID]?.messages ?? [];
  return messages.filter(({ info, parts }) => info.role === "user" && textOf(parts) !== "");
}

function rows(ui: Ui, sessionID: string): ListRow<MessageWithParts>[] {
  const revert = ui.store.state.sessions?.[sessionID]?.revert;
  return userMessages(ui, sessionID).map((message) => {
    const { info, parts } = message;
    const changes = changesOf(message);
    const isUndone = revert !== undefined && info.id >= revert.messageID;
    return {
      value: message,
      key: info.id,
      label: textOf(parts),
      mark: changes === "" ? " " : "●",
      detail: isUndone ? "(reverted)" : changes,
      right: timeOf(info.time.created),
    };
  });
}

function changesOf({ info }: MessageWithParts): string {
  if (info.role !== "user" || info.summary === undefined) return "";
  const diffs = info.summary.diffs;
  const added = diffs.reduce((sum, { additions }) => sum + additions, 0);
  const removed = diffs.reduce((sum, { deletions }) => sum + deletions, 0);
  return added + removed === 0 ? "" : `+${added} -${removed}`;
}

function textOf(parts: MessageWithParts["parts"]): string {
  return parts
    .flatMap((part) => (part.type === "text" && part.synthetic !== true ? [part.text] : []))
    .join(" ")
    .trim();
}

/** The whole message, with what came with it and what it changed. */
function openPreview(ui: Ui, message: MessageWithParts): void {
  const { info, parts } = message;
  const text = textOf(parts);
  const files = parts.flatMap((part) => (part.type === "file" ? [part.filename ?? part.url] : []));
  const diffs = info.role === "user" ? (info.summary?.diffs ?? []) : [];
  const changes = diffs.map(({ file, additions, deletions }) => {
    return `${file}  +${additions} -${deletions}`;
  });
  const listed = (title: string, list: readonly string[]) => {
    return list.length === 0 ? [] : ["", title, ...list.map((one) => `  ${one}`)];
  };
  const lines = [text, ...listed("Attached", files), ...listed("Changed", changes)];
  ui.dialogs.open(
    new PageDialog(ui, {
      title: `Message of ${timeOf(info.time.created)}`,
      text: lines.join("\n"),
      keys: [
        { stroke: "left", text: "back", run: () => ui.dialogs.close() },
        { stroke: "return", text: "actions", run: () => openMessageActions(ui, message) },
        { stroke: "y", text: "copy", run: () => void copy(ui, text) },
      ],
    }),
  );
}

/** What can be done with a message of the person's. */
export function openMessageActions(ui: Ui, message: MessageWithParts): void {
  const { sessionID } = message.info;
  const text = textOf(message.parts);
  const actions: [key: string, label: string, run: () => void][] = [
    ["u", "Undo to here, conversation and files", () => void undoTo(ui, sessionID, message)],
    [
      "c",
      "Undo to here, conversation only",
      () => void undoTo(ui, sessionID, message, "conversation"),
    ],
    ["f", "Undo to here, files only", () => void undoTo(ui, sessionID, message, "files")],
    ["n", "Fork a new session from here", () => void fork(ui, sessionID, message)],
    ["y", "Copy text", () => void copy(ui, text)],
    ["e", "Edit and send again", () => void undoTo(ui, sessionID, message)],
  ];
  const list = new ListDialog<() => void>(ui, {
    title: "Message actions",
    width: SMALL,
    hasFilter: false,
    rows: () => actions.map(([key, label, run]) => ({ value: run, label, right: key })),
    empty: "",
    onSelect: ({ value }) => value(),
    keys: actions.map(([stroke, , run]) => ({ stroke, run: () => run() })),
  });
  ui.dialogs.open(list);
}

/** Takes back the message with all that followed, or `only` part of it; its text is the draft. */
async function undoTo(
  ui: Ui,
  sessionID: string,
  { info, parts }: MessageWithParts,
  only?: "conversation" | "files",
): Promise<void> {
  ui.dialogs.closeAll();
  await attempt(ui, async () => {
    if (ui.store.state.status[sessionID] !== undefined) await ui.client.session.abort(sessionID);
    await ui.client.session.revert(sessionID, { messageID: info.id, ...(only && { only }) });
    if (only !== "files") ui.prompt.setParts(parts);
  });
}

async function fork(ui: Ui, sessionID: string, message: MessageWithParts): Promise<void> {
  ui.dialogs.closeAll();
  await forkSession(ui, sessionID, message.info.id);
  ui.prompt.setParts(message.parts);
}

async function copy(ui: Ui, text: string): Promise<void> {
  ui.dialogs.closeAll();
  const isSure = await ui.clipboard.write(text);
  const message = isSure ? "Copied the message" : "Sent the message to the terminal's clipboard";
  ui.toasts.show({ variant: "info", message });
}
