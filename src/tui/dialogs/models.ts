// The models that can be used: favorites, those used last, then by provider, with the size of their
// context and their price for a million tokens in and out. And the variants of one.

import type { ModelRef } from "@/schema/primitive";
import type { Model, Provider } from "@/schema/provider";
import { presentModel } from "@/tui/store/present";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import {
  chooseModel,
  chooseVariant,
  cycleVariant,
  findModel,
  isSameModel,
  toggleFavorite,
  variantsOf,
} from "./choices";
import { SMALL, type DialogWidth } from "./dialog";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";

const WIDTH: DialogWidth = { narrow: 70, wide: 88 };
const LABEL_COLUMNS = 21;
const RECENT_COUNT = 5;

export function openModels(ui: Ui): void {
  const dialog: ListDialog<ModelRef> = new ListDialog<ModelRef>(ui, {
    title: "Select model",
    width: WIDTH,
    rows: () => modelRows(ui),
    labelColumns: LABEL_COLUMNS,
    empty: "No model is connected yet.",
    isCurrent: ({ value }) => isSameModel(value, presentModel(ui.store.state)),
    enterText: "select",
    onSelect: ({ value }) => {
      ui.dialogs.close();
      chooseModel(ui, value);
    },
    onClose: () => leave(),
    keys: [
      {
        action: "model.dialog.favorite",
        text: "favorite",
        run: (row) => {
          if (row !== undefined) toggleFavorite(ui, row.value);
          dialog.refresh();
        },
      },
      {
        action: "model.dialog.provider",
        text: "connect",
        run: () => void ui.actions.run("provider.connect"),
      },
      { action: "variant.cycle", text: "variant", run: () => nextVariant(ui, dialog) },
    ],
  });
  const leave = ui.store.subscribe((state, before) => {
    if (state.facts.providers !== before.facts.providers) dialog.refresh();
  });
  ui.dialogs.open(dialog);
}

/** Of the selected model, which is thereby chosen. */
function nextVariant(ui: Ui, dialog: ListDialog<ModelRef>): void {
  const { selected } = dialog;
  if (selected === undefined) return;
  if (!isSameModel(selected.value, presentModel(ui.store.state))) chooseModel(ui, selected.value);
  else cycleVariant(ui);
  dialog.refresh();
}

function modelRows(ui: Ui): ListRow<ModelRef>[] {
  const { state } = ui.store;
  const favorites = ui.memory.get("favorite") ?? [];
  const isIn = (list: readonly ModelRef[], ref: ModelRef) =>
    list.some((other) => isSameModel(other, ref));
  const recent = (ui.memory.get("recent") ?? [])
    .filter((ref) => !isIn(favorites, ref))
    .slice(0, RECENT_COUNT);
  const first = [...favorites, ...recent];
  const rows = first.flatMap((ref) => {
    const found = findModel(state, ref);
    if (found === undefined) return [];
    const group = isIn(favorites, ref) ? "Favorites" : "Recent";
    return [{ ...toRow(state, found.provider, found.model), group, detail: found.provider.name }];
  });
  const rest = (state.facts.providers?.providers ?? []).flatMap((provider) => {
    const models = Object.values(provider.models).filter((model) => {
      const ref = { providerID: provider.id, modelID: model.id };
      return model.status !== "deprecated" && !isIn(first, ref);
    });
    const group = isLocal(models[0]) ? `${provider.name} (local)` : provider.name;
    return models
      .toSorted((a, b) => (a.release_date < b.release_date ? 1 : -1))
      .map((model) => ({ ...toRow(state, provider, model), group }));
  });
  return [...rows, ...rest];
}

function toRow(state: State, provider: Provider, model: Model): ListRow<ModelRef> {
  const value = { providerID: provider.id, modelID: model.id };
  const present = presentModel(state);
  const isCurrent = isSameModel(value, present);
  const variant = isCurrent && present?.variant ? ` · ${present.variant}` : "";
  const tools = model.capabilities.toolcall ? "" : "no tools  ";
  return {
    value,
    key: `${provider.id}/${model.id}`,
    label: `${model.name}${variant}`,
    mark: isCurrent ? "●" : " ",
    right: `${tools}${contextOf(model)}  ${priceOf(model)}`,
    search: `${provider.name} ${model.id}`,
  };
}

/** `200K`, `1M`. */
function contextOf({ limit }: Model): string {
  const thousands = Math.round(limit.context / 1_000);
  if (thousands === 0) return "";
  return thousands >= 1_000 ? `${Math.round(thousands / 100) / 10}M` : `${thousands}K`;
}

/** Of a million tokens: `$3/$15`. */
function priceOf({ cost }: Model): string {
  if (cost.input === 0 && cost.output === 0) return " free";
  return `$${figure(cost.input)}/$${figure(cost.output)}`;
}

function figure(dollars: number): string {
  return String(Math.round(dollars * 100) / 100);
}

function isLocal(model: Model | undefined): boolean {
  return model !== undefined && /^https?:\/\/(127\.|localhost|\[::1\])/.test(model.api.url);
}

export function openVariants(ui: Ui): void {
  const present = presentModel(ui.store.state)?.variant;
  ui.dialogs.open(
    new ListDialog<string | undefined>(ui, {
      title: "Select variant",
      width: SMALL,
      hasFilter: false,
      rows: () =>
        [undefined, ...variantsOf(ui.store.state)].map((variant) => ({
          value: variant,
          label: variant ?? "default",
          mark: variant === present ? "●" : " ",
        })),
      empty: "The model has no variants.",
      isCurrent: ({ value }) => value === present,
      enterText: "select",
      onSelect: ({ value }) => {
        ui.dialogs.close();
        chooseVariant(ui, value);
      },
    }),
  );
}
