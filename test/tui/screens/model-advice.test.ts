import { expect, test } from "bun:test";
import type { ConfigProviders } from "@/schema/provider";
import { ModelAdvice } from "@/tui/screens/model-advice";
import { testScreen } from "@test/support/screen";
import { model, provider } from "@test/tui/dialogs/facts";

const LOCAL = { api: { id: "l", url: "http://127.0.0.1:11434/v1", npm: "x" } };
const KEY = {
  ...provider("google", "Google", [model("google", "g")]),
  source: "env" as const,
};
const SERVER = provider("ollama", "Ollama", [model("ollama", "l", LOCAL)]);
const facts = {
  agents: [],
  config: {},
  providers: { providers: [KEY], default: { google: "g" } },
  found: [
    { provider: KEY, modelID: "g", variable: "GEMINI_API_KEY" },
    { provider: SERVER, modelID: "l" },
  ],
};

async function advised(columns: number, rows: number) {
  const screen = await testScreen({ state: { facts } });
  const advice = new ModelAdvice(screen.ui);
  screen.ui.renderer.root.add(advice.root);
  screen.ui.renderer.keyInput.on("keypress", (key) => void advice.press(key));
  advice.fit(columns, rows);
  return { screen, frame: (await screen.frame()).trimEnd() };
}

test("what this machine has is offered by a number, which uses it", async () => {
  const { screen, frame } = await advised(80, 10);
  await using _ = screen;
  expect(frame).toMatch(/1 +use GEMINI_API_KEY found in the environment/);
  expect(frame).toMatch(/2 +use the server answering on localhost:11434 \(1 model\)/);
  screen.terminal.mockInput.pressKey("2");
  await screen.until(() => screen.ui.store.state.choice.model !== undefined);
  expect(screen.ui.store.state.choice.model).toEqual({ providerID: "ollama", modelID: "l" });
  expect(screen.ui.memory.get("recent")).toEqual([{ providerID: "ollama", modelID: "l" }]);
});

test("a number means nothing once something is written, or a model is there", async () => {
  const { screen } = await advised(80, 10);
  await using _ = screen;
  const press = (name: string) => {
    const advice = new ModelAdvice(screen.ui);
    return advice.press({ name } as never);
  };
  expect(press("3")).toBe(false);
  screen.ui.prompt.setText("half a word");
  expect(press("1")).toBe(false);
  screen.ui.prompt.clear();
  expect(press("1")).toBe(true);
  expect(press("2")).toBe(false);
});

test("on a small screen it says less, and cuts nothing without saying so", async () => {
  const { screen, frame } = await advised(30, 3);
  await using _ = screen;
  expect(frame.split("\n").map((line) => line.trim())).toEqual([
    "No model is connected yet.",
    "enter   connect a provider",
    "1       use GEMINI_API_KEY",
  ]);
});

test("the machine is looked at once, and only while there is no model", async () => {
  const found = facts.found;
  const looked = async (known: ConfigProviders) => {
    const { found: _, ...rest } = facts;
    await using screen = await testScreen({
      state: { facts: { ...rest, providers: known } },
      answers: { "GET /experimental/provider/found": () => found },
    });
    const advice = new ModelAdvice(screen.ui);
    advice.look();
    advice.look();
    if (advice.isDue) await screen.until(() => screen.ui.store.state.facts.found !== undefined);
    advice.look();
    return screen.sent.length;
  };
  expect(await looked({ providers: [], default: { google: "g" } })).toBe(1);
  expect(await looked({ providers: [SERVER], default: { ollama: "l" } })).toBe(0);
});
