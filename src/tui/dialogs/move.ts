// The directories of the project: where the open session is to go on, or, at home, where new ones
// are to begin. Worktrees are made and removed here, too.

import type { Session } from "@/schema/session";
import { homeShortened } from "@/tui/screens/place";
import { presentDirectory } from "@/tui/store/present";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
import { MEDIUM } from "./dialog";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";

/** Undefined for a worktree that is to be made. */
type Choice = string | undefined;

interface Known {
  directories: readonly string[];
  /** Those of them that were made by the program, which may remove them. */
  worktrees: readonly string[];
}

/** `session` is the one to be moved; without it new ones are meant. */
export function openMove(ui: Ui, session: Session | undefined): void {
  new MoveList(ui, session).open();
}

class MoveList {
  readonly #ui: Ui;
  readonly #session: Session | undefined;
  readonly #dialog: ListDialog<Choice>;
  #known: Known | undefined;
  /** Removed by a second press. */
  #doomed: string | undefined;
  #isMaking = false;

  constructor(ui: Ui, session: Session | undefined) {
    this.#ui = ui;
    this.#session = session;
    this.#dialog = new ListDialog<Choice>(ui, {
      title: session ? "Move session" : "Begin sessions in",
      width: MEDIUM,
      rows: () => this.#rows(),
      empty: "",
      enterText: session ? "move" : "choose",
      onSelect: ({ value }) => void (value === undefined ? this.#make() : this.#go(value)),
      onMove: () => this.#spare(),
      keys: [
        { action: "dialog.move_session.new", text: "new worktree", run: () => void this.#make() },
        {
          action: "dialog.move_session.delete",
          text: "delete",
          run: (row) => void this.#remove(row?.value),
        },
        {
          action: "dialog.move_session.refresh",
          text: "read again",
          run: () => void this.#load(),
        },
      ],
    });
  }

  open(): void {
    this.#ui.dialogs.open(this.#dialog);
    void this.#load();
  }

  async #load(): Promise<void> {
    const { client } = this.#ui;
    await attempt(this.#ui, async () => {
      const { id } = await client.project.current();
      // Directories outside of repositories have nothing to do with each other.
      const [directories, worktrees] = await Promise.all([
        id === "global" ? [] : client.project.directories(id),
        client.worktree.list(),
      ]);
      const named = directories.map(({ directory }) => directory);
      this.#known = { directories: [...named, ...worktrees], worktrees };
      this.#dialog.refresh();
    });
  }

  #rows(): ListRow<Choice>[] {
    const { store, environment, keymap } = this.#ui;
    const present = this.#session?.directory ?? presentDirectory(store.state);
    const { directories: others = [], worktrees = [] } = this.#known ?? {};
    const directories = [...new Set([...others, present])];
    const again = keymap.label("dialog.move_session.delete") ?? "";
    const rows = directories.map((directory): ListRow<Choice> => ({
      value: directory,
      key: directory,
      label:
        directory === this.#doomed
          ? `${again} again deletes it, and what is not committed there`
          : homeShortened(directory, environment.home),
      ...(directory === this.#doomed && { labelColor: "error" as const }),
      mark: directory === present ? "●" : " ",
      right: worktrees.includes(directory) ? "worktree" : "",
      search: directory,
    }));
    const label = this.#isMaking ? "Making a worktree…" : "New worktree, with a branch of its own";
    const isInGit = store.state.facts.project?.id !== "global";
    return isInGit ? [...rows, { value: undefined, key: "new", label, mark: "+" }] : rows;
  }

  async #make(): Promise<void> {
    if (this.#isMaking) return;
    this.#isMaking = true;
    this.#dialog.refresh();
    const made = await attempt(this.#ui, () => this.#ui.client.worktree.create());
    this.#isMaking = false;
    this.#dialog.refresh();
    if (made) await this.#go(made.directory);
  }

  async #go(directory: string): Promise<void> {
    const { client, dialogs, store, toasts, environment } = this.#ui;
    const session = this.#session;
    await attempt(this.#ui, async () => {
      if (session) {
        const moved = await client.session.move(session.id, directory);
        store.dispatch({ type: "session.loaded", session: moved });
      } else store.dispatch({ type: "directory.changed", directory });
      dialogs.closeAll();
      const place = homeShortened(directory, environment.home);
      const message = session
        ? `The session goes on in ${place}`
        : `New sessions begin in ${place}`;
      toasts.show({ variant: "success", message });
    });
  }

  /** The second time in a row it is meant. */
  async #remove(directory: string | undefined): Promise<void> {
    if (directory === undefined || !this.#known?.worktrees.includes(directory)) return;
    const isMeant = this.#doomed === directory;
    this.#doomed = isMeant ? undefined : directory;
    this.#dialog.refresh();
    if (!isMeant) return;
    await attempt(this.#ui, () => this.#ui.client.worktree.remove(directory));
    await this.#load();
  }

  #spare(): void {
    if (this.#doomed === undefined) return;
    this.#doomed = undefined;
    this.#dialog.refresh();
  }
}
