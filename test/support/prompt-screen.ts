// A prompt box at the foot of a screen, with the keys of the default settings, for tests of what a
// person does in it.

import type { Part } from "@/schema/part";
import type { Session, SessionStatus } from "@/schema/session";
import { DialogStack } from "@/tui/dialogs/dialog-stack";
import { EditorPromptBox } from "@/tui/prompt/prompt-box";
import type { State } from "@/tui/store/state";
import { type ScreenOptions, testScreen } from "./screen";

export const SESSION_ID = "ses_1";

/** The session that is open, on which `state` builds. */
export const IN_SESSION: Partial<State> = { route: { screen: "session", sessionID: SESSION_ID } };

/** Whatever is asked of the server is done. */
export const DONE: Pick<ScreenOptions, "answers"> = {
  answers: {
    [`POST /session/${SESSION_ID}/prompt_async`]: () => null,
    [`POST /session/${SESSION_ID}/command`]: () => ({}),
    [`POST /session/${SESSION_ID}/shell`]: () => ({}),
    "POST /session": () => ({ id: SESSION_ID }) as Session,
    "GET /find/file": () => [],
    "GET /experimental/resource": () => ({}),
    "GET /experimental/resource/template": () => ({}),
  },
};

const PATIENCE_MS = 30_000;

export async function promptScreen(options: ScreenOptions = {}) {
  const parts: ScreenOptions["ui"] = (ui) => {
    const dialogs = new DialogStack(ui);
    return { dialogs, prompt: new EditorPromptBox(ui) };
  };
  const screen = await testScreen({ height: 24, ui: parts, ...options });
  const { renderer, prompt, store } = screen.ui;
  renderer.root.flexDirection = "column";
  renderer.root.justifyContent = "flex-end";
  renderer.root.paddingX = 2;
  renderer.root.add(prompt.root);
  prompt.fit(24);
  prompt.focus();
  const keys = screen.terminal.mockInput;
  return {
    screen,
    prompt,
    keys,
    type: (text: string) => keys.typeText(text),
    /** Presses the leader and then a key. */
    lead(key: string) {
      keys.pressKey("x", { ctrl: true });
      keys.pressKey(key);
    },
    /** The text with `|` at the cursor, as the frame shows it. */
    async caret(): Promise<{ x: number; y: number }> {
      await screen.frame();
      const { x, y } = renderer.getCursorState();
      return { x, y };
    },
    setStatus(status: SessionStatus["type"], error?: { name: string; data: object }) {
      if (error) store.dispatch(failedAnswer(error));
      const properties = { sessionID: SESSION_ID, status: statusOf(status) };
      const event = { id: "evt_1", type: "session.status", properties } as const;
      store.dispatch({ type: "heard", event, at: 1 });
      store.flush();
    },
    /** Waits until the screen shows the text, and gives the frame. */
    async shows(text: string): Promise<string> {
      const deadline = performance.now() + PATIENCE_MS;
      while (performance.now() < deadline) {
        const frame = await screen.frame();
        if (frame.includes(text)) return frame;
        await new Promise((resolve) => setImmediate(resolve));
      }
      throw new Error(`"${text}" is not shown:\n${await screen.frame()}`);
    },
    /** Bodies of the requests to a path that ends so, in their order. */
    bodies: (ending: string) =>
      screen.sent.filter(({ path }) => path.endsWith(ending)).map(({ body }) => body),
  };
}

/** The text of a prompt's body. */
export function saidIn(body: unknown): string | undefined {
  const { parts = [] } = (body ?? {}) as { parts?: Part[] };
  return parts.flatMap((part) => (part.type === "text" ? [part.text] : []))[0];
}

function statusOf(type: SessionStatus["type"]): SessionStatus {
  return type === "retry" ? { type, attempt: 1, message: "", next: 0 } : { type };
}

function failedAnswer(error: object) {
  const info = { id: "msg_2", sessionID: SESSION_ID, role: "assistant", error, time: {} };
  const message = { info, parts: [] } as never;
  return {
    type: "transcript.loaded",
    sessionID: SESSION_ID,
    messages: [message],
    place: "newest",
  } as const;
}
