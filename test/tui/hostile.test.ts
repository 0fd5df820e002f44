// Whatever tools, models, servers and people say, it changes nothing outside of its cells: no
// control character and nothing that reorders text is in any cell, each row is as wide as the
// terminal, and what stands around is where it always is.
import { expect, test } from "bun:test";
import type { TestRendererSetup } from "@opentui/core/testing";
import type { MessageWithParts } from "@/schema/message";
import type { State } from "@/tui/store/state";
import { recordedTui } from "@test/support/recorded-tui";
import { reasoningPart, SESSION, textPart, toolPart, userMessage } from "@test/support/transcript";
import { readSeed } from "@test/support/seed";
import { model, provider } from "./dialogs/facts";
import { answer, FACTS, inSession, LOGIN, START } from "./frames/recorded";

const SIZE = { columns: 140, rows: 40 };
const LIMIT_MS = 180_000;
const DIALOGS = ["session.list", "model.list", "mcp.list", "opencode.status", "session.timeline"];

/** Pieces of which hostile texts are made. */
const PIECES = [
  "word ",
  "\n",
  "\r",
  "\t",
  "\b\b\b",
  "\u0000",
  "\u0007",
  "\u001b",
  "\u001b[2J",
  "\u001b[1;1H",
  "\u001b[?1049l",
  "\u001b[31m",
  "\u001b]52;c;cHduZWQ=\u0007",
  "\u001b]0;pwned\u001b\\",
  "\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\",
  "\u001bP+q544e\u001b\\",
  "\u001b_Gi=1;AAAA\u001b\\",
  "\u009b2J",
  "\u009d52;c;QQ==\u009c",
  "\u202eevil\u202c",
  "\u2066left\u2069",
  "\u200b\u200e\u200f\ufeff\u2060",
  "e\u0301\u0302\u0303\u0304\u0305\u0306",
  "\u0301",
  "日本語",
  "👨‍👩‍👧‍👦",
  "🇩🇪",
  "👍🏽",
  "\ud800",
  "\udc00",
  "مرحبا",
  "```\n",
  "| a | b |\n|---|---|\n| c | d |\n",
  "# heading\n",
  "> quote\n",
  "[link](javascript:alert(1))",
  "<script>alert(1)</script>",
  "x".repeat(300),
  " ".repeat(80),
  "─│╭╮┃╹▀",
  "$(rm -rf /)",
] as const;

/** Numbers that follow from the seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function writer(seed: number): (length: number) => string {
  const next = generator(seed);
  const pick = () => PIECES[Math.floor(next() * PIECES.length)] ?? "";
  return (length) => Array.from({ length }, pick).join("");
}

/** A session in which everything that comes from elsewhere is written by `text`. */
function hostileState(text: (length: number) => string): Partial<State> {
  const call = { server: text(3) };
  const named = model("p", "m", { name: text(2) });
  const messages: MessageWithParts[] = [
    userMessage(1, text(20)),
    answer(2, (id) => [
      reasoningPart(id, 1, `**${text(3)}** ${text(9)}`),
      textPart(id, 2, text(40)),
      toolPart(id, 3, "read", { input: { filePath: text(4) }, title: text(4), output: text(9) }),
      toolPart(id, 4, "grep", {
        input: { pattern: text(3), path: text(2) },
        ...{ output: text(9), metadata: { matches: 4 } },
      }),
      toolPart(id, 5, `mcp_${text(3)}`, { input: call, output: text(9) }),
      toolPart(id, 6, "webfetch", { input: { url: text(3) }, output: text(9) }),
      toolPart(id, 7, "bash", {
        input: { command: text(6), description: text(4) },
        metadata: { output: text(30), exit: 1 },
      }),
      toolPart(id, 8, "edit", {
        ...{ input: { filePath: text(3) }, title: text(3) },
        metadata: { diff: `--- a\n+++ b\n@@ -1,2 +1,2 @@\n-${text(4)}\n+${text(4)}\n` },
      }),
      toolPart(id, 9, "write", { input: { filePath: text(3), content: text(20) }, title: text(3) }),
      toolPart(id, 10, "todowrite", {
        input: { todos: [{ content: text(4), status: "pending" }, { content: text(4) }] },
      }),
      toolPart(id, 11, "task", { input: { subagent_type: text(2), description: text(4) } }),
      toolPart(id, 12, "question", {
        input: { questions: [{ question: text(4) }] },
        metadata: { answers: [[text(3)]] },
      }),
      { ...toolPart(id, 13, "bash", {}), state: failed(text) },
    ]),
    answer(3, (id) => [textPart(id, 1, text(6))], {
      error: {
        name: "APIError",
        data: { message: text(5), statusCode: 500, isRetryable: false, responseBody: text(4) },
      },
    }),
  ];
  return inSession(messages, {
    sessions: {
      [SESSION]: { ...LOGIN, title: text(5) },
      ses_2: { ...LOGIN, id: "ses_2", parentID: SESSION, title: text(5), agent: text(2) },
    },
    status: { ses_2: { type: "busy" } },
    busySince: { ses_2: START },
    todos: { [SESSION]: [{ content: text(5), status: "in_progress", priority: "high" }] },
    diffs: { [SESSION]: [{ file: text(4), additions: 2, deletions: 1 }] },
    choice: { agent: text(2), model: { providerID: "p", modelID: "m" }, variant: text(2) },
    facts: {
      ...FACTS,
      providers: { providers: [provider("p", text(2), [named])], default: {} },
      vcs: { branch: text(2) },
      mcp: { [text(2)]: { status: "failed", error: text(4) } },
      lsp: [{ id: "l", name: text(2), root: text(3), status: "connected" }],
    },
  });
}

function failed(text: (length: number) => string) {
  const time = { start: START, end: START + 1 };
  return { status: "error" as const, input: { command: text(4) }, error: text(6), time };
}

/** Control characters, and what reorders text or is never seen. */
const STEERS =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

/** No cell holds what steers, and each row is as wide as the terminal. */
function expectContained({ captureCharFrame, captureSpans }: TestRendererSetup, seed: string) {
  const frame = captureCharFrame();
  const steers = frame.split("\n").filter((row) => STEERS.test(row));
  expect(
    steers.map((row) => JSON.stringify(row)),
    seed,
  ).toEqual([]);
  for (const [at, { spans }] of captureSpans().lines.entries()) {
    const width = spans.reduce((sum, span) => sum + span.width, 0);
    expect([at, width], seed).toEqual([at, SIZE.columns]);
  }
  return frame.split("\n");
}

/** As well, the prompt box and the sidebar beside it are where they always are. */
function expectOrderly(terminal: TestRendererSetup, seed: string): void {
  const rows = expectContained(terminal, seed);
  const foot = rows.slice(-7, -1).map((row) => row.slice(0, 3));
  expect(foot, seed).toEqual(["  ┃", "  ┃", "  ┃", "  ┃", "  ╹", "   "]);
  expect(rows.at(-2), seed).toMatch(/ ● opencode 1\.0\.0 *$/);
}

const SEED = readSeed();
const COUNT = Number(process.env["COUNT"] ?? 2);

test(
  "hostile texts stay in their cells, folded and open",
  async () => {
    for (let seed = SEED; seed < SEED + COUNT; seed++) {
      const name = `SEED=${seed}`;
      const text = writer(seed);
      await using tui = await recordedTui({ ...SIZE, state: hostileState(text), at: START });
      await tui.settle();
      expectOrderly(tui.terminal, name);
      tui.terminal.mockInput.pressKey("o", { ctrl: true });
      for (let page = 0; page < 6; page++) {
        await tui.settle();
        expectOrderly(tui.terminal, name);
        tui.tui.transcript?.scrollByPages(-1);
      }
      const permission = {
        id: "per_1",
        sessionID: SESSION,
        permission: text(2),
        always: [text(3)],
      };
      const asked = { patterns: [text(4)], metadata: { command: text(9), description: text(3) } };
      tui.tui.store.dispatch({
        ...{ type: "asks.loaded", questions: [] },
        permissions: [{ ...permission, ...asked }],
      });
      await tui.settle();
      expectContained(tui.terminal, name);
      for (const id of DIALOGS) {
        tui.tui.actions.run(id);
        await tui.settle();
        expectContained(tui.terminal, `${name} ${id}`);
        tui.tui.dialogs.closeAll();
      }
      tui.tui.store.dispatch({ type: "asks.loaded", questions: [], permissions: [] });
      tui.tui.toasts.show({ variant: "error", title: text(3), message: text(9) });
      await tui.settle();
      expectOrderly(tui.terminal, name);
    }
  },
  LIMIT_MS,
);
