// Meta row: what the next prompt is sent with, beneath the text: agent, model and variant, the mode
// of vim keys; or that it is a shell command.
import { StyledText, type TextChunk, TextRenderable } from "@opentui/core";
import { presentAgent, presentModel } from "@/tui/store/present";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { isNarrow } from "@/tui/views/style";
import { capitalized, harmless } from "@/tui/views/words";
import type { PromptMode } from "./history";
import type { VimMode } from "./vim";

export interface MetaFacts {
  mode: PromptMode;
  vim: VimMode | undefined;
  /** Stands at the right of all, such as the answer to an unknown command. */
  notice: string | undefined;
}

export class MetaRow {
  readonly root: TextRenderable;
  readonly #ui: Ui;

  constructor(ui: Ui) {
    this.#ui = ui;
    this.root = new TextRenderable(ui.renderer, { height: 1, wrapMode: "none", flexShrink: 0 });
  }

  update({ mode, vim, notice }: MetaFacts): void {
    const { theme, store } = this.#ui;
    const { colors } = theme;
    const chunks: TextChunk[] = [];
    const add = (text: string, fg = colors.textMuted) => {
      chunks.push({ __isChunk: true, text: harmless(text).replaceAll(/\s/g, " "), fg });
    };
    if (notice !== undefined) add(notice, colors.warning);
    else if (mode !== "prompt") {
      add("Shell", colors.warning);
      if (mode === "private-shell") add(" · the model does not see it");
    } else {
      const agent = presentAgent(store.state);
      add(capitalized(agent), theme.agentColor(agent));
      const model = modelNames(store.state);
      const { facts, recentModels } = store.state;
      const isKnown = facts.providers !== undefined && recentModels !== undefined;
      // Nothing is said before it is known: the first frame does not wait for the server.
      if (model || isKnown) add(" · ");
      if (model) add(model.name, colors.text);
      else if (isKnown) add("no model", colors.warning);
      if (model?.provider && !isNarrow(this.#ui)) add(` ${model.provider}`);
      if (model?.variant) add(` · ${model.variant}`, colors.warning);
    }
    if (store.state.autoApprove) add("  AUTO", colors.error);
    if (vim !== undefined) add(`  ${vim === "visual" ? "V-LINE" : vim.toUpperCase()}`);
    this.root.content = new StyledText(chunks);
  }
}

function modelNames(state: State) {
  const model = presentModel(state);
  if (!model) return undefined;
  const { providerID, modelID, variant } = model;
  const provider = state.facts.providers?.providers.find(({ id }) => id === providerID);
  const name = provider?.models[modelID]?.name ?? modelID;
  return { name, provider: provider?.name ?? providerID, variant };
}
