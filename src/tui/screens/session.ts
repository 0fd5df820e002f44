// The session screen: the transcript, and beneath it the prompt box, or what asks the person in its
// place, and the status row.
import { BoxRenderable, TextRenderable } from "@opentui/core";
import { SessionAskBox } from "@/tui/asks/ask-box";
import type { State } from "@/tui/store/state";
import type { Sync } from "@/tui/sync";
import type { AskBox, Ui } from "@/tui/ui";
import { isNarrow } from "@/tui/views/style";
import { Transcript } from "@/tui/views/transcript";
import { FindBar } from "./find-bar";
import type { ActionBodies, Screen, Size } from "./screen";
import { Sidebar } from "./sidebar";
import { StatusRow } from "./status-row";
import { SubagentBar } from "./subagent-bar";

/** How long the first of two `esc` counts. */
const INTERRUPT_MS = 5_000;

export class SessionScreen implements Screen {
  readonly root: BoxRenderable;
  readonly transcript: Transcript;
  readonly #ui: Ui;
  readonly #sessionID: string;
  readonly #bottom: BoxRenderable;
  readonly #news: TextRenderable;
  readonly #promptPlace: BoxRenderable;
  readonly #find: FindBar;
  readonly #asks: AskBox;
  readonly #subagent: SubagentBar;
  readonly #status: StatusRow;
  readonly #sidebar: Sidebar;
  #disarm: (() => void) | undefined;

  constructor(ui: Ui, sync: Sync, sessionID: string) {
    this.#ui = ui;
    this.#sessionID = sessionID;
    const { renderer, theme } = ui;
    this.root = new BoxRenderable(renderer, {
      flexDirection: "row",
      flexGrow: 1,
      flexShrink: 1,
      minHeight: 0,
    });
    const main = new BoxRenderable(renderer, {
      flexDirection: "column",
      flexGrow: 1,
      flexShrink: 1,
      minWidth: 0,
    });
    this.#sidebar = new Sidebar(ui, sessionID);
    this.transcript = new Transcript(ui, {
      sessionID,
      loadOlder: (amount) => sync.loadOlder(sessionID, amount),
      onMoved: () => this.#showNews(),
    });
    this.#news = new TextRenderable(renderer, {
      content: "",
      visible: false,
      height: 1,
      position: "absolute",
      right: 2,
      bottom: 0,
      zIndex: 1,
      fg: theme.colors.background,
      bg: theme.colors.primary,
    });
    const above = new BoxRenderable(renderer, {
      flexDirection: "column",
      flexGrow: 1,
      flexShrink: 1,
      minHeight: 0,
    });
    above.add(this.transcript.root);
    above.add(this.transcript.marks);
    above.add(this.#news);
    this.#find = new FindBar(ui, {
      onQuery: (query) => this.transcript.find(query),
      onHit: (at) => this.transcript.showHit(at),
      onClose: () => this.focus(),
    });
    this.#bottom = new BoxRenderable(renderer, { flexDirection: "column", flexShrink: 0 });
    this.#asks = new SessionAskBox(ui, sessionID);
    this.#status = new StatusRow(ui, sessionID);
    this.#promptPlace = new BoxRenderable(renderer, { flexDirection: "column", flexShrink: 0 });
    this.#promptPlace.add(ui.prompt.root);
    this.#subagent = new SubagentBar(ui, sessionID);
    this.#bottom.add(this.#find.root);
    this.#bottom.add(this.#promptPlace);
    this.#bottom.add(this.#asks.root);
    this.#bottom.add(this.#subagent.root);
    this.#bottom.add(this.#status.root);
    main.add(above);
    main.add(this.#bottom);
    this.root.add(main);
    this.root.add(this.#sidebar.docked);
    this.root.add(this.#sidebar.drawer);
    ui.prompt.root.width = "auto";
    ui.prompt.setPlaceholder("");
  }

  get actions(): ActionBodies {
    const { transcript } = this;
    return {
      "session.interrupt": {
        when: () => this.#isBusy || this.#ui.renderer.hasSelection,
        run: () => this.#interrupt(),
      },
      "session.background": { when: () => this.#isBusy, run: () => this.#release() },
      "session.page.up": { run: () => transcript.scrollByPages(-1) },
      "session.page.down": { run: () => transcript.scrollByPages(1) },
      "session.half.page.up": { run: () => transcript.scrollByPages(-0.5) },
      "session.half.page.down": { run: () => transcript.scrollByPages(0.5) },
      "session.line.up": { run: () => transcript.scrollBy(-1) },
      "session.line.down": { run: () => transcript.scrollBy(1) },
      "session.first": { run: () => transcript.scrollToFirst() },
      "session.last": { run: () => transcript.scrollToLast() },
      "session.message.previous": { run: () => transcript.scrollToUser("previous") },
      "session.message.next": { run: () => transcript.scrollToUser("next") },
      "session.messages_last_user": { run: () => transcript.scrollToUser("last") },
      "session.expand.all": { run: () => transcript.toggleAll() },
      "session.find": { run: () => this.#find.open() },
      "session.sidebar.toggle": {
        run: () => this.#sidebar.toggle(),
        title: () => (this.#sidebar.isShown ? "Hide sidebar" : "Show sidebar"),
      },
    };
  }

  focus(): void {
    if (this.#asks.isActive) this.#asks.focus();
    else if (!this.#subagent.isShown) this.#ui.prompt.focus();
  }

  update(state: State): void {
    this.#sidebar.update(state);
    this.#status.columns = this.#ui.renderer.width - this.#sidebar.dockedColumns;
    this.transcript.update(state);
    this.#subagent.update(state);
    this.#promptPlace.visible = !this.#subagent.isShown;
    this.#asks.update(state);
    // A subagent is asked by its parent alone.
    if (this.#subagent.isShown && !this.#asks.isActive) this.#ui.prompt.blur();
    if (!this.#isBusy) this.#arm(false);
    this.#status.update(state);
    this.#showNews();
  }

  resize(size: Size): void {
    const { rows } = size;
    this.#sidebar.resize(size);
    const margin = isNarrow(this.#ui) ? 0 : 2;
    for (const { root } of [this.#ui.prompt, this.#asks]) {
      root.marginLeft = margin;
      root.marginRight = margin;
    }
    this.#bottom.marginTop = rows < 16 ? 0 : 1;
    this.#ui.prompt.fit(rows);
    this.transcript.rebuild();
    this.#status.columns = size.columns - this.#sidebar.dockedColumns;
    this.#status.update(this.#ui.store.state);
  }

  destroy(): void {
    this.#disarm?.();
    this.#find.destroy();
    this.#asks.destroy();
    const { root } = this.#ui.prompt;
    this.#promptPlace.remove(root);
    root.marginLeft = 0;
    root.marginRight = 0;
    this.#status.destroy();
    this.#sidebar.destroy();
    this.transcript.destroy();
    this.root.destroyRecursively();
  }

  get #isBusy(): boolean {
    return this.#ui.store.state.status[this.#sessionID] !== undefined;
  }

  /** The first time it warns, the second time it stops the turn. */
  async #interrupt(): Promise<void> {
    const { renderer } = this.#ui;
    if (renderer.hasSelection) return renderer.clearSelection();
    if (!this.#disarm) return this.#arm(true);
    this.#arm(false);
    await this.#ui.client.session.abort(this.#sessionID);
  }

  /** What the agent waits for goes on in the background, and the agent without it. */
  async #release(): Promise<void> {
    await this.#ui.client.session.release(this.#sessionID);
  }

  #arm(isArmed: boolean): void {
    if (isArmed === (this.#disarm !== undefined)) return;
    this.#disarm?.();
    this.#disarm = isArmed ? this.#ui.clock.timer(INTERRUPT_MS, () => this.#arm(false)) : undefined;
    this.#status.isArmed = isArmed;
    this.#subagent.isArmed = isArmed;
  }

  #showNews(): void {
    const { transcript } = this;
    const count = transcript.newBelow;
    this.#news.visible = !transcript.isFollowing && count > 0;
    if (this.#news.visible) this.#news.content = ` ↓ ${count} new `;
  }
}
