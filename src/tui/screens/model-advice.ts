// What home says while there is no model: the ways to one, what this machine has among them, and
// the keys that take them while nothing is written.
import { type KeyEvent, TextRenderable } from "@opentui/core";
import { errorMessage } from "@/base/error";
import type { FoundProvider } from "@/schema/provider";
import { cut } from "@/tui/cells";
import { chooseFound } from "@/tui/dialogs/choices";
import { localWords } from "@/tui/store/found";
import { lacksModel } from "@/tui/store/present";
import type { Ui } from "@/tui/ui";

/** Of what was found; all of it is in the dialog. */
const FOUND_MAX = 3;
/** Below, it is said in fewer words. */
const ROOMY_COLUMNS = 70;
const KEY_COLUMNS = 8;

export class ModelAdvice {
  readonly root: TextRenderable;
  readonly #ui: Ui;
  #hasAsked = false;

  constructor(ui: Ui) {
    this.#ui = ui;
    const fg = ui.theme.colors.textMuted;
    this.root = new TextRenderable(ui.renderer, { content: "", fg, wrapMode: "none" });
    this.root.flexShrink = 0;
  }

  /** Nothing to send a prompt to, as far as is known. */
  get isDue(): boolean {
    const { state } = this.#ui.store;
    return state.facts.providers?.providers.length === 0 || lacksModel(state);
  }

  /** Asks once what the machine has, when that is of use. */
  look(): void {
    const { client, log, store } = this.#ui;
    if (this.#hasAsked || !this.isDue || store.state.facts.found !== undefined) return;
    this.#hasAsked = true;
    client.provider.found().then(
      (found) => store.dispatch({ type: "facts.loaded", facts: { found } }),
      (error: unknown) => log.warn("could not look around", { error: errorMessage(error) }),
    );
  }

  /** How many rows it would take. */
  get wantedRows(): number {
    return this.#ways().length + 2;
  }

  /** Says it within the room there is: the empty row goes first, then the last ways. */
  fit(columns: number, rows: number): number {
    const ways = this.#ways(columns < ROOMY_COLUMNS);
    const gap = ways.length + 2 > rows ? [] : [""];
    const lines = ["No model is connected yet.", ...gap, ...ways].slice(0, Math.max(0, rows));
    this.root.visible = lines.length > 0;
    this.root.content = lines.map((line) => cut(line, columns)).join("\n");
    return lines.length;
  }

  /** Return connects a provider, a number takes what was found. */
  press(key: KeyEvent): boolean {
    const ui = this.#ui;
    if (!this.isDue || !ui.prompt.isEmpty || ui.dialogs.isOpen) return false;
    if (key.name === "return") return ui.actions.run("provider.connect");
    const found = this.#found()[Number(key.name) - 1];
    if (found !== undefined) chooseFound(ui, found);
    return found !== undefined;
  }

  #found(): readonly FoundProvider[] {
    return (this.#ui.store.state.facts.found ?? []).slice(0, FOUND_MAX);
  }

  #ways(isBrief = false): string[] {
    const commands = this.#ui.keymap.label("command.palette.show");
    const how = isBrief ? "" : " (API key, login or local server)";
    return [
      ["enter", `connect a provider${how}`],
      ...this.#found().map((one, index) => [`${index + 1}`, `use ${words(one, isBrief)}`]),
      ...(commands === undefined ? [] : [[commands, "all commands"]]),
    ].map(([key = "", what]) => `  ${key.padEnd(KEY_COLUMNS)}${what}`);
  }
}

function words(found: FoundProvider, isBrief: boolean): string {
  const { variable } = found;
  if (variable !== undefined) return isBrief ? variable : `${variable} found in the environment`;
  const { host, count } = localWords(found);
  return isBrief ? `${host} (${count})` : `the server answering on ${host} (${count})`;
}
