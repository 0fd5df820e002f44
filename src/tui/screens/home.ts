// The home screen: the name, the prompt box, and where one is. Without a model it says what to do.
import { BoxRenderable, type TextChunk, TextRenderable } from "@opentui/core";
import { columns as widthOf, cut } from "@/tui/cells";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { ink, isNarrow, styled } from "@/tui/views/style";
import { connectionWords } from "./connection-words";
import { ModelAdvice } from "./model-advice";
import { placeOf } from "./place";
import type { Screen, Size } from "./screen";

const PROMPT_MAX_COLUMNS = 75;
const TIP_MIN_ROWS = 22;
const NAME_MIN_ROWS = 14;
/** With less, a list of ten rows leaves none for the name. */
const ROOMY_FOR_LIST_ROWS = 24;
/** From so many on there is a blank row more before the tip. */
const ROOMY_ROWS = 30;
/** What is shown most of the time takes so many, and leaves this share of the rest above it. */
const USUAL_ROWS = 15;
const SHARE_ABOVE = 0.57;
/** The same beside what is said without a model. */
const SHARE_ABOVE_ADVICE = 0.7;
/** Of the prompt box, the hint beneath it, and the footer with the row below it. */
const BOX_ROWS = 5;
const NARROW_BOX_ROWS = 3;
const ROWS_BENEATH = 3;

/** The name in letters of three rows. */
const NAME = [
  "╭──╮ ╭──╮ ╭──╴ ╭──╮ ╭──╴ ╭──╮ ┬──╮ ╭──╴",
  "│  │ ├──╯ ├─╴  │  │ │    │  │ │  │ ├─╴ ",
  "╰──╯ ╵    ╰──╴ ╵  ╵ ╰──╴ ╰──╯ ┴──╯ ╰──╴",
] as const;

const ASK = "Ask anything…";
/** Of the box, beside its text. */
const BOX_EDGE_COLUMNS = 5;

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
  readonly #advice: ModelAdvice;
  readonly #hint: TextRenderable;
  readonly #tip: TextRenderable;
  readonly #place: TextRenderable;
  readonly #leaves: readonly (() => void)[];
  /** Of the prompt box. */
  #columns = PROMPT_MAX_COLUMNS;
  #size: Size = { columns: PROMPT_MAX_COLUMNS, rows: USUAL_ROWS };
  readonly #example: string;

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
    this.#name = text(NAME.join("\n"));
    this.#name.fg = colors.primary;
    this.#name.flexShrink = 0;
    this.#advice = new ModelAdvice(ui);
    this.#hint = text();
    this.#tip = text();
    this.#tip.marginTop = 1;
    this.#place = text();
    this.#box = new BoxRenderable(renderer, { flexDirection: "column", flexShrink: 0 });
    this.#box.add(ui.prompt.root);
    const hints = new BoxRenderable(renderer, { flexDirection: "row", justifyContent: "flex-end" });
    hints.add(this.#hint);
    this.#box.add(hints);
    const plugins = new BoxRenderable(renderer, { flexDirection: "column", flexShrink: 0 });
    const { root: advice } = this.#advice;
    const rows = [this.#above, this.#name, advice, this.#box, this.#tip, plugins, below];
    for (const one of rows) this.root.add(one);
    this.root.add(this.#footer(text(ui.environment.version)));
    ui.prompt.root.width = "auto";
    this.#example = `${ASK} "${pick(EXAMPLES, ui.clock.now())}"`;
    this.#tip.content = `● Tip  ${pick(TIPS, ui.clock.now())}`;
    this.#leaves = [
      ui.plugins.fill("home_bottom", {}, plugins),
      // In front of the prompt box, for which an empty prompt is nothing to send.
      ui.keymap.enter(
        "popup",
        () => false,
        (key) => this.#advice.press(key),
      ),
      ui.prompt.onHint(() => {
        this.#arrange();
        this.#drawHint();
      }),
    ];
  }

  update(state: State): void {
    this.#advice.look();
    this.#arrange();
    this.#drawHint();
    this.#place.content = styled(...this.#placeText(state));
  }

  resize(size: Size): void {
    this.#size = size;
    const { columns, rows } = size;
    const max = this.#ui.settings.promptMaxWidth ?? PROMPT_MAX_COLUMNS;
    const width = Math.min(max, columns - 6);
    this.#columns = width;
    this.#box.width = width;
    this.#ui.prompt.fit(rows);
    this.#drawHint();
    // Half a column is none: it is left of the middle.
    this.#box.marginRight = (columns - width) % 2;
    this.#tip.marginTop = rows >= ROOMY_ROWS ? 2 : 1;
    this.#arrange();
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

  /** In whole rows: what falls between two would be drawn over its neighbour. */
  #arrange(): void {
    const { prompt, renderer, store } = this.#ui;
    const { columns, rows } = this.#size;
    const isAdvised = this.#advice.isDue;
    const gap = isAdvised ? 1 : 2;
    const box = isNarrow(this.#ui) ? NARROW_BOX_ROWS : BOX_ROWS;
    const room = rows - box - ROWS_BENEATH - gap;
    const beside = isAdvised ? this.#advice.wantedRows + gap : 0;
    // A list above the prompt needs what room there is.
    const hasList = prompt.hint !== undefined;
    const least = hasList ? ROOMY_FOR_LIST_ROWS : NAME_MIN_ROWS;
    this.#name.visible = rows >= least && room >= NAME.length + beside;
    const name = this.#name.visible ? NAME.length : 0;
    const above = name > 0 && isAdvised ? gap : 0;
    const said = isAdvised ? this.#advice.fit(columns, room - name - above) : 0;
    this.#advice.root.visible = said > 0 && !hasList;
    this.#advice.root.marginTop = above;
    this.#box.marginTop = gap;
    const rest = room - name - above - said;
    const share = isAdvised ? rest * SHARE_ABOVE_ADVICE : (rows - USUAL_ROWS) * SHARE_ABOVE;
    this.#above.height = Math.max(0, Math.ceil(share));
    // A height that is set makes it stiff; what is written needs its room first.
    this.#above.flexShrink = 1;
    const isBrief = isAdvised || widthOf(this.#example) > this.#columns - BOX_EDGE_COLUMNS;
    prompt.setPlaceholder(isBrief ? ASK : this.#example);
    const hasTip = store.state.view.tips && !isAdvised && !hasList;
    this.#tip.visible = hasTip && renderer.height >= TIP_MIN_ROWS;
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
