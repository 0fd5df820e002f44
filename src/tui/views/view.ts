// View: what shows one message or one part in the transcript. It is made with the value as it is
// then, and given each later one; it must draw at once, without waiting for anything.
import type { Renderable } from "@opentui/core";
import type { Message } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Ui } from "@/tui/ui";

export interface View<T> {
  readonly root: Renderable;
  /** One row that stands close to others of its kind, with no blank row between them. */
  readonly isRow: boolean;
  update(value: T): void;
  /** Opens or closes what is folded; false when there is nothing to fold. */
  setExpanded(isExpanded: boolean): boolean;
  /** Takes the root off its parent and frees all it holds. */
  destroy(): void;
}

/** A part in its message. */
export interface PlacedPart<P extends Part = Part> {
  part: P;
  message: Message;
}

/** Makes the view of a part; undefined for parts that are not shown. */
export type MakePartView = (ui: Ui, placed: PlacedPart) => View<PlacedPart> | undefined;
