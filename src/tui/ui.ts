// Ui: what every view, box and dialog is handed, built once in tui.ts. Parts that are themselves
// handed the Ui are interfaces here: what implements them imports this file, and this file imports
// none of it.
import type { CliRenderer, Renderable, TreeSitterClient } from "@opentui/core";
import type { Clock } from "@/base/clock";
import type { Client } from "@/client/client";
import type { Part } from "@/schema/part";
import type { TuiToastShow } from "@/schema/tui";
import type {
  AttentionConfig,
  Keybinds,
  StatusItem,
  StatuslineConfig,
  TuiConfig,
} from "@/schema/tui-config";
import type { Actions } from "./actions/actions";
import type { Dialog } from "./dialogs/dialog";
import type { Bindings } from "./keymap/bindings";
import type { KeyChoices, SaveSetting } from "./keymap/key-choices";
import type { Keymap } from "./keymap/keymap";
import type { PluginHost, Plugins } from "./plugins/plugin-types";
import type { State } from "./store/state";
import type { Memory } from "./memory";
import type { Store } from "./store/store";
import type { ThemeSource } from "./theme/theme-file";
import type { Themes } from "./theme/themes";
import type { Ticker } from "./views/ticker";

export interface Ui {
  readonly renderer: CliRenderer;
  readonly store: Store;
  readonly client: Client;
  readonly theme: Themes;
  readonly keymap: Keymap;
  readonly keyChoices: KeyChoices;
  readonly actions: Actions;
  readonly dialogs: Dialogs;
  readonly toasts: Toasts;
  readonly memory: Memory;
  /** One for all screens: the draft goes with the person from home to a session. */
  readonly prompt: PromptBox;
  /** The transcript of the open session; undefined on other screens. */
  readonly transcript: TranscriptView | undefined;
  readonly clock: Clock;
  /** For spinners and running clocks. */
  readonly ticker: Ticker;
  /** What finds the colours of code, in a thread of its own. */
  readonly treeSitter: TreeSitterClient;
  readonly clipboard: Clipboard;
  readonly settings: TuiSettings;
  readonly statusLine: StatusLine;
  /** There when the transcript is printed into the terminal's scrollback; undefined full screen. */
  readonly mini: MiniMode | undefined;
  readonly environment: UiEnvironment;
  readonly plugins: Plugins;
  readonly log: UiLog;
  /** Leaves the program, the terminal restored; a running turn is stopped. */
  leave(): void;
  /** Gives the keyboard back to the screen, when nothing lies over it any more. */
  refocus(): void;
  /** Gives the terminal to `program`, which is waited for, and takes it back. */
  lendTerminal<T>(program: () => Promise<T>): Promise<T>;
}

export interface Dialogs {
  readonly isOpen: boolean;
  /** Puts a dialog on top of what is open. */
  open(dialog: Dialog): void;
  /** Closes the one on top; the one beneath, or the prompt, has the keys again. */
  close(): void;
  closeAll(): void;
  /** Puts the one on top where it belongs, after its height has changed. */
  place(): void;
}

/** `duration` is in milliseconds; an error stays until a key. */
export type Toast = TuiToastShow;

export interface Toasts {
  show(toast: Toast): void;
  /** Shows the newest one again. */
  repeat(): void;
}

export interface PromptBox {
  readonly root: Renderable;
  /** The draft as text, chips as what stands for them. */
  readonly text: string;
  readonly isEmpty: boolean;
  setText(text: string): void;
  /** At the end, as if typed there: `@file#L1-2` becomes a chip. */
  append(text: string): void;
  clear(): void;
  /** The text and chips of a message, to be edited and sent again. */
  setParts(parts: readonly Part[]): void;
  /** Keys that mean something in the box now, for the status row; undefined for nothing special. */
  readonly hint: string | undefined;
  /** Hears when the hint is another, until the returned function is called. */
  onHint(listener: () => void): () => void;
  /** As if typed at the cursor. */
  type(text: string): void;
  /** As the submit key. */
  submit(): void;
  /** Runs an action of the prompt; false where it does not apply now. */
  run(actionID: string): boolean;
  focus(): void;
  blur(): void;
  /** Fits it to a screen of so many rows. */
  fit(rows: number): void;
  /** What the screen has for it to look like. */
  setPlaceholder(text: string): void;
  /** Keeps what is written, at once: for a program that crashes. */
  saveNow(): void;
  /** Resolves when what is to be kept is on the disk. */
  close(): Promise<void>;
}

export interface TranscriptView {
  scrollBy(rows: number): void;
  scrollByPages(pages: number): void;
  /** The very first message, however many have to be loaded for it. */
  scrollToFirst(): Promise<void>;
  scrollToLast(): void;
  scrollToMessage(messageID: string): void;
  /** Opens or closes the output of the newest turn; a second time of the whole session. */
  toggleAll(): void;
}

/** What stands in the place of the prompt box while something waits for an answer. */
export interface AskBox {
  readonly root: Renderable;
  /** Whether something of the session, or of its subagents, waits. */
  readonly isActive: boolean;
  /** Shows what waits now. */
  update(state: State): void;
  focus(): void;
  destroy(): void;
}

export interface Clipboard {
  /** False when the text could only be sent to the terminal, which does not say what it did. */
  write(text: string): Promise<boolean>;
  readText(): Promise<string | undefined>;
  readImage(): Promise<{ mime: string; bytes: Uint8Array } | undefined>;
}

/** What the right of the status row says where a person has chosen it. */
export interface StatusLine {
  /** The chosen items; undefined when none were chosen, or a program says it all. */
  items: readonly StatusItem[] | undefined;
  /** Hears when it says something else for another reason than the state. */
  subscribe(listener: () => void): () => void;
  /** Undefined where nothing was chosen. */
  text(sessionID: string): string | undefined;
}

export interface MiniMode {
  /** Blocks that are printed again of a session that is opened. */
  replayLimit: number;
}

/** The settings of tui.json, as they are understood. */
export interface TuiSettings {
  readonly theme?: string;
  readonly keybinds: Keybinds;
  readonly bindings: Bindings;
  readonly leaderTimeoutMs: number;
  readonly scrollSpeed: number;
  readonly scrollAcceleration: boolean;
  readonly promptMaxHeight?: number;
  readonly promptMaxWidth?: number;
  readonly diffStyle: "auto" | "stacked";
  readonly editorMode: "normal" | "vim";
  readonly mouse: boolean;
  /** The terminal's title is set. */
  readonly title: boolean;
  /** What is marked with the mouse is copied. */
  readonly copyOnSelect: boolean;
  readonly screen: "full" | "mini";
  readonly attention: AttentionConfig;
  readonly cursor: NonNullable<TuiConfig["cursor"]>;
  readonly statusline?: StatuslineConfig;
}

export interface UiEnvironment {
  readonly version: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the TUI keeps what outlives it: history, stash, pins, settings. */
  readonly stateDirectory: string;
  readonly configDirectory: string;
  readonly cacheDirectory: string;
  readonly logDirectory: string;
  /** Keeps settings beyond the life of the program; without it they count until then. */
  readonly saveSetting?: SaveSetting;
  /** Writes to the terminal what draws nothing by itself: a bell, a picture to be placed. */
  readonly writeUnseen?: (sequence: string) => void;
  /** The person's own themes as their files are now, in the order in which later ones win. */
  readonly loadThemes?: () => Promise<ThemeSource[]>;
  /** Finds and loads plugins; without it there are none. */
  readonly plugins?: PluginHost;
  /** Hears that files of themes were written, until the returned function is called. */
  readonly watchThemes?: (changed: () => void) => () => void;
}

export interface UiLog {
  info(message: string, facts?: Record<string, unknown>): void;
  warn(message: string, facts?: Record<string, unknown>): void;
  error(message: string, facts?: Record<string, unknown>): void;
}
