// What the frames are made of: a project with a flaky login test, as a server would tell of it.

import type { MessageWithParts } from "@/schema/message";
import type { Part, ToolPart } from "@/schema/part";
import type { Session } from "@/schema/session";
import type { State } from "@/tui/store/state";
import { model, provider } from "@test/tui/dialogs/facts";
import {
  answerMessage,
  messageID,
  reasoningPart,
  SESSION,
  textPart,
  toolPart,
  userMessage,
} from "@test/support/transcript";

export const START = Date.UTC(2026, 0, 1, 12);

const price = (input: number, output: number) => ({
  cost: { input, output, cache: { read: 0, write: 0 } },
});

export const PROVIDERS = [
  provider("anthropic", "Anthropic", [
    model("anthropic", "sonnet", {
      ...{ name: "Sonnet 5", ...price(3, 15), release_date: "2026-09" },
      variants: { high: {} },
    }),
    model("anthropic", "opus", { name: "Opus 5", ...price(15, 75), release_date: "2026-08" }),
    model("anthropic", "haiku", { name: "Haiku 5", ...price(1, 5), release_date: "2026-07" }),
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

export const SONNET = { providerID: "anthropic", modelID: "sonnet" };

export const LOGIN: Session = {
  id: SESSION,
  slug: "quick-fox",
  projectID: "p",
  directory: "/home/user/proj",
  title: "Fix flaky login test",
  version: "1.0.0",
  cost: 0.31,
  time: { created: 1, updated: 1 },
};

/** What an answer used, of a context of 200,000 tokens. */
export const USED = { input: 42_000, output: 900, reasoning: 0, cache: { read: 0, write: 0 } };

export const FACTS: State["facts"] = {
  vcs: { branch: "main" },
  providers: { providers: PROVIDERS, default: { anthropic: "sonnet" } },
};

/** In the session, with these messages. */
export function inSession(messages: MessageWithParts[], more: Partial<State> = {}): Partial<State> {
  return {
    route: { screen: "session", sessionID: SESSION },
    connection: { state: "connected" },
    sessions: { [SESSION]: LOGIN },
    transcripts: { [SESSION]: { messages } },
    facts: FACTS,
    choice: { model: SONNET },
    ...more,
  };
}

/** A turn that ended, of these parts. */
export function answer(
  n: number,
  parts: (id: string) => Part[],
  extra: Parameters<typeof answerMessage>[3] = {},
) {
  return answerMessage(n, messageID(1), parts, { ...SONNET, tokens: USED, ...extra });
}

export function running(
  id: string,
  n: number,
  tool: string,
  state: Partial<Extract<ToolPart["state"], { status: "running" }>>,
): ToolPart {
  const part = toolPart(id, n, tool, {});
  const all = { status: "running" as const, input: {}, time: { start: START }, ...state };
  return { ...part, state: all };
}

const OUTPUT = [
  "auth > expires after an hour  … failed",
  "  expected 3600 to be 3599",
  ...Array.from({ length: 22 }, (_, n) => `  at line ${n + 1}`),
].join("\n");

const PATCH = [
  "Index: src/auth.ts",
  "--- src/auth.ts",
  "+++ src/auth.ts",
  "@@ -41,2 +41,3 @@",
  "   const now = clock.now()",
  "-  return Date.now() - issued > HOUR",
  "+  const age = now - issued",
  "+  return age > HOUR",
  "",
].join("\n");

const DIFFS = [
  { file: "src/auth.ts", additions: 2, deletions: 1, patch: "" },
  { file: "test/auth.test.ts", additions: 1, deletions: 0, patch: "" },
];

/** The whole turn of the specification's session. */
export const TURN: MessageWithParts[] = [
  userMessage(1, "The login test is flaky, find out why and fix it. @src/auth.ts", {
    summary: { diffs: DIFFS },
  }),
  answer(
    2,
    (id) => [
      reasoningPart(id, 1, "**Looking for shared state**\n\nIn the tests."),
      textPart(id, 2, "I'll look at the test and at the clock it uses."),
      toolPart(id, 3, "read", {
        input: { filePath: "src/auth.ts", offset: 1, limit: 120 },
        title: "src/auth.ts",
      }),
      toolPart(id, 4, "grep", {
        input: { pattern: "Date.now", path: "src" },
        output: "src/auth.ts:\n  Line 42\nsrc/clock.ts:\n  Line 3",
        metadata: { matches: 4 },
      }),
      toolPart(id, 5, "glob", { input: { pattern: "test/**/*.ts" }, metadata: { count: 31 } }),
      toolPart(id, 6, "bash", {
        input: { command: "bun test test/auth.test.ts", description: "Run the login test" },
        metadata: { output: OUTPUT, exit: 1 },
      }),
      toolPart(id, 7, "edit", {
        input: { filePath: "src/auth.ts" },
        title: "src/auth.ts",
        metadata: { diff: PATCH },
      }),
      textPart(id, 8, "The token was compared with the wall clock; it now uses the injected one."),
    ],
    { time: { created: START, completed: START + 38_400 } },
  ),
];
