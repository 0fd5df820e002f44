// Looks for what is typed in the texts of sessions' messages: the newest sessions first, one after
// the other, and no further than a bound, until something else is typed.

import type { MessageWithParts } from "@/schema/message";
import type { Ui } from "@/tui/ui";
import { oneLine } from "@/tui/views/words";

const MIN_CHARACTERS = 3;
const SESSIONS_MAX = 60;
const MESSAGES_MAX = 200;
const AROUND = 24;

export class TextSearch {
  readonly #ui: Ui;
  /** What was read stays for as long as the list is open. */
  readonly #texts = new Map<string, readonly string[]>();
  #abort: AbortController | undefined;
  /** Where what is typed stands, by session. */
  #hits: ReadonlyMap<string, string> = new Map();

  constructor(ui: Ui) {
    this.#ui = ui;
  }

  hit(sessionID: string): string | undefined {
    return this.#hits.get(sessionID);
  }

  /** Calls `found` after each session that holds it. */
  async search(typed: string, sessionIDs: readonly string[], found: () => void): Promise<void> {
    this.stop();
    const wanted = typed.trim().toLowerCase();
    if (wanted.length < MIN_CHARACTERS) return;
    const abort = new AbortController();
    this.#abort = abort;
    for (const id of sessionIDs.slice(0, SESSIONS_MAX)) {
      const texts = await this.#read(id, abort.signal);
      if (abort.signal.aborted) return;
      const hit = findHit(texts, wanted);
      if (hit === undefined) continue;
      this.#hits = new Map([...this.#hits, [id, hit]]);
      found();
    }
  }

  stop(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    this.#hits = new Map();
  }

  async #read(id: string, signal: AbortSignal): Promise<readonly string[]> {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    try {
      const page = await this.#ui.client.message.page(id, { limit: MESSAGES_MAX }, signal);
      const texts = page.messages.flatMap(textsOf);
      this.#texts.set(id, texts);
      return texts;
    } catch {
      // Stopped, or gone meanwhile: the list of sessions says so by itself.
      return [];
    }
  }
}

function textsOf({ parts }: MessageWithParts): string[] {
  return parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
}

/** The words around what is looked for, itself in capitals. */
function findHit(texts: readonly string[], wanted: string): string | undefined {
  for (const text of texts) {
    const at = text.toLowerCase().indexOf(wanted);
    if (at < 0) continue;
    const before = text.slice(Math.max(0, at - AROUND), at);
    const after = text.slice(at + wanted.length, at + wanted.length + AROUND);
    return `…${oneLine(`${before}${text.slice(at, at + wanted.length).toUpperCase()}${after}`)}…`;
  }
  return undefined;
}
