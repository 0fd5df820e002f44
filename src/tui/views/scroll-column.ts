// ScrollColumn: a column of blocks of which only those near the viewport are mounted. Where it
// stands is remembered as a block and the row on which that block begins, never as a distance from
// the top: what changes its height elsewhere, or is added before, cannot move what a person reads.
// While it follows, the end of the last block is at the bottom.
import {
  BoxRenderable,
  type CliRenderer,
  type MouseEvent,
  type Renderable,
  type RenderContext,
} from "@opentui/core";

/** A block of the column. The column keeps `index` and `height`. */
export interface ColumnItem {
  /** Its place in the list that was set last. */
  index: number;
  /** Rows it had when it was last laid out; a guess before that. */
  height: number;
  mount(): Renderable;
  unmount(): void;
}

export interface ScrollColumnOptions {
  renderer: CliRenderer;
  /** Rows that one notch of the wheel scrolls. */
  wheelRows: number;
  /** Called when the first block of the list comes near. */
  onNearTop: () => void;
  /** Called for a click on a block that marked nothing, with the row of the terminal. */
  onClick: (y: number) => void;
  /** Called when it begins or ends to follow, and when what is new below changes. */
  onMoved: () => void;
}

/** Mounted beyond each edge of the viewport, in viewports: at least, and at most. */
const MARGIN_MIN = 1.5;
const MARGIN_MAX = 4;
/** Guesses can be wrong so often in one frame before what is missing has to wait for the next. */
const LAYOUTS_MAX = 8;

/** A block, and the row of the viewport on which it begins. */
interface Anchor {
  item: ColumnItem;
  top: number;
}

type Root = Pick<CliRenderer["root"], "calculateLayout">;

export class ScrollColumn extends BoxRenderable {
  readonly #options: ScrollColumnOptions;
  readonly #content: BoxRenderable;
  #items: readonly ColumnItem[] = [];
  #mounted: ColumnItem[] = [];
  readonly #roots = new Map<ColumnItem, Renderable>();
  #anchor: Anchor | undefined;
  #isFollowing = true;
  /** How many blocks there were when it last followed. */
  #seen = 0;
  #needsWindow = false;
  #pressed: { x: number; y: number } | undefined;

  constructor(options: ScrollColumnOptions) {
    super(options.renderer, { flexGrow: 1, flexShrink: 1, overflow: "hidden", minHeight: 0 });
    this.#options = options;
    this.#content = new Culled(options.renderer, this);
    this.add(this.#content);
    this.onLifecyclePass = () => this.#prepare();
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** The block that it stands by, and the row on which that begins; undefined while following. */
  get place(): { item: ColumnItem; top: number } | undefined {
    return this.#isFollowing ? undefined : this.#anchor;
  }

  /** Blocks added since it ceased to follow. */
  get newBelow(): number {
    return this.#isFollowing ? 0 : Math.max(0, this.#items.length - this.#seen);
  }

  /** The blocks from now on; `index` of each must be its place. Mounted ones stay mounted. */
  setItems(items: readonly ColumnItem[]): void {
    const newBefore = this.newBelow;
    this.#items = items;
    if (this.#isFollowing) this.#seen = items.length;
    else if (this.newBelow !== newBefore) this.#options.onMoved();
    this.#invalidate();
  }

  /** Up for negative rows. Reaching the end begins to follow. */
  scrollBy(rows: number): void {
    const anchor = this.#anchor;
    if (rows === 0 || !anchor) return;
    if (rows < 0) this.#follow(false);
    this.#anchor = { item: anchor.item, top: anchor.top - rows };
    this.#invalidate();
  }

  scrollByPages(pages: number): void {
    this.scrollBy(Math.sign(pages) * Math.max(1, Math.round(Math.abs(pages) * this.#rows) - 2));
  }

  /** Brings the block's first row to `top` rows below the upper edge, as far as that goes. */
  scrollToItem(item: ColumnItem, top = 0): void {
    this.#follow(false);
    this.#anchor = { item, top };
    this.#invalidate();
  }

  scrollToEnd(): void {
    this.#follow(true);
    this.#invalidate();
  }

  /** Keeps the first row of this block where it is when heights change next. */
  hold(item: ColumnItem): void {
    const root = this.#roots.get(item);
    if (!root || (this.#isFollowing && this.#isShort())) return;
    this.#follow(false);
    this.#anchor = { item, top: topOf(root) + this.#content.translateY };
    this.#invalidate();
  }

  /** Mounts everything anew: it is to look otherwise. */
  remount(): void {
    for (const item of [...this.#mounted]) this.#unmount(item);
    this.#invalidate();
  }

  /** The block that is at this row of the terminal. */
  itemAt(y: number): ColumnItem | undefined {
    return this.#mounted.find((item) => {
      const root = this.#roots.get(item);
      return root && y >= root.screenY && y < root.screenY + root.height;
    });
  }

  override updateLayout(...args: Parameters<BoxRenderable["updateLayout"]>): void {
    if (this.visible) this.#place();
    super.updateLayout(...args);
  }

  protected override onMouseEvent(event: MouseEvent): void {
    const { scroll } = event;
    if (event.type === "down") this.#pressed = { x: event.x, y: event.y };
    if (event.type === "up" && this.#isClick(event)) this.#options.onClick(event.y);
    if (event.type !== "scroll" || !scroll || event.modifiers.shift) return;
    const rows = Math.max(1, Math.round(scroll.delta)) * this.#options.wheelRows;
    if (scroll.direction === "up") this.scrollBy(-rows);
    if (scroll.direction === "down") this.scrollBy(rows);
    event.stopPropagation();
  }

  /** Let go where it was pressed: nothing was dragged over. */
  #isClick({ x, y, button }: MouseEvent): boolean {
    return button === 0 && this.#pressed?.x === x && this.#pressed.y === y;
  }

  protected override destroySelf(): void {
    for (const item of this.#mounted) item.unmount();
    super.destroySelf();
  }

  get #rows(): number {
    return Math.max(1, this.getLayoutNode().getComputedHeight() || this.height);
  }

  #follow(isFollowing: boolean): void {
    if (isFollowing) this.#seen = this.#items.length;
    if (isFollowing === this.#isFollowing) return;
    this.#isFollowing = isFollowing;
    this.#options.onMoved();
  }

  #invalidate(): void {
    this.#needsWindow = true;
    this.requestRender();
  }

  /** Before a layout: mounts what may be seen in it. */
  #prepare(): void {
    if (!this.#needsWindow) return;
    this.#needsWindow = false;
    this.#mountWindow();
    // The list of what is drawn is only made anew when something has moved.
    this.#content.translateY -= 1;
  }

  #mountWindow(margin = MARGIN_MIN): void {
    const items = this.#items;
    this.#dropStale();
    if (items.length === 0) return;
    const at = this.#isFollowing ? items.length - 1 : this.#anchorIndex();
    const top = this.#isFollowing ? this.#rows : (this.#anchor?.top ?? 0);
    const need = this.#span(at, top, margin);
    const keep = this.#span(at, top, Math.max(MARGIN_MAX, margin));
    for (const item of [...this.#mounted]) {
      if (item.index < keep.from || item.index >= keep.to) this.#unmount(item);
    }
    const from = Math.min(need.from, this.#mounted[0]?.index ?? need.from);
    const to = Math.max(need.to, (this.#mounted.at(-1)?.index ?? -1) + 1);
    this.#mountRange(from, to);
    if (from < 10) this.#options.onNearTop();
  }

  /** What covers the viewport and `margin` viewports on both sides, by the heights known. */
  #span(at: number, top: number, margin: number): { from: number; to: number } {
    const rows = this.#rows;
    let from = at;
    for (let y = top; from > 0 && y > -rows * margin; from--) {
      y -= (this.#items[from - 1]?.height ?? 1) + 1;
    }
    let to = at;
    for (let y = top; to < this.#items.length && y < rows * (1 + margin); to++) {
      y += (this.#items[to]?.height ?? 1) + 1;
    }
    return { from, to: Math.max(to, at + 1) };
  }

  #anchorIndex(): number {
    const { item } = this.#anchor ?? {};
    if (!item) return this.#items.length - 1;
    if (this.#items[item.index] === item) return item.index;
    return Math.min(item.index, this.#items.length - 1);
  }

  #dropStale(): void {
    for (const item of [...this.#mounted]) {
      if (this.#items[item.index] !== item) this.#unmount(item);
    }
    const { item, top = 0 } = this.#anchor ?? {};
    if (!item || this.#items[item.index] === item) return;
    const next = this.#items[this.#anchorIndex()];
    this.#anchor = next && { item: next, top };
  }

  #mountRange(from: number, to: number): void {
    const mounted: ColumnItem[] = [];
    let next = 0;
    for (let index = from; index < to; index++) {
      const item = this.#items[index];
      if (!item) break;
      if (this.#mounted[next] === item) next++;
      else {
        const root = item.mount();
        this.#roots.set(item, root);
        const before = this.#mounted[next];
        const sibling = before && this.#roots.get(before);
        if (sibling) this.#content.insertBefore(root, sibling);
        else this.#content.add(root);
      }
      mounted.push(item);
    }
    this.#mounted = mounted;
  }

  #unmount(item: ColumnItem): void {
    this.#mounted = this.#mounted.filter((one) => one !== item);
    this.#roots.delete(item);
    item.unmount();
  }

  /** After a layout, before anything is drawn by it. */
  #place(): void {
    let y = this.#settle();
    for (let n = 0; n < LAYOUTS_MAX && this.#hasGap(y); n++) {
      this.#mountWindow(MARGIN_MIN * (n + 2));
      const root: Root = this.#options.renderer.root;
      root.calculateLayout();
      y = this.#settle();
    }
    this.#content.translateY = y;
    this.#remember(y);
  }

  /** Where the content goes: by the anchor, but with no room to spare at its two ends. */
  #settle(): number {
    const rows = this.#rows;
    const height = this.#content.getLayoutNode().getComputedHeight();
    const end = Math.min(0, rows - height);
    if (this.#isFollowing || !this.#anchor) return this.#isShort() ? Math.max(0, end) : end;
    const root = this.#roots.get(this.#anchor.item);
    const y = this.#anchor.top - (root ? topOf(root) : 0);
    const isAtFirst = this.#mounted[0]?.index === 0;
    const isAtLast = (this.#mounted.at(-1)?.index ?? -1) === this.#items.length - 1;
    if (isAtLast && y <= end) {
      this.#follow(true);
      return end;
    }
    return isAtFirst ? Math.min(0, y) : y;
  }

  #isShort(): boolean {
    const height = this.#content.getLayoutNode().getComputedHeight();
    return this.#mounted.length === this.#items.length && height <= this.#rows;
  }

  #hasGap(y: number): boolean {
    const first = this.#mounted[0];
    const last = this.#mounted.at(-1);
    if (!first || !last) return false;
    const bottom = y + this.#content.getLayoutNode().getComputedHeight();
    const isLong = bottom >= this.#rows;
    return (
      (first.index > 0 && (y > 0 || !isLong)) || (last.index < this.#items.length - 1 && !isLong)
    );
  }

  /** Takes as the anchor the first block that begins in the viewport, else what fills it. */
  #remember(y: number): void {
    let anchor: Anchor | undefined;
    for (const item of this.#mounted) {
      const root = this.#roots.get(item);
      if (!root) continue;
      item.height = Math.max(1, root.getLayoutNode().getComputedHeight());
      const top = topOf(root) + y;
      if (top >= this.#rows) continue;
      if (anchor && anchor.top >= 0) continue;
      anchor = { item, top };
    }
    this.#anchor = anchor ?? this.#anchor;
  }
}

function topOf(root: Renderable): number {
  return root.getLayoutNode().getComputedTop();
}

/** The content: of its children only those in the viewport are drawn. */
class Culled extends BoxRenderable {
  readonly #viewport: Renderable;

  constructor(context: RenderContext, viewport: Renderable) {
    super(context, { flexDirection: "column", flexShrink: 0, width: "100%" });
    this.#viewport = viewport;
  }

  protected override _hasVisibleChildFilter(): boolean {
    return true;
  }

  protected override _getVisibleChildren(): number[] {
    const from = this.#viewport.screenY;
    const to = from + this.#viewport.height;
    return this.getChildren()
      .filter((child) => child.screenY < to && child.screenY + child.height > from)
      .map((child) => child.num);
  }
}
