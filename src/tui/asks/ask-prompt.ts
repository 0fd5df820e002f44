// Ask prompt: what a permission prompt and a question prompt have in common, for the box that shows
// them one after the other.
import type { KeyEvent, Renderable } from "@opentui/core";
import type { KeyContext } from "@/tui/keymap/key-table";

export interface AskPrompt {
  readonly id: string;
  readonly context: KeyContext;
  readonly root: Renderable;
  /** `place` is such as "1 of 2"; empty for the only one. `from` names a subagent that asks. */
  setPlace(place: string, from: string | undefined): void;
  /** Whether the key means something here, which it then does. */
  press(key: KeyEvent): boolean;
  /** Runs an action of its context; false when it is none of its own. */
  run(actionID: string): boolean;
  paste(text: string): void;
  /** For other colours, or a screen of another size. */
  redraw(): void;
  destroy(): void;
}

/** `left`, `shift+tab`, `space`, `1`: keys without other modifiers, by their names. */
export function keyName(key: KeyEvent): string | undefined {
  if (key.ctrl || key.meta || key.super || key.hyper) return undefined;
  if (key.name === "tab" && key.shift) return "shift+tab";
  return key.name === "kpenter" ? "return" : key.name;
}
