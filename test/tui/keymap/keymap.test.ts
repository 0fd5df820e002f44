import { describe, expect, test } from "bun:test";
import type { Keybinds } from "@/schema/tui-config";
import { createBindings } from "@/tui/keymap/bindings";
import { Keymap, LEADER_TIMEOUT_MS } from "@/tui/keymap/keymap";
import { type KeyContext, keyNames } from "@/tui/keymap/key-table";
import { FakeClock } from "@test/support/clock";
import { pressed } from "./support";

const LEADER = "\x18";
const ESCAPE = "\x1b";

function open(keybinds: Keybinds = {}) {
  const clock = new FakeClock();
  const bindings = createBindings(keybinds);
  const keymap = new Keymap({ bindings, leaderTimeoutMs: LEADER_TIMEOUT_MS, clock });
  const ran: string[] = [];
  /** A context in which the named actions apply; all when none is named. */
  const enter = (context: KeyContext, ...ids: string[]) =>
    keymap.enter(context, (id) => {
      if (ids.length > 0 && !ids.includes(id)) return false;
      ran.push(`${context} ${id}`);
      return true;
    });
  const press = (bytes: string) => keymap.handle(pressed(bytes));
  return { keymap, clock, ran, enter, press };
}

describe("contexts", () => {
  test("the innermost that the key applies in wins", () => {
    const { ran, enter, press } = open();
    enter("app");
    const leave = enter("prompt", "input.delete");
    expect(press("\x04")).toBe(true);
    leave();
    expect(press("\x04")).toBe(true);
    expect(ran).toEqual(["prompt input.delete", "app app.exit"]);
  });

  test("what does not apply goes on outwards", () => {
    const { ran, enter, press } = open();
    enter("app");
    enter("prompt", "nothing");
    press("\x03");
    expect(ran).toEqual(["app app.exit"]);
  });

  test("the order of entering does not matter between contexts, only within one", () => {
    const { ran, enter, press } = open();
    enter("prompt", "input.submit");
    enter("prompt", "input.submit");
    enter("app");
    press("\r");
    expect(ran).toEqual(["prompt input.submit"]);
  });

  test("a dialog keeps keys from what lies beneath", () => {
    const { ran, enter, press } = open();
    enter("app");
    enter("prompt");
    const leave = enter("dialog", "dialog.select.next");
    expect(press("\x0e")).toBe(true);
    expect(press("\x01")).toBe(false);
    expect(press(LEADER)).toBe(false);
    leave();
    press("\x01");
    expect(ran).toEqual(["dialog dialog.select.next", "prompt input.line.home"]);
  });

  test("other keys are asked for after the bindings of their context", () => {
    const { keymap, ran, enter, press } = open();
    enter("app");
    keymap.enter(
      "question",
      () => false,
      (key) => key.name === "1" || key.name === "tab",
    );
    expect(press("1")).toBe(true);
    expect(press("\t")).toBe(true);
    expect(press("2")).toBe(false);
    expect(ran).toEqual([]);
  });

  test("what is typed is nobody's key", () => {
    const { enter, press } = open();
    enter("app");
    enter("prompt");
    expect(["a", "日", "q", " "].map(press)).toEqual([false, false, false, false]);
  });
});

describe("the leader", () => {
  test("waits for the next key", () => {
    const { ran, enter, press, clock } = open();
    enter("app");
    expect(press(LEADER)).toBe(true);
    expect(press("l")).toBe(true);
    expect(press("l")).toBe(false);
    expect(ran).toEqual(["app session.list"]);
    expect(clock.pending).toBe(0);
  });

  test("is cancelled by a key that leads nowhere, and by escape, which are swallowed", () => {
    const { ran, enter, press } = open();
    enter("app");
    enter("session");
    for (const key of ["~", ESCAPE]) {
      press(LEADER);
      expect(press(key)).toBe(true);
      expect(press("l")).toBe(false);
    }
    expect(ran).toEqual([]);
  });

  test("ends with its time", async () => {
    const { ran, enter, press, clock } = open();
    enter("app");
    press(LEADER);
    await clock.advance(LEADER_TIMEOUT_MS - 1);
    press("l");
    press(LEADER);
    await clock.advance(LEADER_TIMEOUT_MS);
    expect(press("l")).toBe(false);
    expect(ran).toEqual(["app session.list"]);
  });

  test("asks outwards when what is inside does not apply", () => {
    const { ran, enter, press } = open();
    enter("app");
    const leave = enter("session", "session.queued_prompts");
    press(LEADER);
    press("q");
    leave();
    press(LEADER);
    press("q");
    expect(ran).toEqual(["session session.queued_prompts", "app app.exit"]);
  });

  test("shows what may follow to whoever hesitates", async () => {
    const { keymap, enter, press, clock } = open();
    let told = 0;
    keymap.onHint(() => told++);
    enter("app");
    press(LEADER);
    await clock.advance(399);
    expect(keymap.hint).toBeUndefined();
    await clock.advance(1);
    const hint = keymap.hint;
    expect(hint?.pressed).toBe("ctrl+x");
    expect(hint?.continuations).toContainEqual({ label: "l", actionID: "session.list" });
    expect(hint?.continuations.some(({ actionID }) => actionID === "session.undo")).toBe(false);
    press("l");
    expect([keymap.hint, told]).toEqual([undefined, 2]);
  });
});

describe("sequences without the leader", () => {
  test("do not keep a key from what it means alone", () => {
    const { ran, enter, press } = open();
    enter("app");
    const leave = enter("session", "session.interrupt");
    press(ESCAPE);
    press(ESCAPE);
    leave();
    enter("session", "session.timeline");
    expect(press(ESCAPE)).toBe(false);
    expect(press(ESCAPE)).toBe(true);
    expect(ran).toEqual([
      "session session.interrupt",
      "session session.interrupt",
      "session session.timeline",
    ]);
  });

  test("swallow nothing of what is typed", async () => {
    const { keymap, ran, enter, press, clock } = open();
    enter("session", "session.timeline", "session.first");
    press(ESCAPE);
    expect(press("h")).toBe(false);
    press(ESCAPE);
    expect(press("\x07")).toBe(true);
    press(ESCAPE);
    await clock.advance(1_000);
    expect(keymap.hint).toBeUndefined();
    await clock.advance(LEADER_TIMEOUT_MS);
    expect(press(ESCAPE)).toBe(false);
    expect(ran).toEqual(["session session.first"]);
  });

  test("are told by two escapes in one read", () => {
    const { ran, enter, press } = open();
    enter("session", "session.timeline");
    expect(press("\x1b\x1b")).toBe(true);
    expect(ran).toEqual(["session session.timeline"]);
  });
});

describe("how a key is taken", () => {
  test("what has the focus hears of it, too, if so written", () => {
    const { ran, enter, press } = open({ session_new: { key: "f5", preventDefault: false } });
    enter("app");
    expect(press("\x1b[15~")).toBe(false);
    expect(ran).toEqual(["app session.new"]);
  });

  test("others are asked, too, if so written", () => {
    const { ran, enter, press } = open({
      session_new: "f5",
      session_copy: { key: "f5", fallthrough: true },
    });
    enter("app");
    enter("session");
    expect(press("\x1b[15~")).toBe(true);
    expect(ran).toEqual(["session session.copy", "app session.new"]);
  });

  test("a release is another event", () => {
    const { keymap, ran, enter } = open({ session_new: { key: "ctrl+a", event: "release" } });
    enter("app");
    expect(keymap.handle(pressed("\x1b[97;5u", true))).toBe(false);
    expect(keymap.handle(pressed("\x1b[97;5:3u", true))).toBe(true);
    expect(ran).toEqual(["app session.new"]);
  });
});

test("labels follow what is bound", () => {
  const { keymap } = open({ session_new: "f5,f6" });
  expect(keymap.label("session.new")).toBe("f5");
  expect(keymap.labels("session.new")).toEqual(["f5", "f6"]);
  expect(keymap.label("session.list")).toBe("ctrl+x l");
  expect(keymap.label("session.fork")).toBeUndefined();
  keymap.rebind(createBindings({ session_fork: "<leader>f" }));
  expect(keymap.label("session.fork")).toBe("ctrl+x f");
});

const F12 = "\u001b[24~";

test.each(keyNames().map((one) => [one.name, one] as const))(
  "%s, bound to another key, reaches its command wherever it counts",
  (name, { id, contexts }) => {
    for (const context of contexts) {
      const { ran, enter, press } = open({ [name]: "f12" });
      enter(context, id);
      expect(press(F12)).toBe(true);
      expect(ran).toEqual([`${context} ${id}`]);
    }
  },
);
