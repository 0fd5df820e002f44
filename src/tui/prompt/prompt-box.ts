// Prompt box: where a person writes. Puts together the editor, the list above it, the rows of what
// waits, and the row of facts beneath; what each action does is commands.ts.
import { BoxRenderable, type KeyEvent, TextRenderable } from "@opentui/core";
import { presentAgent } from "@/tui/store/present";
import type { Part } from "@/schema/part";
import { GutterBox } from "@/tui/gutter-box";
import type { Slot } from "@/tui/theme/slots";
import type { PromptBox, Ui } from "@/tui/ui";
import { isNarrow } from "@/tui/views/style";
import { PromptCommands } from "./commands";
import { Completion, type TakeHow } from "./completion";
import { type Draft, draftText, isBlank, plainDraft } from "./draft";
import { Editor } from "./editor";
import type { Entry } from "./history";
import { ImagePreview } from "./image-preview";
import { Keeper } from "./keeper";
import { MetaRow } from "./meta-row";
import { ModelWait } from "./model-wait";
import { draftOfParts } from "./parts";
import { Paster } from "./paster";
import type { LivePrompts } from "./prompt-files";
import { QueueRows } from "./queue-rows";
import { recentFiles } from "./recent-files";
import { isBusy, Sender } from "./sender";
import type { SlashItem } from "./slash";
import { SlashWords } from "./slash-words";
import { Written } from "./written";

/** Rows of the box and of the status row, beside its text. */
const ROWS_AROUND = 5;
/** The draft may take this share of the screen. */
const SHARE = 1 / 3;
const SECOND_PRESS_MS = 5_000;

export class EditorPromptBox implements PromptBox {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #frame: GutterBox;
  readonly #background: Slot;
  /** Between the text and the row of facts, where there is room for it. */
  readonly #gap: BoxRenderable;
  readonly #editor: Editor;
  readonly #written: Written;
  readonly #completion: Completion;
  readonly #slash: SlashWords;
  readonly #sender: Sender;
  readonly #keeper: Keeper;
  readonly #paster: Paster;
  readonly #modelWait: ModelWait;
  readonly #commands: PromptCommands;
  readonly #meta: MetaRow;
  readonly #preview: ImagePreview;
  readonly #queueRows: QueueRows;
  readonly #stops: (() => void)[];
  /** What programs that died left to send, by session. */
  readonly #leftBehind = new Map<string, readonly Entry[]>();
  readonly #hintListeners = new Set<() => void>();
  #toldHint: string | undefined;
  #leaveContext: (() => void) | undefined;
  #notice: string | undefined;
  #escapedAt = Number.NEGATIVE_INFINITY;

  constructor(ui: Ui) {
    this.#ui = ui;
    const { renderer, theme } = ui;
    this.root = new BoxRenderable(renderer, { flexDirection: "column", flexShrink: 0 });
    const gutter = theme.colors.secondary;
    this.#background = ui.mini ? "background" : "backgroundElement";
    const isPlain = ui.mini !== undefined;
    this.#frame = new GutterBox(ui, { background: this.#background, gutter, isPlain });
    this.#gap = new BoxRenderable(renderer, { height: 1, flexShrink: 0 });
    this.#queueRows = new QueueRows(ui);
    this.#meta = new MetaRow(ui);
    this.#preview = new ImagePreview(ui);
    this.#editor = this.#makeEditor();
    this.#written = new Written(this.#editor, {
      onMode: () => this.#draw(),
      onSet: () => {
        if (this.#completion.isOpen) this.#completion.close();
      },
    });
    this.#paster = new Paster(ui, this.#editor);
    this.#slash = new SlashWords(ui, {
      written: () => this.#written,
      submit: () => this.submit(),
      notice: (text) => this.#showNotice(text),
    });
    this.#completion = new Completion(ui, this.#completionHost());
    this.#keeper = new Keeper(ui, {
      live: () => this.#live(),
      onAdopted: (live) => this.#adopt(live),
    });
    this.#sender = new Sender(ui, {
      slashItems: () => this.#slash.items(),
      giveBack: (entries) => this.#written.giveBack(entries),
      onQueueChange: () => this.#queueChanged(),
    });
    this.#modelWait = new ModelWait(ui, {
      written: () => this.#written,
      submit: () => this.submit(),
      notice: (text) => this.#showNotice(text),
    });
    this.#commands = new PromptCommands(ui, {
      written: this.#written,
      sender: this.#sender,
      keeper: this.#keeper,
      paster: this.#paster,
      slash: this.#slash,
      modelWait: this.#modelWait,
    });
    this.#addRows();
    if (ui.settings.editorMode === "vim") this.#editor.setVim(true);
    this.#stops = [
      ui.store.subscribe(() => this.#follow()),
      theme.subscribe(() => this.#recolor()),
      ui.actions.register(this.#commands.bodies()),
    ];
    this.#follow();
  }

  get text(): string {
    return draftText(this.#written.draft);
  }

  get isEmpty(): boolean {
    return this.#written.isEmpty;
  }

  setText(text: string): void {
    this.#written.set({ draft: plainDraft(text), mode: "prompt" });
  }

  setParts(parts: readonly Part[]): void {
    const { directory, facts } = this.#ui.store.state;
    const draft = draftOfParts(parts, facts.path?.directory ?? directory);
    this.#written.set({ draft, mode: "prompt" });
  }

  get hint(): string | undefined {
    return this.#written.mode === "prompt" ? this.#completion.hint : "esc exit shell mode";
  }

  onHint(listener: () => void): () => void {
    this.#hintListeners.add(listener);
    return () => this.#hintListeners.delete(listener);
  }

  append(text: string): void {
    this.#paster.append(text);
  }

  type(text: string): void {
    this.#editor.type(text);
  }

  clear(): void {
    this.#written.clear();
  }

  submit(): void {
    this.#commands.submit();
  }

  run(actionID: string): boolean {
    return this.#commands.run(actionID);
  }

  focus(): void {
    this.#leaveContext ??= this.#ui.keymap.enter(
      "prompt",
      (actionID) => this.run(actionID),
      (key) => this.#onOtherKey(key),
    );
    this.#editor.area.focus();
  }

  blur(): void {
    this.#leaveContext?.();
    this.#leaveContext = undefined;
    this.#completion.close();
    this.#editor.area.blur();
  }

  /** As high as a person wants it, or a third of the screen, and never so that it fills it. */
  fit(rows: number): void {
    this.#frame.fit();
    const { mini, settings } = this.#ui;
    if (!mini) this.#gap.visible = !isNarrow(this.#ui);
    const wanted = settings.promptMaxHeight ?? Math.floor(rows * SHARE);
    const most = Math.max(1, Math.min(wanted, rows - ROWS_AROUND - 2));
    this.#editor.area.maxHeight = most;
    this.#completion.limit(rows - most - ROWS_AROUND);
    this.#drawMeta();
  }

  setPlaceholder(text: string): void {
    this.#editor.area.placeholder = text;
  }

  /** Writes what is written, at once: for a program that crashes. */
  saveNow(): void {
    this.#keeper.saveNow();
  }

  /** Resolves when all that is kept is on the disk. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#sender.close();
    this.#modelWait.close();
    this.#preview.close();
    await this.#keeper.close();
  }

  #addRows(): void {
    const { content } = this.#frame;
    content.add(this.#preview.root);
    content.add(this.#ui.mini ? this.#line() : this.#editor.area);
    content.add(this.#gap);
    content.add(this.#meta.root);
    this.root.add(this.#queueRows.root);
    this.root.add(this.#completion.root);
    this.root.add(this.#frame.root);
  }

  /** In mini mode a sign stands before the text, and the status row says what the box does. */
  #line(): BoxRenderable {
    const { renderer, theme } = this.#ui;
    const line = new BoxRenderable(renderer, { flexDirection: "row", flexShrink: 0 });
    line.add(new TextRenderable(renderer, { content: "› ", fg: theme.colors.text }));
    this.#editor.area.flexGrow = 1;
    this.#editor.area.flexShrink = 1;
    line.add(this.#editor.area);
    return line;
  }

  #makeEditor(): Editor {
    const background = this.#ui.theme.colors[this.#background];
    const options = {
      minHeight: 1,
      maxHeight: 8,
      flexShrink: 0,
      backgroundColor: background,
      focusedBackgroundColor: background,
    };
    return new Editor(this.#ui, options, {
      onChange: () => this.#changed(),
      onPaste: (text) => this.#paster.paste(text),
      onSubmit: () => this.submit(),
      onText: (text) => this.#written.takeMark(text),
      onClick: (offset) => this.#paster.expandAt(offset),
    });
  }

  #completionHost() {
    const editor = this.#editor;
    return {
      get draft() {
        return editor.draft;
      },
      get cursor() {
        return editor.cursor;
      },
      slashItems: () => this.#slash.items(),
      recentFiles: () => recentFiles(this.#ui.store.state, this.#keeper.history),
      setDraft: (draft: Draft, cursor: number) => editor.set(draft, cursor),
      runSlash: (item: SlashItem, how: TakeHow) => this.#slash.take(item, how),
      onShown: () => this.#tellHint(),
    };
  }

  #changed(): void {
    this.#notice = undefined;
    this.#preview.update(this.#editor.draft.chips.map(({ chip }) => chip));
    const isPrompt = this.#written.mode === "prompt";
    if (isPrompt) this.#completion.update();
    else this.#completion.close();
    this.#keeper.touch();
    this.#drawMeta();
  }

  #showNotice(text: string): void {
    this.#completion.dismiss();
    this.#notice = text;
    this.#drawMeta();
  }

  /**
   * Escape, from the innermost outwards: vim's modes, the selection, shell mode; twice, with
   * something written and nothing running, it puts that into the stash.
   */
  #onOtherKey(key: KeyEvent): boolean {
    if (this.#editor.claim(key)) return true;
    if (key.name !== "escape") return false;
    if (this.#editor.clearSelection() || this.#written.leaveShell()) return true;
    const { state } = this.#ui.store;
    const { route } = state;
    const isRunning = route.screen === "session" && isBusy(state, route.sessionID);
    if (isRunning || this.#written.isBlank) return false;
    const now = this.#ui.clock.now();
    const isSecond = now - this.#escapedAt < SECOND_PRESS_MS;
    this.#escapedAt = isSecond ? Number.NEGATIVE_INFINITY : now;
    if (isSecond) this.#commands.stash();
    else this.#showNotice("esc again puts this into the stash");
    return true;
  }

  #queueChanged(): void {
    this.#keeper.touch();
    this.#follow();
  }

  #follow(): void {
    const { route } = this.#ui.store.state;
    const sessionID = route.screen === "session" ? route.sessionID : undefined;
    this.#queueRows.update(sessionID === undefined ? [] : this.#sender.queue.list(sessionID));
    if (sessionID !== undefined) this.#takeLeftBehind(sessionID);
    this.#draw();
  }

  #draw(): void {
    const { theme, store } = this.#ui;
    const isPrompt = this.#written.mode === "prompt";
    this.#frame.gutter = isPrompt
      ? theme.agentColor(presentAgent(store.state))
      : theme.colors.warning;
    this.#drawMeta();
  }

  #drawMeta(): void {
    const vim = this.#editor.vimMode;
    const { mode } = this.#written;
    this.#meta.update({ mode, vim, notice: this.#notice });
    if (this.#ui.mini) {
      // The agent is in the status row there; anything else is worth the row.
      const isUsual = mode === "prompt" && vim === undefined && this.#notice === undefined;
      this.#meta.root.visible = !isUsual || this.#ui.store.state.autoApprove;
      this.#gap.visible = !this.#meta.root.visible;
    }
    this.#tellHint();
  }

  #tellHint(): void {
    if (this.hint === this.#toldHint) return;
    this.#toldHint = this.hint;
    for (const listener of this.#hintListeners) listener();
  }

  #recolor(): void {
    const background = this.#ui.theme.colors[this.#background];
    this.#frame.recolor();
    this.#editor.area.recolor();
    this.#editor.area.backgroundColor = background;
    this.#editor.area.focusedBackgroundColor = background;
    this.#draw();
  }

  #live(): LivePrompts {
    const { entry } = this.#written;
    const queues: Record<string, Entry[]> = {};
    for (const [sessionID, entries] of [...this.#leftBehind, ...this.#sender.queue.all()]) {
      const plain = entries.map(({ draft, mode }) => ({ draft, mode }));
      queues[sessionID] = [...(queues[sessionID] ?? []), ...plain];
    }
    return { ...(!isBlank(entry.draft) && { draft: entry }), queues };
  }

  /**
   * A dead program's draft goes into the box; its queues to their sessions, when they are opened.
   */
  #adopt({ draft, queues }: LivePrompts): void {
    if (draft) this.#written.giveBack([draft]);
    for (const [sessionID, entries] of Object.entries(queues)) {
      const before = this.#leftBehind.get(sessionID) ?? [];
      this.#leftBehind.set(sessionID, [...before, ...entries]);
    }
    this.#keeper.touch();
    this.#follow();
  }

  #takeLeftBehind(sessionID: string): void {
    const entries = this.#leftBehind.get(sessionID);
    if (!entries) return;
    this.#leftBehind.delete(sessionID);
    this.#written.giveBack(entries);
  }
}
