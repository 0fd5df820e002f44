// The log of one server, for a person who wants to know why it fails: what became of its
// connections, and what its program said on stderr. Only the end of it is kept.
import type { Clock } from "@/base/clock";
import type { McpLogLine } from "@/schema/mcp";
import { withoutControls } from "./plain-text";

const LINES_MAX = 500;
const LINE_MAX_CHARACTERS = 1_000;
/** Of one piece: programs may say megabytes at once. */
const PIECE_MAX_CHARACTERS = 64 * 1024;

export class ServerLog {
  readonly #clock: Clock;
  #lines: McpLogLine[] = [];
  /** The last line is not over yet. */
  #isOpen = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The oldest first. */
  get lines(): readonly McpLogLine[] {
    return this.#lines.filter(({ text }) => text.trim() !== "");
  }

  /** Notes what became of the connection. */
  note(text: string): void {
    this.#isOpen = false;
    for (const line of text.split("\n")) this.#begin(line);
    this.#isOpen = false;
    this.#trim();
  }

  /** Takes a piece of what the program says: lines, or parts of them. */
  say(piece: string): void {
    const [first = "", ...more] = withoutControls(piece.slice(-PIECE_MAX_CHARACTERS)).split("\n");
    const last = this.#isOpen ? this.#lines.at(-1) : undefined;
    if (last === undefined) this.#begin(first);
    else last.text = (last.text + first).slice(0, LINE_MAX_CHARACTERS);
    for (const line of more) this.#begin(line);
    this.#isOpen = true;
    this.#trim();
  }

  #begin(text: string): void {
    this.#lines.push({ time: this.#clock.now(), text: text.slice(0, LINE_MAX_CHARACTERS) });
  }

  #trim(): void {
    this.#lines = this.#lines.slice(-LINES_MAX);
  }
}
