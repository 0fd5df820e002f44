// Choosing what the next prompt is sent with, and remembering it.

import type { ModelRef } from "@/schema/primitive";
import type { FoundProvider, Model, Provider } from "@/schema/provider";
import { putFirst } from "@/tui/memory";
import { presentModel } from "@/tui/store/present";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";

export function isSameModel(one: ModelRef | undefined, other: ModelRef | undefined): boolean {
  return one?.providerID === other?.providerID && one?.modelID === other?.modelID;
}

export function findModel(
  state: State,
  ref: ModelRef | undefined,
): { provider: Provider; model: Model } | undefined {
  const provider = state.facts.providers?.providers.find(({ id }) => id === ref?.providerID);
  const model = ref === undefined ? undefined : provider?.models[ref.modelID];
  return provider && model && { provider, model };
}

export function chooseModel(ui: Ui, model: ModelRef): void {
  const variant = ui.memory.get("variant")?.[variantKey(model)];
  const known = findModel(ui.store.state, model)?.model.variants ?? {};
  ui.memory.set("recent", putFirst(ui.memory.get("recent") ?? [], model, isSameModel));
  const isThere = variant !== undefined && Object.hasOwn(known, variant);
  change(ui, model, isThere ? variant : undefined);
}

/** Uses what was found; it is known from now on as one that is connected. */
export function chooseFound(ui: Ui, { provider, modelID }: FoundProvider): void {
  const { providers: known = [], default: best = {} } = ui.store.state.facts.providers ?? {};
  if (!known.some(({ id }) => id === provider.id)) {
    const providers = { providers: [...known, provider], default: best };
    ui.store.dispatch({ type: "facts.loaded", facts: { providers } });
  }
  chooseModel(ui, { providerID: provider.id, modelID });
}

/** Undefined is the model's own way. */
export function chooseVariant(ui: Ui, variant: string | undefined): void {
  const model = presentModel(ui.store.state);
  if (model === undefined) return;
  const { [variantKey(model)]: _, ...rest } = ui.memory.get("variant") ?? {};
  ui.memory.set(
    "variant",
    variant === undefined ? rest : { ...rest, [variantKey(model)]: variant },
  );
  change(ui, model, variant);
}

export function variantsOf(state: State): string[] {
  return Object.keys(findModel(state, presentModel(state))?.model.variants ?? {});
}

export function cycleVariant(ui: Ui): void {
  const variants = [undefined, ...variantsOf(ui.store.state)];
  const at = variants.indexOf(presentModel(ui.store.state)?.variant);
  chooseVariant(ui, variants[(at + 1) % variants.length]);
}

/** The next or the previous model of a list that the person made by using or marking them. */
export function cycleModel(ui: Ui, list: "recent" | "favorite", step: 1 | -1): void {
  const models = (ui.memory.get(list) ?? []).filter((ref) => findModel(ui.store.state, ref));
  if (models.length === 0) {
    const what = list === "recent" ? "No model was used before" : "No model is a favorite";
    return ui.toasts.show({ variant: "info", message: what });
  }
  const at = models.findIndex((ref) => isSameModel(ref, presentModel(ui.store.state)));
  const next = models[(Math.max(at, 0) + step + models.length) % models.length];
  if (next === undefined) return;
  // The order of use stays as it is, or one would go back and forth between two.
  change(ui, next, ui.memory.get("variant")?.[variantKey(next)]);
}

export function toggleFavorite(ui: Ui, model: ModelRef): void {
  const favorites = ui.memory.get("favorite") ?? [];
  const rest = favorites.filter((ref) => !isSameModel(ref, model));
  ui.memory.set("favorite", rest.length < favorites.length ? rest : [...rest, model]);
}

/** Agents that a person may talk to, in the order of the server. */
export function primaryAgents({ facts }: State) {
  return (facts.agents ?? []).filter(({ mode, hidden }) => mode !== "subagent" && hidden !== true);
}

export function chooseAgent(ui: Ui, agent: string): void {
  ui.store.dispatch({ type: "choice.changed", choice: { agent } });
}

function variantKey({ providerID, modelID }: ModelRef): string {
  return `${providerID}/${modelID}`;
}

function change(ui: Ui, model: ModelRef, variant: string | undefined): void {
  const { providerID, modelID } = model;
  // A variant that is not given is none: one of another model must not stay.
  const choice = { model: { providerID, modelID }, variant };
  ui.store.dispatch({ type: "choice.changed", choice });
}
