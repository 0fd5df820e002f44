// The whole terminal UI over a recorded state, at a size: every part of it is real, and the server
// knows nothing but the answers it is given, so that what is recorded stays as it is.
//
// `await using tui = await recordedTui({ columns: 80, rows: 24, state });`

import { createTestRenderer, type TestRendererSetup } from "@opentui/core/testing";
import { join } from "node:path";
import { MemoryTransport } from "@/client/memory-transport";
import { readSettings } from "@/tui/settings";
import type { State } from "@/tui/store/state";
import { Tui } from "@/tui/tui";
import { FakeClock } from "@test/support/clock";
import { answering, type ScreenOptions, type SentRequest } from "@test/support/screen";
import { tempDirectory } from "@test/support/temp";

export interface RecordedOptions extends Pick<ScreenOptions, "answers"> {
  columns: number;
  rows: number;
  state?: Partial<State>;
  /** Of tui.json. */
  settings?: Parameters<typeof readSettings>[0];
  env?: Record<string, string>;
  /** What the clock says at the start. */
  at?: number;
  /** In mini mode the frame is the footer alone. */
  isMini?: boolean;
}

const MINI = {
  screenMode: "split-footer",
  externalOutputMode: "capture-stdout",
  footerHeight: 5,
} as const;

export interface RecordedTui extends AsyncDisposable {
  tui: Tui;
  terminal: TestRendererSetup;
  clock: FakeClock;
  sent: SentRequest[];
  /** Draws until nothing changes any more, or until the text is there. */
  settle(text?: string): Promise<string>;
}

/** So many frames that are alike are the last one. */
const SAME_FRAMES = 8;
const FRAMES_MAX = 2_000;

export async function recordedTui(options: RecordedOptions): Promise<RecordedTui> {
  const { columns: width, rows: height, state, settings = {}, env = {}, at, isMini } = options;
  const terminal = await createTestRenderer({
    ...{ width, height, kittyKeyboard: true },
    ...(isMini && MINI),
  });
  const home = await tempDirectory();
  const clock = new FakeClock(at);
  const sent: SentRequest[] = [];
  const nothing = () => undefined;
  const tui = new Tui(terminal.renderer, {
    transport: new MemoryTransport(answering(options, sent, new Set())),
    directory: "/home/user/proj",
    clock,
    log: { info: nothing, warn: nothing, error: nothing },
    settings: readSettings(settings),
    ...(state && { state }),
    ...(isMini && { mini: { replayLimit: 100 } }),
    environment: {
      version: "1.0.0",
      home: "/home/user",
      env,
      stateDirectory: join(home.path, "state"),
      configDirectory: join(home.path, "config"),
      cacheDirectory: join(home.path, "cache"),
      logDirectory: join(home.path, "log"),
    },
  });
  return {
    tui,
    terminal,
    clock,
    sent,
    async settle(text) {
      let same = 0;
      let before = "";
      for (let n = 0; n < FRAMES_MAX; n++) {
        await new Promise((resolve) => setImmediate(resolve));
        tui.store.flush();
        await terminal.renderOnce();
        const frame = terminal.captureCharFrame();
        same = frame === before ? same + 1 : 0;
        before = frame;
        const isThere = text === undefined || frame.includes(text);
        if (same >= SAME_FRAMES && isThere) return frame;
      }
      throw new Error(`${text ?? "the last frame"} does not come:\n${before}`);
    },
    async [Symbol.asyncDispose]() {
      await tui.prompt.close();
      tui.close();
      await tui.memory.flush();
      await home[Symbol.asyncDispose]();
    },
  };
}
