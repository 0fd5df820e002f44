// A screen for tests: a terminal of a size with nothing behind it, the real store, and a server
// whose answers the test gives. `frame()` is what a person sees, as text, without trailing spaces.
//
// `await using screen = await testScreen({ width: 80, height: 24 });`

import {
  createTestRenderer,
  MockTreeSitterClient,
  type TestRendererSetup,
} from "@opentui/core/testing";
import type { Clock } from "@/base/clock";
import { createClient } from "@/client/client";
import { MemoryTransport, type LocalServer } from "@/client/memory-transport";
import type { PlacedEvent } from "@/client/transport";
import { FakeClock } from "@test/support/clock";
import { tempDirectory } from "@test/support/temp";
import { initialState, type State } from "@/tui/store/state";
import { Store } from "@/tui/store/store";
import { EditorPromptBox } from "@/tui/prompt/prompt-box";
import { Actions } from "@/tui/actions/actions";
import { KeyChoices } from "@/tui/keymap/key-choices";
import { Keymap } from "@/tui/keymap/keymap";
import { Memory } from "@/tui/memory";
import { TuiPlugins } from "@/tui/plugins/tui-plugins";
import { readSettings } from "@/tui/settings";
import { Themes } from "@/tui/theme/themes";
import { ChosenStatusLine } from "@/tui/status-line";
import type { PromptBox, Ui } from "@/tui/ui";
import { Beat } from "@/tui/beat";
import { Ticker } from "@/tui/views/ticker";

/** One request that the terminal UI made, with its body as a value. */
export interface SentRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
  /** The one that it was about, where it named one. */
  directory?: string;
}

export interface ScreenOptions {
  width?: number;
  height?: number;
  /** What differs from the state at the start. */
  state?: Partial<State>;
  /** What the server answers, by `METHOD /path`; anything else is answered with 404. */
  answers?: Readonly<Record<string, (request: SentRequest) => unknown>>;
  /** What differs from the parts that do nothing. */
  ui?: (ui: Ui) => Partial<Ui>;
  clipboard?: Partial<Ui["clipboard"]>;
  /** What the environment holds; nothing without. */
  env?: Record<string, string>;
  kittyKeyboard?: boolean;
}

export interface TestScreen extends AsyncDisposable {
  terminal: TestRendererSetup;
  ui: Ui;
  clock: FakeClock;
  /** What was sent to the server so far. */
  sent: SentRequest[];
  /** Ids of actions that were run, and toasts that were shown. */
  actions: string[];
  toasts: string[];
  /** Draws what has changed, and gives the rows as text. */
  frame(): Promise<string>;
  /** Lets the server tell an event. */
  tell(placed: PlacedEvent): void;
  /** Waits, one turn of the event loop after the other, until it is so. */
  until(isSo: () => boolean): Promise<void>;
}

/** Enough for what comes from the disk of a busy machine. */
const PATIENCE_MS = 30_000;

export async function testScreen(options: ScreenOptions = {}): Promise<TestScreen> {
  const { width = 80, height = 24, kittyKeyboard = true } = options;
  const terminal = await createTestRenderer({ width, height, kittyKeyboard });
  const home = await tempDirectory();
  const clock = new FakeClock();
  const beat = new Beat(clock);
  const sent: SentRequest[] = [];
  const listeners = new Set<(placed: PlacedEvent) => void>();
  const client = createClient(new MemoryTransport(answering(options, sent, listeners)));
  const store = new Store(
    { ...initialState("/project"), recentModels: [], ...options.state },
    clock,
    beat,
  );
  const actions: string[] = [];
  const toasts: string[] = [];
  const parts = { actions, toasts, store, client, clock, beat, home: home.path };
  const ui = quietUi(terminal, parts);
  Object.assign(ui, { statusLine: new ChosenStatusLine(ui), plugins: new TuiPlugins(ui) });
  Object.assign(ui.clipboard, options.clipboard);
  Object.assign(ui.environment.env, options.env);
  Object.assign(ui, options.ui?.(ui) ?? { prompt: new EditorPromptBox(ui) });
  return {
    terminal,
    ui,
    clock,
    sent,
    actions,
    toasts,
    async frame() {
      store.flush();
      await terminal.renderOnce();
      return terminal.captureCharFrame().replace(/ +$/gm, "");
    },
    async until(isSo) {
      const deadline = performance.now() + PATIENCE_MS;
      while (!isSo()) {
        if (performance.now() > deadline) throw new Error(`it is not so after ${PATIENCE_MS} ms`);
        await new Promise((resolve) => setImmediate(resolve));
        store.flush();
      }
    },
    tell: (placed) => listeners.forEach((listener) => listener(placed)),
    async [Symbol.asyncDispose]() {
      store.close();
      await ui.prompt.close();
      terminal.renderer.destroy();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** A server that answers what it is given answers for, and notes what it was sent. */
export async function answering(
  options: Pick<ScreenOptions, "answers">,
  sent: SentRequest[],
  listeners: Set<(placed: PlacedEvent) => void>,
): Promise<LocalServer> {
  return {
    async handle(request) {
      const url = new URL(request.url);
      const text = await request.text();
      const directory = request.headers.get("x-opencode-directory");
      const one: SentRequest = {
        method: request.method,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        body: text === "" ? undefined : JSON.parse(text),
        ...(directory !== null && { directory: decodeURIComponent(directory) }),
      };
      sent.push(one);
      const answer = options.answers?.[`${one.method} ${one.path}`];
      if (answer) return Response.json((await answer(one)) ?? null);
      const data = { message: `no answer to ${one.method} ${one.path}` };
      return Response.json({ name: "NotFoundError", data }, { status: 404 });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

interface QuietParts {
  store: Store;
  client: Ui["client"];
  beat: Beat;
  clock: Clock;
  actions: string[];
  toasts: string[];
  home: string;
}

/** Parts that remember what was asked of them and do nothing. */
function quietUi(terminal: TestRendererSetup, parts: QuietParts): Ui {
  const nothing = () => undefined;
  const settings = readSettings({});
  const keymap = new Keymap({ ...settings, clock: parts.clock });
  keymap.listen(terminal.renderer.keyInput);
  const noted = new Actions({ isInSession: () => true, onError: nothing });
  const note = (id: string) => ({ run: () => void parts.actions.push(id) });
  noted.register(Object.fromEntries(noted.specs.map(({ id }) => [id, note(id)])));
  return {
    renderer: terminal.renderer,
    store: parts.store,
    client: parts.client,
    clock: parts.clock,
    theme: new Themes({ agents: () => parts.store.state.facts.agents ?? [], onFault: nothing }),
    keymap,
    keyChoices: new KeyChoices(keymap, {}, undefined),
    memory: new Memory({ directory: undefined, clock: parts.clock, onFault: nothing }),
    actions: noted,
    ticker: new Ticker(parts.beat),
    // Never answers: what is not coloured is there all the same.
    treeSitter: new MockTreeSitterClient(),
    dialogs: { isOpen: false, open: nothing, close: nothing, closeAll: nothing, place: nothing },
    toasts: { show: (toast) => void parts.toasts.push(toast.message), repeat: nothing },
    // Made with the Ui that is made here.
    prompt: undefined as unknown as PromptBox,
    statusLine: undefined as unknown as ChosenStatusLine,
    plugins: undefined as unknown as TuiPlugins,
    transcript: undefined,
    clipboard: {
      write: async () => true,
      readText: async () => undefined,
      readImage: async () => undefined,
    },
    settings,
    mini: undefined,
    environment: {
      version: "1.0.0",
      home: "/home/user",
      env: {},
      stateDirectory: `${parts.home}/state`,
      configDirectory: `${parts.home}/config`,
      cacheDirectory: "/home/user/.cache/opencode",
      logDirectory: `${parts.home}/log`,
    },
    log: { info: nothing, warn: nothing, error: nothing },
    leave: nothing,
    refocus() {
      this.prompt.focus();
    },
    lendTerminal: (program) => program(),
  };
}
