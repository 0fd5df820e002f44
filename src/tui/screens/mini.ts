// Mini mode: finished blocks are printed into the terminal's own scrollback, once; at the bottom
// stay what is being written, the prompt box or what asks the person, and the status row. Home and
// every session are this one screen, which only prints another transcript.
import { BoxRenderable, TextRenderable } from "@opentui/core";
import { errorMessage } from "@/base/error";
import { SessionAskBox } from "@/tui/asks/ask-box";
import { columns } from "@/tui/cells";
import { isFinal, miniLines, standsApart } from "@/tui/mini/mini-lines";
import { markdown, type Print, print, text } from "@/tui/mini/print";
import type { BaseRoute, State } from "@/tui/store/state";
import type { AskBox, Ui } from "@/tui/ui";
import { type Block, Blocks } from "@/tui/views/blocks";
import { ink } from "@/tui/views/style";
import { oneLine } from "@/tui/views/words";
import type { ActionBodies, Screen, Size } from "./screen";
import { StatusRow } from "./status-row";

/** Of what is still being written. */
const LIVE_ROWS = 6;
/** Rows that the prompt, the status row and a dialog have at least. */
const FOOTER_ROWS = 5;
const DIALOG_ROWS = 22;
const INTERRUPT_MS = 5_000;

export class MiniScreen implements Screen {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #sessionID: string | undefined;
  readonly #live: TextRenderable;
  readonly #asks: AskBox | undefined;
  readonly #status: StatusRow;
  readonly #blocks = new Blocks();
  readonly #printed = new Set<string>();
  readonly #stopFitting: () => void;
  #last: Block | undefined;
  /** One after the other. */
  #printing: Promise<void> = Promise.resolve();
  #hasReplayed = false;
  #disarm: (() => void) | undefined;

  constructor(ui: Ui, route: BaseRoute) {
    this.#ui = ui;
    this.#sessionID = route.screen === "session" ? route.sessionID : undefined;
    const { renderer } = ui;
    this.root = new BoxRenderable(renderer, {
      flexDirection: "column",
      flexGrow: 1,
      justifyContent: "flex-end",
    });
    this.#live = new TextRenderable(renderer, {
      content: "",
      visible: false,
      wrapMode: "word",
      flexShrink: 0,
      marginBottom: 1,
      fg: ui.theme.colors.text,
    });
    this.#asks = this.#sessionID === undefined ? undefined : new SessionAskBox(ui, this.#sessionID);
    this.#status = new StatusRow(ui, this.#sessionID ?? "");
    this.root.add(this.#live);
    this.root.add(ui.prompt.root);
    if (this.#asks) this.root.add(this.#asks.root);
    this.root.add(this.#status.root);
    ui.prompt.root.width = "auto";
    // A dialog needs more rows than the prompt; it opens and closes without a change of the state.
    const fit = () => this.#fit();
    renderer.on("frame", fit);
    this.#stopFitting = () => renderer.off("frame", fit);
  }

  get actions(): ActionBodies {
    const isBusy = () => this.#ui.store.state.status[this.#sessionID ?? ""] !== undefined;
    return { "session.interrupt": { when: isBusy, run: () => this.#interrupt() } };
  }

  update(state: State): void {
    const id = this.#sessionID;
    this.#asks?.update(state);
    this.#status.update(state);
    const transcript = id === undefined ? undefined : state.transcripts[id];
    if (id === undefined || !transcript) return;
    const blocks = this.#blocks.of({
      messages: transcript.messages,
      isBusy: state.status[id] !== undefined,
      revert: state.sessions?.[id]?.revert,
    });
    this.#print(blocks);
    this.#showLive(blocks.filter((block) => !this.#printed.has(block.key)));
  }

  resize({ rows }: Size): void {
    this.#ui.prompt.fit(rows);
    this.#status.columns = this.#ui.renderer.width;
    this.#fit();
  }

  destroy(): void {
    this.#stopFitting();
    this.#disarm?.();
    this.#asks?.destroy();
    this.root.remove(this.#ui.prompt.root);
    this.#status.destroy();
    this.root.destroyRecursively();
  }

  /** In their order: what comes after a block that may still change has to wait for it. */
  #print(blocks: readonly Block[]): void {
    const limit = this.#ui.mini?.replayLimit ?? 0;
    const replayed = this.#hasReplayed ? 0 : Math.max(0, blocks.length - limit);
    if (!this.#hasReplayed && blocks.length > 0 && limit > 0) this.#printTitle();
    this.#hasReplayed = true;
    for (const [at, block] of blocks.entries()) {
      if (this.#printed.has(block.key)) continue;
      if (!isFinal(block)) return;
      this.#printed.add(block.key);
      if (at >= replayed) this.#printOne(block);
    }
  }

  #printOne(block: Block): void {
    const ui = this.#ui;
    const lines = miniLines(ui, block, ui.renderer.width);
    if (lines.length === 0) return;
    const isApart = standsApart(block, this.#last);
    this.#last = block;
    if (block.kind === "text") this.#enqueue(isApart, markdown(block.text), text(lines));
    else this.#enqueue(isApart, text(lines));
  }

  /** `plain` is printed where the other cannot be drawn. */
  #enqueue(isApart: boolean, make: Print, plain?: Print): void {
    const ui = this.#ui;
    this.#printing = this.#printing
      .then(() => print(ui, isApart, make))
      .catch((error: unknown) => {
        if (!plain) throw error;
        return print(ui, isApart, plain);
      })
      .catch((error: unknown) => ui.log.warn("not printed", { error: errorMessage(error) }));
  }

  /** Above what is printed again of a session. */
  #printTitle(): void {
    const { store, renderer } = this.#ui;
    const title = oneLine(store.state.sessions?.[this.#sessionID ?? ""]?.title ?? "");
    const head = `── ${title} `;
    const rule = head + "─".repeat(Math.max(0, renderer.width - columns(head) - 1));
    this.#enqueue(false, text([ink(this.#ui, "textMuted", rule)]));
  }

  #showLive(blocks: readonly Block[]): void {
    const ui = this.#ui;
    const live = blocks.flatMap((block) => miniLines(ui, block, ui.renderer.width));
    const words = live.map((chunk) => chunk.text).join("\n");
    const rows = words.split("\n").slice(-LIVE_ROWS).join("\n");
    this.#live.visible = rows.trim() !== "";
    this.#live.content = rows;
  }

  /** The footer is as high as what is in it. */
  #fit(): void {
    const { renderer, dialogs, prompt } = this.#ui;
    const most = Math.max(FOOTER_ROWS, renderer.terminalHeight - 2);
    const live = this.#live.visible ? this.#live.virtualLineCount + 1 : 0;
    const asking = this.#asks?.isActive ? this.#asks.root.height : prompt.root.height;
    const wanted = dialogs.isOpen ? DIALOG_ROWS : Math.max(FOOTER_ROWS, live + asking + 1);
    const height = Math.min(most, wanted);
    if (renderer.footerHeight !== height) renderer.footerHeight = height;
  }

  /** The first time it warns, the second time it stops the turn. */
  async #interrupt(): Promise<void> {
    const isArmed = this.#disarm !== undefined;
    this.#disarm?.();
    this.#disarm = undefined;
    this.#status.isArmed = !isArmed;
    if (isArmed && this.#sessionID !== undefined) {
      await this.#ui.client.session.abort(this.#sessionID);
    } else {
      this.#disarm = this.#ui.clock.timer(INTERRUPT_MS, () => {
        this.#disarm = undefined;
        this.#status.isArmed = false;
      });
    }
  }
}
