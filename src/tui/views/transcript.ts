// Transcript: the messages of a session on the screen. Makes blocks of them, keeps which are open,
// and leaves to the column which of them are mounted.
import type { Renderable } from "@opentui/core";
import type { State } from "@/tui/store/state";
import type { TranscriptView, Ui } from "@/tui/ui";
import { type Block, Blocks } from "./blocks";
import { type BlockView, isShown, makeBlockView } from "./block-view";
import { findHits, type Hit } from "./find-hits";
import { HitMarks } from "./hit-marks";
import { type ColumnItem, ScrollColumn } from "./scroll-column";
import { margins } from "./style";

/** Rows above a hit that stay in sight. */
const HIT_TOP_ROWS = 2;

export interface TranscriptOptions {
  sessionID: string;
  /** Loads older messages when there are any; `all` of them, or the next page. */
  loadOlder(amount: "page" | "all"): Promise<void>;
  /** Called when it begins or ends to follow, and when there is more below. */
  onMoved(): void;
}

export class Transcript implements TranscriptView {
  readonly root: ScrollColumn;
  readonly #ui: Ui;
  readonly #options: TranscriptOptions;
  readonly #blocks = new Blocks();
  #shown: readonly Block[] = [];
  #items: BlockItem[] = [];
  readonly #byKey = new Map<string, BlockItem>();
  /** What the last look was made of. */
  #seen: unknown[] = [];
  #opened: Opened = "none";
  readonly #marks: HitMarks;
  /** Where what is looked for stands. */
  #hits: readonly Hit[] = [];

  constructor(ui: Ui, options: TranscriptOptions) {
    this.#ui = ui;
    this.#options = options;
    this.root = new ScrollColumn({
      renderer: ui.renderer,
      wheelRows: ui.settings.scrollSpeed,
      onNearTop: () => void options.loadOlder("page"),
      onMoved: () => options.onMoved(),
      onClick: (y) => void this.toggleAt(y),
    });
    this.#marks = new HitMarks(ui.renderer, {
      colors: () => ({ text: ui.theme.colors.background, background: ui.theme.colors.warning }),
    });
  }

  /** To lie over it. */
  get marks(): Renderable {
    return this.#marks;
  }

  /** New blocks since it ceased to follow. */
  get newBelow(): number {
    return this.root.newBelow;
  }

  get isFollowing(): boolean {
    return this.root.isFollowing;
  }

  /** How one reads, to be gone on with in another transcript of the session. */
  get reading(): Reading {
    const { item, top = 0 } = this.root.place ?? {};
    const place = item instanceof BlockItem ? { key: item.block.key, top } : undefined;
    const folds = this.#items.flatMap(({ block, fold }): [string, boolean][] =>
      fold === undefined ? [] : [[block.key, fold]],
    );
    return { place, opened: this.#opened, folds: new Map(folds) };
  }

  restore({ place, opened, folds }: Reading): void {
    this.#opened = opened;
    for (const item of this.#items) {
      const isExpanded = folds.get(item.block.key);
      if (isExpanded !== undefined) item.setExpanded(isExpanded);
    }
    const item = place && this.#byKey.get(place.key);
    if (item) this.root.scrollToItem(item, place.top);
  }

  /** To the message of the person before or after the one that is read, or to the newest. */
  scrollToUser(which: "previous" | "next" | "last"): void {
    const asked = this.#items.filter(({ block }) => block.kind === "user");
    const { item } = this.root.place ?? {};
    const at = item instanceof BlockItem ? item.index : this.#items.length;
    const found = {
      previous: asked.findLast(({ index }) => index < at),
      next: asked.find(({ index }) => index > at),
      last: asked.at(-1),
    }[which];
    if (found) this.root.scrollToItem(found);
    else if (which === "next") this.root.scrollToEnd();
  }

  update(state: State): void {
    const { sessionID } = this.#options;
    const messages = state.transcripts[sessionID]?.messages ?? [];
    const isBusy = state.status[sessionID] !== undefined;
    const revert = state.sessions?.[sessionID]?.revert;
    const seen = [messages, isBusy, revert, state.permissions, state.view, state.facts.providers];
    if (seen.every((value, at) => value === this.#seen[at])) return;
    const isRestyled = [3, 4, 5].some((at) => seen[at] !== this.#seen[at]);
    this.#seen = seen;
    this.#reconcile(this.#blocks.of({ messages, isBusy, revert }).filter(isShown), isRestyled);
  }

  /** Everything drawn anew: the colours or the margins are others. */
  rebuild(): void {
    this.root.remount();
  }

  scrollBy(rows: number): void {
    this.root.scrollBy(rows);
  }

  scrollByPages(pages: number): void {
    this.root.scrollByPages(pages);
  }

  async scrollToFirst(): Promise<void> {
    await this.#options.loadOlder("all");
    const first = this.#items[0];
    if (first) this.root.scrollToItem(first);
  }

  scrollToLast(): void {
    this.root.scrollToEnd();
  }

  scrollToMessage(messageID: string): void {
    const item = this.#items.find(({ block }) => messageIDOf(block) === messageID);
    if (item) this.root.scrollToItem(item);
  }

  /** How often the text is there, folded or not; it is marked wherever it stands. */
  find(query: string): number {
    const { text, right } = margins(this.#ui);
    this.#hits = findHits(this.#shown, query, Math.max(1, this.root.width - text - right));
    this.#marks.query = query;
    return this.#hits.length;
  }

  /** Brings a hit in sight, opened. */
  showHit(at: number): void {
    const { index = -1, row = 0 } = this.#hits[at] ?? {};
    const item = this.#items[index];
    if (!item) return;
    item.setExpanded(true);
    // What stands deep in a long block comes to the middle, since its row is not exactly known.
    const middle = Math.floor(this.root.height / 2);
    this.root.scrollToItem(item, row < middle ? HIT_TOP_ROWS : middle - row);
  }

  toggleAll(): void {
    const next = { none: "newest", newest: "all", all: "none" } as const;
    this.#opened = next[this.#opened];
    const newest = this.#items.findLastIndex(({ block }) => block.kind === "user");
    for (const item of this.#items) {
      item.setExpanded(
        this.#opened === "all" || (this.#opened === "newest" && item.index > newest),
      );
    }
  }

  /** Opens or closes the block at this row of the terminal, which stays where it is. */
  toggleAt(y: number): boolean {
    const item = this.root.itemAt(y);
    if (!(item instanceof BlockItem)) return false;
    this.root.hold(item);
    return item.setExpanded(!item.isExpanded);
  }

  destroy(): void {
    this.root.destroyRecursively();
  }

  /** Blocks that stayed the same are passed over: what is before the first change costs a look. */
  #reconcile(blocks: readonly Block[], isRestyled: boolean): void {
    let same = 0;
    while (same < blocks.length && blocks[same] === this.#shown[same]) same++;
    const items = this.#items.slice(0, same);
    for (let index = same; index < blocks.length; index++) {
      const block = blocks[index];
      if (block) items.push(this.#itemOf(block, index));
    }
    const kept = new Set(items.slice(same));
    for (const item of this.#items.slice(same)) {
      if (!kept.has(item)) this.#byKey.delete(item.block.key);
    }
    this.#shown = blocks;
    this.#items = items;
    if (isRestyled) for (const item of items) item.redraw();
    for (let index = same; index < items.length; index++) items[index]?.space(items[index - 1]);
    this.root.setItems(items);
  }

  #itemOf(block: Block, index: number): BlockItem {
    const known = this.#byKey.get(block.key);
    const item = known ?? new BlockItem(this.#ui, block, (one) => this.#spaceAround(one));
    this.#byKey.set(block.key, item);
    item.index = index;
    if (known) item.update(block);
    return item;
  }

  #spaceAround(item: BlockItem): void {
    item.space(this.#items[item.index - 1]);
    this.#items[item.index + 1]?.space(item);
  }
}

/** Of which turns all output is open. */
type Opened = "none" | "newest" | "all";

/** Where one reads, and what was opened or folded by hand. */
export interface Reading {
  place: Place | undefined;
  opened: Opened;
  /** By the key of the block: whether it is open. */
  folds: ReadonlyMap<string, boolean>;
}

/** A block, and the row of the viewport on which it begins. */
interface Place {
  key: string;
  top: number;
}

/** A block in the column, and its view while it is mounted. */
class BlockItem implements ColumnItem {
  index = 0;
  height = 2;
  block: Block;
  readonly #ui: Ui;
  readonly #onChange: (item: BlockItem) => void;
  #view: BlockView | undefined;
  #isExpanded: boolean | undefined;

  constructor(ui: Ui, block: Block, onChange: (item: BlockItem) => void) {
    this.#ui = ui;
    this.block = block;
    this.#onChange = onChange;
  }

  /** Whether it was opened or folded; undefined when it is as it came. */
  get fold(): boolean | undefined {
    return this.#isExpanded;
  }

  get isExpanded(): boolean {
    return this.#isExpanded ?? false;
  }

  get isRow(): boolean {
    return this.#view?.isRow ?? false;
  }

  mount(): Renderable {
    const view = makeBlockView(this.#ui, this.block);
    this.#view = view;
    if (this.#isExpanded !== undefined) view.setExpanded(this.#isExpanded);
    this.#onChange(this);
    return view.root;
  }

  unmount(): void {
    this.#view?.destroy();
    this.#view = undefined;
  }

  update(block: Block): void {
    this.block = block;
    this.#view?.update(block);
  }

  redraw(): void {
    this.#view?.update(this.block);
  }

  setExpanded(isExpanded: boolean): boolean {
    this.#isExpanded = isExpanded;
    const hasChanged = this.#view?.setExpanded(isExpanded) ?? false;
    if (hasChanged) this.#onChange(this);
    return hasChanged;
  }

  /** A blank row before it, except between rows that belong together. */
  space(before: BlockItem | undefined): void {
    if (!this.#view) return;
    const isClose = before === undefined || (this.isRow && before.isRow);
    this.#view.root.marginTop = isClose ? 0 : 1;
  }
}

function messageIDOf(block: Block): string | undefined {
  if (block.kind === "user" || block.kind === "compaction") return block.entry.info.id;
  return "message" in block ? block.message.id : undefined;
}
