// The status row beneath the prompt box. Left: where one is, or how the turn goes. Right: how full
// the context is, what it cost, the keys; what does not fit is left out, the least important first.
// In a subagent's session the bar above it says all but what is wrong; in mini mode it begins with
// the agent, whose prompt box is a bare line.
import { BoxRenderable, type StyledText, type TextChunk, TextRenderable } from "@opentui/core";
import { MODEL_ATTEMPTS_MAX } from "@/base/limits";
import type { SessionStatus } from "@/schema/session";
import { isBelow } from "@/tui/asks/session-tree";
import { cut } from "@/tui/cells";
import { presentAgent } from "@/tui/store/present";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { CutText } from "@/tui/views/cut-text";
import { ink, isNarrow, styled } from "@/tui/views/style";
import { Ticking } from "@/tui/views/ticking";
import { amount, dollars, elapsed, oneLine } from "@/tui/views/words";
import { connectionWords } from "./connection-words";
import { placeOf } from "./place";
import { usageOf } from "./usage";

const CELLS = 8;
const LIT = 3;
/** Columns beside the words of a retry: the margins, and how full the context is. */
const RETRY_MARGIN = 12;

export class StatusRow {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #sessionID: string;
  readonly #left: TextRenderable;
  readonly #right: TextRenderable;
  readonly #ticking: Ticking;
  readonly #stopHints: () => void;
  #isArmed = false;
  /** How many there are for it. */
  columns: number;

  constructor(ui: Ui, sessionID: string) {
    this.#ui = ui;
    this.#sessionID = sessionID;
    this.#ticking = new Ticking(ui.ticker, () => this.#draw());
    this.columns = ui.renderer.width;
    this.root = new BoxRenderable(ui.renderer, {
      flexDirection: "row",
      justifyContent: "space-between",
      gap: 2,
      height: 1,
      flexShrink: 0,
    });
    this.#left = new CutText(ui.renderer, { content: "", height: 1, flexShrink: 1 });
    this.#right = new TextRenderable(ui.renderer, { content: "", height: 1, flexShrink: 0 });
    this.root.add(this.#left);
    this.root.add(this.#right);
    const draw = () => this.#draw();
    const stops = [ui.prompt.onHint(draw), ui.statusLine.subscribe(draw)];
    this.#stopHints = () => stops.forEach((stop) => stop());
  }

  /** Whether one more `esc` stops the turn. */
  set isArmed(isArmed: boolean) {
    this.#isArmed = isArmed;
    this.update(this.#ui.store.state);
  }

  update(state: State): void {
    const isBusy = state.status[this.#sessionID] !== undefined;
    const isAway = state.connection.state === "reconnecting";
    this.#ticking.isOn = isAway || (isBusy && state.view.animations);
    const isTight = isNarrow(this.#ui);
    this.root.paddingLeft = isTight || this.#ui.mini ? 0 : 3;
    this.root.paddingRight = isTight ? 0 : this.#ui.mini ? 1 : 2;
    this.#draw();
  }

  destroy(): void {
    this.#ticking.isOn = false;
    this.#stopHints();
    this.root.destroyRecursively();
  }

  #draw(): void {
    const { state } = this.#ui.store;
    const left = styled(...this.#badge(state), ...this.#leftOf(state).chunks);
    this.#left.content = left;
    const taken = left.chunks.reduce((sum, { text }) => sum + Bun.stringWidth(text), 0);
    const margin = isNarrow(this.#ui) ? 1 : 6;
    this.#right.content = this.#rightOf(state, this.columns - taken - margin);
  }

  #badge(state: State): TextChunk[] {
    const ui = this.#ui;
    if (!ui.mini) return [];
    const agent = presentAgent(state);
    const name = ink(ui, "background", ` ${oneLine(agent).toUpperCase()} `, true);
    return [{ ...name, bg: ui.theme.agentColor(agent) }, ink(ui, "text", " ")];
  }

  #leftOf(state: State): StyledText {
    const ui = this.#ui;
    const trouble = connectionWords(state.connection, ui.clock.now());
    if (trouble !== undefined) return styled(ink(ui, "error", `✗ ${trouble}`));
    const status = state.status[this.#sessionID];
    if (this.#isSubagent(state) && status?.type !== "retry") return styled();
    if (!status) return styled(ink(ui, "textMuted", placeOf(state, ui.environment.home)));
    if (status.type === "retry") return styled(ink(ui, "warning", this.#retryWords(status)));
    const since = state.busySince[this.#sessionID] ?? ui.clock.now();
    // What asks has the key for itself.
    if (this.#isAsked(state)) {
      return styled(...this.#spinner(), ink(ui, "textMuted", " waiting for you"));
    }
    return styled(
      ...this.#spinner(),
      ink(ui, "textMuted", ui.mini ? " " : ` ${elapsed(ui.clock.now() - since)}  `),
      this.#isArmed
        ? ink(ui, "warning", "esc again to interrupt")
        : ink(ui, "textMuted", "esc interrupt"),
    );
  }

  #isSubagent({ sessions }: State): boolean {
    return sessions?.[this.#sessionID]?.parentID !== undefined;
  }

  #isAsked(state: State): boolean {
    return [...state.permissions, ...state.questions].some(({ sessionID }) => {
      return isBelow(state, sessionID, this.#sessionID);
    });
  }

  #retryWords(status: Extract<SessionStatus, { type: "retry" }>): string {
    const { clock, keymap } = this.#ui;
    const wait = elapsed(Math.max(0, status.next - clock.now()));
    const key = keymap.label("session.retry");
    const now = key === undefined ? "" : `  ${key} now`;
    const stop = this.#isArmed ? "esc again to stop" : "esc stop";
    const which = `${status.attempt + 1} of ${MODEL_ATTEMPTS_MAX}`;
    const tail = ` · retry ${which} in ${wait}${now}  ${stop}`;
    const room = this.columns - Bun.stringWidth(tail) - RETRY_MARGIN;
    return cut(oneLine(status.message), Math.max(0, room)) + tail;
  }

  /** A lit stretch that goes from one end to the other and back. */
  #spinner(): TextChunk[] {
    const turn = CELLS - LIT;
    const at = this.#ui.ticker.count % (2 * turn);
    const from = at < turn ? at : 2 * turn - at;
    const cells = Array.from({ length: CELLS }, (_, cell) => {
      return cell >= from && cell < from + LIT ? "■" : "⬝";
    });
    return [ink(this.#ui, "primary", cells.join(""))];
  }

  #rightOf(state: State, room: number): StyledText {
    const { keymap, prompt } = this.#ui;
    if (prompt.hint !== undefined) return styled(ink(this.#ui, "textMuted", prompt.hint));
    if (this.#isSubagent(state)) return styled();
    const chosen = this.#ui.statusLine.text(this.#sessionID);
    if (chosen !== undefined) return styled(ink(this.#ui, "textMuted", cut(chosen, room)));
    const usage = usageOf(state, this.#sessionID);
    const percent = usage?.percent === undefined ? "" : `${usage.percent}%`;
    const figures = (tokens: boolean, cost: boolean) => {
      const count = usage && tokens ? amount(usage.tokens) : "";
      const both = count && percent ? `${count} (${percent})` : count || percent;
      return usage?.cost && cost ? [both, dollars(usage.cost)].filter(Boolean).join(" · ") : both;
    };
    const key = (id: string, name: string) => {
      const label = keymap.label(id);
      return label === undefined ? "" : `${label} ${name}`;
    };
    const commands = key("command.palette.show", "commands");
    const agents = this.#isAsked(state) ? "" : key("agent.cycle", "agents");
    if (isNarrow(this.#ui) || this.#ui.mini) {
      const size = (isNarrow(this.#ui) && percent) || figures(true, false);
      const brief = [size, keymap.label("command.palette.show") ?? ""];
      const text = brief.filter(Boolean).join(" · ");
      return styled(ink(this.#ui, "textMuted", Bun.stringWidth(text) <= room ? text : percent));
    }
    const choices = [
      [figures(true, true), agents, commands],
      [figures(true, true), agents],
      [figures(true, true)],
      [figures(true, false)],
      [figures(false, false)],
    ].map((items) => items.filter(Boolean).join("  "));
    const text = choices.find((one) => Bun.stringWidth(one) <= room) ?? "";
    return styled(ink(this.#ui, "textMuted", text));
  }
}
