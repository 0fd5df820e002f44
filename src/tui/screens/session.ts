// The session screen: the transcript, and beneath it the prompt box and the status row.
import { BoxRenderable, ScrollBoxRenderable } from "@opentui/core";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { makePartView } from "@/tui/views/part-view";
import type { PlacedPart, View } from "@/tui/views/view";
import type { Screen, Size } from "./screen";

export class SessionScreen implements Screen {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #sessionID: string;
  readonly #scroll: ScrollBoxRenderable;
  readonly #bottom: BoxRenderable;
  readonly #views = new Map<string, View<PlacedPart>>();

  constructor(ui: Ui, sessionID: string) {
    this.#ui = ui;
    this.#sessionID = sessionID;
    const { renderer } = ui;
    this.root = new BoxRenderable(renderer, { flexDirection: "column", flexGrow: 1 });
    this.#scroll = new ScrollBoxRenderable(renderer, {
      flexGrow: 1,
      stickyScroll: true,
      stickyStart: "bottom",
    });
    this.#bottom = new BoxRenderable(renderer, { flexDirection: "column", paddingX: 2 });
    this.#bottom.add(ui.prompt.root);
    ui.prompt.root.width = "auto";
    ui.prompt.setPlaceholder("");
    this.root.add(this.#scroll);
    this.root.add(this.#bottom);
  }

  update(state: State): void {
    const messages = state.transcripts[this.#sessionID]?.messages ?? [];
    for (const { info, parts } of messages) {
      for (const part of parts) this.#put({ part, message: info });
    }
  }

  resize(_: Size): void {}

  #put(placed: PlacedPart): void {
    const known = this.#views.get(placed.part.id);
    if (known) return known.update(placed);
    const view = makePartView(this.#ui, placed);
    if (!view) return;
    this.#views.set(placed.part.id, view);
    this.#scroll.add(view.root);
  }

  destroy(): void {
    this.#bottom.remove(this.#ui.prompt.root);
    this.root.destroyRecursively();
  }
}
