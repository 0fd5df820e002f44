// The keys as they are bound: the ones that everybody needs, several in a row, then every action.

import { type ActionGroup, PALETTE_GROUPS } from "@/tui/actions/action-table";
import type { Ui } from "@/tui/ui";
import { LARGE, type DialogWidth } from "./dialog";
import { openRebind } from "./keys";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";

const WIDTH: DialogWidth = { narrow: 72, wide: LARGE.wide };

/** A key of an action, by its place among the action's keys; or a text. */
type Key = readonly [actionID: string, place: number] | string;

interface Row {
  group: string;
  label: string;
  /** Of each word of the label; several keys of one stand side by side. */
  keys: readonly (readonly Key[])[];
}

const ROWS: readonly Row[] = [
  {
    group: "Prompt",
    label: "send / new line",
    keys: [
      [["input.submit", 0]],
      [
        ["input.newline", 0],
        ["input.newline", -1],
      ],
    ],
  },
  { group: "Prompt", label: "file, agent / shell / command", keys: [["@"], ["!"], ["/"]] },
  {
    group: "Prompt",
    label: "history / stash / editor",
    keys: [
      [
        ["prompt.history.previous", 0],
        ["prompt.history.next", 0],
      ],
      [["prompt.stash", 0]],
      [["prompt.editor", 0]],
    ],
  },
  {
    group: "Session",
    label: "stop / undo / redo",
    keys: [
      [
        ["session.interrupt", 0],
        ["session.interrupt", 0],
      ],
      [["session.undo", 0]],
      [["session.redo", 0]],
    ],
  },
  {
    group: "Session",
    label: "scroll / first / last",
    keys: [
      [
        ["session.page.up", 0],
        ["session.page.down", 0],
      ],
      [["session.first", 0]],
      [["session.last", 0]],
    ],
  },
  {
    group: "Session",
    label: "expand all output / find",
    keys: [[["session.expand.all", 0]], [["session.find", 0]]],
  },
  {
    group: "Agent and model",
    label: "agent / model / variant",
    keys: [[["agent.cycle", 0]], [["model.list", 0]], [["variant.cycle", 0]]],
  },
];

/** `first` are the actions that the person is asking about, where that is known. */
export function openHelp(ui: Ui, first?: ActionGroup): void {
  const palette = ui.keymap.label("command.palette.show");
  const dialog: ListDialog<string> = new ListDialog<string>(ui, {
    title: "Keys",
    ...(palette !== undefined && { aside: `also: ${palette}` }),
    width: WIDTH,
    rows: () => {
      const all = [...commonRows(ui), ...allRows(ui, (group) => group !== first)];
      if (first === undefined) return all;
      const own = allRows(ui, (group) => group === first);
      return [...own.map((row) => ({ ...row, group: first })), ...all];
    },
    empty: "",
    enterText: "run",
    onSelect: ({ value }) => {
      ui.dialogs.closeAll();
      if (ui.actions.run(value)) return;
      const message = `${ui.actions.title(value) ?? value} cannot be done now`;
      ui.toasts.show({ variant: "info", message });
    },
    keys: [
      {
        stroke: "alt+k",
        text: "rebind",
        run: (row) => row !== undefined && void openRebind(ui, row.value, () => dialog.refresh()),
      },
    ],
  });
  ui.dialogs.open(dialog);
}

function commonRows(ui: Ui): ListRow<string>[] {
  return ROWS.map(({ group, label, keys }) => {
    const right = keys.map((alike) => alike.map((key) => keyText(ui, key)).join(" ")).join(" / ");
    const first = keys.flat().find((key) => typeof key !== "string");
    return {
      value: typeof first === "object" ? first[0] : "",
      key: label,
      label,
      group,
      mark: " ",
      right,
    };
  });
}

function allRows(ui: Ui, isWanted: (group: ActionGroup) => boolean): ListRow<string>[] {
  return ui.actions.specs.flatMap(({ id, title, group, slash }) => {
    if (!isWanted(group)) return [];
    const keys = ui.keymap.labels(id);
    if (keys.length === 0 && !PALETTE_GROUPS.includes(group)) return [];
    const search = [id, ...slash.map((name) => `/${name}`), ...keys].join(" ");
    const right = keys.slice(0, 3).join("  ") || "—";
    return [{ value: id, key: id, label: title, group: "All keys", mark: " ", right, search }];
  });
}

function keyText(ui: Ui, key: Key): string {
  if (typeof key === "string") return key;
  const [actionID, place] = key;
  return ui.keymap.labels(actionID).at(place) ?? "—";
}
