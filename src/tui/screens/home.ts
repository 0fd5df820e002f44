// The home screen: the name, the prompt box, and where one is. Without a model it says what to do.
import { BoxRenderable, type KeyEvent, type TextChunk, TextRenderable } from "@opentui/core";
import { columns as widthOf, cut } from "@/tui/cells";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { ink, styled } from "@/tui/views/style";
import { connectionWords } from "./connection-words";
import { placeOf } from "./place";
import type { Screen, Size } from "./screen";

const PROMPT_MAX_COLUMNS = 75;
const TIP_MIN_ROWS = 22;
const NAME_MIN_ROWS = 14;
/** From so many on there is a blank row more before the tip. */
const ROOMY_ROWS = 30;
/** What is shown most of the time takes so many, and leaves this share of the rest above it. */
const USUAL_ROWS = 15;
const SHARE_ABOVE = 0.57;

/** The name in letters of three rows. */
const NAME = [
  "╭──╮ ╭──╮ ╭──╴ ╭──╮ ╭──╴ ╭──╮ ┬──╮ ╭──╴",
  "│  │ ├──╯ ├─╴  │  │ │    │  │ │  │ ├─╴ ",
  "╰──╯ ╵    ╰──╴ ╵  ╵ ╰──╴ ╰──╯ ┴──╯ ╰──╴",
].join("\n");

const EXAMPLES = [
  "Fix broken tests",
  "What does this project do?",
  "Find where the clock is read",
  "Write a test for the parser",
  "Explain the last commit",
] as const;

/** The last of them stays longest where there is little room. */
const HINTS = [
  ["help.keys", "keys"],
  ["agent.cycle", "agents"],
  ["command.palette.show", "commands"],
] as const;

const TIPS = [
  "@ attaches a file, ! runs a shell command",
  "tab changes the agent: plan reads, build writes",
  "esc twice stops a turn",
  "a long paste becomes a chip, and is sent whole",
] as const;

export class HomeScreen implements Screen {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #box: BoxRenderable;
  readonly #above: BoxRenderable;
  readonly #name: TextRenderable;
  readonly #advice: TextRenderable;
  readonly #hint: TextRenderable;
  readonly #tip: TextRenderable;
  readonly #place: TextRenderable;
  readonly #leaves: readonly (() => void)[];
  /** Of the prompt box. */
  #columns = PROMPT_MAX_COLUMNS;

  constructor(ui: Ui) {
    this.#ui = ui;
    const { renderer } = ui;
    const { colors } = ui.theme;
    const text = (content = "") =>
      new TextRenderable(renderer, { content, fg: colors.textMuted, wrapMode: "none" });
    this.root = new BoxRenderable(renderer, {
      flexDirection: "column",
      flexGrow: 1,
      alignItems: "center",
      paddingBottom: 1,
    });
    this.#above = new BoxRenderable(renderer, { flexShrink: 1, minHeight: 0 });
    const below = new BoxRenderable(renderer, { flexGrow: 1, flexShrink: 1, minHeight: 0 });
    this.#name = text(NAME);
    this.#name.fg = colors.primary;
    this.#advice = text();
    this.#advice.marginTop = 2;
    this.#hint = text();
    this.#tip = text();
    this.#tip.marginTop = 1;
    this.#place = text();
    this.#box = new BoxRenderable(renderer, { flexDirection: "column", flexShrink: 0 });
    this.#box.marginTop = 2;
    this.#box.add(ui.prompt.root);
    const hints = new BoxRenderable(renderer, { flexDirection: "row", justifyContent: "flex-end" });
    hints.add(this.#hint);
    this.#box.add(hints);
    for (const one of [this.#above, this.#name, this.#advice, this.#box, this.#tip, below]) {
      this.root.add(one);
    }
    this.root.add(this.#footer(text(ui.environment.version)));
    ui.prompt.root.width = "auto";
    ui.prompt.setPlaceholder(`Ask anything… "${pick(EXAMPLES, ui.clock.now())}"`);
    this.#tip.content = `● Tip  ${pick(TIPS, ui.clock.now())}`;
    this.#leaves = [this.#offerConnection(), ui.prompt.onHint(() => this.#drawHint())];
  }

  update(state: State): void {
    const isUnconnected = state.facts.providers?.providers.length === 0;
    this.#advice.visible = isUnconnected;
    if (isUnconnected) this.#advice.content = this.#adviceText();
    this.#drawHint();
    this.#place.content = styled(...this.#placeText(state));
    this.#showTip(state);
  }

  resize({ columns, rows }: Size): void {
    this.#name.visible = rows >= NAME_MIN_ROWS;
    // In whole rows: what falls between two would be drawn over its neighbour.
    this.#above.height = Math.max(0, Math.ceil((rows - USUAL_ROWS) * SHARE_ABOVE));
    const max = this.#ui.settings.promptMaxWidth ?? PROMPT_MAX_COLUMNS;
    const width = Math.min(max, columns - 6);
    this.#columns = width;
    this.#box.width = width;
    this.#drawHint();
    // Half a column is none: it is left of the middle.
    this.#box.marginRight = (columns - width) % 2;
    this.#tip.marginTop = rows >= ROOMY_ROWS ? 2 : 1;
    this.#showTip(this.#ui.store.state);
  }

  destroy(): void {
    for (const leave of this.#leaves) leave();
    this.#box.remove(this.#ui.prompt.root);
    this.root.destroyRecursively();
  }

  #footer(version: TextRenderable): BoxRenderable {
    const footer = new BoxRenderable(this.#ui.renderer, {
      flexDirection: "row",
      justifyContent: "space-between",
      alignSelf: "stretch",
      flexShrink: 0,
      paddingX: 2,
      height: 1,
      gap: 2,
    });
    this.#place.flexShrink = 1;
    this.#place.truncate = true;
    footer.add(this.#place);
    footer.add(version);
    return footer;
  }

  /** Return on an empty prompt connects a provider while there is none. */
  #offerConnection(): () => void {
    const { keymap, dialogs, prompt, actions } = this.#ui;
    const offer = (key: KeyEvent) => {
      const isOffered = this.#advice.visible && prompt.isEmpty && !dialogs.isOpen;
      return isOffered && key.name === "return" && actions.run("provider.connect");
    };
    // In front of the prompt box, for which an empty prompt is nothing to send.
    return keymap.enter("popup", () => false, offer);
  }

  #showTip({ view, facts }: State): void {
    const isConnected = facts.providers?.providers.length !== 0;
    this.#tip.visible = view.tips && isConnected && this.#ui.renderer.height >= TIP_MIN_ROWS;
  }

  #adviceText(): string {
    const commands = this.#ui.keymap.label("command.palette.show");
    const rows = [
      ["enter", "connect a provider (API key, login or local server)"],
      ...(commands === undefined ? [] : [[commands, "all commands"]]),
    ].map(([key = "", what]) => `  ${key.padEnd(8)}${what}`);
    return ["No model is connected yet.", "", ...rows].join("\n");
  }

  /** What the keys in the box mean now, else what helps most; whole, as far as there is room. */
  #drawHint(): void {
    const { keymap, prompt } = this.#ui;
    const hints = HINTS.flatMap(([id, name]) => {
      const label = keymap.label(id);
      return label === undefined ? [] : [`${label} ${name}`];
    });
    while (hints.length > 1 && widthOf(hints.join("  ")) > this.#columns) hints.splice(-2, 1);
    this.#hint.content = cut(prompt.hint ?? hints.join("  "), this.#columns);
  }

  #placeText(state: State): TextChunk[] {
    const ui = this.#ui;
    const { connection, facts } = state;
    const trouble = connectionWords(connection, ui.clock.now());
    if (trouble !== undefined) return [ink(ui, "error", `✗ ${trouble}`)];
    const chunks = [ink(ui, "textMuted", placeOf(state, ui.environment.home))];
    const servers = Object.values(facts.mcp ?? {});
    if (servers.length > 0) {
      const hasFailed = servers.some(({ status }) => status === "failed");
      const count = servers.filter(({ status }) => status === "connected").length;
      chunks.push(ink(ui, hasFailed ? "error" : "success", "  ⊙"));
      chunks.push(ink(ui, "textMuted", ` ${count} MCP`));
    }
    const languages = (facts.lsp ?? []).filter(({ status }) => status === "connected").length;
    if (languages > 0) {
      chunks.push(ink(ui, "success", "  ●"), ink(ui, "textMuted", ` ${languages} LSP`));
    }
    return chunks;
  }
}

/** Another one at each start. */
function pick(list: readonly string[], time: number): string {
  return list[Math.floor(time / 1_000) % list.length] ?? "";
}
