// Keys: what is bound to what, searchable, and binding anew. A new key is kept in the person's own
// tui.json.

import type { KeyEvent } from "@opentui/core";
import { TextRenderable } from "@opentui/core";
import { keyNames, LEADER } from "@/tui/keymap/key-table";
import { formatSequence, parseKeys } from "@/tui/keymap/key-string";
import { strokesOf } from "@/tui/keymap/stroke";
import type { Ui } from "@/tui/ui";
import { dialogColumns, LARGE, SMALL, type Dialog } from "./dialog";
import { DialogFrame } from "./dialog-frame";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";

/** Every name of a key with what it does, by group; enter binds it anew. */
export function openKeys(ui: Ui): void {
  const dialog: ListDialog<string> = new ListDialog<string>(ui, {
    title: "Change keys",
    width: LARGE,
    rows: () => keyRows(ui),
    empty: "",
    enterText: "press another key",
    onSelect: ({ value }) => openRebind(ui, value, () => dialog.refresh()),
    keys: [
      {
        stroke: "alt+d",
        text: "default",
        run: (row) => row !== undefined && void bind(ui, row.value, undefined, dialog),
      },
      {
        stroke: "alt+n",
        text: "none",
        run: (row) => row !== undefined && void bind(ui, row.value, "none", dialog),
      },
    ],
  });
  ui.dialogs.open(dialog);
}

async function bind(
  ui: Ui,
  actionID: string,
  keys: string | undefined,
  dialog: { refresh: () => void },
): Promise<void> {
  await ui.keyChoices.bind(nameOf(actionID), keys);
  dialog.refresh();
}

function keyRows(ui: Ui): ListRow<string>[] {
  return ui.actions.specs.flatMap(({ id, title, group }) => {
    const name = keyNames().find((one) => one.id === id)?.name;
    if (name === undefined) return [];
    const right = ui.keymap.labels(id).join("  ") || "none";
    return [{ value: id, label: title, group, search: `${id} ${name} ${right}`, right }];
  });
}

function nameOf(actionID: string): string {
  return keyNames().find(({ id }) => id === actionID)?.name ?? actionID;
}

/** Waits for a key, or the leader and a key, and binds the action to it. */
export function openRebind(ui: Ui, actionID: string, done?: () => void): void {
  ui.dialogs.open(new RebindDialog(ui, actionID, done));
}

class RebindDialog implements Dialog {
  readonly width = SMALL;
  readonly #ui: Ui;
  readonly #actionID: string;
  readonly #done: (() => void) | undefined;
  readonly #frame: DialogFrame;
  readonly #text: TextRenderable;
  #strokes: readonly string[] = [];

  constructor(ui: Ui, actionID: string, done: (() => void) | undefined) {
    this.#ui = ui;
    this.#actionID = actionID;
    this.#done = done;
    const { colors } = ui.theme;
    this.#frame = new DialogFrame(ui, { title: `Key for: ${ui.actions.title(actionID) ?? ""}` });
    this.#text = new TextRenderable(ui.renderer, { content: "", fg: colors.text });
    this.#frame.add(this.#text);
    this.#frame.keys = [
      { label: "any key", text: "choose" },
      { label: "enter", text: "save" },
    ];
    this.#draw();
  }

  get root() {
    return this.#frame.root;
  }

  focus(): void {
    this.#ui.renderer.currentFocusedRenderable?.blur();
  }

  resize({ columns }: { columns: number }): number {
    return this.#frame.setSize(dialogColumns(this.width, columns), 2);
  }

  /** Keys mean themselves here, whatever they are bound to. */
  action(_: string, key: KeyEvent): boolean {
    return this.press(key);
  }

  press(key: KeyEvent): boolean {
    const [stroke] = strokesOf(key);
    if (stroke === undefined || key.eventType === "release") return false;
    const hasChosen = this.#strokes.length > 0;
    if (stroke === "escape" && !hasChosen) return false;
    if (stroke === "return" && hasChosen) {
      void this.#save();
      return true;
    }
    const leader = this.#leader();
    const isAfterLeader = this.#strokes.length === 1 && this.#strokes[0] === leader;
    this.#strokes = isAfterLeader ? [...this.#strokes, stroke] : [stroke];
    this.#draw();
    return true;
  }

  close(): void {
    this.#frame.root.destroyRecursively();
  }

  async #save(): Promise<void> {
    const [first, ...rest] = this.#strokes;
    const isLed = first === this.#leader() && rest.length > 0;
    const keys = isLed ? `<leader>${rest.join(" ")}` : this.#strokes.join(" ");
    this.#ui.dialogs.close();
    await this.#ui.keyChoices.bind(nameOf(this.#actionID), keys);
    this.#done?.();
  }

  #leader(): string {
    const [leader] = this.#ui.settings.bindings.leader;
    return leader?.[0] ?? parseKeys(LEADER.keys, [], LEADER.name)[0]?.[0] ?? "";
  }

  #draw(): void {
    const now = this.#ui.keymap.labels(this.#actionID).join("  ") || "none";
    const wanted = this.#strokes.length === 0 ? "…" : formatSequence(this.#strokes);
    const others = this.#takenBy();
    const taken = others === "" ? "" : `   also: ${others}`;
    this.#text.content = `now  ${now}\nnew  ${wanted}${taken}`;
  }

  /** What else these keys mean somewhere. */
  #takenBy(): string {
    const label = formatSequence(this.#strokes);
    const others = this.#ui.actions.specs.filter(({ id }) => {
      return id !== this.#actionID && this.#ui.keymap.labels(id).includes(label);
    });
    return others
      .map(({ title }) => title)
      .slice(0, 2)
      .join(", ");
  }
}
