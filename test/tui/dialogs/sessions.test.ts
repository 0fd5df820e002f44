import { describe, expect, test } from "bun:test";
import { openSessions, switchToSlot, togglePin } from "@/tui/dialogs/sessions";
import { Trash } from "@/tui/dialogs/trash";
import { session, userMessage } from "./facts";
import type { ScreenOptions } from "@test/support/screen";
import { dialogScreen } from "./support";

/** In the time zone of the machine, as a person sees it. */
function at(hours: number, minutes: number, day = 2): number {
  return new Date(2026, 0, day, hours, minutes).getTime();
}

const LOGIN = session("1", "Fix flaky login test", {
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
const CHILD = session("5", "A subagent's", { parentID: SURVEY.id });

async function open() {
  const deleted: string[] = [];
  const texts: Record<string, string> = {
    [PARSER.id]: "look at the flaky clock in auth.test.ts, please, it stops",
  };
  const all = [LOGIN, SURVEY, NOTES, PARSER, CHILD];
  const answers: ScreenOptions["answers"] = Object.fromEntries(
    all.flatMap(({ id }): [string, () => unknown][] => [
      [`GET /session/${id}/message`, () => [userMessage(id, "1", texts[id] ?? "nothing", 0)]],
      [`DELETE /session/${id}`, () => (deleted.push(id), true)],
    ]),
  );
  const permission = { id: "per_1", sessionID: NOTES.id, permission: "bash" };
  const screen = await dialogScreen({
    answers,
    state: {
      directory: "/home/user/proj",
      route: { screen: "session", sessionID: LOGIN.id },
      sessions: Object.fromEntries(all.map((one) => [one.id, one])),
      status: { [SURVEY.id]: { type: "busy" } },
      permissions: [{ ...permission, patterns: [], metadata: {}, always: [] }],
    },
  });
  await screen.clock.advance(at(10, 0) - screen.clock.now());
  togglePin(screen.ui, LOGIN.id);
  const trash = new Trash(screen.ui);
  openSessions(screen.ui, trash);
  return { screen, trash, deleted, keys: screen.terminal.mockInput };
}

describe("the list of sessions", () => {
  test("has pinned ones first, then days, with what each does and where", async () => {
    const { screen } = await open();
    await using _ = screen;
    const frame = await screen.frame();
    expect(frame).toContain("ctrl+f pin  ctrl+r rename  ctrl+d delete  tab project/all");
    expect(frame).not.toContain("subagent");
  });

  test("finds what is typed in titles and in the texts of messages", async () => {
    const { screen, keys } = await open();
    await using _ = screen;
    await keys.typeText("flaky");
    await screen.until(() => screen.sent.length >= 4);
    const wanted = "…look at the FLAKY clock in auth.test.ts,…";
    let frame = await screen.frame();
    for (let turn = 0; turn < 100 && !frame.includes(wanted); turn++) frame = await screen.frame();
    expect(frame).toContain(wanted);
    expect(frame).toContain("Fix flaky login test");
    expect(frame).not.toContain("Release notes");
  });

  test("opens what is chosen", async () => {
    const { screen, keys } = await open();
    await using _ = screen;
    keys.pressArrow("down");
    keys.pressEnter();
    expect(screen.ui.store.state.route).toEqual({ screen: "session", sessionID: SURVEY.id });
  });

  test("deletes at the second press, and brings back for ten seconds", async () => {
    const { screen, keys, deleted } = await open();
    await using _ = screen;
    keys.pressArrow("down");
    keys.pressKey("d", { ctrl: true });
    expect(await screen.frame()).toContain("ctrl+d again deletes it");
    keys.pressArrow("down");
    keys.pressArrow("up");
    expect(await screen.frame()).not.toContain("again deletes it");
    keys.pressKey("d", { ctrl: true });
    keys.pressKey("d", { ctrl: true });
    expect(await screen.frame()).not.toContain("Survey the repo");
    expect(screen.toasts).toEqual([expect.stringContaining('Deleted "Survey the repo"')]);
    await screen.clock.advance(9_000);
    keys.pressKey("z", { meta: true });
    expect(await screen.frame()).toContain("Survey the repo");
    await screen.clock.advance(60_000);
    expect(deleted).toEqual([]);
    keys.pressKey("HOME");
    keys.pressArrow("down");
    keys.pressKey("d", { ctrl: true });
    keys.pressKey("d", { ctrl: true });
    await screen.clock.advance(10_000);
    await screen.until(() => deleted.length > 0);
    expect(deleted).toEqual([SURVEY.id]);
  });

  test("what was deleted and the program is left is deleted", async () => {
    const { screen, trash, deleted } = await open();
    await using _ = screen;
    trash.put(LOGIN);
    expect(screen.ui.store.state.route.screen).toBe("home");
    trash.empty();
    await screen.until(() => deleted.length > 0);
    expect(deleted).toEqual([LOGIN.id]);
    await screen.clock.advance(60_000);
    expect(deleted).toEqual([LOGIN.id]);
  });

  test("shows this directory's alone when asked to", async () => {
    const { screen, keys } = await open();
    await using _ = screen;
    keys.pressTab();
    const frame = await screen.frame();
    expect(frame).toContain("Survey the repo");
    expect(frame).not.toContain("Port the parser");
  });

  test("renames, and keeps the dialog beneath", async () => {
    const { screen, keys } = await open();
    await using _ = screen;
    keys.pressKey("r", { ctrl: true });
    expect(await screen.frame()).toContain("Rename session");
    expect(await screen.frame()).toContain("Fix flaky login test");
    keys.pressEscape();
    await screen.terminal.flush();
    expect(await screen.frame()).toContain("Sessions");
  });
});

test("slots open pinned sessions", async () => {
  const { screen } = await open();
  await using _ = screen;
  togglePin(screen.ui, NOTES.id);
  switchToSlot(screen.ui, 2);
  expect(screen.ui.store.state.route).toEqual({ screen: "session", sessionID: NOTES.id });
  switchToSlot(screen.ui, 9);
  expect(screen.toasts).toEqual(["No session is pinned to 9"]);
});
