// What every dialog must do, whatever it is for: fit, show enough, close, and work without colours.

import { describe, expect, test } from "bun:test";
import { registerDialogs } from "@/tui/dialogs/dialog-actions";
import { openMessageActions } from "@/tui/dialogs/timeline";
import type { Ui } from "@/tui/ui";
import { Actions } from "@/tui/actions/actions";
import { agent, model, provider, session, userMessage } from "./facts";
import { dialogScreen } from "./support";
import type { TestScreen } from "@test/support/screen";

const OPENERS = [
  "command.palette.show",
  "session.list",
  "model.list",
  "variant.list",
  "agent.list",
  "theme.switch",
  "provider.connect",
  "session.timeline",
  "help.keys",
  "opencode.status",
  "opencode.debug",
  "mcp.list",
  "prompt.skills",
  "plugins.list",
  "session.rename",
  "session.export",
  "session.move",
  "statusline.edit",
  "plugins.install",
  "keys.rebind",
  "message actions",
  "prompt.stash.list",
  "prompt.history.search",
  "session.queued_prompts",
] as const;
const PROMPT_LISTS: readonly string[] = OPENERS.slice(-3);
/** Those that are no list, or have fewer than ten rows whatever there is. */
const SHORT: readonly string[] = [
  ...["session.rename", "session.export", "variant.list", "opencode.debug", "message actions"],
  ...["plugins.install", "session.move"],
];

const LONG = "A name that is far longer than any list has room for, with 日本語 in it ";
const numbers = Array.from({ length: 30 }, (_, index) => index);

function fullState() {
  const models = numbers.map((index) =>
    model("p", `m${index}`, { name: `${LONG}${index}`, variants: { a: {}, b: {} } }),
  );
  const sessions = numbers.map((index) => session(String(index), `${LONG}${index}`));
  const [first] = sessions;
  if (first === undefined) throw new Error("there are thirty");
  const messages = numbers.map((index) => userMessage(first.id, `${100 + index}`, LONG, index));
  return {
    route: { screen: "session" as const, sessionID: first.id },
    sessions: Object.fromEntries(sessions.map((one) => [one.id, one])),
    transcripts: { [first.id]: { messages } },
    choice: { model: { providerID: "p", modelID: "m1" } },
    facts: {
      agents: numbers.map((index) => agent(`agent-${index}`, { description: LONG })),
      providers: { providers: [provider("p", LONG, models)], default: {} },
      mcp: Object.fromEntries(
        numbers.map((index) => [`mcp-${index}`, { status: "failed" as const, error: LONG }]),
      ),
      skills: numbers.map((index) => ({
        ...{ name: `skill-${index}`, description: LONG, location: "/x", content: "" },
      })),
    },
  };
}

async function open(id: string, size: { width: number; height: number }) {
  const all = numbers.map((index) => provider(`p${index}`, `${LONG}${index}`, []));
  const answers = {
    "GET /provider": () => ({ all, default: {}, connected: [] }),
    "GET /provider/auth": () => ({}),
    "GET /experimental/provider/found": () => [],
    "GET /config": () => ({ plugin: numbers.map((index) => `${LONG}${index}`) }),
    "GET /global/config": () => ({}),
  };
  const screen = await dialogScreen({ ...size, state: fullState(), answers });
  const actions = new Actions({ isInSession: () => true, onError: () => undefined });
  const ui: Ui = Object.assign(screen.ui, { actions });
  registerDialogs(ui);
  const { facts } = ui.store.state;
  await openDialog(screen, id);
  ui.store.dispatch({ type: "facts.loaded", facts });
  for (let turn = 0; turn < 20; turn++) await screen.frame();
  return screen;
}

/** By its action; those of the prompt box once there is something in them. */
async function openDialog(screen: TestScreen, id: string): Promise<void> {
  const { ui } = screen;
  const { route, transcripts } = fullState();
  const [entry] = transcripts[route.sessionID]?.messages ?? [];
  if (id === "message actions" && entry) return openMessageActions(ui, entry);
  if (!PROMPT_LISTS.includes(id)) return void expect(ui.actions.run(id)).toBe(true);
  const properties = { sessionID: route.sessionID, status: { type: "busy" } } as const;
  const event = { id: "evt_1", type: "session.status", properties } as const;
  ui.store.dispatch({ type: "heard", event, at: 1 });
  for (const index of numbers) {
    ui.prompt.setText(`${LONG}${index}`);
    if (id === "prompt.stash.list") ui.prompt.run("prompt.stash");
    else ui.prompt.submit();
  }
  await screen.until(() => ui.prompt.run(id));
}

describe.each(OPENERS)("%s", (id) => {
  test("fits and shows at least ten rows at 80x24 if it has them", async () => {
    await using screen = await open(id, { width: 80, height: 24 });
    const lines = (await screen.frame()).split("\n");
    const box = lines.filter((line) => /[│╭╰]/.test(line));
    expect(box[0]).toMatch(/╭─+╮/);
    expect(box.at(-1)).toMatch(/╰─+╯/);
    expect(box[1]).toContain("esc");
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(80);
    // Its keys, and no row that is cut without saying so.
    if (id !== "message actions") expect(box.at(-2)).toMatch(/│ {2}\S+ \S+/);
    for (const line of box) if (line.includes("A name that")) expect(line).toContain("…");
    const rows = box.slice(3, -3).filter((line) => /│ +\S.* +│/.test(line));
    if (!SHORT.includes(id)) expect(rows.length).toBeGreaterThanOrEqual(10);
  });

  test.each([
    [40, 10],
    [50, 16],
    [160, 50],
  ])("fits %dx%d", async (width, height) => {
    await using screen = await open(id, { width, height });
    const lines = (await screen.frame()).split("\n");
    expect(lines.some((line) => line.includes("╭"))).toBe(true);
    expect(lines.some((line) => line.includes("╰"))).toBe(true);
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width);
  });

  test("stays through another size, and closes by escape", async () => {
    await using screen = await open(id, { width: 80, height: 24 });
    await screen.frame();
    screen.terminal.resize(60, 20);
    const frame = await screen.frame();
    expect(frame).toContain("╭");
    for (const line of frame.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(60);
    screen.terminal.mockInput.pressEscape();
    await screen.until(() => !screen.ui.dialogs.isOpen);
    expect(await screen.frame()).not.toContain("╭");
  });
});

test("the selected row is seen without colours", async () => {
  await using screen = await open("agent.list", { width: 80, height: 24 });
  Object.assign(screen.ui.environment, { env: { NO_COLOR: "1" } });
  screen.ui.dialogs.closeAll();
  screen.ui.actions.run("agent.list");
  await screen.frame();
  const spans = screen.terminal.captureSpans().lines.flatMap(({ spans: row }) => row);
  const INVERSE = 32;
  const inverse = spans.filter(({ attributes }) => (attributes & INVERSE) !== 0);
  expect(inverse.map(({ text }) => text).join("")).toContain("agent-0");
});
