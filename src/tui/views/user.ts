// The view of what a person asked: the text as typed, and what is attached to it.
import type { BoxRenderable, TextRenderable } from "@opentui/core";
import type { Part } from "@/schema/part";
import { openMessageActions } from "@/tui/dialogs/timeline";
import type { Ui } from "@/tui/ui";
import { ink, panel, row, styled, wrapped } from "./style";
import type { BlockOf, View } from "./view";
import { harmless, oneLine } from "./words";

const LINES_MAX = 12;
const LINES_FOLDED = 8;

type UserBlock = BlockOf<"user">;

export class UserView implements View<UserBlock> {
  readonly root: BoxRenderable;
  readonly isRow = false;
  readonly #ui: Ui;
  readonly #text: TextRenderable;
  readonly #attached: TextRenderable;
  #block: UserBlock;
  #isExpanded = false;
  #pressed: { x: number; y: number } | undefined;

  constructor(ui: Ui, block: UserBlock) {
    this.#ui = ui;
    this.#block = block;
    this.root = panel(ui, "secondary", { isPadded: true });
    this.#text = wrapped(ui);
    this.#attached = row(ui);
    this.root.add(this.#text);
    this.root.add(this.#attached);
    this.root.onMouseDown = ({ x, y }) => void (this.#pressed = { x, y });
    this.root.onMouseUp = (event) => {
      // Whoever has drawn over text with the mouse wanted to select it.
      const isClick = this.#pressed?.x === event.x && this.#pressed.y === event.y;
      if (!isClick || this.#block.isQueued) return;
      event.stopPropagation();
      openMessageActions(ui, this.#block.entry);
    };
    this.update(block);
  }

  update(block: UserBlock): void {
    this.#block = block;
    const ui = this.#ui;
    const { info, parts } = block.entry;
    this.root.borderColor = ui.theme.agentColor(info.role === "user" ? info.agent : undefined);
    const { text, hidden } = this.#folded(typed(parts));
    const badge = block.isQueued ? [ink(ui, "warning", "QUEUED  ", true)] : [];
    const more = hidden > 0 ? [ink(ui, "textMuted", `\n… ${hidden} more lines`)] : [];
    this.#text.content = styled(...badge, ink(ui, "text", text), ...more);
    const attached = attachments(parts);
    this.#attached.visible = attached !== "";
    this.#attached.content = attached;
  }

  setExpanded(isExpanded: boolean): boolean {
    if (typed(this.#block.entry.parts).split("\n").length <= LINES_MAX) return false;
    this.#isExpanded = isExpanded;
    this.update(this.#block);
    return true;
  }

  destroy(): void {
    this.root.destroyRecursively();
  }

  #folded(text: string): { text: string; hidden: number } {
    const lines = text.split("\n");
    if (this.#isExpanded || lines.length <= LINES_MAX) return { text, hidden: 0 };
    const shown = lines.slice(0, LINES_FOLDED).join("\n");
    return { text: shown, hidden: lines.length - LINES_FOLDED };
  }
}

function typed(parts: readonly Part[]): string {
  const texts = parts.flatMap((part) => {
    return part.type === "text" && !part.synthetic && !part.ignored ? [part.text] : [];
  });
  return harmless(texts.join("\n")).trimEnd();
}

/** Files that are not already named in the text. */
function attachments(parts: readonly Part[]): string {
  const names = parts.flatMap((part) => {
    if (part.type === "agent") return part.source ? [] : [`@${part.name}`];
    if (part.type !== "file" || part.source) return [];
    return [part.filename ?? part.mime];
  });
  return names.map((name) => oneLine(name)).join("  ");
}
