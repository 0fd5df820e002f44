// The session screen as the specification draws it, at each of its sizes.
import { expect, setDefaultTimeout, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import type { State } from "@/tui/store/state";
import { expectFrame } from "@test/support/frames";
import { recordedTui } from "@test/support/recorded-tui";
import { messageID, SESSION, toolPart, userMessage } from "@test/support/transcript";
import { answer, FACTS, inSession, LOGIN, running, SONNET, START, TURN } from "./recorded";

// Each draws a whole screen many times, on a busy machine, too.
setDefaultTimeout(180_000);

const HIGH = { choice: { model: SONNET, variant: "high" } };

test("session-120: the end of a turn, and its beginning", async () => {
  await using tui = await recordedTui({ columns: 120, rows: 36, state: inSession(TURN, HIGH) });
  await tui.settle("▣");
  expectFrame("session-120", tui.terminal);
  tui.terminal.mockInput.pressKey("g", { ctrl: true });
  await tui.settle("The login test is flaky");
  expectFrame("session-120-first", tui.terminal);
});

test("session-80", async () => {
  await using tui = await recordedTui({ columns: 80, rows: 24, state: inSession(TURN) });
  await tui.settle("▣");
  expectFrame("session-80", tui.terminal);
});

test("narrow-48: no margins, no blank rows in panels", async () => {
  await using tui = await recordedTui({ columns: 48, rows: 16, state: inSession(TURN) });
  await tui.settle("▣");
  expectFrame("narrow-48", tui.terminal);
  tui.terminal.mockInput.pressKey("g", { ctrl: true });
  await tui.settle("The login test is flaky");
  expectFrame("narrow-48-first", tui.terminal);
  // What is brief is whole when it is opened.
  tui.terminal.mockInput.pressKey("g", { ctrl: true, meta: true });
  tui.terminal.mockInput.pressKey("o", { ctrl: true });
  expect(await tui.settle("42 +   const age")).toContain("43 +   return age > HOUR");
});

const CHILD: Session = {
  ...LOGIN,
  id: "ses_2",
  parentID: SESSION,
  title: "Survey the repo",
  agent: "general",
  cost: 0,
};

function child(messages: MessageWithParts[]): MessageWithParts[] {
  return messages.map(({ info, parts }) => ({
    info: { ...info, sessionID: CHILD.id, agent: "general" },
    parts: parts.map((part) => ({ ...part, sessionID: CHILD.id })),
  }));
}

const CHILD_CALLS = child([
  userMessage(1, "Survey the repo"),
  answer(2, (id) => [
    ...Array.from({ length: 6 }, (_, n) => toolPart(id, n + 1, "read", {})),
    running(id, 7, "grep", { input: { pattern: "clock" } }),
  ]),
]);

/** A command and a subagent that run, the one for 41 seconds, the other for 12. */
const BUSY: MessageWithParts[] = [
  userMessage(1, "Run the suite twenty times"),
  answer(
    2,
    (id) => [
      {
        id: "prt_0002_0",
        sessionID: SESSION,
        messageID: id,
        type: "text",
        text: "Running it now.",
      },
      running(id, 1, "bash", {
        input: { command: "for i in $(seq 20); do bun test; done", description: "Run the suite" },
        metadata: { output: "run 6  31 pass 0 fail\nrun 7  31 pass 0 fail" },
      }),
      running(id, 2, "task", {
        input: { subagent_type: "general", description: "Survey the repo" },
        metadata: { sessionId: CHILD.id },
        time: { start: START + 29_000 },
      }),
    ],
    { time: { created: START } },
  ),
];

function busy(): Partial<State> {
  return inSession(BUSY, {
    sessions: { [SESSION]: LOGIN, [CHILD.id]: CHILD },
    transcripts: { [SESSION]: { messages: BUSY }, [CHILD.id]: { messages: CHILD_CALLS } },
    status: { [SESSION]: { type: "busy" }, [CHILD.id]: { type: "busy" } },
    busySince: { [SESSION]: START, [CHILD.id]: START + 29_000 },
    choice: { model: SONNET, variant: "high" },
  });
}

test("session-busy-80: what runs, and what waits behind it", async () => {
  await using tui = await recordedTui({ columns: 80, rows: 24, state: busy(), at: START + 41_000 });
  await tui.settle("running");
  for (const text of ["then update the changelog", "and open a PR"]) {
    await tui.terminal.mockInput.typeText(text);
    tui.terminal.mockInput.pressEnter();
  }
  await tui.settle("and open a PR");
  expectFrame("session-busy-80", tui.terminal);
});

test("session-with-docked-sidebar", async () => {
  const state = inSession(TURN, {
    ...HIGH,
    sessions: { [SESSION]: LOGIN, [CHILD.id]: CHILD },
    status: { [CHILD.id]: { type: "busy" } },
    busySince: { [CHILD.id]: START - 12_000 },
    todos: {
      [SESSION]: [
        { content: "Read the test", status: "completed", priority: "high" },
        { content: "Replace the clock", status: "in_progress", priority: "high" },
        { content: "Run the suite 20 times", status: "pending", priority: "high" },
        { content: "Rewrite auth", status: "cancelled", priority: "high" },
      ],
    },
    diffs: {
      [SESSION]: [
        { file: "src/auth.ts", additions: 2, deletions: 1 },
        { file: "test/auth.test.ts", additions: 1, deletions: 0 },
      ],
    },
    facts: {
      ...FACTS,
      mcp: { github: { status: "connected" }, figma: { status: "failed", error: "exit 1" } },
      lsp: [{ id: "typescript", name: "typescript", root: "/home/user/proj", status: "connected" }],
    },
  });
  await using tui = await recordedTui({ columns: 132, rows: 36, state, at: START });
  await tui.settle("Survey the repo");
  expectFrame("session-with-docked-sidebar", tui.terminal);
});

test("subagent-80: a bar in the place of the prompt", async () => {
  const siblings = ["ses_2", "ses_3", "ses_4"].map((id, at) => {
    return { ...CHILD, id, time: { created: at, updated: at } };
  });
  const messages = child([
    userMessage(1, "Survey the repo and report where the clock is read"),
    answer(
      2,
      (id) => [
        toolPart(id, 1, "grep", {
          input: { pattern: "clock" },
          output: "a:\nb:\nc:\nd:\ne:",
          metadata: { matches: 12 },
        }),
        {
          ...{ id: "prt_0002_2", sessionID: CHILD.id, messageID: messageID(2) },
          ...{ type: "text", text: "Found five readers of the clock." },
        },
      ],
      {
        tokens: { input: 2_000, output: 500, reasoning: 0, cache: { read: 0, write: 0 } },
        time: { created: START, completed: START + 3_100 },
      },
    ),
  ]);
  const state = inSession([], {
    route: { screen: "session", sessionID: CHILD.id },
    sessions: Object.fromEntries([LOGIN, ...siblings].map((one) => [one.id, one])),
    transcripts: { [CHILD.id]: { messages } },
  });
  await using tui = await recordedTui({ columns: 80, rows: 24, state });
  await tui.settle("▣");
  expectFrame("subagent-80", tui.terminal);
});

test("toast-and-error-80: what failed says so where it happened", async () => {
  const error = {
    name: "APIError" as const,
    data: { message: "invalid x-api-key", statusCode: 401, isRetryable: false },
  };
  const earlier = [1, 2, 3].map((n) => userMessage(n, `message ${n}`));
  const failed = [...earlier, userMessage(4, "Fix it"), answer(5, () => [], { error })];
  const providers = FACTS.providers?.providers.map((one) => {
    return { ...one, source: "env" as const, env: ["ANTHROPIC_API_KEY"] };
  });
  const facts = { ...FACTS, providers: { providers: providers ?? [], default: {} } };
  const state = inSession(failed, { facts });
  await using tui = await recordedTui({ columns: 80, rows: 24, state });
  await tui.settle("401");
  const message =
    "A warning of up to five rows, then it is cut, since whoever reads so much looks into the log";
  tui.tui.toasts.show({ variant: "warning", title: "Heads up", message });
  await tui.settle("Heads up");
  expectFrame("toast-and-error-80", tui.terminal);
});

test("39x9 says what it needs, and 40x10 is usable", async () => {
  await using tui = await recordedTui({ columns: 39, rows: 9, state: inSession(TURN) });
  await tui.settle("Window too small");
  expectFrame("too-small-39", tui.terminal);
  tui.terminal.resize(40, 10);
  await tui.terminal.mockInput.typeText("kept");
  expect(await tui.settle("kept")).not.toContain("too small");
  expectFrame("session-40", tui.terminal);
});
