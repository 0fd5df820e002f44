// Tui: the terminal UI, put together. A table of contents: each part is a file of its own, and
// gets this object as its Ui.
import { type CliRenderer, createCliRenderer } from "@opentui/core";
import type { Clock } from "@/base/clock";
import { type Client, createClient } from "@/client/client";
import type { Transport } from "@/client/transport";
import { PlainPrompt } from "./prompt/plain-prompt";
import { Shell } from "./shell";
import { initialState, type State } from "./store/state";
import { Store } from "./store/store";
import { Sync } from "./sync";
import { firstTheme } from "./theme/first-theme";
import type {
  Actions,
  Clipboard,
  Dialogs,
  Keymap,
  PromptBox,
  Theme,
  Toasts,
  TranscriptView,
  TuiSettings,
  Ui,
  UiEnvironment,
  UiLog,
} from "./ui";

export interface TuiOptions {
  transport: Transport;
  directory: string;
  clock: Clock;
  log: UiLog;
  environment: UiEnvironment;
  settings: TuiSettings;
  /** What differs from the state at the start: a route, a choice. */
  state?: Partial<State>;
  /** What the person has typed since the program began. */
  typeAhead?: () => readonly Uint8Array[];
}

export class Tui implements Ui {
  readonly renderer: CliRenderer;
  readonly store: Store;
  readonly client: Client;
  readonly theme: Theme = firstTheme();
  readonly keymap: Keymap;
  readonly actions: Actions;
  readonly dialogs: Dialogs;
  readonly toasts: Toasts;
  readonly prompt: PromptBox;
  readonly clock: Clock;
  readonly clipboard: Clipboard;
  readonly settings: TuiSettings;
  readonly environment: UiEnvironment;
  readonly log: UiLog;
  readonly #shell: Shell;
  readonly #sync: Sync;
  readonly #left = Promise.withResolvers<void>();

  /** Draws the first frame; what the server knows is drawn when it comes. */
  static async open(options: TuiOptions): Promise<Tui> {
    const renderer = await createCliRenderer({
      exitOnCtrlC: false,
      exitSignals: [],
      targetFps: 30,
      maxFps: 60,
      useMouse: options.settings.mouse,
      useKittyKeyboard: {},
      consoleMode: "disabled",
      openConsoleOnError: false,
    });
    return new Tui(renderer, options);
  }

  constructor(renderer: CliRenderer, options: TuiOptions) {
    const { transport, directory, clock, log, environment, settings } = options;
    this.renderer = renderer;
    this.clock = clock;
    this.log = log;
    this.environment = environment;
    this.settings = settings;
    this.store = new Store({ ...initialState(directory), ...options.state }, clock);
    this.client = createClient(transport, directory);
    const nothing = () => undefined;
    this.keymap = { label: nothing, enter: () => nothing };
    this.actions = { run: () => false };
    this.dialogs = { isOpen: false, open: nothing, close: nothing, closeAll: nothing };
    this.toasts = { show: nothing, repeat: nothing };
    this.clipboard = {
      write: async () => false,
      readText: async () => undefined,
      readImage: async () => undefined,
    };
    this.prompt = new PlainPrompt(this);
    this.#sync = new Sync(this);
    this.#shell = new Shell(this, this.#sync);
    this.#sync.start();
    renderer.keyInput.on("keypress", (key) => {
      if (key.ctrl && key.name === "c") this.leave();
    });
  }

  get transcript(): TranscriptView | undefined {
    return this.#shell.screen.transcript;
  }

  /** Resolves when the person has left; the terminal is then as it was. */
  get left(): Promise<void> {
    return this.#left.promise;
  }

  leave(): void {
    this.#sync.close();
    this.store.close();
    this.renderer.destroy();
    this.#left.resolve();
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
