// The session screen: what a turn looks like at each width, and what keys do to it.
import { expect, setDefaultTimeout, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import { SessionScreen } from "@/tui/screens/session";
import type { State } from "@/tui/store/state";
import { Sync } from "@/tui/sync";
import { testScreen, type TestScreen } from "@test/support/screen";
import {
  answerMessage,
  messageID,
  reasoningPart,
  SESSION,
  textPart,
  toolPart,
  userMessage,
} from "@test/support/transcript";

setDefaultTimeout(180_000);

const session: Session = {
  id: SESSION,
  slug: "quick-fox",
  projectID: "p",
  directory: "/home/user/proj",
  title: "Fix flaky login test",
  version: "1.0.0",
  cost: 0.31,
  time: { created: 1, updated: 1 },
};

const OUTPUT = Array.from({ length: 32 }, (_, n) => `line ${n + 1}`).join("\n");

const asked = userMessage(1, "The login test is flaky, find out why and fix it. @src/auth.ts");
const turn: MessageWithParts[] = [
  asked,
  answerMessage(2, messageID(1), (id) => [
    reasoningPart(id, 1, "**Looking for shared state**\n\nIn the tests."),
    textPart(id, 2, "I'll look at the test and at the clock it uses."),
    toolPart(id, 3, "bash", {
      input: { command: "bun test test/auth.test.ts", description: "Run the login test" },
      metadata: { output: OUTPUT, exit: 1 },
    }),
  ]),
  answerMessage(3, messageID(1), (id) => [
    textPart(id, 1, "The token was compared with the *wall clock*; it now uses the injected one."),
  ]),
];

const STATE: Partial<State> = {
  directory: "/home/user/proj",
  route: { screen: "session", sessionID: SESSION },
  sessions: { [SESSION]: session },
  transcripts: { [SESSION]: { messages: turn } },
  facts: { vcs: { branch: "main" } },
};

function show(screen: TestScreen, size: { columns: number; rows: number }): SessionScreen {
  const { ui } = screen;
  const shown = new SessionScreen(ui, new Sync(ui), SESSION);
  ui.renderer.root.add(shown.root);
  shown.root.height = size.rows;
  shown.root.width = size.columns;
  ui.actions.register(shown.actions);
  ui.keymap.enter("session", (id) => ui.actions.run(id));
  ui.store.subscribe((state) => shown.update(state));
  shown.resize(size);
  shown.update(ui.store.state);
  return shown;
}

test("escape stops a turn the second time, and forgets the first after a while", async () => {
  const state = { ...STATE, status: { [SESSION]: { type: "busy" } } } as const;
  const answers = { [`POST /session/${SESSION}/abort`]: () => true };
  await using screen = await testScreen({ width: 80, height: 24, state, answers });
  show(screen, { columns: 80, rows: 24 });
  const press = () => screen.ui.actions.run("session.interrupt");
  press();
  expect(await screen.frame()).toContain("esc again to interrupt");
  await screen.clock.advance(5_000);
  expect(await screen.frame()).toContain("esc interrupt");
  press();
  press();
  await screen.clock.advance(0);
  expect(screen.sent.map(({ path }) => path)).toEqual([`/session/${SESSION}/abort`]);
});

test("a request that is put off says until when, and which keys change it", async () => {
  const put = async (message: string, width: number) => {
    const retry = {
      type: "retry",
      attempt: 1,
      message,
      next: Date.UTC(2026, 0, 1) + 3_000,
    } as const;
    const state = { ...STATE, status: { [SESSION]: retry } };
    await using screen = await testScreen({ width, height: 24, state });
    show(screen, { columns: width, rows: 24 });
    return (await screen.frame()).trimEnd().split("\n").at(-1);
  };
  const tail = "· retry 2 of 5 in 3s  r now  esc stop";
  expect(await put("Provider is overloaded", 100)).toContain(`   Provider is overloaded ${tail}`);
  const long = "Cannot connect to the provider: the network is unreachable";
  expect(await put(long, 80)).toContain(`   Cannot connect to the provide… ${tail}`);
});

test("all output of the newest turn opens, and closes again", async () => {
  await using screen = await testScreen({ width: 80, height: 24, state: STATE });
  const shown = show(screen, { columns: 80, rows: 24 });
  expect(await screen.frame()).toContain("… 22 more lines");
  shown.transcript.toggleAll();
  const opened = await screen.frame();
  expect(opened).toContain("line 30");
  expect(opened).not.toContain("more lines");
});

test("what was opened stays open in a transcript that is made anew", async () => {
  await using screen = await testScreen({ width: 80, height: 60, state: STATE });
  const before = show(screen, { columns: 80, rows: 60 });
  before.transcript.toggleAll();
  expect(await screen.frame()).not.toContain("more lines");
  const { reading } = before.transcript;
  before.destroy();
  const after = show(screen, { columns: 80, rows: 60 });
  after.transcript.restore(reading);
  expect(await screen.frame()).toContain("line 20");
  after.transcript.toggleAll();
  after.transcript.toggleAll();
  expect(await screen.frame()).toContain("more lines");
});

test("the marks of Markdown are shown and hidden in what stands there already", async () => {
  await using screen = await testScreen({ width: 80, height: 60, state: STATE });
  show(screen, { columns: 80, rows: 60 });
  expect(await screen.frame()).toContain("with the wall clock;");
  const conceal = (isConcealed: boolean) =>
    screen.ui.store.dispatch({ type: "view.changed", view: { conceal: isConcealed } });
  conceal(false);
  expect(await screen.frame()).toContain("with the *wall clock*;");
  conceal(true);
  expect(await screen.frame()).toContain("with the wall clock;");
});

test("following: the last row is there after every piece of text", async () => {
  await using screen = await testScreen({ width: 80, height: 24, state: STATE });
  show(screen, { columns: 80, rows: 24 });
  const live = textPart(messageID(3), 2, "Once ");
  const place = { sessionID: SESSION, messageID: messageID(3), partID: live.id };
  const hear = (event: Parameters<typeof screen.tell>[0]["event"]) =>
    screen.ui.store.dispatch({ type: "heard", event, at: 0 });
  const whole = { sessionID: SESSION, part: live, time: 0 };
  hear({ id: "evt_1", type: "message.part.updated", properties: whole });
  for (let n = 0; n < 500; n++) {
    const delta = n % 7 === 6 ? `\n\nparagraph ${n} ` : `word${n} `;
    hear({
      id: "evt_2",
      type: "message.part.delta",
      properties: { ...place, field: "text", delta },
    });
    screen.ui.store.flush();
    expect(await screen.frame()).toContain(delta.trim());
  }
});

test("a subagent's session has a bar that leads away in the place of the prompt", async () => {
  const child = (id: string, created: number): Session => {
    return { ...session, id, parentID: "ses_parent", time: { created, updated: created } };
  };
  const sessions = { [SESSION]: child(SESSION, 1), ses_other: child("ses_other", 2) };
  await using screen = await testScreen({ width: 80, height: 24, state: { ...STATE, sessions } });
  const shown = show(screen, { columns: 80, rows: 24 });
  shown.focus();
  expect(await screen.frame()).toContain("Build (1 of 2) · 120   ↑ parent  ← → siblings");
  screen.terminal.mockInput.pressArrow("up");
  screen.terminal.mockInput.pressArrow("right");
  expect(screen.actions).toEqual(["session.parent", "session.child.next"]);
  expect(screen.ui.prompt.text).toBe("");
});

test("each place of a text in a long answer is gone to, and all are counted", async () => {
  const lines = Array.from({ length: 300 }, (_, n) => (n % 100 === 50 ? `needle ${n}` : `- ${n}`));
  const long = answerMessage(2, messageID(1), (id) => [textPart(id, 1, lines.join("\n"))]);
  const state = {
    ...STATE,
    transcripts: { ...STATE.transcripts, [SESSION]: { messages: [userMessage(1, "Go"), long] } },
  };
  await using screen = await testScreen({ width: 100, height: 30, state });
  const shown = show(screen, { columns: 100, rows: 30 });
  await screen.frame();
  await shown.actions["session.find"]?.run();
  await screen.terminal.mockInput.typeText("NEEDLE");
  const seen = async () => {
    await screen.frame();
    return screen.frame();
  };
  const last = await seen();
  expect(last).toContain("3 of 3");
  expect(last).toContain("needle 250");
  screen.terminal.mockInput.pressEnter();
  const first = await seen();
  expect(first).toContain("1 of 3");
  expect(first).toContain("needle 50");
  screen.terminal.mockInput.pressEnter();
  const second = await seen();
  expect(second).toContain("2 of 3");
  expect(second).toContain("needle 150");
});

test("a text is found in folded output, which is opened, and marked", async () => {
  await using screen = await testScreen({ width: 100, height: 30, state: STATE });
  const shown = show(screen, { columns: 100, rows: 30 });
  await screen.frame();
  await shown.actions["session.find"]?.run();
  await screen.terminal.mockInput.typeText("LINE 17");
  await screen.frame();
  const frame = await screen.frame();
  expect(frame).toContain("1 of 1");
  expect(frame).toContain("line 17");
  const { warning } = screen.ui.theme.colors;
  const marked = screen.terminal
    .captureSpans()
    .lines.flatMap(({ spans }) => spans.filter(({ bg }) => bg.equals(warning)))
    .map(({ text }) => text);
  expect(marked).toEqual(["line 17"]);
  screen.terminal.mockInput.pressEscape();
  expect(await screen.frame()).not.toContain("1 of 1");
});
