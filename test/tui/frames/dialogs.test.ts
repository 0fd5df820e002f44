// The dialogs as the specification draws them, each at its size, over an empty screen.
import { expect, test } from "bun:test";
import { openAgents } from "@/tui/dialogs/agents";
import { openConnect } from "@/tui/dialogs/connect";
import { openExport } from "@/tui/dialogs/export";
import { openHelp } from "@/tui/dialogs/help";
import { openModels } from "@/tui/dialogs/models";
import { openPalette } from "@/tui/dialogs/palette";
import { openRename } from "@/tui/dialogs/rename";
import { openSessions, togglePin } from "@/tui/dialogs/sessions";
import { openStatus } from "@/tui/dialogs/status";
import { openThemes } from "@/tui/dialogs/themes";
import { openMessageActions, openTimeline } from "@/tui/dialogs/timeline";
import { Trash } from "@/tui/dialogs/trash";
import type { Ui } from "@/tui/ui";
import { expectFrame } from "@test/support/frames";
import type { ScreenOptions, TestScreen } from "@test/support/screen";
import { textPart } from "@test/support/transcript";
import { agent, model, provider, session, userMessage } from "@test/tui/dialogs/facts";
import { dialogScreen } from "@test/tui/dialogs/support";
import { answer, FACTS, LOGIN, PROVIDERS, SONNET, START } from "./recorded";

interface Recorded extends Pick<ScreenOptions, "answers" | "state"> {
  rows?: number;
  /** In the time zone of the machine, as a person sees it. */
  now?: number;
  open(ui: Ui): void;
  /** What is typed into it. */
  typed?: string;
  /** What is awaited. */
  shows?: string;
}

function frame(name: string, recorded: Recorded): void {
  test(name, async () => {
    const { rows: height = 24, now, open, typed = "", shows = "", ...rest } = recorded;
    await using screen = await dialogScreen({ width: 80, height, ...rest });
    if (now !== undefined) await screen.clock.advance(now - screen.clock.now());
    open(screen.ui);
    await screen.terminal.mockInput.typeText(typed);
    await settled(screen, shows);
    expectFrame(name, screen.terminal);
  });
}

async function settled(screen: TestScreen, text: string): Promise<void> {
  let seen = await screen.frame();
  for (let turn = 0; turn < 500 && !seen.includes(text); turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    seen = await screen.frame();
  }
  expect(seen).toContain(text);
  await screen.frame();
}

const at = (hours: number, minutes: number, day = 2) => {
  return new Date(2026, 0, day, hours, minutes).getTime();
};

frame("palette-80", { open: openPalette });

frame("models-80", {
  state: { choice: { model: SONNET }, facts: FACTS },
  open(ui) {
    ui.memory.set("favorite", [SONNET]);
    ui.memory.set("recent", [SONNET, { providerID: "openai", modelID: "gpt-6" }]);
    openModels(ui);
  },
});

const FLAKY = session("1", "Fix flaky login test", {
  directory: "/home/user/proj:main",
  time: { created: 0, updated: at(9, 41) },
  summary: { additions: 3, deletions: 1, files: 1 },
});
const SURVEY = session("2", "Survey the repo", { time: { created: 0, updated: at(9, 40) } });
const NOTES = session("3", "Release notes", { time: { created: 0, updated: at(8, 12) } });
const PARSER = session("4", "Port the parser", {
  directory: "/home/user/proj:parser",
  time: { created: 0, updated: at(17, 20, 1) },
});
const SESSIONS = [FLAKY, SURVEY, NOTES, PARSER];
const SESSIONS_STATE: ScreenOptions["state"] = {
  directory: "/home/user/proj",
  route: { screen: "session", sessionID: FLAKY.id },
  sessions: Object.fromEntries(SESSIONS.map((one) => [one.id, one])),
  status: { [SURVEY.id]: { type: "busy" } },
  permissions: [
    {
      ...{ id: "per_1", sessionID: NOTES.id, permission: "bash" },
      ...{ patterns: [], metadata: {}, always: [] },
    },
  ],
};

function openList(ui: Ui): void {
  togglePin(ui, FLAKY.id);
  openSessions(ui, new Trash(ui));
}

frame("sessions-80", { state: SESSIONS_STATE, now: at(10, 0), open: openList });

frame("sessions-found-80", {
  state: SESSIONS_STATE,
  answers: Object.fromEntries(
    SESSIONS.map(({ id }) => [
      `GET /session/${id}/message`,
      () => [
        userMessage(
          id,
          "1",
          id === PARSER.id ? "look at the flaky clock in auth.test.ts, please" : "nothing",
          0,
        ),
      ],
    ]),
  ),
  now: at(10, 0),
  open: openList,
  typed: "flaky",
  shows: "FLAKY",
});

const ASKED = userMessage(
  FLAKY.id,
  "1",
  "The login test is flaky, find out why it fails",
  at(9, 41),
);
const DIFFS = [{ file: "a", additions: 2, deletions: 1, patch: "" }];
const SAID = [
  { ...ASKED, info: { ...ASKED.info, summary: { diffs: DIFFS } } },
  userMessage(FLAKY.id, "2", "Run the suite twenty times", at(9, 47)),
  userMessage(FLAKY.id, "3", "then update the changelog", at(9, 52)),
];

frame("timeline-80", {
  state: {
    route: { screen: "session", sessionID: FLAKY.id },
    sessions: { [FLAKY.id]: { ...FLAKY, revert: { messageID: "msg_3" } } },
    transcripts: { [FLAKY.id]: { messages: SAID as never } },
  },
  open: openTimeline,
});

frame("message-actions-80", { rows: 14, open: (ui) => openMessageActions(ui, ASKED) });

const ASK = { permission: "edit", pattern: "*", action: "ask" as const };

frame("agents-80", {
  rows: 13,
  state: {
    facts: {
      agents: [
        agent("build", { native: true }),
        agent("plan", { native: true, permission: [ASK] }),
        agent("docs", { description: "Docs writer" }),
        agent("hidden", { hidden: true }),
        agent("general", { mode: "subagent" }),
      ],
    },
  },
  open: openAgents,
});

frame("themes-80", { rows: 20, open: openThemes });

const LOCAL = { api: { id: "q", url: "http://127.0.0.1:11434/v1", npm: "x" } };
const OLLAMA = provider("ollama", "Ollama", [
  model("ollama", "a", LOCAL),
  model("ollama", "b", LOCAL),
  model("ollama", "c", LOCAL),
]);
const ANTHROPIC = {
  ...provider("anthropic", "Anthropic", [model("anthropic", "sonnet")]),
  source: "env" as const,
  env: ["ANTHROPIC_API_KEY"],
};

frame("connect-80", {
  rows: 20,
  answers: {
    "GET /provider": () => ({
      all: [
        OLLAMA,
        ANTHROPIC,
        provider("openai", "OpenAI", [model("openai", "gpt-6")]),
        provider("github-copilot", "GitHub Copilot", []),
      ],
      default: { ollama: "a", anthropic: "sonnet" },
      connected: ["ollama", "anthropic"],
    }),
    "GET /experimental/provider/found": () => [
      { provider: OLLAMA, modelID: "a" },
      { provider: ANTHROPIC, modelID: "sonnet", variable: "ANTHROPIC_API_KEY" },
    ],
    "GET /provider/auth": () => ({
      anthropic: [{ type: "api", label: "API key" }],
      openai: [
        { type: "oauth", label: "Log in with the browser" },
        { type: "api", label: "API key" },
      ],
      "github-copilot": [{ type: "oauth", label: "Log in with the browser" }],
    }),
  },
  open: openConnect,
  shows: "Found on this machine",
});

frame("help-80", { open: openHelp });

const STATUS_SESSION = { ...LOGIN, id: "ses_01habcdef" };

/** It began 41 ms after it was asked for. */
const ANSWERED = answer(
  2,
  (id) => [{ ...textPart(id, 1, "Done."), time: { start: START + 41, end: START + 90 } }],
  { time: { created: START, completed: START + 90 } },
);

frame("status-80", {
  rows: 23,
  answers: {
    "GET /lsp": () => [
      {
        ...{ id: "typescript", name: "typescript", root: "/home/user/proj" },
        ...{ status: "connected", errors: 2 },
      },
    ],
    "GET /experimental/server": () => ({ clients: 1 }),
    "GET /formatter": () => [
      { name: "prettier", extensions: [], enabled: true },
      { name: "rustfmt", extensions: [], enabled: true },
      { name: "gofmt", extensions: [], enabled: false },
    ],
    "GET /mcp": () => ({
      github: { status: "connected" },
      figma: { status: "failed", error: "Connection closed (exit 1)" },
    }),
    "GET /experimental/tool/ids": () => Array.from({ length: 14 }, (_, n) => `github_${n}`),
    "GET /file": () => [
      { name: "AGENTS.md", path: "AGENTS.md", absolute: "/p", type: "file", ignored: false },
    ],
  },
  state: {
    route: { screen: "session", sessionID: STATUS_SESSION.id },
    sessions: { [STATUS_SESSION.id]: STATUS_SESSION },
    transcripts: { [STATUS_SESSION.id]: { messages: [ANSWERED] } },
    choice: { model: SONNET, variant: "high" },
    facts: {
      serverURL: "http://127.0.0.1:4096",
      providers: { providers: PROVIDERS, default: {} },
      config: { instructions: ["docs/AGENTS.md"] },
    },
  },
  open: openStatus,
  shows: "14 tools",
});

const TITLED = session("1", "Fix flaky login test");

frame("rename-80", { rows: 10, open: (ui) => openRename(ui, TITLED) });

frame("export-80", { rows: 17, open: (ui) => openExport(ui, TITLED) });
