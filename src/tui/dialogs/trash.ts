// Sessions that were deleted a moment ago: they are out of sight at once and deleted for good a
// little later, so that a slip of a finger costs nothing.

import { errorMessage } from "@/base/error";
import type { Session } from "@/schema/session";
import type { Ui } from "@/tui/ui";

const KEPT_MS = 10_000;

export class Trash {
  readonly #ui: Ui;
  readonly #pending = new Map<string, { session: Session; cancel: () => void }>();

  constructor(ui: Ui) {
    this.#ui = ui;
  }

  holds(sessionID: string): boolean {
    return this.#pending.has(sessionID);
  }

  put(session: Session): void {
    const { clock, store, toasts } = this.#ui;
    const cancel = clock.timer(KEPT_MS, () => void this.#remove(session.id));
    this.#pending.set(session.id, { session, cancel });
    const { route } = store.state;
    if (route.screen === "session" && route.sessionID === session.id) {
      store.dispatch({ type: "route.changed", route: { screen: "home" } });
    }
    const message = `Deleted "${session.title}". alt+z in the list of sessions brings it back`;
    toasts.show({ variant: "info", message, duration: KEPT_MS });
  }

  /** Brings back what was deleted last. */
  restore(): Session | undefined {
    const last = [...this.#pending.values()].at(-1);
    if (last === undefined) return undefined;
    last.cancel();
    this.#pending.delete(last.session.id);
    return last.session;
  }

  /** Deletes for good what waits; the program is being left. */
  empty(): void {
    for (const id of this.#pending.keys()) void this.#remove(id);
  }

  async #remove(id: string): Promise<void> {
    this.#pending.get(id)?.cancel();
    this.#pending.delete(id);
    try {
      await this.#ui.client.session.remove(id);
    } catch (error) {
      this.#ui.toasts.show({ variant: "error", message: errorMessage(error) });
    }
  }
}
