// The home screen as the specification draws it.
import { expect, test } from "bun:test";
import type { State } from "@/tui/store/state";
import { expectFrame } from "@test/support/frames";
import { recordedTui } from "@test/support/recorded-tui";
import { model, provider } from "@test/tui/dialogs/facts";
import { FACTS, SONNET } from "./recorded";

const HOME: Partial<State> = {
  connection: { state: "connected" },
  choice: { model: SONNET, variant: "high" },
  facts: {
    ...FACTS,
    mcp: { github: { status: "connected" }, files: { status: "connected" } },
    lsp: [{ id: "typescript", name: "typescript", root: "", status: "connected" }],
  },
};

for (const [columns, rows] of [
  [120, 36],
  [80, 24],
  [48, 16],
  [40, 10],
] as const) {
  test(`home-${columns}`, async () => {
    await using tui = await recordedTui({ columns, rows, state: HOME });
    await tui.settle("Ask anything");
    expectFrame(`home-${columns}`, tui.terminal);
  });
}

const LOCAL = { api: { id: "q", url: "http://127.0.0.1:11434/v1", npm: "x" } };
const ANTHROPIC = {
  ...provider("anthropic", "Anthropic", [model("anthropic", "sonnet")]),
  ...{ source: "env" as const, env: ["ANTHROPIC_API_KEY"] },
};
const OLLAMA = provider("ollama", "Ollama", [
  model("ollama", "a", LOCAL),
  model("ollama", "b", LOCAL),
  model("ollama", "c", LOCAL),
]);
/** A key that may be for another program, and a server that answers: nobody has chosen either. */
const FOUND = {
  "GET /experimental/provider/found": () => [
    { provider: ANTHROPIC, modelID: "sonnet", variable: "ANTHROPIC_API_KEY" },
    { provider: OLLAMA, modelID: "a" },
  ],
};

function unconnected(providers: (typeof ANTHROPIC)[]): Partial<State> {
  const known = { agents: [], config: {}, providers: { providers, default: {} } };
  return { connection: { state: "connected" }, facts: { vcs: { branch: "main" }, ...known } };
}

for (const [name, columns, rows] of [
  ["home-no-provider-80", 80, 24],
  ["home-no-provider-50", 50, 16],
  ["home-no-provider-40", 40, 10],
] as const) {
  test(name, async () => {
    const state = unconnected([ANTHROPIC]);
    await using tui = await recordedTui({ columns, rows, state, answers: FOUND });
    await tui.settle("connect a provider");
    expectFrame(name, tui.terminal);
  });
}

test("home without anything that could be used names the way to a model", async () => {
  const state = unconnected([]);
  await using tui = await recordedTui({ columns: 80, rows: 24, state });
  const frame = await tui.settle("No model is connected yet");
  expect(frame).toContain("enter   connect a provider");
  expect(frame).not.toMatch(/\b1 +use/);
});
