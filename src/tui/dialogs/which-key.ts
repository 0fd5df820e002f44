// Which keys may follow what is pressed: a panel at the bottom for whoever hesitates after the
// leader, or for as long as it is asked for.

import { BoxRenderable, fg, StyledText, TextRenderable, type TextChunk } from "@opentui/core";
import { type ActionGroup, PALETTE_GROUPS } from "@/tui/actions/action-table";
import type { ActionBody } from "@/tui/actions/actions";
import { columns as widthOf, cut, pad } from "@/tui/cells";
import type { Ui } from "@/tui/ui";

const Z_INDEX = 90;
const ENTRY_COLUMNS = 25;
/** The panel may take this share of the screen. */
const SHARE = 1 / 3;
const SHORT_ROWS = 1;

interface Entry {
  label: string;
  title: string;
  group: ActionGroup;
}

export class WhichKey {
  readonly #ui: Ui;
  readonly #root: BoxRenderable;
  readonly #text: TextRenderable;
  #isPinned = false;
  #isWanted = true;
  #isShort = false;
  #first = 0;
  /** The group that is shown alone; undefined for all. */
  #group: ActionGroup | undefined;

  constructor(ui: Ui) {
    this.#ui = ui;
    this.#root = new BoxRenderable(ui.renderer, {
      position: "absolute",
      left: 0,
      bottom: 0,
      width: "100%",
      paddingX: 2,
      zIndex: Z_INDEX,
      visible: false,
    });
    this.#text = new TextRenderable(ui.renderer, { content: "", wrapMode: "none" });
    this.#root.add(this.#text);
    ui.renderer.root.add(this.#root);
    ui.renderer.on("resize", () => this.#draw());
    ui.keymap.onHint(() => {
      this.#first = 0;
      this.#group = undefined;
      this.#draw();
    });
  }

  get actions(): Record<string, ActionBody> {
    const isShown = () => this.#root.visible;
    const scroll = (to: (rows: number) => number): ActionBody => ({
      when: isShown,
      run: () => {
        this.#first = Math.max(0, to(this.#rows));
        this.#draw();
      },
    });
    const set = (change: () => void): ActionBody => ({
      run: () => {
        change();
        this.#draw();
      },
    });
    return {
      "which-key.toggle": set(() => (this.#isPinned = !this.#isPinned)),
      "which-key.pending.toggle": set(() => (this.#isWanted = !this.#isWanted)),
      "which-key.layout.toggle": set(() => (this.#isShort = !this.#isShort)),
      "which-key.group.previous": { when: isShown, run: () => this.#turn(-1) },
      "which-key.group.next": { when: isShown, run: () => this.#turn(1) },
      "which-key.scroll.up": scroll(() => this.#first - 1),
      "which-key.scroll.down": scroll(() => this.#first + 1),
      "which-key.page.up": scroll((rows) => this.#first - rows),
      "which-key.page.down": scroll((rows) => this.#first + rows),
      "which-key.home": scroll(() => 0),
      "which-key.end": scroll(() => Number.MAX_SAFE_INTEGER),
    };
  }

  get #rows(): number {
    const most = Math.max(1, Math.floor(this.#ui.renderer.height * SHARE));
    return this.#isShort ? SHORT_ROWS : most;
  }

  /** To the next group that has keys; after the last one all are shown. */
  #turn(step: 1 | -1): void {
    const present = new Set(this.#allEntries().map(({ group }) => group));
    const groups = [undefined, ...PALETTE_GROUPS.filter((group) => present.has(group))];
    const at = groups.indexOf(this.#group);
    this.#group = groups[(at + step + groups.length) % groups.length];
    this.#first = 0;
    this.#draw();
  }

  /** Of a group that is shown alone the name goes before. */
  #entries(): Entry[] {
    const group = this.#group;
    const all = this.#allEntries();
    if (group === undefined) return all;
    return [{ label: group, title: "", group }, ...all.filter((entry) => entry.group === group)];
  }

  #allEntries(): Entry[] {
    const { keymap, actions } = this.#ui;
    const { hint } = keymap;
    const ready = new Map(actions.ready().map((action) => [action.id, action]));
    const wanted = hint === undefined || !this.#isWanted ? [] : hint.continuations;
    const pinned = this.#isPinned && hint === undefined ? keymap.leaderKeys() : wanted;
    const entries = pinned.flatMap(({ label, actionID }) => {
      const action = ready.get(actionID);
      return action === undefined ? [] : [{ label, title: action.title, group: action.group }];
    });
    // Digits go last: they are many, and all alike.
    const isDigit = ({ label }: Entry) => Number(/^\d/.test(label));
    return entries.toSorted((a, b) => isDigit(a) - isDigit(b) || a.label.localeCompare(b.label));
  }

  #draw(): void {
    const { colors } = this.#ui.theme;
    const entries = this.#entries();
    this.#root.visible = entries.length > 0;
    if (entries.length === 0) return;
    const room = this.#ui.renderer.width - 4;
    const across = Math.max(1, Math.floor(room / ENTRY_COLUMNS));
    const lines = Math.ceil(entries.length / across);
    const rows = Math.min(this.#rows, lines);
    this.#first = Math.min(this.#first, lines - rows);
    this.#root.backgroundColor = colors.backgroundElement;
    this.#root.height = rows;
    const hidden = entries.length - (this.#first + rows) * across;
    const chunks: TextChunk[] = [];
    for (let row = 0; row < rows; row++) {
      const start = (this.#first + row) * across;
      for (const [column, { label, title }] of entries.slice(start, start + across).entries()) {
        const isLast = row === rows - 1 && column === across - 1;
        const text = isLast && hidden > 0 ? `… ${hidden + 1} more` : title;
        const key = isLast && hidden > 0 ? "" : `${label} `;
        const titleColumns = ENTRY_COLUMNS - 2 - widthOf(key);
        chunks.push(fg(colors.primary)(key));
        chunks.push(fg(colors.text)(pad(cut(text, titleColumns), titleColumns + 2)));
      }
      if (row < rows - 1) chunks.push(fg(colors.text)("\n"));
    }
    this.#text.content = new StyledText(chunks);
  }
}
