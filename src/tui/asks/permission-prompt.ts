// Permission prompt: draws what a tool asks for, and tells the person's answer. What keys do is
// permission-state.ts, what the request is about permission-facts.ts.
import {
  BoxRenderable,
  type KeyEvent,
  type Renderable,
  ScrollBoxRenderable,
  type TextChunk,
  TextRenderable,
} from "@opentui/core";
import { plural } from "@/base/text";
import type { PermissionRequest } from "@/schema/permission";
import { columns } from "@/tui/cells";
import { diffBody } from "@/tui/diff/diff-body";
import { foldLines, unifiedLines } from "@/tui/diff/diff-lines";
import { parsePatch } from "@/tui/diff/patch-rows";
import type { Ui } from "@/tui/ui";
import { transcriptColumns } from "@/tui/views/room";
import { styled } from "@/tui/views/style";
import { harmless, oneLine } from "@/tui/views/words";
import { AskPage } from "./ask-page";
import { type AskPrompt, keyName } from "./ask-prompt";
import { proposedFile } from "./edit-proposal";
import { type PermissionFacts, permissionFacts } from "./permission-facts";
import {
  ALWAYS_BUTTONS,
  canAlways,
  CHOOSE_BUTTONS,
  chooseButton,
  giveReason,
  openPermission,
  type PermissionAnswer,
  type PermissionState,
  type PermissionStep,
  pressPermission,
  toggleChoice,
} from "./permission-state";
import { riskySpans } from "./risky-words";

/** Rows around what there is to look at. */
const ROWS_AROUND = 12;
const BODY_ROWS_MIN = 3;
/** Columns around it. */
const EDGE_COLUMNS = 10;
/** Of each file; nobody reads more before allowing it, and all of it is drawn. */
const DIFF_LINES_MAX = 2_000;
/** What there is to look at may take this share of the screen. */
const BODY_SHARE = 0.75;
/** Columns of the hints' row beside them. */
const KEYS_MARGIN = 12;
/** From this height on there is room for blank rows. */
const ROOMY_ROWS = 30;

export interface PermissionPromptEvents {
  onAnswer(answer: PermissionAnswer): void;
  /** The change is to be edited before it is applied. */
  onEdit(): void;
  /** The change is to be looked at in the diff viewer. */
  onDiff(patch: string): void;
}

export class PermissionPrompt implements AskPrompt {
  readonly context = "permission";
  readonly #ui: Ui;
  readonly #events: PermissionPromptEvents;
  readonly #facts: PermissionFacts;
  readonly #page: AskPage;
  #state: PermissionState;
  #isFullscreen = false;
  #body: ScrollBoxRenderable | undefined;

  constructor(ui: Ui, request: PermissionRequest, events: PermissionPromptEvents) {
    this.#ui = ui;
    this.#events = events;
    this.#facts = permissionFacts(request);
    this.#state = openPermission(request);
    this.#page = new AskPage(ui, "warning");
    this.#draw();
  }

  get root() {
    return this.#page.root;
  }

  get id(): string {
    return this.#state.request.id;
  }

  setPlace(place: string, from: string | undefined): void {
    if (this.#page.setPlace(place, from)) this.#draw();
  }

  press(key: KeyEvent): boolean {
    const name = keyName(key);
    if (name === "e" && this.#canEdit) {
      this.#events.onEdit();
      return true;
    }
    if (name === "d" && this.#patch !== undefined) {
      this.#events.onDiff(this.#patch);
      return true;
    }
    const { written } = this.#page;
    if (written !== undefined && name === "return") {
      this.#take(giveReason(this.#state, written));
      return true;
    }
    if (this.#scroll(key.name)) return true;
    const step = name === undefined ? undefined : pressPermission(this.#state, name);
    if (!step) return this.#page.press(key);
    this.#take(step);
    return true;
  }

  run(actionID: string): boolean {
    if (actionID !== "permission.prompt.fullscreen" || this.#page.written !== undefined) {
      return false;
    }
    this.#isFullscreen = !this.#isFullscreen;
    this.#draw();
    return true;
  }

  paste(text: string): void {
    this.#page.paste(text);
  }

  redraw(): void {
    this.#page.recolor();
    this.#draw();
  }

  destroy(): void {
    this.root.destroyRecursively();
  }

  #take({ state, answer }: PermissionStep): void {
    if (answer) return this.#events.onAnswer(answer);
    this.#state = state;
    this.#draw();
  }

  get #canEdit(): boolean {
    return this.#state.page === "choose" && proposedFile(this.#state.request) !== undefined;
  }

  /** The change that there is to look at. */
  get #patch(): string | undefined {
    const { body } = this.#facts;
    return this.#state.page === "choose" && body.type === "diff" ? body.patch : undefined;
  }

  #scroll(name: string): boolean {
    const body = this.#body;
    const pages = name === "pagedown" ? 1 : name === "pageup" ? -1 : 0;
    if (!body || pages === 0 || body.scrollHeight <= body.viewport.height) return false;
    body.scrollBy(pages * Math.max(1, body.viewport.height - 2));
    return true;
  }

  #draw(): void {
    const top = this.#body?.scrollTop ?? 0;
    const reason = this.#page.written ?? "";
    this.#body = undefined;
    this.#page.clear(this.#ui.renderer.height >= ROOMY_ROWS);
    if (this.#state.page === "always") this.#drawAlways();
    else this.#drawRequest(top, reason);
  }

  #drawRequest(top: number, reason: string): void {
    const page = this.#page;
    const from = page.asker === "" ? "" : ` · ${page.asker}`;
    const place = { text: page.place, margin: 3 };
    page.row([this.#page.ink("warning", `△ Permission required${from}`, true)], { right: place });
    const { title, note = "" } = this.#facts;
    const gap = note.startsWith("·") ? " " : "  ";
    const about = this.#page.ink("textMuted", gap + oneLine(note));
    page.row([this.#page.ink("text", oneLine(title)), about], { indent: 2 });
    this.#drawBody(top);
    this.#drawPatterns();
    page.blank();
    if (this.#state.page === "reason") this.#drawReason(reason);
    else this.#drawButtons(numbered(CHOOSE_BUTTONS), "⇆ select  enter confirm  esc reject");
  }

  #drawBody(top: number): void {
    const content = this.#bodyContent();
    if (!content) return;
    this.#page.blank();
    const rows = this.#bodyRows();
    const body = new ScrollBoxRenderable(this.#ui.renderer, { maxHeight: rows, marginLeft: 2 });
    // A scroll box takes all that it may: it is given the rows of its content, as far as there are.
    const fit = () => {
      const isText = content instanceof TextRenderable;
      body.height = Math.min(isText ? content.virtualLineCount : content.height, rows);
    };
    content.onSizeChange = fit;
    if (content instanceof TextRenderable) fit();
    else body.height = rows;
    body.add(content);
    body.scrollTop = top;
    this.#body = body;
    this.#page.add(body);
  }

  #bodyRows(): number {
    const { height } = this.#ui.renderer;
    const share = this.#isFullscreen ? height : Math.floor(height * BODY_SHARE);
    return Math.max(BODY_ROWS_MIN, share - ROWS_AROUND);
  }

  #bodyContent(): Renderable | undefined {
    const { body } = this.#facts;
    switch (body.type) {
      case "none":
        return undefined;
      case "command":
        return this.#text(this.#page.ink("textMuted", "$ "), ...this.#risky(harmless(body.text)));
      case "text":
        return this.#text(this.#page.ink("textMuted", harmless(body.text)));
      case "diff":
        return this.#diff(body.patch);
    }
  }

  #text(...chunks: TextChunk[]): TextRenderable {
    const content = styled(...chunks);
    return new TextRenderable(this.#ui.renderer, { content, wrapMode: "char", flexShrink: 0 });
  }

  /** Each file below its name, unless it is the only one. */
  #diff(patch: string): Renderable {
    const ui = this.#ui;
    const files = parsePatch(patch);
    const box = new BoxRenderable(ui.renderer, { flexDirection: "column", flexShrink: 0 });
    for (const file of files) {
      if (files.length > 1) box.add(this.#text(this.#page.ink("textMuted", oneLine(file.path))));
      const { lines, hidden } = foldLines(unifiedLines(file), DIFF_LINES_MAX);
      box.add(diffBody(ui, lines, transcriptColumns(ui) - EDGE_COLUMNS));
      if (hidden > 0)
        box.add(this.#text(this.#page.ink("warning", `… ${plural(hidden, "more line")}`)));
    }
    return box;
  }

  /** With what is risky in it in the colour of errors. */
  #risky(command: string): TextChunk[] {
    const chunks: TextChunk[] = [];
    let at = 0;
    for (const { start, end } of riskySpans(command)) {
      chunks.push(this.#page.ink("text", command.slice(at, start)));
      chunks.push(this.#page.ink("error", command.slice(start, end), true));
      at = end;
    }
    return [...chunks, this.#page.ink("text", command.slice(at))];
  }

  #drawPatterns(): void {
    const { patterns } = this.#facts;
    if (patterns.length === 0) return;
    this.#page.blank();
    const named = patterns.flatMap((pattern, index) => [
      this.#page.ink("text", index === 0 ? "" : "   "),
      ...this.#risky(oneLine(pattern)),
    ]);
    this.#page.row([this.#page.ink("textMuted", "asks for: "), ...named], { indent: 2 });
  }

  #drawAlways(): void {
    const page = this.#page;
    page.row([this.#page.ink("warning", "△ Always allow", true)]);
    page.blank();
    page.row([this.#page.ink("text", "In this project, from now on, without asking:")], {
      indent: 2,
    });
    page.blank();
    const longest = Math.max(
      ...this.#state.choices.map(({ pattern }) => columns(oneLine(pattern))),
    );
    this.#state.choices.forEach(({ pattern, isChosen, width }, index) => {
      const gap = " ".repeat(longest - columns(oneLine(pattern)) + 2);
      const isAt = index === this.#state.row;
      const chunks = [
        this.#page.ink(isAt ? "primary" : "text", `${isAt ? "›" : " "} [${isChosen ? "x" : " "}] `),
        ...this.#risky(oneLine(pattern)),
        this.#page.ink("textMuted", width === "proposed" ? "" : `${gap}(${width})`),
      ];
      const row = page.row(chunks);
      row.onMouseDown = () => this.#take(toggleChoice(this.#state, index));
    });
    page.blank();
    this.#drawButtons(ALWAYS_BUTTONS, "space toggle  ⇆ select  enter confirm  esc back");
  }

  #drawReason(reason: string): void {
    this.#page.row([this.#page.ink("textMuted", "What should be done instead?")], { indent: 2 });
    this.#page.input(reason);
    this.#page.blank();
    this.#page.row([this.#page.ink("textMuted", "enter reject with this  esc back")], {
      indent: 3,
    });
  }

  #drawButtons(labels: readonly string[], hint: string): void {
    this.#page.buttons(
      labels.map((label, index) => ({
        label,
        isSelected: index === this.#state.selected,
        isOff: this.#state.page === "choose" && index === 1 && !canAlways(this.#state),
        onPress: () => this.#take(chooseButton(this.#state, index)),
      })),
    );
    this.#page.blank();
    const room = transcriptColumns(this.#ui) - hint.length - KEYS_MARGIN;
    const [long = "", short = ""] = [false, true].map((isShort) => this.#keys(isShort));
    const left = long.length <= room ? long : short;
    // Beside each other where both have room, else one beneath the other.
    const isBeside = left !== "" && left.length <= room;
    const rows = isBeside ? [left] : [left, hint].filter(Boolean);
    const right = { text: isBeside ? hint : "" };
    for (const row of rows) {
      this.#page.row([this.#page.ink("textMuted", row)], { indent: 3, right });
    }
  }

  /** What else can be done with what is asked for. */
  #keys(isShort: boolean): string {
    const full = this.#ui.keymap.label("permission.prompt.fullscreen");
    const isShown = this.#state.page === "choose" && this.#body !== undefined;
    return [
      ...(this.#canEdit ? [isShort ? "e edit" : "e edit before applying"] : []),
      ...(this.#patch === undefined ? [] : [isShort ? "d diff" : "d open in diff viewer"]),
      ...(isShown && full ? [`${full} fullscreen`] : []),
    ].join(isShort ? "  " : "   ");
  }
}

function numbered(labels: readonly string[]): string[] {
  return labels.map((label, index) => `${index + 1} ${label}`);
}
