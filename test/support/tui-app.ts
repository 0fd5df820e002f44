// The whole terminal UI on the real server, with a scripted model behind it: what a person sees and
// types. Several of them may sit on one server.
import { createTestRenderer } from "@opentui/core/testing";
import { join } from "node:path";
import { systemClock } from "@/base/clock";
import { MemoryTransport } from "@/client/memory-transport";
import { createServer } from "@/server/server";
import { readSettings } from "@/tui/settings";
import type { PluginHost } from "@/tui/plugins/plugin-types";
import type { State } from "@/tui/store/state";
import { Tui } from "@/tui/tui";
import { sessionApp, type SessionAppOptions } from "@test/support/session-app";

type SessionApp = Awaited<ReturnType<typeof sessionApp>>;

export interface FaceOptions {
  editor?: string;
  state?: Partial<State>;
  plugins?: PluginHost;
}

const PATIENCE_MS = 30_000;

/** One terminal UI, with a server of its own and everything behind it. */
export async function tuiOn({
  editor,
  plugins,
  ...options
}: SessionAppOptions & Pick<FaceOptions, "editor" | "plugins">) {
  const t = await sessionApp({ config: { permission: { bash: "ask", edit: "ask" } }, ...options });
  const face = await faceOn(t, { ...(editor && { editor }), ...(plugins && { plugins }) });
  return {
    ...face,
    t,
    /** What people said, in the model's requests, each once. */
    said: () =>
      t.model.requests
        .flatMap(({ request }) => request.messages)
        .filter(({ role }) => role === "user")
        .map(({ text }) => text)
        .filter((text, index, all) => all.indexOf(text) === index),
    async [Symbol.asyncDispose]() {
      await face.close();
      await t[Symbol.asyncDispose]();
    },
  };
}

/** One more terminal UI on a server that is there. */
export async function faceOn(t: SessionApp, { editor, state, plugins }: FaceOptions = {}) {
  const terminal = await createTestRenderer({ width: 100, height: 30, kittyKeyboard: true });
  const server = createServer(t.app);
  const transport = new MemoryTransport(
    Promise.resolve({
      handle: async (request: Request) => server.handle(request),
      subscribe: (listener) => t.app.services.bus.subscribe(listener),
    }),
  );
  const nothing = () => undefined;
  const tui = new Tui(terminal.renderer, {
    transport,
    directory: t.directory,
    clock: systemClock,
    log: { info: nothing, warn: nothing, error: nothing },
    settings: readSettings({}),
    ...(state && { state }),
    environment: {
      version: "1.0.0",
      home: t.home,
      env: editor === undefined ? {} : { EDITOR: editor, PATH: process.env["PATH"] },
      stateDirectory: join(t.home, "state"),
      configDirectory: join(t.home, "config"),
      cacheDirectory: join(t.home, "cache"),
      logDirectory: join(t.home, "log"),
      ...(plugins && { plugins }),
    },
  });
  const frame = async () => {
    await terminal.renderOnce();
    return terminal.captureCharFrame();
  };
  return {
    tui,
    keys: terminal.mockInput,
    frame,
    async shows(text: string): Promise<string> {
      const deadline = performance.now() + PATIENCE_MS;
      for (;;) {
        const shown = await frame();
        if (shown.includes(text)) return shown;
        if (performance.now() > deadline) throw new Error(`"${text}" is not on\n${shown}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async send(text: string): Promise<void> {
      await terminal.mockInput.typeText(text);
      terminal.mockInput.pressEnter();
    },
    async close(): Promise<void> {
      await tui.prompt.close();
      tui.close();
      await Promise.all([tui.memory.flush(), tui.plugins.close()]);
    },
  };
}
