// What the transcript shows of each tool's call: before it has run, after, and when it failed.
import { expect, test } from "bun:test";
import { createPatch } from "@/base/unified-diff";
import type { AssistantMessage } from "@/schema/message";
import type { ToolPart, ToolState } from "@/schema/part";
import { makeBlockView } from "@/tui/views/block-view";
import type { PartBlock } from "@/tui/views/view";
import { type ScreenOptions, testScreen } from "@test/support/screen";

const message: AssistantMessage = {
  id: "msg_1",
  sessionID: "ses_1",
  role: "assistant",
  parentID: "msg_0",
  mode: "build",
  agent: "build",
  path: { cwd: "/project", root: "/project" },
  cost: 0,
  tokens: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
  modelID: "m",
  providerID: "p",
  time: { created: 0 },
};

function block(tool: string, state: ToolState, id = "prt_1"): PartBlock {
  const place = { id, sessionID: "ses_1", messageID: "msg_1" };
  const part: ToolPart = { ...place, type: "tool", callID: `call_${id}`, tool, state };
  return { key: id, kind: "part", part, message };
}

function completed(
  input: Record<string, unknown>,
  { output = "", title = "", metadata = {}, tookMs = 0 } = {},
): ToolState {
  return { status: "completed", input, output, title, metadata, time: { start: 0, end: tookMs } };
}

async function shown(
  shownBlock: PartBlock,
  { expanded = false, ...options }: ScreenOptions & { expanded?: boolean } = {},
): Promise<string> {
  await using screen = await testScreen({ width: 80, height: 40, ...options });
  const view = makeBlockView(screen.ui, shownBlock);
  screen.ui.renderer.root.add(view.root);
  if (expanded) view.setExpanded(true);
  const frame = await screen.frame();
  view.destroy();
  return frame.trimEnd();
}

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

test.each<[string, ToolState, string]>([
  [
    "read",
    completed({ filePath: "/project/src/a.ts", limit: 120 }, { title: "src/a.ts" }),
    "     → Read src/a.ts [lines 1-120]",
  ],
  ["read", completed({ filePath: "a.ts", offset: 40 }), "     → Read a.ts [from line 40]"],
  [
    "glob",
    completed({ pattern: "test/**/*.ts" }, { metadata: { count: 31 } }),
    '     ✱ Glob "test/**/*.ts" (31 files)',
  ],
  [
    "grep",
    completed(
      { pattern: "Date.now", path: "src" },
      {
        metadata: { matches: 2 },
        output: "Found 2 matches\n/p/a.ts:\n  Line 1: x\n/p/b.ts:\n  Line 2: y",
      },
    ),
    '     ✱ Grep "Date.now" in src (2 matches in 2 files)',
  ],
  ["skill", completed({ name: "release" }), "     ✦ Skill release"],
  [
    "webfetch",
    completed(
      { url: "https://e.example/" },
      { output: "x".repeat(12 * 1024), metadata: { status: 200 } },
    ),
    "     % WebFetch https://e.example/ (12 KB, 200)",
  ],
  [
    "github_issues",
    completed({ state: "open", labels: ["bug"] }),
    '     ⚙ github_issues {state: open, labels: ["bug"]}',
  ],
])("%s is one row", async (tool, state, row) => {
  expect(await shown(block(tool, state))).toBe(row);
});

test("a call that failed says why in its row", async () => {
  const time = { start: 0, end: 1 };
  const state: ToolState = { status: "error", input: { filePath: "x" }, error: "gone\nmore", time };
  expect(await shown(block("read", state))).toBe("     ✗ Read x  gone");
  expect(await shown(block("edit", state))).toContain("✗ Edit x  gone");
});

test("an edit shows the lines around what changed, with its figures", async () => {
  const before = lines(9);
  const after = before.with(4, "line five");
  const diff = await createPatch("src/a.ts", before.join("\n"), after.join("\n"));
  const state = completed({ filePath: "/p/src/a.ts" }, { title: "src/a.ts", metadata: { diff } });
  const frame = await shown(block("edit", state), { width: 70 });
  expect(frame.split("\n").map((row) => row.replace(/ +/g, " ").trim())).toEqual([
    "┃ ← Edit src/a.ts +1 -1",
    "┃",
    "┃ 2 line 2",
    "┃ 3 line 3",
    "┃ 4 line 4",
    "┃ 5 - line 5",
    "┃ 5 + line five",
    "┃ 6 line 6",
    "┃ 7 line 7",
    "┃ 8 line 8",
  ]);
});

test("a long diff is cut with a count, and whole when it is open", async () => {
  const diff = await createPatch("a", "", `${lines(50).join("\n")}\n`);
  const edit = block("edit", completed({ filePath: "a" }, { metadata: { diff } }));
  const folded = await shown(edit, { height: 70 });
  expect(folded).toContain("20 + line 20");
  expect(folded).not.toContain("line 21");
  expect(folded).toMatch(/… 30 more lines {2,}ctrl\+o expand/);
  expect(await shown(edit, { height: 70, expanded: true })).toContain("50 + line 50");
});

test("in a wide terminal the two sides stand beside each other", async () => {
  const diff = await createPatch("a", "old text\nsame\n", "new text\nsame\n");
  const edit = block("edit", completed({ filePath: "a" }, { metadata: { diff } }));
  const frame = await shown(edit, { width: 180 });
  expect(frame).toMatch(/1 - old text +1 \+ new text/);
  // The sidebar has its part of this one.
  expect(await shown(edit, { width: 150 })).toMatch(/1 - old text\n/);
});

test("a patch of several files names each", async () => {
  const one = await createPatch("a.ts", "1\n", "2\n");
  const other = await createPatch("b.ts", "1\n", "1\n2\n");
  const diff = `${one}\n${other}`;
  const frame = await shown(block("apply_patch", completed({}, { metadata: { diff } })));
  expect(frame).toMatch(/← Patch 2 files +\+2 -1/);
  expect(frame).toContain("a.ts  +1 -1");
  expect(frame).toContain("b.ts  +1 -0");
});

test("a new file shows its first rows, an overwritten one what changed", async () => {
  const content = `${lines(30).join("\n")}\n`;
  const written = completed({ filePath: "new.ts", content }, { title: "src/new.ts" });
  const frame = await shown(block("write", written));
  expect(frame).toMatch(/# Wrote src\/new.ts +\+30/);
  expect(frame).toContain("line 10");
  expect(frame).toContain("… 20 more lines");
  const diff = await createPatch("a", "old\n", "new\n");
  const over = completed({ filePath: "a", content: "new\n" }, { metadata: { exists: true, diff } });
  expect(await shown(block("write", over))).toMatch(/← Edit a +\+1 -1/);
});

test("what is wrong with the file stands beneath, three at most", async () => {
  const range = { start: { line: 4, character: 0 } };
  const errors = ["a", "b", "c", "d"].map((name) => ({
    message: `no ${name}`,
    severity: 1,
    range,
  }));
  const diagnostics = { "/p/a.ts": [{ message: "a hint", severity: 4, range }, ...errors] };
  const diff = await createPatch("a", "1\n", "2\n");
  const state = completed({ filePath: "a" }, { metadata: { diff, diagnostics } });
  const frame = await shown(block("edit", state));
  expect(frame).toContain("✗ line 5 no a");
  expect(frame).toContain("no c");
  expect(frame).not.toContain("no d");
  expect(frame).not.toContain("a hint");
});

test("the lines of a file that was read are numbered, apart from what the tool says", async () => {
  const output =
    "<path>/project/a.ts</path>\n<type>file</type>\n<content>\n9: const a = 1\n10:   return a\n\n" +
    "(End of file - total 10 lines)\n</content>";
  const state = completed({ filePath: "/project/a.ts" }, { title: "a.ts", output });
  const rows = (await shown(block("read", state), { expanded: true })).split("\n");
  expect(rows.map((row) => row.trimEnd())).toEqual([
    "     → Read a.ts",
    "      9  const a = 1",
    "     10    return a",
    "     (End of file - total 10 lines)",
  ]);
});

test("matches stand beneath their file, what was looked for marked", async () => {
  const output = [
    "Found 2 matches",
    "/project/src/a.ts:",
    "  Line 5:   return Date.now() - 1;",
    "/p/b.ts:",
    "  Line 2: y",
  ].join("\n");
  const state = completed({ pattern: "Date\\.now" }, { output, metadata: { matches: 2 } });
  await using screen = await testScreen({ state: { directory: "/project" } });
  const view = makeBlockView(screen.ui, block("grep", state));
  screen.ui.renderer.root.add(view.root);
  view.setExpanded(true);
  const frame = await screen.frame();
  expect(frame).toContain("\n     src/a.ts:\n       5    return Date.now() - 1;\n");
  const spans = screen.terminal.captureSpans().lines.flatMap((line) => line.spans);
  const hit = spans.find(({ text }) => text === "Date.now");
  expect(hit?.fg.toInts()).toEqual(screen.ui.theme.colors.accent.toInts());
  view.destroy();
});

test("of two todo lists the newer is open", async () => {
  const todos = [
    { content: "Read", status: "completed", priority: "high" },
    { content: "Replace", status: "in_progress", priority: "high" },
    { content: "Run", status: "pending", priority: "low" },
    { content: "Rewrite", status: "cancelled", priority: "low" },
  ];
  const [older, newer] = ["prt_1", "prt_2"].map((id) =>
    block("todowrite", completed({ todos }), id),
  );
  if (!older || !newer) throw new Error("two blocks");
  const transcript = { messages: [{ info: message, parts: [older.part, newer.part] }] };
  const state = { transcripts: { ses_1: transcript } };
  expect(await shown(older, { state })).toContain("# Todos 1/3 (updated below)");
  const frame = await shown(newer, { state });
  for (const row of ["# Todos 1/3", "[✓] Read", "[•] Replace", "[ ] Run", "[-] Rewrite"]) {
    expect(frame).toContain(row);
  }
});

test("questions are shown with what was answered", async () => {
  const questions = [{ question: "Which one?" }, { question: "And why?" }];
  const state = completed({ questions }, { metadata: { answers: [["SQLite"], []] } });
  const frame = await shown(block("question", state));
  expect(frame).toContain("→ Asked 2 questions");
  expect(frame).toMatch(/Which one\?\n +┃ +SQLite\n +┃ +And why\?\n +┃ +not answered/);
});

test("a task tells what its subagent does, and opens its session by a click", async () => {
  const input = { subagent_type: "general", description: "Survey the repo" };
  const running = {
    status: "running",
    input,
    metadata: { sessionId: "ses_2" },
    time: { start: 0 },
  };
  const task = block("task", running as ToolState);
  const calls = [
    block("read", completed({ filePath: "a" })),
    block("grep", completed({ pattern: "x" })),
  ];
  const transcript = { messages: [{ info: message, parts: calls.map(({ part }) => part) }] };
  await using screen = await testScreen({ state: { transcripts: { ses_2: transcript } } });
  const view = makeBlockView(screen.ui, task);
  screen.ui.renderer.root.add(view.root);
  const frame = await screen.frame();
  expect(frame).toMatch(/. General — Survey the repo\n +↳ 2 tool calls · Grep "x" · /);
  await screen.terminal.mockMouse.click(8, 0);
  expect(screen.ui.store.state.route).toEqual({ screen: "session", sessionID: "ses_2" });
  view.update(block("task", completed(input, { metadata: { sessionId: "ses_2" }, tookMs: 3_100 })));
  expect(await screen.frame()).toMatch(/✓ General — Survey the repo\n +↳ 2 tool calls · 3.1s/);
  view.destroy();
});

test("nothing that a tool said steers the terminal", async () => {
  const evil = "\u001b]52;c;aGk=\u0007\u001b[2Jx\u202e";
  const diff = await createPatch("a", "", `${evil}\n`);
  const state = completed({ filePath: evil }, { title: evil, metadata: { diff }, output: evil });
  for (const tool of ["edit", "read", "write", "anything"]) {
    const frame = await shown(block(tool, state), { expanded: true });
    for (const steering of ["\u001b", "\u0007", "\u202e"]) expect(frame).not.toContain(steering);
    expect(frame).toContain("x");
  }
});
