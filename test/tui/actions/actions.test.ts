import { describe, expect, test } from "bun:test";
import { keyNames } from "@/tui/keymap/key-table";
import { Actions, type ActionBody } from "@/tui/actions/actions";
import { actionSpecs, PALETTE_GROUPS } from "@/tui/actions/action-table";

/** All actions with bodies that note their id. */
function open(isInSession = true) {
  const ran: string[] = [];
  const errors: unknown[] = [];
  const actions = new Actions({
    isInSession: () => isInSession,
    onError: (error) => errors.push(error),
  });
  const bodies = actionSpecs().map(({ id }): [string, ActionBody] => [
    id,
    { run: () => void ran.push(id) },
  ]);
  return { actions, ran, errors, fill: () => actions.register(Object.fromEntries(bodies)) };
}

describe("the table", () => {
  test("has every id once, and a title for each", () => {
    const ids = actionSpecs().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title } of actionSpecs()) expect(title).toMatch(/^[A-Z][\w' ]*[a-z\d\w-]+/);
  });

  test("has no slash command twice", () => {
    const slash = actionSpecs().flatMap((spec) => spec.slash);
    expect(new Set(slash).size).toBe(slash.length);
  });

  test.each(keyNames())("$name reaches $id by its name and by its id", ({ name, id }) => {
    const { actions, ran, fill } = open();
    fill();
    expect(actions.run(name)).toBe(true);
    expect(actions.run(id)).toBe(true);
    expect(ran).toEqual([id, id]);
  });

  const slash: [string, string][] = [
    ["/sessions", "session.list"],
    ["/resume", "session.list"],
    ["/continue", "session.list"],
    ["/clear", "session.new"],
    ["/summarize", "session.compact"],
    ["/q", "app.exit"],
    ["/mo", "model.list"],
    ["/toggle-thinking", "session.toggle.thinking"],
    ["/find", "session.find"],
    ["/statusline", "statusline.edit"],
    ["/vim", "prompt.vim"],
    ["/tui", "screen.switch"],
    ["/keys", "keys.rebind"],
    ["/queue", "session.queued_prompts"],
    ["/help", "help.keys"],
    ["themes", "theme.switch"],
  ];
  test.each(slash)("%s is %s", (name, id) => {
    expect(open().actions.resolve(name)).toBe(id);
  });

  test.each(["", "/", "constructor", "/nope", "session"])("%j is nothing", (name) => {
    const { actions, fill } = open();
    fill();
    expect(actions.run(name)).toBe(false);
  });
});

describe("actions", () => {
  test("without a body are not there", () => {
    const { actions } = open();
    expect(actions.run("session.new")).toBe(false);
    expect(actions.ready()).toEqual([]);
  });

  test("that need a session are not there without one", () => {
    const { actions, fill } = open(false);
    fill();
    expect(actions.run("session.undo")).toBe(false);
    expect(actions.run("session.new")).toBe(true);
    expect(actions.ready().some(({ inSession }) => inSession)).toBe(false);
  });

  test("are there while they apply, and as long as they are registered", () => {
    const { actions } = open();
    let applies = false;
    const leave = actions.register({
      "session.undo": { run: () => undefined, when: () => applies, title: () => "Undo it" },
    });
    expect(actions.run("session.undo")).toBe(false);
    applies = true;
    expect(actions.ready().map(({ title }) => title)).toEqual(["Undo it"]);
    leave();
    expect(actions.run("session.undo")).toBe(false);
  });

  test("take the body that was given last of those that apply", () => {
    const { actions, ran, fill } = open();
    fill();
    actions.register({ "app.exit": { run: () => void ran.push("later") } });
    actions.register({ "app.exit": { run: () => void ran.push("never"), when: () => false } });
    actions.run("app_exit");
    expect(ran).toEqual(["later"]);
  });

  test("tell what fails, at once or later", async () => {
    const { actions, errors } = open();
    actions.register({
      "app.exit": {
        run: () => {
          throw new Error("at once");
        },
      },
      "session.new": { run: async () => Promise.reject(new Error("later")) },
    });
    expect(actions.run("app.exit")).toBe(true);
    expect(actions.run("session.new")).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(errors.map(String)).toEqual(["Error: at once", "Error: later"]);
  });

  test("are heard of by id", () => {
    const { actions, fill } = open();
    const heard: string[] = [];
    fill();
    actions.onRun((id) => heard.push(id));
    actions.run("/new");
    actions
      .ready()
      .find(({ id }) => id === "app.exit")
      ?.run();
    expect(heard).toEqual(["session.new", "app.exit"]);
  });

  test("begin the palette with those of sessions", () => {
    expect(actionSpecs()[0]?.group).toBe(PALETTE_GROUPS[0] ?? "System");
  });
});
