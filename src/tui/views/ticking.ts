// Ticking: one subscriber of the ticker, which hears while it is wanted and at no other time.
import type { Part } from "@/schema/part";
import type { Ticker } from "./ticker";
import type { PartBlock } from "./view";

export class Ticking {
  readonly #ticker: Ticker;
  readonly #onTick: () => void;
  #unsubscribe: (() => void) | undefined;

  constructor(ticker: Ticker, onTick: () => void) {
    this.#ticker = ticker;
    this.#onTick = onTick;
  }

  get isOn(): boolean {
    return this.#unsubscribe !== undefined;
  }

  /** From now on, or not any more. */
  set isOn(isOn: boolean) {
    if (isOn) this.#unsubscribe ??= this.#ticker.subscribe(this.#onTick);
    else {
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
    }
  }
}

/** Whether the call, or the thinking, still goes on; what a dead process left does not. */
export function isGoingOn({ message }: PartBlock, part: Part | undefined): boolean {
  if (message.time.completed !== undefined) return false;
  if (part?.type === "reasoning") return part.time.end === undefined;
  return part?.type === "tool" && ["pending", "running"].includes(part.state.status);
}
