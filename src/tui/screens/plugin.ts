// The screen of a plugin: what it draws, over the screen that escape leads back to. Where it cannot
// be shown, the screen says so.
import { BoxRenderable, type Renderable } from "@opentui/core";
import type { PluginRoute } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { ink, row, styled } from "@/tui/views/style";
import { oneLine } from "@/tui/views/words";
import type { Screen } from "./screen";

export class PluginScreen implements Screen {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #drawn: Renderable | undefined;
  readonly #leaveKeys: () => void;

  constructor(ui: Ui, { name, params, back }: PluginRoute) {
    this.#ui = ui;
    this.root = new BoxRenderable(ui.renderer, { flexDirection: "column", flexGrow: 1 });
    this.#drawn = ui.plugins.render(name, params);
    if (this.#drawn) this.root.add(this.#drawn);
    else {
      const words = row(ui);
      const what = `No plugin shows ${oneLine(name)} here. `;
      words.content = styled(ink(ui, "text", what), ink(ui, "textMuted", "esc goes back"));
      words.margin = 1;
      this.root.add(words);
    }
    const close = () => ui.store.dispatch({ type: "route.changed", route: back });
    this.#leaveKeys = ui.keymap.enter(
      "session",
      () => false,
      (key) => {
        if (key.name !== "escape") return false;
        close();
        return true;
      },
    );
  }

  focus(): void {
    this.#ui.prompt.blur();
    if (this.#drawn?.focusable) this.#drawn.focus();
  }

  update(): void {
    // What it draws is the plugin's own.
  }

  resize(): void {
    // As it is laid out.
  }

  destroy(): void {
    this.#leaveKeys();
    this.root.destroyRecursively();
  }
}
