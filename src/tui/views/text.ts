// The view of text: of a person as typed, of an assistant as Markdown.
import { BoxRenderable, TextRenderable } from "@opentui/core";
import type { TextPart } from "@/schema/part";
import type { Ui } from "@/tui/ui";
import type { PlacedPart, View } from "./view";

export class TextView implements View<PlacedPart<TextPart>> {
  readonly root: BoxRenderable;
  readonly isRow = false;
  readonly #text: TextRenderable;

  constructor(ui: Ui, placed: PlacedPart<TextPart>) {
    this.root = new BoxRenderable(ui.renderer, { paddingLeft: 5, paddingRight: 2 });
    this.#text = new TextRenderable(ui.renderer, { content: "", fg: ui.theme.colors.text });
    this.root.add(this.#text);
    this.update(placed);
  }

  update({ part }: PlacedPart<TextPart>): void {
    this.#text.content = part.text;
  }

  setExpanded(): boolean {
    return false;
  }

  destroy(): void {
    this.root.destroyRecursively();
  }
}
