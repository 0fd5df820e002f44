// View: what shows one block of the transcript. It is made with the block as it is then, and given
// each later one of the same kind; it draws at once, without waiting for anything.
import type { Renderable } from "@opentui/core";
import type { Part } from "@/schema/part";
import type { Block } from "./blocks";

export interface View<T> {
  readonly root: Renderable;
  /** One row that stands close to others of its kind, with no blank row between them. */
  readonly isRow: boolean;
  update(value: T): void;
  /** Opens or closes what is folded; false when there is nothing to fold. */
  setExpanded(isExpanded: boolean): boolean;
  /** Takes the root off its parent and frees all it holds, its timers included. */
  destroy(): void;
}

export type BlockOf<K extends Block["kind"]> = Extract<Block, { kind: K }>;
export type PartBlock = BlockOf<"part">;

/** The part of a block, when it is of this type. */
export function partOf<T extends Part["type"]>(
  block: PartBlock,
  type: T,
): Extract<Part, { type: T }> | undefined {
  const { part } = block;
  return part.type === type ? (part as Extract<Part, { type: T }>) : undefined;
}
