// Slash words of the prompt: the ones there are now, and what taking or sending one does. An action
// runs at once; a command is sent; a word that nobody knows is asked about before it is sent as
// text.
import type { Ui } from "@/tui/ui";
import type { TakeHow } from "./completion";
import { type Draft, draftText, isBlank, plainDraft } from "./draft";
import { findSlash, type SlashAction, type SlashItem, slashCall, slashItems } from "./slash";
import type { Written } from "./written";

export interface SlashWordsOptions {
  written(): Written;
  /** Sends what is written. */
  submit(): void;
  /** Tells the person something until the next change. */
  notice(text: string): void;
}

export class SlashWords {
  readonly #ui: Ui;
  readonly #options: SlashWordsOptions;
  /** What was asked about, and is sent as text when it is sent once more. */
  #asked: string | undefined;

  constructor(ui: Ui, options: SlashWordsOptions) {
    this.#ui = ui;
    this.#options = options;
  }

  items(): SlashItem[] {
    const actions = this.#ui.actions.ready().flatMap((action): SlashAction[] => {
      const { id, title, takesText } = action;
      const [slash, ...aliases] = action.slash;
      return slash === undefined ? [] : [{ id, title, slash, aliases, takesText }];
    });
    return slashItems(actions, this.#ui.store.state.facts.commands ?? []);
  }

  /**
   * Whether the draft was no prompt to be sent: an action that ran, or a word to be asked about.
   */
  call(draft: Draft): boolean {
    const call = slashCall(draft);
    if (!call) return false;
    const item = findSlash(this.items(), call.name);
    if (item?.run.type === "action") {
      const { id, takesText } = item.run;
      const written = this.#options.written();
      written.clear();
      this.#ui.actions.run(id, takesText ? draftText(call.rest).trim() : undefined);
      // What the action has no use for is still there to be sent.
      if (!takesText && !isBlank(call.rest)) written.editor.set(call.rest);
      return true;
    }
    if (item || this.#asked === draft.text) return false;
    this.#asked = draft.text;
    this.#options.notice(`Unknown command /${call.name}, enter again sends it as text`);
    return true;
  }

  /**
   * A row was taken: by return it runs, unless it waits for arguments; by tab it is written out.
   */
  take(item: SlashItem, how: TakeHow): void {
    const written = this.#options.written();
    const isWhole = how === "select" && item.hints.length === 0;
    if (isWhole && item.run.type === "action") {
      written.clear();
      this.#ui.actions.run(item.run.id);
      return;
    }
    written.editor.set(plainDraft(`/${item.name}${isWhole ? "" : " "}`));
    if (isWhole) this.#options.submit();
  }
}
