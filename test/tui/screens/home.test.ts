import { expect, test } from "bun:test";
import { HomeScreen } from "@/tui/screens/home";
import type { State } from "@/tui/store/state";
import { testScreen, type TestScreen } from "@test/support/screen";

const FACTS: State["facts"] = {
  vcs: { branch: "main" },
  providers: {
    providers: [
      { id: "anthropic", name: "Anthropic", source: "env", env: [], options: {}, models: {} },
    ],
    default: { anthropic: "sonnet-5" },
  },
  mcp: { github: { status: "connected" }, files: { status: "connected" } },
  lsp: [{ id: "typescript", name: "typescript", root: "", status: "connected" }],
};

async function home(screen: TestScreen, size: { columns: number; rows: number }) {
  const shown = new HomeScreen(screen.ui);
  screen.ui.renderer.root.add(shown.root);
  shown.root.height = size.rows;
  shown.root.width = size.columns;
  shown.resize(size);
  shown.update(screen.ui.store.state);
  return shown;
}

test("without a model, home says what to do", async () => {
  const facts = { ...FACTS, providers: { providers: [], default: {} } };
  const state = { directory: "/home/user/proj", facts };
  await using screen = await testScreen({ width: 80, height: 24, state });
  await home(screen, { columns: 80, rows: 24 });
  const frame = await screen.frame();
  expect(frame).toContain("No model is connected yet.");
  screen.terminal.mockInput.pressEnter();
  expect(screen.actions).toEqual(["provider.connect"]);
});

test("a server that is gone is told where one looks", async () => {
  const connection = {
    state: "reconnecting",
    reason: "cannot reach http://127.0.0.1:4096",
    attempt: 2,
    retryAt: Date.UTC(2026, 0, 1) + 2_000,
  } as const;
  await using screen = await testScreen({ width: 80, height: 24, state: { connection } });
  await home(screen, { columns: 80, rows: 24 });
  expect(await screen.frame()).toContain("✗ server gone (cannot reach http://127.0.0.1:4096)");
});

test("the keys of the list above the prompt stand beneath it while it is open", async () => {
  const state = { directory: "/home/user/proj", facts: FACTS };
  await using screen = await testScreen({ width: 80, height: 24, state });
  await home(screen, { columns: 80, rows: 24 });
  screen.ui.prompt.focus();
  expect(await screen.frame()).toContain("? keys  tab agents  ctrl+p commands");
  await screen.terminal.mockInput.typeText("/");
  const open = await screen.frame();
  expect(open).toContain("↑↓ pick  tab complete  enter run  esc");
  expect(open).not.toContain("tab agents");
  screen.terminal.mockInput.pressKey("BACKSPACE");
  expect(await screen.frame()).toContain("tab agents");
});

test.each([
  [80, 24],
  [60, 16],
  [50, 16],
])("the footer stays beneath a list and beneath a long draft at %dx%d", async (columns, rows) => {
  const state = { directory: "/home/user/proj", facts: FACTS };
  await using screen = await testScreen({ width: columns, height: rows, state });
  await home(screen, { columns, rows });
  screen.ui.prompt.focus();
  await screen.terminal.mockInput.typeText("/");
  const list = (await screen.frame()).trimEnd().split("\n");
  expect(list.at(-1)).toContain("1.0.0");
  expect(list.join("\n")).toContain("↑↓ pick");
  screen.ui.prompt.setText("line\n".repeat(20));
  await screen.frame();
  const draft = (await screen.frame()).trimEnd().split("\n");
  expect(draft.at(-1)).toContain("1.0.0");
  expect(draft.join("\n")).toContain("ctrl+p commands");
});
