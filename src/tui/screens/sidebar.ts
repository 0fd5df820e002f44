// The sidebar of a session: what fills its context, what it has to do, what it changed, and what
// stands around it. Beside the transcript where there is room, else a drawer over it. A heading
// folds its section; sections with nothing in them are not there.
import {
  BoxRenderable,
  ScrollBoxRenderable,
  type StyledText,
  type TextChunk,
  type TextRenderable,
} from "@opentui/core";
import { columns, cut, pad } from "@/tui/cells";
import { Backdrop } from "@/tui/dialogs/backdrop";
import type { MCPStatus } from "@/schema/mcp";
import { attempt } from "@/tui/dialogs/attempt";
import { openFile } from "@/tui/prompt/external-editor";
import { inWorktree } from "@/tui/store/present";
import type { Slot } from "@/tui/theme/slots";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { figuresOf } from "@/tui/views/edit";
import { ink, styled } from "@/tui/views/style";
import { CutText } from "@/tui/views/cut-text";
import { isDocked, isSidebarShown, SIDEBAR_COLUMNS } from "@/tui/views/room";
import { Ticking } from "@/tui/views/ticking";
import { todoChunks, todoCount } from "@/tui/views/todos";
import { capitalized, dollars, elapsed, oneLine } from "@/tui/views/words";
import { homeShortened } from "./place";
import type { Size } from "./screen";
import { usageOf } from "./usage";

/** A drawer leaves so much of the transcript in sight; narrower terminals it fills. */
const DRAWER_REST = 8;
const PAGE_COLUMNS = 64;
const BAR_CELLS = 20;
const PADDING = 2;

interface Section {
  id: string;
  heading: string;
  figures?: readonly TextChunk[];
  lines: readonly StyledText[];
  /** What a click on each of them does. */
  clicks?: readonly (() => void)[];
}

export class Sidebar {
  /** For beside the transcript: empty while it is a drawer. */
  readonly docked: BoxRenderable;
  /** For over the whole screen. */
  readonly drawer: BoxRenderable;
  readonly #ui: Ui;
  readonly #sessionID: string;
  readonly #panel: BoxRenderable;
  readonly #title: TextRenderable;
  readonly #sections: ScrollBoxRenderable;
  readonly #footer: TextRenderable;
  readonly #ticking: Ticking;
  readonly #leavePlugins: () => void;
  readonly #folded = new Set<string>();
  #size: Size = { columns: 80, rows: 24 };
  #shown: unknown[] = [];

  constructor(ui: Ui, sessionID: string) {
    this.#ui = ui;
    this.#sessionID = sessionID;
    this.#ticking = new Ticking(ui.ticker, () => this.#draw(ui.store.state));
    const { renderer, theme } = ui;
    this.docked = new BoxRenderable(renderer, { height: "100%", flexShrink: 0, visible: false });
    this.drawer = new BoxRenderable(renderer, {
      position: "absolute",
      width: "100%",
      height: "100%",
      zIndex: 10,
      visible: false,
    });
    this.drawer.add(new Backdrop(renderer, () => this.toggle()));
    this.#panel = new BoxRenderable(renderer, {
      flexDirection: "column",
      height: "100%",
      paddingX: PADDING,
      paddingTop: 1,
      backgroundColor: theme.colors.backgroundPanel,
    });
    this.#title = this.#text("");
    this.#title.wrapMode = "word";
    this.#title.flexShrink = 0;
    this.#sections = new ScrollBoxRenderable(renderer, {
      flexGrow: 1,
      flexShrink: 1,
      minHeight: 0,
    });
    this.#sections.verticalScrollBar.visible = false;
    const plugins = new BoxRenderable(renderer, { flexDirection: "column", flexShrink: 0 });
    this.#leavePlugins = ui.plugins.fill("sidebar_content", { session_id: sessionID }, plugins);
    this.#footer = this.#text("");
    this.#panel.add(this.#title);
    this.#panel.add(this.#sections);
    this.#panel.add(plugins);
    this.#panel.add(this.#footer);
  }

  toggle(): void {
    const sidebar = this.#isShown ? "closed" : "open";
    this.#ui.store.dispatch({ type: "view.changed", view: { sidebar } });
  }

  get isShown(): boolean {
    return this.#isShown;
  }

  /** Columns that the transcript has to do without. */
  get dockedColumns(): number {
    return this.#isShown && this.#isDocked ? SIDEBAR_COLUMNS : 0;
  }

  resize(size: Size): void {
    this.#size = size;
    this.#shown = [];
    this.update(this.#ui.store.state);
  }

  update(state: State): void {
    this.#place();
    this.#ticking.isOn = this.#isShown && this.#runningChildren(state).length > 0;
    if (!this.#isShown) return;
    const { facts } = state;
    const id = this.#sessionID;
    // All that it shows: usage and cost come with messages and the session.
    const shown = [
      ...[state.sessions, state.todos[id], state.diffs[id], state.transcripts[id]],
      ...[facts.mcp, facts.lsp, facts.providers, state.status, state.view, this.#size],
    ];
    if (shown.every((one, at) => one === this.#shown[at])) return;
    this.#shown = shown;
    this.#draw(state);
  }

  destroy(): void {
    this.#ticking.isOn = false;
    this.#leavePlugins();
    this.docked.destroyRecursively();
    this.drawer.destroyRecursively();
    if (!this.#panel.isDestroyed) this.#panel.destroyRecursively();
  }

  get #isDocked(): boolean {
    return isDocked(this.#size.columns);
  }

  get #isShown(): boolean {
    return isSidebarShown(this.#ui.store.state, this.#size.columns);
  }

  get #width(): number {
    const { columns: all } = this.#size;
    if (this.#isDocked) return SIDEBAR_COLUMNS;
    return all < PAGE_COLUMNS ? all : Math.min(SIDEBAR_COLUMNS, all - DRAWER_REST);
  }

  /** What a line has room for. */
  get #room(): number {
    return this.#width - 2 * PADDING - 1;
  }

  #place(): void {
    const [home, other] = this.#isDocked ? [this.docked, this.drawer] : [this.drawer, this.docked];
    if (this.#panel.parent !== home) home.add(this.#panel);
    home.visible = this.#isShown;
    other.visible = false;
    this.#panel.width = this.#width;
    this.#panel.position = this.#isDocked ? "relative" : "absolute";
    if (!this.#isDocked) this.#panel.right = 0;
  }

  #draw(state: State): void {
    const ui = this.#ui;
    const title = state.sessions?.[this.#sessionID]?.title ?? "";
    this.#title.content = styled(ink(ui, "text", oneLine(title), true));
    for (const child of this.#sections.getChildren()) child.destroyRecursively();
    for (const section of this.#all(state)) this.#sections.add(this.#make(section));
    const version = `opencode ${ui.environment.version}`;
    this.#footer.content = styled(ink(ui, "success", "● "), ink(ui, "textMuted", version));
  }

  #make({ id, heading, figures = [], lines, clicks = [] }: Section): BoxRenderable {
    const ui = this.#ui;
    const isFolded = this.#folded.has(id);
    const box = new BoxRenderable(ui.renderer, { flexDirection: "column", marginTop: 1 });
    const mark = id === "context" ? "" : isFolded ? "▶ " : "▼ ";
    const head = this.#text(styled(ink(ui, "text", `${mark}${heading} `, true), ...figures));
    head.onMouseUp = () => {
      if (!this.#folded.delete(id)) this.#folded.add(id);
      this.#draw(ui.store.state);
    };
    box.add(head);
    if (isFolded && id !== "context") return box;
    for (const [at, line] of lines.entries()) {
      const text = this.#text(line);
      const click = clicks[at];
      if (click) text.onMouseUp = click;
      box.add(text);
    }
    return box;
  }

  #text(content: StyledText | string): TextRenderable {
    return new CutText(this.#ui.renderer, { content });
  }

  #all(state: State): Section[] {
    const sections = [
      this.#context(state),
      this.#todos(state),
      this.#files(state),
      this.#mcp(state),
      this.#lsp(state),
      this.#subagents(state),
    ];
    return sections.filter(({ lines }) => lines.length > 0);
  }

  #context(state: State): Section {
    const ui = this.#ui;
    const usage = usageOf(state, this.#sessionID);
    if (!usage) return { id: "context", heading: "Context", lines: [] };
    const tokens = usage.tokens.toLocaleString("en-US");
    const of = usage.context ? ` of ${usage.context.toLocaleString("en-US")}` : "";
    const lines = [styled(ink(ui, "textMuted", `${tokens}${of} tokens`))];
    if (usage.percent !== undefined) {
      const full = Math.min(BAR_CELLS, Math.round((usage.percent / 100) * BAR_CELLS));
      const slot: Slot = usage.percent >= 80 ? "warning" : "primary";
      lines.push(
        styled(
          ink(ui, slot, "█".repeat(full)),
          ink(ui, "textMuted", `${"░".repeat(BAR_CELLS - full)} ${usage.percent}%`),
        ),
      );
    }
    if (usage.cost) lines.push(styled(ink(ui, "textMuted", `${dollars(usage.cost)} spent`)));
    return { id: "context", heading: "Context", lines };
  }

  #todos(state: State): Section {
    const todos = state.todos[this.#sessionID] ?? [];
    return {
      id: "todo",
      heading: `Todo ${todoCount(todos)}`,
      lines: todos.map((todo) => styled(...todoChunks(this.#ui, todo, true))),
    };
  }

  #files(state: State): Section {
    const ui = this.#ui;
    const files = state.diffs[this.#sessionID] ?? [];
    return {
      id: "files",
      heading: "Modified files",
      figures: figuresOf(ui, files),
      lines: files.map((file) => {
        const figures = figuresOf(ui, [file]);
        const taken = figures.reduce((sum, { text }) => sum + columns(text), 1);
        const name = pad(oneLine(file.file ?? ""), Math.max(1, this.#room - taken));
        return styled(ink(ui, "textMuted", `${name} `), ...figures);
      }),
      clicks: files.map(({ file = "" }) => () => {
        void attempt(ui, () => openFile(ui, inWorktree(ui.store.state, file)));
      }),
    };
  }

  #mcp({ facts }: State): Section {
    const ui = this.#ui;
    const servers = Object.entries(facts.mcp ?? {});
    const width = Math.max(0, ...servers.map(([name]) => columns(name)));
    const connected = servers.filter(([, { status }]) => status === "connected").length;
    return {
      id: "mcp",
      heading: `MCP ${connected}/${servers.length}`,
      lines: servers.map(([name, status]) => {
        const { slot, words } = mcpWords(status);
        const text = ` ${pad(oneLine(name), Math.min(width, 16))}   ${oneLine(words)}`;
        return styled(ink(ui, slot, "●"), ink(ui, "textMuted", cut(text, this.#room - 1)));
      }),
    };
  }

  #lsp({ facts }: State): Section {
    const ui = this.#ui;
    const servers = facts.lsp ?? [];
    return {
      id: "lsp",
      heading: "LSP",
      lines: servers.map(({ name, root, status }) => {
        const slot: Slot = status === "connected" ? "success" : "error";
        const place = homeShortened(root, ui.environment.home);
        const text = ` ${oneLine(name)}  ${oneLine(place)}`;
        return styled(ink(ui, slot, "●"), ink(ui, "textMuted", cut(text, this.#room - 1)));
      }),
    };
  }

  #subagents(state: State): Section {
    const ui = this.#ui;
    const running = this.#runningChildren(state);
    return {
      id: "subagents",
      heading: `Subagents ${running.length} running`,
      lines: running.map(({ id, agent, title }) => {
        const time = elapsed(ui.clock.now() - (state.busySince[id] ?? ui.clock.now()));
        const task = agent === undefined ? title : `${capitalized(agent)}  ${title}`;
        const name = cut(task, Math.max(1, this.#room - 3 - columns(time)));
        return styled(
          ink(ui, "primary", `${ui.ticker.spinner} `),
          ink(ui, "textMuted", `${name} ${time}`),
        );
      }),
    };
  }

  #runningChildren({ sessions, status }: State) {
    return Object.values(sessions ?? {}).filter(({ id, parentID }) => {
      return parentID === this.#sessionID && status[id] !== undefined;
    });
  }
}

function mcpWords(status: MCPStatus): { slot: Slot; words: string } {
  switch (status.status) {
    case "connected":
      return { slot: "success", words: "connected" };
    case "disabled":
      return { slot: "textMuted", words: "disabled" };
    case "needs_auth":
      return { slot: "warning", words: "needs a login" };
    case "failed":
    case "needs_client_registration":
      return { slot: "error", words: `failed: ${briefly(status.error)}` };
  }
}

/** For few columns: `exit 3: no licence`. */
function briefly(error: string): string {
  return error.replace(/^its program exited with code (\d+)/, "exit $1");
}
