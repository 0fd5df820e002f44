// Shell: which screen is in front. Follows the route and the size of the terminal.
import { BoxRenderable, TextRenderable } from "@opentui/core";
import { DiffScreen } from "./screens/diff";
import { HomeScreen } from "./screens/home";
import type { Screen } from "./screens/screen";
import { SessionScreen } from "./screens/session";
import type { Route, State } from "./store/state";
import type { Sync } from "./sync";
import type { Ui } from "./ui";

const MIN_COLUMNS = 40;
const MIN_ROWS = 10;

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
    renderer.root.add(this.#root);
    renderer.root.add(this.#tooSmall);
    this.#route = store.state.route;
    this.#screen = this.#show(this.#route);
    store.subscribe((state) => this.#update(state));
    renderer.on("resize", () => this.#resize());
    theme.subscribe(() => this.#restyle());
    ui.actions.register({ "diff.open": { run: () => this.#openDiff() } });
  }

  get screen(): Screen {
    return this.#screen;
  }

  #show(route: Route): Screen {
    const ui = this.#ui;
    const { state } = ui.store;
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
    this.#root.add(screen.root);
    screen.update(state);
    this.#resize();
    if (screen.focus) screen.focus();
    else ui.prompt.focus();
    return screen;
  }

  #make(route: Route): Screen {
    if (route.screen === "session") return new SessionScreen(this.#ui, this.#sync, route.sessionID);
    return route.screen === "diff" ? new DiffScreen(this.#ui, route) : new HomeScreen(this.#ui);
  }

  #openDiff(): void {
    const { route } = this.#ui.store.state;
    if (route.screen === "diff") return;
    const opened = { screen: "diff", source: { type: "worktree" }, back: route } as const;
    this.#ui.store.dispatch({ type: "route.changed", route: opened });
  }

  /** Views take their colours when they are made. */
  #restyle(): void {
    const { colors } = this.#ui.theme;
    this.#root.backgroundColor = colors.background;
    this.#tooSmall.fg = colors.warning;
    this.#screen.destroy();
    this.#show(this.#route);
  }

  #update(state: State): void {
    if (state.route !== this.#route) {
      this.#screen.destroy();
      this.#show(state.route);
    } else this.#screen.update(state);
  }

  #resize(): void {
    const { width: columns, height: rows } = this.#ui.renderer;
    const isTooSmall = columns < MIN_COLUMNS || rows < MIN_ROWS;
    this.#root.visible = !isTooSmall;
    this.#tooSmall.visible = isTooSmall;
    const needs = `needs ${MIN_COLUMNS}x${MIN_ROWS}`;
    this.#tooSmall.content = `Window too small (${columns}x${rows}); ${needs}`;
    this.#screen.resize({ columns, rows });
  }
}
