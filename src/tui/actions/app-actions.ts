// Actions on the program itself: leave it, let the shell have the terminal for a while.
import type { KeyEvent } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import type { ActionBody } from "./actions";

/** How long the first of two keys counts. */
const LEAVE_MS = 2_000;

export class AppActions {
  readonly #ui: Ui;
  readonly #stop: () => void;
  #disarm: (() => void) | undefined;

  /** `stop` halts the process until the shell lets it go on. */
  constructor(ui: Ui, stop: () => void) {
    this.#ui = ui;
    this.#stop = stop;
  }

  get bodies(): Record<string, ActionBody> {
    return {
      "app.exit": { run: () => this.#ui.leave() },
      "terminal.suspend": {
        when: () => process.platform !== "win32",
        run: () => this.#suspend(),
      },
    };
  }

  /** A key is pressed more easily by mistake than a command is chosen: some ask a second time. */
  runByKey(id: string, key: KeyEvent): boolean {
    if (id !== "app.exit" || !this.#mustAsk(key)) return this.#ui.actions.run(id);
    if (this.#ui.renderer.hasSelection) this.#ui.renderer.clearSelection();
    else if (this.#disarm) this.#ui.leave();
    else this.#arm(key);
    return true;
  }

  #mustAsk(key: KeyEvent): boolean {
    const isPrompted = key.ctrl && key.name === "c";
    return isPrompted || (key.ctrl && this.#isBusy);
  }

  get #isBusy(): boolean {
    return Object.keys(this.#ui.store.state.status).length > 0;
  }

  #arm(key: KeyEvent): void {
    const what = this.#isBusy ? "; what runs is stopped then" : "";
    const message = `ctrl+${key.name} again to leave${what}`;
    this.#ui.toasts.show({ variant: "warning", message, duration: LEAVE_MS });
    this.#disarm = this.#ui.clock.timer(LEAVE_MS, () => (this.#disarm = undefined));
  }

  #suspend(): void {
    const { renderer } = this.#ui;
    renderer.suspend();
    process.once("SIGCONT", () => {
      if (!renderer.isDestroyed) renderer.resume();
    });
    this.#stop();
  }
}
