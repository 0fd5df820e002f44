import { describe, expect, test } from "bun:test";
import type { State } from "@/tui/store/state";
import { type ScreenOptions, type SentRequest, testScreen } from "@test/support/screen";

const IN_SESSION: Partial<State> = { route: { screen: "session", sessionID: "ses_1" } };

/** The prompt box at the foot of a screen, with the keys of the default settings. */
async function boxScreen(options: ScreenOptions = {}) {
  const screen = await testScreen({ height: 16, ...options, state: { ...options.state } });
  const { renderer, prompt } = screen.ui;
  renderer.root.flexDirection = "column";
  renderer.root.justifyContent = "flex-end";
  renderer.root.paddingX = 2;
  renderer.root.add(prompt.root);
  prompt.focus();
  const keys = screen.terminal.mockInput;
  const type = (text: string) => keys.typeText(text);
  return { screen, prompt, keys, type };
}

function sentTexts(sent: readonly SentRequest[]): unknown[] {
  return sent.flatMap(({ path, body }) => (path.includes("/prompt_async") ? [body] : []));
}

describe("editing", () => {
  test("keys reach the editor by their actions", async () => {
    const { screen, prompt, keys, type } = await boxScreen();
    await using _ = screen;
    await type("one two three");
    keys.pressKey("w", { ctrl: true });
    keys.pressKey("a", { ctrl: true });
    await type("X");
    expect(prompt.text).toBe("Xone two ");
    keys.pressKey("-", { ctrl: true });
    expect(prompt.text).toBe("one two ");
    keys.pressKey("e", { ctrl: true });
    keys.pressEnter({ shift: true });
    await type("second");
    expect(prompt.text).toBe("one two \nsecond");
    keys.pressKey("u", { ctrl: true });
    keys.pressBackspace();
    expect(prompt.text).toBe("one two ");
    await type("\\");
    keys.pressEnter();
    expect(prompt.text).toBe("one two \n");
    expect(await screen.frame()).toContain("┃  one two");
  });
});

describe("sending", () => {
  test("a prompt goes to the open session with what is chosen", async () => {
    const { screen, prompt, keys, type } = await boxScreen({
      state: { ...IN_SESSION, choice: { agent: "plan" } },
      answers: { "POST /session/ses_1/prompt_async": () => null },
    });
    await using _ = screen;
    await type("hello");
    keys.pressEnter();
    expect(prompt.text).toBe("");
    await screen.until(() => screen.sent.length > 0);
    expect(sentTexts(screen.sent)).toEqual([
      { parts: [{ type: "text", text: "hello" }], agent: "plan" },
    ]);
  });
});
