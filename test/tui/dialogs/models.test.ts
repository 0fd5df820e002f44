import { describe, expect, test } from "bun:test";
import { cycleVariant } from "@/tui/dialogs/choices";
import { openModels, openVariants } from "@/tui/dialogs/models";
import { model, provider } from "./facts";
import { dialogScreen } from "./support";

const price = (input: number, output: number) => ({
  cost: { input, output, cache: { read: 0, write: 0 } },
});

const PROVIDERS = [
  provider("anthropic", "Anthropic", [
    model("anthropic", "sonnet", { name: "Sonnet 5", ...price(3, 15), release_date: "2026-09" }),
    model("anthropic", "opus", { name: "Opus 5", ...price(15, 75), release_date: "2026-08" }),
    model("anthropic", "haiku", {
      ...{ name: "Haiku 5", ...price(1, 5), release_date: "2026-07" },
      variants: { high: {}, max: {} },
    }),
  ]),
  provider("openai", "OpenAI", [
    model("openai", "gpt-6", {
      ...{ name: "GPT-6", ...price(2, 10), limit: { context: 400_000, output: 1 } },
    }),
  ]),
  provider("ollama", "Ollama", [
    model("ollama", "qwen3-coder", {
      api: { id: "q", url: "http://localhost:11434/v1", npm: "x" },
      limit: { context: 32_000, output: 1 },
    }),
  ]),
];
const SONNET = { providerID: "anthropic", modelID: "sonnet" };
const HAIKU = { providerID: "anthropic", modelID: "haiku" };
const GPT = { providerID: "openai", modelID: "gpt-6" };

async function open() {
  const screen = await dialogScreen({
    state: {
      choice: { model: SONNET },
      facts: { providers: { providers: PROVIDERS, default: {} } },
    },
  });
  screen.ui.memory.set("favorite", [SONNET]);
  screen.ui.memory.set("recent", [SONNET, GPT]);
  const choice = () => screen.ui.store.state.choice;
  return { screen, keys: screen.terminal.mockInput, choice };
}

describe("the list of models", () => {
  test("chooses, remembers and filters", async () => {
    const { screen, keys, choice } = await open();
    await using _ = screen;
    openModels(screen.ui);
    await keys.typeText("haiku");
    keys.pressEnter();
    expect(choice().model).toEqual(HAIKU);
    expect(screen.ui.memory.get("recent")?.[0]).toEqual(HAIKU);
    expect(screen.ui.dialogs.isOpen).toBe(false);
  });

  test("marks favorites and goes through variants", async () => {
    const { screen, keys, choice } = await open();
    await using _ = screen;
    openModels(screen.ui);
    await keys.typeText("haiku");
    keys.pressKey("f", { ctrl: true });
    expect(screen.ui.memory.get("favorite")).toEqual([SONNET, HAIKU]);
    keys.pressKey("t", { ctrl: true });
    keys.pressKey("t", { ctrl: true });
    expect(choice()).toEqual({ model: HAIKU, variant: "high" });
    expect(await screen.frame()).toContain("● Haiku 5 · high");
    keys.pressKey("a", { ctrl: true });
    expect(screen.actions).toEqual(["provider.connect"]);
  });

  test("shows models that come while it is open", async () => {
    const { screen } = await open();
    await using _ = screen;
    openModels(screen.ui);
    const more = provider("x", "Xylo", [model("x", "new-one")]);
    const providers = { providers: [...PROVIDERS, more], default: {} };
    screen.ui.store.dispatch({ type: "facts.loaded", facts: { providers } });
    expect(await screen.frame()).toContain("new-one");
  });
});

test("a variant is chosen for the model that would answer, chosen or not", async () => {
  const config = { model: `${HAIKU.providerID}/${HAIKU.modelID}` };
  const facts = { config, providers: { providers: PROVIDERS, default: {} } };
  await using screen = await dialogScreen({ state: { facts } });
  cycleVariant(screen.ui);
  expect(screen.ui.store.state.choice).toEqual({ model: HAIKU, variant: "high" });
});

test("variants are remembered for each model", async () => {
  const { screen, keys, choice } = await open();
  await using _ = screen;
  screen.ui.store.dispatch({ type: "choice.changed", choice: { model: HAIKU } });
  openVariants(screen.ui);
  expect(await screen.frame()).toContain("● default");
  keys.pressArrow("down");
  keys.pressEnter();
  expect(choice().variant).toBe("high");
  expect(screen.ui.memory.get("variant")).toEqual({ "anthropic/haiku": "high" });
});
