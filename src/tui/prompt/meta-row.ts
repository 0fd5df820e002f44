// Meta row: what the next prompt is sent with, beneath the text: agent, model and variant, the mode
// of vim keys; or that it is a shell command.
import { StyledText, type TextChunk, TextRenderable } from "@opentui/core";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
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
      chunks.push({ __isChunk: true, text, fg });
    };
    if (notice !== undefined) add(notice, colors.warning);
    else if (mode !== "prompt") {
      add("Shell", colors.warning);
      if (mode === "private-shell") add(" · the model does not see it");
    } else {
      const agent = agentName(store.state);
      add(titled(agent), theme.agentColor(agent));
      const model = modelNames(store.state);
      add(" · ");
      add(model?.name ?? "no model", model ? colors.text : colors.warning);
      if (model?.provider) add(` ${model.provider}`);
      if (model?.variant) add(` · ${model.variant}`, colors.warning);
    }
    if (store.state.autoApprove) add("  AUTO", colors.error);
    if (vim !== undefined) add(`  ${vim === "visual" ? "V-LINE" : vim.toUpperCase()}`);
    this.root.content = new StyledText(chunks);
  }
}

/** The agent that answers: the chosen one, or the first that may be. */
export function agentName({ choice, facts }: State): string {
  if (choice.agent !== undefined) return choice.agent;
  const first = facts.agents?.find(({ mode, hidden }) => mode !== "subagent" && !hidden);
  return facts.config?.default_agent ?? first?.name ?? "build";
}

function titled(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function modelNames({ choice, facts }: State) {
  const { model, variant } = choice;
  if (!model) return undefined;
  const provider = facts.providers?.providers.find(({ id }) => id === model.providerID);
  const name = provider?.models[model.modelID]?.name ?? model.modelID;
  return { name, provider: provider?.name ?? model.providerID, variant };
}
