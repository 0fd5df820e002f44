// The bar that stands in the place of the prompt box while a subagent's session is looked at: who
// it is, how full its context is, and the keys that lead away.
import type { BoxRenderable, TextRenderable } from "@opentui/core";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { CutText } from "@/tui/views/cut-text";
import { ink, panel, styled } from "@/tui/views/style";
import { amount, capitalized, oneLine } from "@/tui/views/words";
import { usageOf } from "./usage";

export class SubagentBar {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #sessionID: string;
  readonly #text: TextRenderable;
  #isArmed = false;

  constructor(ui: Ui, sessionID: string) {
    this.#ui = ui;
    this.#sessionID = sessionID;
    this.root = panel(ui, "secondary", { isPadded: true });
    this.#text = new CutText(ui.renderer, { content: "" });
    this.root.add(this.#text);
    this.root.visible = false;
  }

  /** Whether one more `esc` stops it. */
  set isArmed(isArmed: boolean) {
    this.#isArmed = isArmed;
    this.update(this.#ui.store.state);
  }

  /** Whether the session is a subagent's. */
  get isShown(): boolean {
    return this.root.visible;
  }

  update(state: State): void {
    const session = state.sessions?.[this.#sessionID];
    this.root.visible = session?.parentID !== undefined;
    if (!session?.parentID) return;
    const ui = this.#ui;
    const siblings = Object.values(state.sessions ?? {})
      .filter(({ parentID }) => parentID === session.parentID)
      .toSorted((a, b) => a.time.created - b.time.created);
    const place = `${siblings.findIndex(({ id }) => id === session.id) + 1} of ${siblings.length}`;
    const agent = agentOf(state, this.#sessionID);
    const usage = usageOf(state, this.#sessionID);
    const percent = usage?.percent === undefined ? "" : ` (${usage.percent}%)`;
    const tokens = usage ? ` · ${amount(usage.tokens)}${percent}` : "";
    const isBusy = state.status[this.#sessionID] !== undefined;
    const keys = [
      hint(ui, ["session.parent"], "parent"),
      siblings.length > 1
        ? hint(ui, ["session.child.previous", "session.child.next"], "siblings")
        : "",
      isBusy ? hint(ui, ["session.interrupt"], this.#isArmed ? "again to stop it" : "stop it") : "",
    ].filter((text) => text !== "");
    this.#text.content = styled(
      ink(ui, "text", oneLine(agent), true),
      ink(ui, "textMuted", ` (${place})${tokens}   ${keys.join("  ")}`),
    );
    this.root.borderColor = ui.theme.agentColor(agent.toLowerCase());
  }
}

/** By its newest message; every subagent has been asked something. */
function agentOf(state: State, sessionID: string): string {
  const messages = state.transcripts[sessionID]?.messages ?? [];
  const name = messages.at(-1)?.info.agent ?? "subagent";
  return capitalized(name);
}

function hint(ui: Ui, actionIDs: readonly string[], what: string): string {
  const keys = actionIDs.flatMap((id) => ui.keymap.label(id) ?? []);
  return keys.length === 0 ? "" : `${keys.join(" ")} ${what}`;
}
