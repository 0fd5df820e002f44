// The sidebar of a session: beside the transcript, as a drawer, and as a page of its own.
import { expect, test } from "bun:test";
import type { AssistantMessage } from "@/schema/message";
import type { ConfigProviders } from "@/schema/provider";
import type { Session } from "@/schema/session";
import { Sidebar } from "@/tui/screens/sidebar";
import type { State } from "@/tui/store/state";
import { type TestScreen, testScreen } from "@test/support/screen";

const session = { id: "ses_1", title: "Fix flaky login test", cost: 0.31 } as Session;
const answer = {
  id: "msg_1",
  role: "assistant",
  providerID: "p",
  modelID: "m",
  tokens: { input: 42_000, output: 900, reasoning: 0, cache: { read: 0, write: 0 } },
} as AssistantMessage;
const providers = {
  providers: [{ id: "p", models: { m: { limit: { context: 200_000 } } } }],
  default: {},
} as unknown as ConfigProviders;

const state: Partial<State> = {
  sessions: {
    ses_1: session,
    ses_2: { id: "ses_2", parentID: "ses_1", title: "Survey the repo" } as Session,
    ses_3: { id: "ses_3", parentID: "ses_1", title: "It has ended" } as Session,
  },
  status: { ses_2: { type: "busy" } },
  busySince: { ses_2: 0 },
  transcripts: { ses_1: { messages: [{ info: answer, parts: [] }] } },
  todos: {
    ses_1: [
      { content: "Read the test", status: "completed", priority: "high" },
      { content: "Replace the clock", status: "in_progress", priority: "high" },
    ],
  },
  diffs: { ses_1: [{ file: "src/auth.ts", additions: 2, deletions: 1 }] },
  facts: {
    providers,
    mcp: {
      github: { status: "connected" },
      figma: { status: "failed", error: "its program exited with code 1" },
    },
    lsp: [{ id: "typescript", name: "typescript", root: "/home/user/proj", status: "connected" }],
  },
};

async function withSidebar(
  size: { width: number; height: number },
  changed: Partial<State>,
  check: (screen: TestScreen, sidebar: Sidebar) => Promise<void>,
): Promise<void> {
  await using screen = await testScreen({ ...size, state: { ...state, ...changed } });
  const { ui } = screen;
  const sidebar = new Sidebar(ui, "ses_1");
  ui.renderer.root.add(sidebar.docked);
  ui.renderer.root.add(sidebar.drawer);
  const unsubscribe = ui.store.subscribe((next) => sidebar.update(next));
  sidebar.resize({ columns: size.width, rows: size.height });
  await check(screen, sidebar);
  unsubscribe();
  sidebar.destroy();
}

test("it shows the context, todos, files, servers and running subagents", async () => {
  await withSidebar({ width: 132, height: 36 }, {}, async (screen, sidebar) => {
    const rows = (await screen.frame()).split("\n").map((row) => row.trim());
    for (const row of [
      "Fix flaky login test",
      "42,900 of 200,000 tokens",
      "████░░░░░░░░░░░░░░░░ 21%",
      "$0.31 spent",
      "▼ Todo 1/2",
      "[✓] Read the test",
      "[•] Replace the clock",
      "▼ Modified files +2 -1",
      "▼ MCP 1/2",
      "● github   connected",
      "● figma    failed: exit 1",
      "● typescript  ~/proj",
      "▼ Subagents 1 running",
      "● opencode 1.0.0",
    ]) {
      expect(rows).toContain(row);
    }
    expect(rows.join("\n")).toMatch(/src\/auth\.ts +\+2 -1/);
    expect(rows.join("\n")).toMatch(/Survey the repo \d+/);
    expect(rows.join("\n")).not.toContain("It has ended");
    expect(sidebar.dockedColumns).toBe(42);
  });
});

test("sections with nothing in them are not there", async () => {
  const nothing = { todos: {}, diffs: {}, facts: {}, status: {}, transcripts: {} };
  await withSidebar({ width: 132, height: 36 }, nothing, async (screen) => {
    expect(await screen.frame()).not.toMatch(/Todo|Modified|MCP|LSP|Subagents|Context/);
  });
});

test("a click on a heading folds its section and opens it again", async () => {
  await withSidebar({ width: 132, height: 36 }, {}, async (screen) => {
    const at = (await screen.frame()).split("\n").findIndex((row) => row.includes("▼ Todo"));
    await screen.terminal.mockMouse.click(4, at);
    const folded = await screen.frame();
    expect(folded).toContain("▶ Todo 1/2");
    expect(folded).not.toContain("Read the test");
    await screen.terminal.mockMouse.click(4, at);
    expect(await screen.frame()).toContain("Read the test");
  });
});

test("a click on a file that changed opens it in the person's editor", async () => {
  await withSidebar({ width: 132, height: 36 }, {}, async (screen) => {
    const at = (await screen.frame()).split("\n").findIndex((row) => row.includes("src/auth.ts"));
    await screen.terminal.mockMouse.click(6, at);
    await screen.until(() => screen.toasts.length > 0);
    expect(screen.toasts.join()).toContain("Set $VISUAL or $EDITOR to open files");
  });
});

test("where there is little room it is a drawer, closed until it is asked for", async () => {
  await withSidebar({ width: 80, height: 24 }, {}, async (screen, sidebar) => {
    expect((await screen.frame()).trim()).toBe("");
    expect(sidebar.dockedColumns).toBe(0);
    sidebar.toggle();
    const rows = (await screen.frame()).split("\n");
    expect(rows.find((row) => row.includes("Fix flaky"))?.indexOf("Fix")).toBe(80 - 42 + 2);
    sidebar.toggle();
    expect((await screen.frame()).trim()).toBe("");
  });
});

test("the narrowest terminals it fills", async () => {
  const view = { sidebar: "open" } as State["view"];
  await withSidebar({ width: 50, height: 24 }, { view }, async (screen) => {
    const rows = (await screen.frame()).split("\n");
    expect(rows.find((row) => row.includes("Fix flaky"))?.indexOf("Fix")).toBe(2);
  });
});
