import { expect, test } from "bun:test";
import { lacksModel, presentModel } from "@/tui/store/present";
import { initialState, type State } from "@/tui/store/state";
import { model, provider } from "@test/tui/dialogs/facts";

const ONE = provider("one", "One", [model("one", "a"), model("one", "b")]);
const TWO = provider("two", "Two", [model("two", "c")]);
const KEY_FOUND = { ...provider("env", "Env", [model("env", "e")]), source: "env" as const };
const LOCAL = { api: { id: "l", url: "http://127.0.0.1:11434/v1", npm: "x" } };
const SERVER_FOUND = {
  ...provider("ollama", "Ollama", [model("ollama", "l", LOCAL)]),
  source: "custom" as const,
};

function state(providers: (typeof ONE)[], more: Partial<State> = {}): State {
  const best = { one: "a", two: "c", env: "e", ollama: "l" };
  const facts = { agents: [], config: {}, providers: { providers, default: best } };
  return { ...initialState("/p"), recentModels: [], facts, ...more };
}

test("the model that was used last is the one of the next start, if it is still there", () => {
  const recentModels = [
    { providerID: "gone", modelID: "x" },
    { providerID: "two", modelID: "c" },
  ];
  expect(presentModel(state([ONE, TWO], { recentModels }))).toEqual({
    providerID: "two",
    modelID: "c",
  });
  expect(presentModel(state([ONE], { recentModels }))).toEqual({ providerID: "one", modelID: "a" });
});

test("what was merely found is nobody's choice until it has been used", () => {
  const found = state([KEY_FOUND, SERVER_FOUND]);
  expect(presentModel(found)).toBeUndefined();
  expect(lacksModel(found)).toBe(true);
  const recentModels = [{ providerID: "env", modelID: "e" }];
  expect(lacksModel({ ...found, recentModels })).toBe(false);
  expect(presentModel(state([KEY_FOUND, TWO]))?.providerID).toBe("two");
});

test("nothing is lacking as long as not all is known", () => {
  expect(lacksModel(state([]))).toBe(true);
  expect(lacksModel(state([], { recentModels: undefined }))).toBe(false);
  expect(lacksModel(state([], { facts: { providers: { providers: [], default: {} } } }))).toBe(
    false,
  );
});

test("a configured model counts, whatever was found", () => {
  const { facts } = state([KEY_FOUND]);
  const configured = state([], { facts: { ...facts, config: { model: "env/e" } } });
  expect(presentModel(configured)).toEqual({ providerID: "env", modelID: "e" });
  expect(lacksModel(configured)).toBe(false);
});
