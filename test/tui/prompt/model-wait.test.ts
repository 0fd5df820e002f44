import { expect, test } from "bun:test";
import type { State } from "@/tui/store/state";
import { DONE, promptScreen } from "@test/support/prompt-screen";
import { model, provider } from "@test/tui/dialogs/facts";

const ACME = provider("acme", "Acme", [model("acme", "one")]);
const KEY_FOUND = { ...ACME, source: "env" as const, env: ["ACME_API_KEY"] };
const CHOSEN = { providerID: "acme", modelID: "one" };

function withProviders(providers: (typeof ACME)[]): Partial<State> {
  return { facts: { agents: [], config: {}, providers: { providers, default: { acme: "one" } } } };
}

async function submitted(state: Partial<State>) {
  const { screen } = await promptScreen({ ...DONE, state });
  await screen.terminal.mockInput.typeText("hello");
  screen.terminal.mockInput.pressEnter();
  const prompts = () => screen.sent.filter(({ path }) => path.endsWith("/prompt_async"));
  return { screen, prompts };
}

test.each([
  ["nothing is connected", []],
  ["a key was only found", [KEY_FOUND]],
])(
  "what is submitted while %s stays, and is sent with the model that is chosen",
  async (_, all) => {
    const { screen, prompts } = await submitted(withProviders(all));
    await using _screen = screen;
    expect(screen.actions).toEqual(["provider.connect"]);
    expect(screen.ui.prompt.text).toBe("hello");
    expect(await screen.frame()).toContain("It is sent as soon as a model is connected");
    screen.ui.store.dispatch({ type: "choice.changed", choice: { model: CHOSEN } });
    await screen.until(() => prompts().length > 0);
    expect(prompts()[0]?.body).toMatchObject({ model: CHOSEN, parts: [{ text: "hello" }] });
    expect(screen.ui.prompt.isEmpty).toBe(true);
  },
);

test("what has become another text meanwhile is the person's to send", async () => {
  const { screen, prompts } = await submitted(withProviders([]));
  await using _ = screen;
  await screen.terminal.mockInput.typeText(" there");
  screen.ui.store.dispatch({ type: "choice.changed", choice: { model: CHOSEN } });
  await screen.frame();
  expect(screen.ui.prompt.text).toBe("hello there");
  screen.terminal.mockInput.pressEnter();
  await screen.until(() => prompts().length > 0);
  expect(prompts().map(({ body }) => body)).toMatchObject([{ parts: [{ text: "hello there" }] }]);
});

test.each([
  ["a provider that somebody connected", withProviders([ACME])],
  ["a key that was used before", { ...withProviders([KEY_FOUND]), recentModels: [CHOSEN] }],
  ["a server that has not told yet", {}],
])("with %s it is sent at once", async (_, state) => {
  const { screen, prompts } = await submitted(state);
  await using _screen = screen;
  await screen.until(() => prompts().length > 0);
  expect(screen.actions).toEqual([]);
});

test("a shell command needs no model", async () => {
  const { screen } = await promptScreen({ ...DONE, state: withProviders([]) });
  await using _ = screen;
  await screen.terminal.mockInput.typeText("!ls");
  screen.terminal.mockInput.pressEnter();
  await screen.until(() => screen.sent.some(({ path }) => path.endsWith("/shell")));
});
