// Tui: the terminal UI, put together. A table of contents: each part is a file of its own, and
// gets this object as its Ui.
import { join } from "node:path";
import { type CliRenderer, createCliRenderer, TreeSitterClient } from "@opentui/core";
import type { Clock } from "@/base/clock";
import { errorMessage } from "@/base/error";
import { type Client, createClient } from "@/client/client";
import type { Transport } from "@/client/transport";
import type { Session } from "@/schema/session";
import { tellAsks } from "./asks/ask-toasts";
import { EditorPromptBox } from "./prompt/prompt-box";
import { blankControls } from "./safe-cells";
import { Shell } from "./shell";
import { initialState, type State } from "./store/state";
import { ChosenStatusLine } from "./status-line";
import { Store } from "./store/store";
import { type StartUp, startUp } from "./start-up";
import { Sync } from "./sync";
import { Beat } from "./beat";
import { keepFrameRequests } from "./frame-requests";
import { followAttention } from "./attention";
import { Actions } from "./actions/actions";
import { AppActions } from "./actions/app-actions";
import { debugActions } from "./actions/debug-actions";
import { sessionActions } from "./actions/session-actions";
import { viewActions } from "./actions/view-actions";
import { moveRows } from "./moved-rows";
import { MachineClipboard } from "./clipboard";
import { collectAtRest } from "./rest";
import { followSelection } from "./selection";
import { followSize, SETTLE_MS, terminalOutput } from "./terminal-output";
import { followTitle } from "./title";
import { registerDialogs } from "./dialogs/dialog-actions";
import { DialogStack } from "./dialogs/dialog-stack";
import { ToastColumn } from "./dialogs/toasts";
import { TuiPlugins } from "./plugins/tui-plugins";
import { KeyChoices } from "./keymap/key-choices";
import { Keymap } from "./keymap/keymap";
import { Memory } from "./memory";
import { followTerminal } from "./theme/follow-terminal";
import { Themes } from "./theme/themes";
import type {
  Clipboard,
  Dialogs,
  MiniMode,
  PromptBox,
  Toasts,
  TranscriptView,
  TuiSettings,
  Ui,
  UiEnvironment,
  UiLog,
} from "./ui";
import { Ticker } from "./views/ticker";

const MINI = {
  screenMode: "split-footer",
  externalOutputMode: "capture-stdout",
  footerHeight: 5,
} as const;

export interface TuiOptions {
  transport: Transport;
  directory: string;
  clock: Clock;
  log: UiLog;
  environment: UiEnvironment;
  settings: TuiSettings;
  /** What differs from the state at the start: a route, a choice. */
  state?: Partial<State>;
  start?: StartUp;
  /** What the person has typed since the program began. */
  typeAhead?: () => readonly Uint8Array[];
  mini?: MiniMode;
  /** Stops the process until the shell lets it go on. */
  stop?: () => void;
}

export class Tui implements Ui {
  readonly renderer: CliRenderer;
  readonly store: Store;
  readonly client: Client;
  readonly theme: Themes;
  readonly keymap: Keymap;
  readonly keyChoices: KeyChoices;
  readonly memory: Memory;
  readonly actions: Actions;
  readonly dialogs: Dialogs;
  readonly toasts: Toasts;
  readonly prompt: PromptBox;
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly treeSitter: TreeSitterClient;
  readonly clipboard: Clipboard;
  readonly settings: TuiSettings;
  readonly statusLine: ChosenStatusLine;
  readonly mini: MiniMode | undefined;
  readonly environment: UiEnvironment;
  readonly plugins: TuiPlugins;
  readonly log: UiLog;
  readonly #shell: Shell;
  readonly #sync: Sync;
  /** What follows the state or the terminal until the end. */
  readonly #ends: (() => void)[] = [];
  readonly #left = Promise.withResolvers<void>();

  /** Draws the first frame; what the server knows is drawn when it comes. */
  static async open(options: TuiOptions): Promise<Tui> {
    const stdout = terminalOutput(options.environment.env);
    const renderer = await withoutListeners(() =>
      createCliRenderer({
        stdout,
        remote: false,
        exitOnCtrlC: false,
        exitSignals: [],
        targetFps: 30,
        maxFps: 60,
        debounceDelay: SETTLE_MS,
        // The wheel is the terminal's own where its scrollback is.
        useMouse: options.settings.mouse && !options.mini,
        ...(options.mini && MINI),
        useKittyKeyboard: {},
        consoleMode: "disabled",
        openConsoleOnError: false,
      }),
    );
    const tui = new Tui(renderer, options);
    tui.#ends.push(followSize(renderer, stdout, options.clock));
    for (const bytes of options.typeAhead?.() ?? []) renderer.stdin.emit("data", bytes);
    return tui;
  }

  constructor(renderer: CliRenderer, options: TuiOptions) {
    const { transport, directory, clock, log, environment, settings } = options;
    this.renderer = renderer;
    keepFrameRequests(renderer);
    renderer.addPostProcessFn(blankControls);
    // Where the terminal has its own scrollback, rows that leave the screen would go there.
    if (!options.mini) moveRows(renderer);
    this.clock = clock;
    const beat = new Beat(clock);
    this.ticker = new Ticker(beat);
    // One of our own: the renderer's would end with the renderer, and complain of what is left.
    this.treeSitter = new TreeSitterClient({
      dataPath: join(environment.cacheDirectory, "tree-sitter"),
    });
    this.log = log;
    this.environment = environment;
    this.settings = settings;
    this.mini = options.mini;
    this.store = new Store({ ...initialState(directory), ...options.state }, clock, beat);
    this.client = createClient(transport, directory);
    this.statusLine = new ChosenStatusLine(this);
    this.keymap = new Keymap({ ...settings, clock });
    this.keymap.listen(renderer.keyInput);
    this.actions = new Actions({
      isInSession: () => this.store.state.route.screen === "session",
      onError: (error) => this.#tell(error),
    });
    this.theme = new Themes({
      ...(settings.theme !== undefined && { name: settings.theme }),
      agents: () => this.store.state.facts.agents ?? [],
      onFault: (message) => this.#tell(message),
    });
    this.keyChoices = new KeyChoices(this.keymap, settings.keybinds, environment.saveSetting);
    this.memory = new Memory({
      directory: environment.stateDirectory,
      clock,
      onFault: (message) => this.#tell(message),
    });
    void this.#remember();
    this.plugins = new TuiPlugins(this);
    this.toasts = new ToastColumn(this);
    this.dialogs = new DialogStack(this);
    this.#ends.push(registerDialogs(this));
    this.clipboard = new MachineClipboard(renderer, environment.env);
    this.prompt = new EditorPromptBox(this);
    this.#sync = new Sync(this);
    this.#shell = new Shell(this, this.#sync);
    this.#sync.start();
    const app = new AppActions(this, options.stop ?? (() => undefined));
    this.keymap.enter("app", (id, key) => app.runByKey(id, key));
    this.actions.register({
      ...app.bodies,
      ...viewActions(this),
      ...sessionActions(this),
      ...debugActions(this),
    });
    this.#ends.push(
      followTerminal(renderer, this.theme),
      followTitle(this),
      followSelection(this),
      followAttention(this),
    );
    this.#ends.push(tellAsks(this));
    this.#ends.push(collectAtRest({ renderer, clock, collect: () => Bun.gc(true) }));
    if (options.start) void startUp(this, options.start);
  }

  get transcript(): TranscriptView | undefined {
    return this.#shell.screen.transcript;
  }

  refocus(): void {
    this.#shell.focus();
  }

  /** Resolves when the person has left; the terminal is then as it was. */
  get left(): Promise<void> {
    return this.#left.promise;
  }

  /** Resolves when the first frame is on the screen. */
  get drawn(): Promise<void> {
    return this.renderer.idle();
  }

  /** Resolves when the session that it began with, if it did, is on the screen. */
  get begun(): Promise<void> {
    return this.#sync.opened;
  }

  /** The session that is on the screen. */
  get session(): Session | undefined {
    const { route, sessions } = this.store.state;
    return route.screen === "session" ? sessions?.[route.sessionID] : undefined;
  }

  leave(): void {
    this.#left.resolve();
  }

  /** Gives the terminal back, however far things are. */
  close(): void {
    if (this.renderer.isDestroyed) return;
    this.prompt.saveNow();
    for (const end of this.#ends) end();
    void this.plugins.close();
    this.#shell.close();
    void this.memory.flush();
    this.#sync.close();
    this.store.close();
    this.renderer.destroy();
    this.#left.resolve();
  }

  /** Shows something that the person has to know. */
  note(message: string): void {
    this.toasts.show({ message, variant: "warning" });
  }

  /** Shows and logs a failure that nothing waited for. */
  fail(error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    this.log.error("a failure that nothing waited for", { error: errorMessage(error), stack });
    this.#tell(error);
  }

  /** Other programs can reach the server now. */
  serves(url: URL, password: string | undefined): void {
    this.store.dispatch({ type: "facts.loaded", facts: { serverURL: url.origin } });
    if (password !== undefined) this.note(`Password of the server: ${password}`);
  }

  /** What a person chose in earlier lives of the program; the first frame does not wait for it. */
  async #remember(): Promise<void> {
    await this.memory.load();
    const { memory, store, theme } = this;
    store.dispatch({ type: "models.remembered", recent: memory.get("recent") ?? [] });
    const mode = memory.get("themeMode");
    if (mode !== undefined) theme.chooseMode(mode);
    const chosen = memory.get("theme");
    // What tui.json says anew counts more than what was chosen before.
    if (chosen !== undefined && chosen.instead === (this.settings.theme ?? "")) {
      theme.choose(chosen.name);
    }
    const { loadThemes, watchThemes } = this.environment;
    const read = async () => theme.setOwn((await loadThemes?.()) ?? []);
    await read();
    this.plugins.start();
    if (this.renderer.isDestroyed || watchThemes === undefined) return;
    this.#ends.push(watchThemes(() => void read()));
  }

  #tell(fault: unknown): void {
    this.toasts.show({ message: errorMessage(fault), variant: "error" });
  }

  async lendTerminal<T>(program: () => Promise<T>): Promise<T> {
    this.renderer.suspend();
    try {
      return await program();
    } finally {
      this.renderer.resume();
    }
  }
}

const FAULTS = ["uncaughtException", "unhandledRejection", "warning"] as const;

/** The renderer would print faults over the screen: what becomes of them the program decides. */
async function withoutListeners<T>(make: () => Promise<T>): Promise<T> {
  const before = FAULTS.map((name) => process.rawListeners(name));
  const made = await make();
  for (const [at, name] of FAULTS.entries()) {
    for (const listener of process.rawListeners(name)) {
      if (!before[at]?.includes(listener)) process.off(name, listener as () => void);
    }
  }
  return made;
}
