import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { openExport } from "@/tui/dialogs/export";
import { exportSession, fileName } from "@/tui/dialogs/session-export";
import type { MessageWithParts } from "@/schema/message";
import { tempDirectory } from "@test/support/temp";
import { session, userMessage } from "./facts";
import { dialogScreen } from "./support";

const SESSION = session("1", "Fix flaky login test!");
const ALL = { thinking: true, toolDetails: true, metadata: true } as const;

const at = { sessionID: SESSION.id, messageID: "msg_2" };
const ANSWER = {
  info: {
    ...{ id: "msg_2", sessionID: SESSION.id, role: "assistant", agent: "build", modelID: "sonnet" },
    time: { created: 1_000, completed: 3_500 },
  },
  parts: [
    { ...at, id: "prt_2", type: "reasoning", text: "Let me see", time: { start: 0 } },
    { ...at, id: "prt_3", type: "text", text: "It is <fixed>." },
    {
      ...at,
      ...{ id: "prt_4", type: "tool", callID: "c", tool: "bash" },
      state: {
        ...{ status: "completed", input: { command: "ls" }, output: "a\n```\nb\n", title: "" },
        ...{ metadata: {}, time: { start: 0, end: 1 } },
      },
    },
  ],
} as unknown as MessageWithParts;
const MESSAGES = [userMessage(SESSION.id, "1", "Why does it fail?", 0), ANSWER];

test("Markdown holds what is asked for", () => {
  const whole = exportSession(SESSION, MESSAGES, { format: "Markdown", ...ALL });
  expect(whole).toContain("# Fix flaky login test!");
  expect(whole).toContain("## User\n\nWhy does it fail?");
  expect(whole).toContain("## Assistant (build · sonnet · 2.5s)");
  expect(whole).toContain("> Let me see");
  expect(whole).toContain("````\na\n```\nb\n````");
  const short = { thinking: false, toolDetails: false, metadata: false };
  const bare = exportSession(SESSION, MESSAGES, { format: "Markdown", ...short });
  expect(bare).not.toContain("Let me see");
  expect(bare).toContain("## Assistant\n\nIt is <fixed>.\n\n**Tool: bash**");
  expect(bare).not.toContain("ls");
});

test("JSON holds everything, HTML runs nothing", () => {
  const json: unknown = JSON.parse(exportSession(SESSION, MESSAGES, { format: "JSON", ...ALL }));
  expect(json).toEqual({ info: SESSION, messages: JSON.parse(JSON.stringify(MESSAGES)) });
  const html = exportSession({ ...SESSION, title: "<script>" }, MESSAGES, {
    ...{ format: "HTML", ...ALL },
  });
  expect(html).not.toContain("<script>");
  expect(html).toContain("It is &lt;fixed&gt;.");
});

test("files are called after the session", () => {
  expect(fileName("Fix flaky login test!")).toBe("fix-flaky-login-test");
  expect(fileName("日本語 テスト")).toBe("日本語-テスト");
  expect(fileName("../../etc/passwd")).toBe("etc-passwd");
  expect(fileName("…")).toBe("session");
});

async function open(directory: string) {
  const screen = await dialogScreen({
    width: 80,
    height: 17,
    state: { directory },
    answers: { [`GET /session/${SESSION.id}/message`]: () => MESSAGES },
  });
  openExport(screen.ui, SESSION);
  return { screen, keys: screen.terminal.mockInput };
}

test("the file is saved, and one that is there stays", async () => {
  await using directory = await tempDirectory();
  for (const name of ["fix-flaky-login-test.json", "fix-flaky-login-test-2.json"]) {
    const { screen, keys } = await open(directory.path);
    await using _ = screen;
    for (let press = 0; press < 5; press++) keys.pressTab();
    keys.pressKey(" ");
    expect(await screen.frame()).toContain("(●) JSON");
    keys.pressEnter();
    await screen.until(() => screen.toasts.length > 0);
    expect(screen.toasts).toEqual([expect.stringContaining(name)]);
  }
  expect((await readdir(directory.path)).sort()).toEqual([
    "fix-flaky-login-test-2.json",
    "fix-flaky-login-test.json",
  ]);
});
