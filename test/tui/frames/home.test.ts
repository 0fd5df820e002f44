// The home screen as the specification draws it.
import { expect, test } from "bun:test";
import type { State } from "@/tui/store/state";
import { expectFrame } from "@test/support/frames";
import { recordedTui } from "@test/support/recorded-tui";
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

test("home-no-provider-80", async () => {
  const facts = { vcs: { branch: "main" }, providers: { providers: [], default: {} } };
  const state: Partial<State> = { connection: { state: "connected" }, facts };
  await using tui = await recordedTui({ columns: 80, rows: 24, state });
  expect(await tui.settle("No model is connected yet")).toContain("no model");
  expectFrame("home-no-provider-80", tui.terminal);
});
