// The home screen: the name, the prompt box, and where one is.
import { BoxRenderable, TextRenderable } from "@opentui/core";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { placeOf } from "./place";
import type { Screen, Size } from "./screen";

const PROMPT_MAX_COLUMNS = 75;

export class HomeScreen implements Screen {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #middle: BoxRenderable;
  readonly #place: TextRenderable;

  constructor(ui: Ui) {
    this.#ui = ui;
    const { renderer, theme } = ui;
    this.root = new BoxRenderable(renderer, { flexDirection: "column", flexGrow: 1 });
    this.#middle = new BoxRenderable(renderer, {
      flexGrow: 1,
      flexDirection: "column",
      alignItems: "center",
      justifyContent: "center",
    });
    this.#middle.add(new TextRenderable(renderer, { content: "opencode", fg: theme.colors.text }));
    this.#middle.add(new BoxRenderable(renderer, { height: 2 }));
    this.#middle.add(ui.prompt.root);
    const footer = new BoxRenderable(renderer, {
      flexDirection: "row",
      justifyContent: "space-between",
      paddingX: 2,
      height: 1,
    });
    this.#place = new TextRenderable(renderer, { content: "", fg: theme.colors.textMuted });
    footer.add(this.#place);
    const { version } = ui.environment;
    footer.add(new TextRenderable(renderer, { content: version, fg: theme.colors.textMuted }));
    this.root.add(this.#middle);
    this.root.add(footer);
    ui.prompt.setPlaceholder('Ask anything… "Fix broken tests"');
  }

  update(state: State): void {
    this.#place.content = placeOf(state, this.#ui.environment.home);
  }

  resize({ columns }: Size): void {
    this.#ui.prompt.root.width = Math.min(PROMPT_MAX_COLUMNS, columns - 6);
  }

  destroy(): void {
    this.#middle.remove(this.#ui.prompt.root);
    this.root.destroyRecursively();
  }
}
