// Actions on the open session that need no dialog: take back, bring back, shorten, copy, share, go
// to its subagents.
import { unavailable } from "@/base/error";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import { editorCommand, editText } from "@/tui/prompt/external-editor";
import { failureText } from "@/tui/store/failure";
import { presentModel } from "@/tui/store/present";
import type { Ui } from "@/tui/ui";
import { answerText, transcriptText } from "@/tui/transcript-text";
import type { ActionBody } from "./actions";

export function sessionActions(ui: Ui): Record<string, ActionBody> {
  const session = () => openSession(ui);
  const isIdle = () => session() !== undefined;
  return {
    "session.undo": { when: isIdle, run: () => undo(ui) },
    "session.redo": { when: () => session()?.revert !== undefined, run: () => redo(ui) },
    "session.compact": { when: isIdle, takesText: true, run: (text) => compact(ui, text) },
    "session.copy": { when: isIdle, run: () => copyAll(ui) },
    "messages.copy": { when: isIdle, run: () => copyAnswer(ui) },
    "session.share": { when: () => canShare(ui), run: () => share(ui) },
    "session.unshare": { when: () => session()?.share !== undefined, run: () => unshare(ui) },
    "session.transcript.editor": { when: isIdle, run: () => openInEditor(ui) },
    "session.error.copy": {
      when: () => failureText(ui.store.state) !== undefined,
      run: () => copy(ui, failureText(ui.store.state) ?? "", "The error"),
    },
    ...familyActions(ui),
  };
}

function openSession(ui: Ui): Session | undefined {
  const { route, sessions } = ui.store.state;
  return route.screen === "session" ? sessions?.[route.sessionID] : undefined;
}

function messagesOf(ui: Ui, session: Session): readonly MessageWithParts[] {
  return ui.store.state.transcripts[session.id]?.messages ?? [];
}

function go(ui: Ui, sessionID: string | undefined): void {
  if (sessionID === undefined) return;
  ui.store.dispatch({ type: "route.changed", route: { screen: "session", sessionID } });
}

/** Takes back the last message of the person and the changes after it; one further each time. */
async function undo(ui: Ui): Promise<void> {
  const session = openSession(ui);
  if (!session) return;
  const { client, store, toasts } = ui;
  if (store.state.status[session.id]) await client.session.abort(session.id);
  const from = session.revert?.messageID;
  const asked = messagesOf(ui, session).filter(({ info }) => info.role === "user");
  const last = asked.findLast(({ info }) => from === undefined || info.id < from);
  if (!last) return toasts.show({ variant: "info", message: "There is nothing to undo" });
  await client.session.revert(session.id, { messageID: last.info.id });
  ui.prompt.setParts(last.parts);
}

/**
 * One message forward, its files too unless they were not undone with it; what is still undone
 * stays in the prompt box.
 */
async function redo(ui: Ui): Promise<void> {
  const session = openSession(ui);
  const { revert } = session ?? {};
  if (!session || !revert) return;
  const undone = messagesOf(ui, session).filter(({ info }) => {
    return info.role === "user" && info.id >= revert.messageID;
  });
  const next = undone.find(({ info }) => info.id > revert.messageID);
  if (next) {
    const only = revert.files && ({ only: "conversation" } as const);
    await ui.client.session.revert(session.id, { messageID: next.info.id, ...only });
    ui.prompt.setParts(next.parts);
  } else {
    await ui.client.session.unrevert(session.id);
    if (undone.length > 0) ui.prompt.clear();
  }
}

/** `instruction` is what the person wants of the summary. */
async function compact(ui: Ui, instruction = ""): Promise<void> {
  const session = openSession(ui);
  const model = presentModel(ui.store.state);
  if (!session) return;
  if (!model) return ui.toasts.show({ variant: "error", message: "No model is connected yet" });
  const { providerID, modelID } = model;
  const wish = instruction === "" ? {} : { instruction };
  await ui.client.session.summarize(session.id, { providerID, modelID, ...wish });
}

async function copyAll(ui: Ui): Promise<void> {
  const session = openSession(ui);
  if (!session) return;
  await copy(ui, transcriptText(session, messagesOf(ui, session)), "The session");
}

/** For reading and taking from: what becomes of the text there changes nothing here. */
async function openInEditor(ui: Ui): Promise<void> {
  const session = openSession(ui);
  const command = editorCommand(ui.environment.env);
  if (!session) return;
  if (command === undefined) throw unavailable("Set $VISUAL or $EDITOR to open the transcript");
  await editText(ui, command, transcriptText(session, messagesOf(ui, session)), "transcript.md");
}

async function copyAnswer(ui: Ui): Promise<void> {
  const session = openSession(ui);
  const text = session && answerText(messagesOf(ui, session));
  if (!text) return ui.toasts.show({ variant: "info", message: "There is no answer to copy" });
  await copy(ui, text, "The last answer");
}

async function copy(ui: Ui, text: string, what: string): Promise<void> {
  const isCertain = await ui.clipboard.write(text);
  const message = isCertain ? `${what} was copied` : `${what} was sent to the terminal's clipboard`;
  ui.toasts.show({ variant: "success", message });
}

function canShare(ui: Ui): boolean {
  const { facts } = ui.store.state;
  return openSession(ui)?.share === undefined && facts.config?.share !== "disabled";
}

async function share(ui: Ui): Promise<void> {
  const session = openSession(ui);
  if (!session) return;
  const { share: shared } = await ui.client.session.share(session.id);
  if (shared) await copy(ui, shared.url, `The link ${shared.url}`);
}

async function unshare(ui: Ui): Promise<void> {
  const session = openSession(ui);
  if (!session) return;
  await ui.client.session.unshare(session.id);
  ui.toasts.show({ variant: "success", message: "The session is not shared any more" });
}

/** From a session to its subagents' and back. */
function familyActions(ui: Ui): Record<string, ActionBody> {
  const parent = () => openSession(ui)?.parentID;
  const isChild = () => parent() !== undefined;
  return {
    "session.parent": { when: isChild, run: () => go(ui, parent()) },
    "session.child.first": {
      when: () => openSession(ui) !== undefined && !isChild(),
      run: async () => {
        const [first] = await listChildren(ui, openSession(ui)?.id);
        if (first) return go(ui, first.id);
        ui.toasts.show({ variant: "info", message: "This session has no subagents" });
      },
    },
    "session.child.next": { when: isChild, run: () => goSideways(ui, 1) },
    "session.child.previous": { when: isChild, run: () => goSideways(ui, -1) },
  };
}

async function goSideways(ui: Ui, step: number): Promise<void> {
  const session = openSession(ui);
  const siblings = await listChildren(ui, session?.parentID);
  const at = siblings.findIndex(({ id }) => id === session?.id);
  const next = siblings[(at + step + siblings.length) % siblings.length];
  if (next) go(ui, next.id);
}

/** In the order of their making. */
async function listChildren(ui: Ui, parentID: string | undefined): Promise<Session[]> {
  if (parentID === undefined) return [];
  const children = await ui.client.session.children(parentID);
  for (const session of children) ui.store.dispatch({ type: "session.loaded", session });
  return children.toSorted((a, b) => a.time.created - b.time.created);
}
