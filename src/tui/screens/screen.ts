// Screen: one of the things that can fill the terminal. The shell shows one at a time, and tells
// it of each new state and each new size.
import type { Renderable } from "@opentui/core";
import type { ActionBody } from "@/tui/actions/actions";
import type { State } from "@/tui/store/state";
import type { TranscriptView } from "@/tui/ui";

export interface Size {
  columns: number;
  rows: number;
}

/** What actions do on a screen, by their ids. */
export type ActionBodies = Readonly<Record<string, ActionBody>>;

export interface Screen {
  readonly root: Renderable;
  readonly transcript?: TranscriptView;
  readonly actions?: ActionBodies;
  /** A view compares with === what it shows with what is new. */
  update(state: State): void;
  resize(size: Size): void;
  /** Takes the keys; where it is not there, the prompt box has them. */
  focus?(): void;
  destroy(): void;
}
