// Answer text: one text of an answer, as a package streams it, becomes the texts and thoughts that
// it holds, each between a start and an end of its own. What may be calls in it is kept to the end.

import type { ModelEvent, ModelTool, ProviderMetadata } from "./model-event";
import { type Piece, SpokenText } from "./spoken-text";

type Kind = "text" | "reasoning";

interface AnswerTextOptions {
  tools: readonly ModelTool[];
  /** An id that no other text of the answer has. */
  nextID: () => string;
  /** What the package told of it at its start. */
  metadata: ProviderMetadata | undefined;
  /** Nothing was said or thought before it. */
  isFirst: boolean;
}

export class AnswerText {
  readonly #options: AnswerTextOptions;
  readonly #spoken: SpokenText;
  #open: { kind: Kind; id: string } | undefined;
  #lastID: string | undefined;
  #isEnded = false;

  constructor(options: AnswerTextOptions) {
    this.#options = options;
    this.#spoken = new SpokenText(options.tools, options.isFirst);
  }

  /** The thought which the text ended in, if it did. */
  get openThought(): string | undefined {
    return this.#spoken.isThinking ? this.#lastID : undefined;
  }

  /** What may be calls, once the text has ended. */
  get held(): string {
    return this.#spoken.held;
  }

  push(text: string, metadata: ProviderMetadata | undefined): ModelEvent[] {
    const events = this.#spoken.push(text).flatMap((piece) => this.#tell(piece));
    if (!metadata) return events;
    return [...events, ...this.#delta("text", "", metadata)];
  }

  /** Ends what is told of it. The second time, and ever after, there is nothing to do. */
  end(metadata?: ProviderMetadata): ModelEvent[] {
    if (this.#isEnded) return [];
    this.#isEnded = true;
    const events = this.#spoken.end().flatMap((piece) => {
      // White space alone says nothing, and providers refuse to be told of it again.
      return !this.#lastID && piece.text.trim() === "" ? [] : this.#tell(piece);
    });
    // What says nothing but wants to come back with the answer is a text as well.
    if (!this.#open && metadata) events.push(...this.#delta("text", "", metadata));
    return [...events, ...this.#close(metadata)];
  }

  /** Tells as text what was held back. */
  release(): ModelEvent[] {
    return [...this.#delta("text", this.held), ...this.#close()];
  }

  #tell(piece: Piece): ModelEvent[] {
    if (piece.type !== "late-thought") return this.#delta(piece.type, piece.text);
    const id = this.#open?.id;
    return id === undefined ? [] : [{ type: "recast", id, to: "reasoning" }, ...this.#recast(id)];
  }

  #recast(id: string): ModelEvent[] {
    this.#open = undefined;
    return [{ type: "reasoning-end", id }];
  }

  #delta(kind: Kind, text: string, metadata?: ProviderMetadata): ModelEvent[] {
    const events: ModelEvent[] = [];
    if (this.#open?.kind !== kind) {
      events.push(...this.#close());
      const id = this.#options.nextID();
      this.#open = { kind, id };
      this.#lastID = id;
      const given = kind === "text" ? this.#options.metadata : undefined;
      events.push({ type: `${kind}-start`, id, ...(given && { metadata: given }) });
    }
    const { id } = this.#open;
    return [...events, { type: `${kind}-delta`, id, text, ...(metadata && { metadata }) }];
  }

  #close(metadata?: ProviderMetadata): ModelEvent[] {
    if (!this.#open) return [];
    const { id, kind } = this.#open;
    this.#open = undefined;
    const given = kind === "text" ? metadata : undefined;
    return [{ type: `${kind}-end`, id, ...(given && { metadata: given }) }];
  }
}
