// Shell: which screen is in front. Follows the route and the size of the terminal.
import { BoxRenderable, TextRenderable } from "@opentui/core";
import { openDiff } from "./open-diff";
import { DiffScreen } from "./screens/diff";
import { HomeScreen } from "./screens/home";
import { MiniScreen } from "./screens/mini";
import { PluginScreen } from "./screens/plugin";
import type { Screen } from "./screens/screen";
import { SessionScreen } from "./screens/session";
import type { Route, State } from "./store/state";
import type { Sync } from "./sync";
import type { Ui } from "./ui";

const MIN_COLUMNS = 40;
const MIN_ROWS = 10;
/** Of the footer in mini mode, while changes are looked at. */
const DIFF_ROWS = 30;

export class Shell {
  readonly #ui: Ui;
  readonly #sync: Sync;
  readonly #root: BoxRenderable;
  readonly #tooSmall: TextRenderable;
  #screen: Screen;
  #route: Route;
  #unregister: () => void = () => undefined;

  constructor(ui: Ui, sync: Sync) {
    this.#ui = ui;
    this.#sync = sync;
    const { renderer, store, theme } = ui;
    const { colors } = theme;
    this.#root = new BoxRenderable(renderer, {
      width: "100%",
      height: "100%",
      flexDirection: "column",
      backgroundColor: colors.background,
    });
    this.#tooSmall = new TextRenderable(renderer, {
      content: "",
      visible: false,
      fg: colors.warning,
    });
    const bottom = new BoxRenderable(renderer, { flexShrink: 0 });
    ui.plugins.fill("app_bottom", {}, bottom);
    this.#root.add(bottom);
    renderer.root.add(this.#root);
    renderer.root.add(this.#tooSmall);
    this.#route = store.state.route;
    this.#screen = this.#show(this.#route);
    store.subscribe((state) => this.#update(state));
    renderer.on("resize", () => this.#resize());
    theme.subscribe(() => this.#restyle());
    ui.actions.register({
      "diff.open": { run: () => openDiff(ui, { type: "worktree" }) },
      "screen.switch": { run: () => this.#switchScreen() },
    });
  }

  get screen(): Screen {
    return this.#screen;
  }

  #show(route: Route): Screen {
    const ui = this.#ui;
    const { renderer, store } = ui;
    const { state } = store;
    const isSession = route.screen === "session";
    const screen = this.#make(route);
    if (isSession) void this.#sync.openSession(route.sessionID);
    this.#route = route;
    this.#screen = screen;
    this.#unregister();
    const leave = isSession ? ui.keymap.enter("session", (id) => ui.actions.run(id)) : undefined;
    const unregister = ui.actions.register(screen.actions ?? {});
    this.#unregister = () => {
      leave?.();
      unregister();
    };
    if (ui.mini && "back" in route) renderer.footerHeight = DIFF_ROWS;
    this.#root.add(screen.root, 0);
    screen.update(state);
    this.#resize();
    // What is typed into a dialog stays in it, whatever is made anew beneath.
    if (!ui.dialogs.isOpen) this.focus(screen);
    return screen;
  }

  /** Nothing on the screen moves any more. */
  close(): void {
    this.#screen.destroy();
  }

  /** Gives the screen the keyboard. */
  focus(screen = this.#screen): void {
    if (screen.focus) screen.focus();
    else this.#ui.prompt.focus();
  }

  #make(route: Route): Screen {
    if (route.screen === "plugin") return new PluginScreen(this.#ui, route);
    if (this.#ui.mini && route.screen !== "diff") return new MiniScreen(this.#ui, route);
    if (route.screen === "session") return new SessionScreen(this.#ui, this.#sync, route.sessionID);
    return route.screen === "diff" ? new DiffScreen(this.#ui, route) : new HomeScreen(this.#ui);
  }

  /** From the next start on. */
  async #switchScreen(): Promise<void> {
    const { environment, mini, toasts } = this.#ui;
    const screen = mini ? "full" : "mini";
    await environment.saveSetting?.(["screen"], screen);
    const name = mini ? "Full screen" : "Mini mode";
    toasts.show({ variant: "info", message: `${name} from the next start on` });
  }

  /** Views take their colours when they are made. */
  #restyle(): void {
    const { colors } = this.#ui.theme;
    this.#root.backgroundColor = colors.background;
    this.#tooSmall.fg = colors.warning;
    const before = this.#screen;
    const reading = before instanceof SessionScreen ? before.transcript.reading : undefined;
    before.destroy();
    const screen = this.#show(this.#route);
    if (reading && screen instanceof SessionScreen) screen.transcript.restore(reading);
  }

  #update(state: State): void {
    if (state.route !== this.#route) {
      this.#screen.destroy();
      this.#show(state.route);
    } else this.#screen.update(state);
  }

  #resize(): void {
    const { renderer, mini } = this.#ui;
    const columns = renderer.width;
    const rows = mini ? renderer.terminalHeight : renderer.height;
    const isTooSmall = columns < MIN_COLUMNS || rows < MIN_ROWS;
    this.#root.visible = !isTooSmall;
    this.#tooSmall.visible = isTooSmall;
    const needs = `needs ${MIN_COLUMNS}x${MIN_ROWS}`;
    this.#tooSmall.content = `Window too small (${columns}x${rows}); ${needs}`;
    this.#screen.resize({ columns, rows });
  }
}
