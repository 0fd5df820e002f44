// The sessions of the project: pinned ones, then by day, with what each is doing now. What is typed
// is looked for in titles and, a moment later, in the texts of messages.

import type { Session } from "@/schema/session";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
import { dayOf, timeOf } from "./days";
import { LARGE } from "./dialog";
import { ListDialog } from "./list-dialog";
import { filterRows, type ListRow } from "./list-rows";
import { openRename } from "./rename";
import { TextSearch } from "./text-search";
import type { Trash } from "./trash";

const LABEL_COLUMNS = 27;
const SLOTS = 9;
const PINNED_MAX = 50;

export function openSessions(ui: Ui, trash: Trash): void {
  new SessionList(ui, trash).open();
}

/** Opens the pinned session of a slot, 1 to 9; false when it is empty. */
export function switchToSlot(ui: Ui, slot: number): void {
  const id = pinnedSessions(ui)[slot - 1]?.id;
  if (id !== undefined) return goTo(ui, id);
  ui.toasts.show({ variant: "info", message: `No session is pinned to ${slot}` });
}

export function togglePin(ui: Ui, sessionID: string): void {
  const pinned = ui.memory.get("pinned") ?? [];
  const rest = pinned.filter((id) => id !== sessionID);
  const isPinned = rest.length < pinned.length;
  ui.memory.set("pinned", isPinned ? rest : [...rest.slice(1 - PINNED_MAX), sessionID]);
}

function goTo(ui: Ui, sessionID: string): void {
  ui.store.dispatch({ type: "route.changed", route: { screen: "session", sessionID } });
}

/** Whether the list has sessions of other directories of the project, too. */
export function listsAll(ui: Ui): boolean {
  return ui.memory.get("allDirectories") ?? true;
}

/** In the order of their pinning, those that are still there. */
export function pinnedSessions(ui: Ui): Session[] {
  const { sessions } = ui.store.state;
  return (ui.memory.get("pinned") ?? []).flatMap((id) => sessions?.[id] ?? []);
}

class SessionList {
  readonly #ui: Ui;
  readonly #trash: Trash;
  readonly #search: TextSearch;
  readonly #dialog: ListDialog<Session>;
  readonly #stops: readonly (() => void)[];
  #doomed: string | undefined;

  constructor(ui: Ui, trash: Trash) {
    this.#ui = ui;
    this.#trash = trash;
    this.#search = new TextSearch(ui);
    const { route } = ui.store.state;
    const current = route.screen === "session" ? route.sessionID : undefined;
    this.#dialog = new ListDialog<Session>(ui, {
      title: "Sessions",
      width: LARGE,
      rows: () => this.#rows(),
      labelColumns: LABEL_COLUMNS,
      empty: "There is no session here yet.",
      isCurrent: ({ value }) => value.id === current,
      onSelect: ({ value }) => {
        ui.dialogs.close();
        goTo(ui, value.id);
      },
      onMove: () => this.#spare(),
      onFilter: (typed) => this.#typed(typed),
      onClose: () => this.#close(),
      keys: [
        { action: "session.pin.toggle", text: "pin", run: (row) => this.#pin(row?.value) },
        { action: "session.rename", text: "rename", run: (row) => this.#rename(row?.value) },
        { action: "session.delete", text: "delete", run: (row) => this.#delete(row?.value) },
        { stroke: "tab", text: "project/all", run: () => this.#widen() },
        { stroke: "alt+z", run: () => this.#restore() },
      ],
    });
    const refresh = (state: State, before: State) => {
      const isSame = (["sessions", "status", "permissions", "questions"] as const).every(
        (key) => state[key] === before[key],
      );
      if (!isSame) this.#dialog.refresh();
    };
    this.#stops = [ui.store.subscribe(refresh)];
  }

  open(): void {
    this.#ui.dialogs.open(this.#dialog);
  }

  #close(): void {
    this.#search.stop();
    for (const stop of this.#stops) stop();
  }

  #rows(): ListRow<Session>[] {
    const pinned = pinnedSessions(this.#ui);
    const all = this.#all();
    const rows = [...pinned.filter((one) => all.includes(one)), ...all]
      .filter((session, index, list) => list.indexOf(session) === index)
      .map((session, index) => this.#row(session, index, pinned));
    const typed = this.#dialog?.typed ?? "";
    if (typed.trim() === "") return rows;
    const named = new Set(filterRows(rows, typed).map(({ value }) => value));
    return rows.filter(({ value, below }) => named.has(value) || below !== undefined);
  }

  /** Newest first, without subagents' and without what was just deleted. */
  #all(): Session[] {
    const { sessions, directory, facts } = this.#ui.store.state;
    const own = facts.path?.directory ?? directory;
    const isWide = listsAll(this.#ui);
    return Object.values(sessions ?? {})
      .filter((one) => one.parentID === undefined && !this.#trash.holds(one.id))
      .filter((one) => isWide || one.directory === own)
      .toSorted((a, b) => b.time.updated - a.time.updated);
  }

  #row(session: Session, index: number, pinned: readonly Session[]): ListRow<Session> {
    const isPinned = pinned.includes(session);
    const sign = signOf(this.#ui.store.state, session);
    const slot = index < SLOTS ? `${index + 1}` : " ";
    const below = this.#search.hit(session.id);
    const isDoomed = session.id === this.#doomed;
    const again = this.#ui.keymap.label("session.delete") ?? "";
    return {
      value: session,
      key: session.id,
      label: isDoomed ? `${again} again deletes it` : session.title,
      ...(isDoomed && { labelColor: "error" as const }),
      group: isPinned ? "Pinned" : dayOf(session.time.updated, this.#ui.clock.now()),
      mark: `${slot} ${sign.mark}`,
      markColor: sign.color,
      detail: sign.text ?? placeOf(this.#ui, session),
      right: timeOf(session.time.updated),
      search: session.id,
      ...(below !== undefined && { below }),
    };
  }

  #typed(typed: string): void {
    this.#doomed = undefined;
    const ids = this.#all().map(({ id }) => id);
    void this.#search.search(typed, ids, () => this.#dialog.refresh());
    this.#dialog.refresh();
  }

  #pin(session: Session | undefined): void {
    if (session !== undefined) togglePin(this.#ui, session.id);
    this.#dialog.refresh();
  }

  #rename(session: Session | undefined): void {
    if (session !== undefined) openRename(this.#ui, session);
  }

  /** The second time in a row it is meant. */
  #delete(session: Session | undefined): void {
    if (session === undefined) return;
    const isMeant = this.#doomed === session.id;
    this.#doomed = isMeant ? undefined : session.id;
    if (isMeant) this.#trash.put(session);
    this.#dialog.refresh();
  }

  /** Moving on is no second press. */
  #spare(): void {
    if (this.#doomed === undefined) return;
    this.#doomed = undefined;
    this.#dialog.refresh();
  }

  #restore(): boolean {
    const restored = this.#trash.restore();
    this.#dialog.refresh();
    return restored !== undefined;
  }

  #widen(): void {
    this.#ui.memory.set("allDirectories", !listsAll(this.#ui));
    this.#dialog.refresh();
  }
}

interface Sign {
  mark: string;
  color: "primary" | "warning" | "error" | "textMuted";
  text?: string;
}

function signOf(state: State, { id }: Session): Sign {
  const asks = (list: readonly { sessionID: string }[]) => list.some((one) => one.sessionID === id);
  if (asks(state.permissions)) return { mark: "△", color: "warning", text: "asks permission" };
  if (asks(state.questions)) return { mark: "△", color: "warning", text: "asks a question" };
  const status = state.status[id];
  if (status?.type === "retry") return { mark: "✗", color: "error", text: "waits to try again" };
  if (status !== undefined) return { mark: "⠹", color: "primary", text: "running" };
  const { route } = state;
  const isOpen = route.screen === "session" && route.sessionID === id;
  return { mark: isOpen ? "●" : " ", color: "primary" };
}

/** `~/proj +3 -1`. */
function placeOf(ui: Ui, { directory, summary }: Session): string {
  const { home } = ui.environment;
  const isAtHome = directory === home || directory.startsWith(`${home}/`);
  const place = isAtHome ? `~${directory.slice(home.length)}` : directory;
  const { additions = 0, deletions = 0 } = summary ?? {};
  return additions + deletions === 0 ? place : `${place} +${additions} -${deletions}`;
}

/** Copies a session, and opens the copy. */
export async function forkSession(ui: Ui, sessionID: string, messageID?: string): Promise<void> {
  const input = messageID === undefined ? {} : { messageID };
  const copy = await attempt(ui, () => ui.client.session.fork(sessionID, input));
  if (copy !== undefined) goTo(ui, copy.id);
}
