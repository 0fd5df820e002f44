// The command palette: every action that applies now, by group, with the key that it is bound to.
// What a person uses comes first.

import { actionSpecs, PALETTE_GROUPS } from "@/tui/actions/action-table";
import type { ReadyAction } from "@/tui/actions/actions";
import type { Ui } from "@/tui/ui";
import { MEDIUM } from "./dialog";
import { openRebind } from "./keys";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";

const SUGGESTED_COUNT = 3;
/** Until a person has used any. */
const FIRST_SUGGESTED: readonly string[] = ["session.list", "session.new", "model.list"];
/** It is open; opening it again is no command. */
const LEFT_OUT: readonly string[] = ["command.palette.show"];

export function openPalette(ui: Ui): void {
  const dialog: ListDialog<ReadyAction> = new ListDialog<ReadyAction>(ui, {
    title: "Commands",
    width: MEDIUM,
    rows: () => paletteRows(ui),
    empty: "Nothing can be done now.",
    moveText: "move",
    enterText: "run",
    onSelect: ({ value }) => {
      ui.dialogs.closeAll();
      value.run();
    },
    keys: [
      {
        stroke: "alt+k",
        text: "rebind",
        run: (row) =>
          row !== undefined && void openRebind(ui, row.value.id, () => dialog.refresh()),
      },
    ],
  });
  ui.dialogs.open(dialog);
}

function paletteRows(ui: Ui): ListRow<ReadyAction>[] {
  const ready = ui.actions.ready().filter(({ id }) => !LEFT_OUT.includes(id));
  const used = [...(ui.memory.get("used") ?? []), ...FIRST_SUGGESTED];
  const suggested = [...new Set(used)]
    .flatMap((id) => ready.filter((action) => action.id === id))
    .slice(0, SUGGESTED_COUNT);
  const rest = PALETTE_GROUPS.flatMap((group) => {
    return ready.filter((action) => action.group === group && !suggested.includes(action));
  });
  return [
    ...suggested.map((action) => toRow(ui, action, "Suggested")),
    ...rest.map((action) => toRow(ui, action, action.heading ?? action.group)),
  ];
}

function toRow(ui: Ui, action: ReadyAction, group: string): ListRow<ReadyAction> {
  const { id, title, slash } = action;
  const right = ui.keymap.label(id);
  const search = [id, ...slash.map((name) => `/${name}`)].join(" ");
  return { value: action, label: title, group, search, ...(right !== undefined && { right }) };
}

/** Ids that the palette may suggest: what is used by keys all the time is no suggestion. */
export function suggestible(): ReadonlySet<string> {
  const specs = actionSpecs().filter(({ id, group }) => {
    return PALETTE_GROUPS.includes(group) && !LEFT_OUT.includes(id) && !isMovement(id);
  });
  return new Set(specs.map(({ id }) => id));
}

const MOVEMENT: readonly RegExp[] = [
  /^session\.(page|line|half|first|last|interrupt|child|parent)/,
  /^prompt\.(history|paste|clear|submit)/,
  /^(which-key|app\.exit|agent\.cycle|variant\.cycle|terminal\.suspend)/,
];

function isMovement(id: string): boolean {
  return MOVEMENT.some((pattern) => pattern.test(id));
}
