// Commands of the prompt: what each action id does to what is written, to the queue, the stash and
// the history. False says that an action does not apply now, so that its key may mean another.
import { errorMessage } from "@/base/error";
import type { ActionBody } from "@/tui/actions/actions";
import { failureText, isAuthFailure, newestFailure } from "@/tui/store/failure";
import type { Ui } from "@/tui/ui";
import { plainDraft, trimDraft } from "./draft";
import { editDraft, editorCommand } from "./external-editor";
import type { Entry } from "./history";
import type { Keeper } from "./keeper";
import { openHistory, openQueue, openStash } from "./lists";
import type { ModelWait } from "./model-wait";
import { draftOfParts } from "./parts";
import type { Paster } from "./paster";
import { lineEnd } from "./segments";
import type { Sender } from "./sender";
import type { SlashWords } from "./slash-words";
import type { Written } from "./written";

export interface PromptParts {
  written: Written;
  sender: Sender;
  keeper: Keeper;
  paster: Paster;
  slash: SlashWords;
  modelWait: ModelWait;
}

/** Actions that programs and the palette may run, too, with when they apply. */
const SHARED = [
  "prompt.submit",
  "prompt.clear",
  "prompt.paste",
  "prompt.editor",
  "prompt.history.search",
  "prompt.history.previous",
  "prompt.history.next",
  "prompt.stash",
  "prompt.stash.pop",
  "prompt.stash.list",
  "prompt.queue.restore",
  "prompt.vim",
  "session.queued_prompts",
  "app.toggle.paste_summary",
] as const;

/** A letter that nothing follows for so long was meant by itself. */
const ALONE_MS = 400;

const ALWAYS_OURS: readonly string[] = ["input.newline", "input.undo", "input.redo"];

export class PromptCommands {
  readonly #ui: Ui;
  readonly #parts: PromptParts;

  constructor(ui: Ui, parts: PromptParts) {
    this.#ui = ui;
    this.#parts = parts;
  }

  /** The bodies of the actions that the palette lists. */
  bodies(): Record<string, ActionBody> {
    const { written, keeper } = this.#parts;
    const isStashed = () => keeper.stash.length > 0;
    const isWritten = () => !written.isBlank;
    const isQueued = () => this.#sessionQueue().length > 0;
    const when: Partial<Record<(typeof SHARED)[number], () => boolean>> = {
      "prompt.submit": isWritten,
      "prompt.clear": () => !written.isEmpty,
      "prompt.stash": isWritten,
      "prompt.stash.pop": isStashed,
      "prompt.stash.list": isStashed,
      "prompt.queue.restore": isQueued,
      "session.queued_prompts": isQueued,
    };
    const bodies = SHARED.map((id): [string, ActionBody] => {
      const applies = when[id];
      return [id, { run: () => void this.run(id), ...(applies && { when: applies }) }];
    });
    const retry: ActionBody = {
      title: () => (this.#isPutOff ? "Send again now" : "Send the last prompt again"),
      when: () => this.#isPutOff || newestFailure(this.#ui.store.state)?.asked !== undefined,
      run: () => this.#retry(),
    };
    return { ...Object.fromEntries(bodies), "session.retry": retry };
  }

  run(actionID: string): boolean {
    const { written, paster, keeper } = this.#parts;
    switch (actionID) {
      case "input.submit":
        return paster.expandAt(written.editor.cursor) || this.submit();
      case "prompt.submit":
        return this.submit();
      case "prompt.clear":
        return this.#copyOrClear();
      case "prompt.paste":
        void paster.fromClipboard();
        return true;
      case "prompt.editor":
        void this.#openEditor();
        return true;
      case "prompt.history.previous":
        return this.#earlier();
      case "prompt.history.next":
        return this.#later();
      case "prompt.history.search":
        openHistory(this.#ui, keeper.history, (entry) => void this.#giveBack(entry));
        return true;
      case "prompt.stash":
        return this.stash();
      case "prompt.stash.pop":
        return this.#giveBack(keeper.takeFromStash());
      case "prompt.stash.list":
        openStash(this.#ui, keeper, (entry) => void this.#giveBack(entry));
        return true;
      case "prompt.queue.restore":
        return this.#restoreQueued();
      case "session.queued_prompts":
        return this.#openQueue();
      case "prompt.vim":
        written.editor.setVim(written.editor.vimMode === undefined);
        return true;
      case "help.keys":
        // With something written it is a question mark.
        return written.isEmpty && this.#ui.actions.run(actionID);
      case "session.retry":
      case "session.error.copy":
        return this.#whenAlone(actionID);
      case "app.toggle.paste_summary":
        paster.isSummarizing = !paster.isSummarizing;
        return true;
      default:
        return this.#edit(actionID);
    }
  }

  submit(): boolean {
    const { written, slash } = this.#parts;
    if (written.isEmpty && this.#reconnect()) return true;
    if (written.isBlank || this.#continueLine()) return true;
    if (written.mode === "prompt" && slash.call(written.draft)) return true;
    const { draft, mode } = written.entry;
    if (mode === "prompt" && this.#parts.modelWait.begin()) return true;
    const entry = { draft: trimDraft(draft), mode };
    written.clear();
    this.#parts.keeper.remember(entry);
    this.#parts.sender.submit(entry);
    return true;
  }

  /** Puts what is written away; false when nothing is. */
  stash(): boolean {
    const { written, keeper } = this.#parts;
    if (written.isBlank) return false;
    keeper.addToStash(written.entry);
    written.clear();
    return true;
  }

  /**
   * For a letter in an empty box: whoever goes on typing writes a prompt that begins with it, so
   * it is typed, and means the action when nothing follows.
   */
  #whenAlone(actionID: string): false {
    const { written } = this.#parts;
    if (!written.isEmpty || failureText(this.#ui.store.state) === undefined) return false;
    this.#ui.clock.timer(ALONE_MS, () => {
      if (written.mode !== "prompt" || written.draft.text.length > 1) return;
      if (this.#ui.actions.run(actionID)) written.clear();
    });
    return false;
  }

  /** Whether a request of the session waits to be sent again. */
  get #isPutOff(): boolean {
    return this.#ui.store.state.status[this.#sessionID() ?? ""]?.type === "retry";
  }

  /**
   * What waits to be sent again is sent now. After a failure that has ended the turn: what had been
   * asked, as it would be sent now, with the model and agent that are chosen.
   */
  async #retry(): Promise<void> {
    const { state } = this.#ui.store;
    const sessionID = this.#sessionID();
    if (this.#isPutOff && sessionID !== undefined) {
      await this.#ui.client.session.retry(sessionID);
      return;
    }
    const asked = newestFailure(state)?.asked;
    if (!asked) return;
    const directory = state.facts.path?.directory ?? state.directory;
    const draft = draftOfParts(asked.parts, directory);
    this.#parts.sender.submit({ draft, mode: "prompt" });
  }

  /** Return on nothing, after a provider has refused the key. */
  #reconnect(): boolean {
    const failure = newestFailure(this.#ui.store.state);
    if (!failure || !isAuthFailure(failure.error)) return false;
    return this.#ui.actions.run("provider.connect");
  }

  /** For terminals that send nothing else for a new line: a backslash before return. */
  #continueLine(): boolean {
    const { editor } = this.#parts.written;
    const { draft, cursor } = editor;
    if (draft.text.charAt(cursor - 1) !== "\\") return false;
    if (draft.chips.some(({ end }) => end === cursor)) return false;
    editor.replace(cursor - 1, cursor, plainDraft("\n"));
    return true;
  }

  /** With nothing written, keys of editing are free for what lies outside. */
  #edit(actionID: string): boolean {
    const { written } = this.#parts;
    const { editor } = written;
    if (actionID === "input.backspace" && editor.cursor === 0 && written.dropMark()) return true;
    const isFree = written.isEmpty && !ALWAYS_OURS.includes(actionID);
    return !isFree && editor.run(actionID);
  }

  #copyOrClear(): boolean {
    const { written, keeper } = this.#parts;
    const selected = written.editor.selectedText;
    if (selected !== "") {
      void this.#ui.clipboard.write(selected);
      written.editor.clearSelection();
      return true;
    }
    if (written.isEmpty) return false;
    keeper.history.add(written.entry);
    written.clear();
    return true;
  }

  #earlier(): boolean {
    const { written, keeper } = this.#parts;
    if (!written.editor.isOnFirstRow) return false;
    const entry = keeper.history.previous(written.entry);
    // The cursor stays on the first row, so that the next press goes further.
    if (entry) written.set(entry, lineEnd(entry.draft.text, 0));
    else written.editor.run("input.buffer.home");
    return true;
  }

  #later(): boolean {
    const { written, keeper } = this.#parts;
    if (!written.editor.isOnLastRow) return false;
    const entry = keeper.history.next();
    if (entry) written.set(entry);
    else written.editor.run("input.buffer.end");
    return true;
  }

  async #openEditor(): Promise<void> {
    const { editor } = this.#parts.written;
    const command = editorCommand(this.#ui.environment.env);
    if (command === undefined) return this.#warn("Set $VISUAL or $EDITOR to use an editor.");
    try {
      editor.set(await editDraft(this.#ui, command, editor.draft));
    } catch (error) {
      this.#warn(errorMessage(error));
    }
  }

  #openQueue(): boolean {
    const sessionID = this.#sessionID();
    const { sender } = this.#parts;
    if (sessionID === undefined || this.#sessionQueue().length === 0) return false;
    const sendNow = (id: number) => sender.sendNow(sessionID, id);
    const take = (entry: Entry) => void this.#giveBack(entry);
    openQueue(this.#ui, { queue: sender.queue, sendNow }, sessionID, take);
    return true;
  }

  #restoreQueued(): boolean {
    const sessionID = this.#sessionID();
    return this.#giveBack(sessionID && this.#parts.sender.queue.takeNewest(sessionID));
  }

  #giveBack(entry: Entry | "" | undefined): boolean {
    if (!entry) return false;
    this.#parts.written.giveBack([entry]);
    return true;
  }

  #sessionID(): string | undefined {
    const { route } = this.#ui.store.state;
    return route.screen === "session" ? route.sessionID : undefined;
  }

  #sessionQueue() {
    const sessionID = this.#sessionID();
    return sessionID === undefined ? [] : this.#parts.sender.queue.list(sessionID);
  }

  #warn(message: string): void {
    this.#ui.toasts.show({ variant: "warning", message });
  }
}
