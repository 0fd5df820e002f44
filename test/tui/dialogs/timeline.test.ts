import { expect, test } from "bun:test";
import { openTimeline } from "@/tui/dialogs/timeline";
import { UserView } from "@/tui/views/user";
import { session, userMessage } from "./facts";
import { dialogScreen } from "./support";

const SESSION = session("1", "Fix it", { revert: { messageID: "msg_3" } });
const at = (minutes: number) => new Date(2026, 0, 1, 9, minutes).getTime();

const FIRST = userMessage(
  SESSION.id,
  "1",
  "The login test is flaky, find out why it fails",
  at(41),
);
const MESSAGES = [
  {
    ...FIRST,
    info: {
      ...FIRST.info,
      summary: { diffs: [{ file: "a", additions: 2, deletions: 1, patch: "" }] },
    },
  },
  userMessage(SESSION.id, "2", "Run the suite twenty times", at(47)),
  userMessage(SESSION.id, "3", "then update the changelog", at(52)),
];

async function open() {
  const screen = await dialogScreen({
    answers: {
      [`POST /session/${SESSION.id}/revert`]: () => SESSION,
      [`POST /session/${SESSION.id}/fork`]: () => session("9", "Copy"),
    },
    state: {
      route: { screen: "session", sessionID: SESSION.id },
      sessions: { [SESSION.id]: SESSION },
      transcripts: { [SESSION.id]: { messages: MESSAGES as never } },
    },
  });
  openTimeline(screen.ui);
  return { screen, keys: screen.terminal.mockInput };
}

test("a message is read whole, with what it changed, and left again", async () => {
  const { screen, keys } = await open();
  await using _ = screen;
  keys.pressKey("HOME");
  keys.pressArrow("right");
  const frame = await screen.frame();
  expect(frame).toMatch(/Message of 09:41 +esc/);
  expect(frame).toContain("The login test is flaky, find out why it fails");
  expect(frame).toMatch(/Changed\s+│\s+│ +a  \+2 -1/);
  keys.pressArrow("left");
  expect(await screen.frame()).toMatch(/Timeline +esc/);
});

test("what can be done with a message is a key each", async () => {
  const { screen, keys } = await open();
  await using _ = screen;
  keys.pressKey("HOME");
  keys.pressEnter();
  const frame = await screen.frame();
  expect(frame).toContain("Message actions");
  expect(frame).toMatch(/Undo to here, conversation and files +u/);
  keys.pressKey("u");
  await screen.until(() => !screen.ui.prompt.isEmpty);
  expect(screen.ui.prompt.text).toBe("The login test is flaky, find out why it fails");
  expect(screen.ui.dialogs.isOpen).toBe(false);
  expect(screen.sent.at(-1)).toMatchObject({
    path: `/session/${SESSION.id}/revert`,
    body: { messageID: "msg_1" },
  });
});

test.each([
  ["c", "conversation", "The login test is flaky, find out why it fails"],
  ["f", "files", ""],
])("%s undoes the %s alone", async (key, only, draft) => {
  const { screen, keys } = await open();
  await using _ = screen;
  keys.pressKey("HOME");
  keys.pressEnter();
  expect(await screen.frame()).toMatch(new RegExp(`Undo to here, ${only} only +${key}`));
  keys.pressKey(key);
  await screen.until(() => screen.sent.some(({ path }) => path.endsWith("/revert")));
  expect(screen.sent.at(-1)?.body).toEqual({ messageID: "msg_1", only });
  await screen.until(() => screen.ui.prompt.text === draft);
});

test("a session is forked from a message", async () => {
  const { screen, keys } = await open();
  await using _ = screen;
  keys.pressKey("n", { meta: true });
  await screen.until(() => !screen.ui.prompt.isEmpty);
  expect(screen.ui.store.state.route).toEqual({ screen: "session", sessionID: "ses_9" });
  expect(screen.ui.prompt.text).toBe("then update the changelog");
});

test("a click on what was said shows what can be done with it", async () => {
  const { screen } = await open();
  await using _ = screen;
  screen.ui.dialogs.closeAll();
  const [entry] = MESSAGES;
  if (entry === undefined) throw new Error("there are three");
  const block = { kind: "user", key: "1", entry, isQueued: false, isUndone: false };
  const view = new UserView(screen.ui, block as never);
  screen.ui.renderer.root.add(view.root);
  const y = (await screen.frame()).split("\n").findIndex((line) => line.includes("is flaky"));
  await screen.terminal.mockMouse.click(10, y);
  expect(await screen.frame()).toContain("Message actions");
});
