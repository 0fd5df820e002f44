import { expect, test } from "bun:test";
import { openDebug } from "@/tui/dialogs/debug";
import { openHelp } from "@/tui/dialogs/help";
import { openMcps } from "@/tui/dialogs/mcps";
import { openSkills } from "@/tui/dialogs/skills";
import { openStatus } from "@/tui/dialogs/status";
import { askTrust } from "@/tui/dialogs/trust";
import type { TestScreen } from "@test/support/screen";
import { answerMessage, messageID, textPart } from "@test/support/transcript";
import { model, provider, session } from "./facts";
import { dialogScreen } from "./support";

const MCP = {
  github: { status: "connected" as const },
  figma: { status: "failed" as const, error: "Connection closed (exit 1)" },
};

const LOG = [{ time: 0, text: "no licence was found" }];

/** An answer that began after a tenth of a second. */
const PROMPT_ANSWER = answerMessage(
  2,
  messageID(1),
  (id) => [{ ...textPart(id, 1, "Hello"), time: { start: 1_100, end: 1_200 } }],
  { time: { created: 1_000, completed: 1_200 } },
);

async function seen(screen: TestScreen, text: string): Promise<string> {
  let frame = await screen.frame();
  for (let turn = 0; turn < 200 && !frame.includes(text); turn++) frame = await screen.frame();
  expect(frame).toContain(text);
  return frame;
}

test("the keys of the place where a person asks come first", async () => {
  await using screen = await dialogScreen({ width: 80, height: 24 });
  openHelp(screen.ui, "Diff");
  const frame = await screen.frame();
  expect(frame).toMatch(/Diff\s+│\s+│\s+Close +esc {2}q/);
  expect(frame).not.toContain("send / new line");
});

test("help shows the keys as they are bound, and runs them", async () => {
  await using screen = await dialogScreen({});
  openHelp(screen.ui);
  await screen.terminal.mockInput.typeText("compact session");
  screen.terminal.mockInput.pressEnter();
  expect(screen.actions).toEqual(["session.compact"]);
});

test("help follows what a person binds", async () => {
  await using screen = await dialogScreen({});
  await screen.ui.keyChoices.bind("messages_undo", "f9");
  openHelp(screen.ui);
  expect(await screen.frame()).toContain("esc esc / f9 / ctrl+x r");
});

test("status says what is in use and why something is not", async () => {
  const one = session("01habcdef", "Fix it");
  await using screen = await dialogScreen({
    width: 80,
    height: 26,
    answers: {
      "GET /lsp": () => [
        { id: "typescript", name: "typescript", root: "", status: "connected", errors: 2 },
        { id: "gopls", name: "gopls", root: "go", status: "connected" },
      ],
      "GET /formatter": () => [
        { name: "prettier", extensions: [], enabled: true },
        { name: "rustfmt", extensions: [], enabled: true },
        { name: "gofmt", extensions: [], enabled: false },
      ],
      "GET /mcp": () => MCP,
      "GET /experimental/server": () => ({ clients: 2 }),
      "GET /experimental/mcp/figma/log": () => LOG,
      "GET /file": () => [
        { name: "AGENTS.md", path: "AGENTS.md", absolute: "/p", type: "file", ignored: false },
      ],
    },
    state: {
      route: { screen: "session", sessionID: one.id },
      sessions: { [one.id]: one },
      transcripts: { [one.id]: { messages: [PROMPT_ANSWER] } },
      choice: { model: { providerID: "anthropic", modelID: "sonnet" }, variant: "high" },
      facts: {
        serverURL: "http://127.0.0.1:4096",
        providers: {
          providers: [
            provider("anthropic", "Anthropic", [
              model("anthropic", "sonnet", { name: "Sonnet 5" }),
            ]),
          ],
          default: {},
        },
      },
    },
  });
  openStatus(screen.ui);
  await seen(screen, "prettier");
  const frame = await seen(screen, "figma");
  expect(frame).toContain("opencode 1.0.0   session ses_01h…");
  expect(frame).toContain("Model      Anthropic / Sonnet 5 · high");
  expect(frame).toContain("Rules      AGENTS.md");
  expect(frame).toMatch(
    /2 MCP servers\s*│\n[^\n]*● figma {4}Connection closed \(exit 1\) +enter: log/,
  );
  expect(frame).toMatch(/● github +connected/);
  expect(frame).toMatch(/2 LSP/);
  expect(frame).toMatch(/● typescript +\. +2 errors/);
  expect(frame).toMatch(/● gopls +go +connected/);
  expect(frame).toMatch(/Sonnet 5 · high +200 · 100 ms to first token/);
  expect(frame).toContain("2 formatters   prettier  rustfmt");
  expect(frame).toContain("0 plugins");
  expect(frame).toMatch(/Server {5}http:\/\/127\.0\.0\.1:4096 {3}2 clients +answers in 0 ms/);
  expect(frame).toContain("enter details  r reconnect  y copy for a bug report");
  for (let down = 0; down < 3; down++) screen.terminal.mockInput.pressArrow("down");
  screen.terminal.mockInput.pressEnter();
  const log = await seen(screen, "Log of figma");
  expect(log).toContain("no licence was found");
  screen.terminal.mockInput.pressEscape();
  await seen(screen, "Status");
});

test("MCP servers are switched on and off, and tell what they offer", async () => {
  const called: string[] = [];
  await using screen = await dialogScreen({
    answers: {
      "GET /mcp": () => MCP,
      "POST /mcp/figma/connect": () => called.push("connect"),
      "POST /mcp/github/disconnect": () => called.push("disconnect"),
      "GET /experimental/tool/ids": () => ["bash", "github_issues", "github_pulls"],
    },
  });
  openMcps(screen.ui);
  const frame = await seen(screen, "figma");
  expect(frame).toMatch(/● figma +Connection closed \(exit 1\) +failed/);
  screen.terminal.mockInput.pressKey(" ");
  await screen.until(() => called.length === 1);
  await screen.frame();
  screen.terminal.mockInput.pressArrow("down");
  screen.terminal.mockInput.pressKey(" ");
  await screen.until(() => called.length === 2);
  expect(called).toEqual(["connect", "disconnect"]);
  screen.terminal.mockInput.pressEnter();
  const details = await seen(screen, "issues");
  expect(details).toContain("pulls");
  expect(details).not.toContain("bash");
});

test("a skill is put into the prompt", async () => {
  await using screen = await dialogScreen({
    answers: {
      "GET /skill": () => [{ name: "deploy", description: "Ship it", location: "/x", content: "" }],
    },
  });
  openSkills(screen.ui);
  await seen(screen, "Ship it");
  screen.terminal.mockInput.pressEnter();
  expect(screen.ui.prompt.text).toBe("/deploy ");
});

test("debug tells version, system and terminal", async () => {
  await using screen = await dialogScreen({});
  openDebug(screen.ui);
  const frame = await screen.frame();
  expect(frame).toMatch(/Version +1\.0\.0/);
  expect(frame).toMatch(/Terminal +unknown, 80x24/);
  screen.terminal.mockInput.pressEnter();
  await screen.until(() => screen.toasts.length > 0);
  expect(screen.toasts).toEqual(["Copied the facts"]);
});

const HELD = {
  directory: "/home/user/proj",
  trusted: false,
  content: "abc",
  held: [{ kind: "mcp", what: "mcp.figma.command", origin: "opencode.json" }],
  summary: "1 MCP server is held back",
};

test("a project is only trusted with what the person has seen, and never by a slip", async () => {
  await using screen = await dialogScreen({
    answers: {
      "GET /project/trust": () => HELD,
      "POST /project/trust": () => ({ ...HELD, trusted: true, held: [] }),
    },
  });
  const { mockInput: keys } = screen.terminal;
  await askTrust(screen.ui, false);
  const frame = await screen.frame();
  expect(frame).toContain("mcp: mcp.figma.command");
  expect(frame).toContain("opencode.json");
  keys.pressEnter();
  expect(screen.sent.some(({ method }) => method === "POST")).toBe(false);
  await askTrust(screen.ui, true);
  keys.pressArrow("down");
  keys.pressEnter();
  await screen.until(() => screen.toasts.length > 0);
  expect(screen.sent.at(-1)).toMatchObject({ method: "POST", body: { content: "abc" } });
  expect(screen.toasts).toEqual(["The files of this project act now"]);
});

test("who is writing is not asked, but told", async () => {
  await using screen = await dialogScreen({ answers: { "GET /project/trust": () => HELD } });
  screen.ui.prompt.setText("half a word");
  await askTrust(screen.ui, false);
  expect(screen.ui.dialogs.isOpen).toBe(false);
  expect(screen.toasts).toEqual(["1 MCP server is held back. /trust shows it"]);
});
