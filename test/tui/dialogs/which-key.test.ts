import { expect, test } from "bun:test";
import { WhichKey } from "@/tui/dialogs/which-key";
import { dialogScreen } from "./support";

async function open() {
  const screen = await dialogScreen({});
  const which = new WhichKey(screen.ui);
  screen.ui.keymap.enter("app", (id) => screen.ui.actions.run(id));
  return { screen, which, keys: screen.terminal.mockInput };
}

test("whoever hesitates after the leader is shown what may follow", async () => {
  const { screen, keys } = await open();
  await using _ = screen;
  keys.pressKey("x", { ctrl: true });
  expect(await screen.frame()).not.toContain("Switch session");
  await screen.clock.advance(400);
  const frame = await screen.frame();
  expect(frame).toContain("l Switch session");
  expect(frame).toContain("m Switch model");
  const bottom = frame.trimEnd().split("\n");
  expect(bottom.length).toBe(24);
  keys.pressKey("l");
  expect(await screen.frame()).not.toContain("m Switch model");
  expect(screen.actions).toEqual(["session.list"]);
});

test("it stays when it is asked for, and on one row when that is asked for", async () => {
  const { screen, which } = await open();
  await using _ = screen;
  which.actions["which-key.toggle"]?.run();
  expect(await screen.frame()).toContain("l Switch session");
  which.actions["which-key.layout.toggle"]?.run();
  const frame = await screen.frame();
  expect(frame.match(/ more/g)?.length).toBe(1);
  which.actions["which-key.toggle"]?.run();
  expect(await screen.frame()).not.toContain("Switch session");
});

test("it can be done without", async () => {
  const { screen, which, keys } = await open();
  await using _ = screen;
  which.actions["which-key.pending.toggle"]?.run();
  keys.pressKey("x", { ctrl: true });
  await screen.clock.advance(500);
  expect(await screen.frame()).not.toContain("Switch session");
});

test("its keys are shown group by group, and all of them again", async () => {
  const { screen, which } = await open();
  await using _ = screen;
  which.actions["which-key.toggle"]?.run();
  which.actions["which-key.group.next"]?.run();
  const sessions = await screen.frame();
  expect(sessions).toMatch(/^ +Session /m);
  expect(sessions).toContain("l Switch session");
  expect(sessions).not.toContain("m Switch model");
  which.actions["which-key.group.next"]?.run();
  expect(await screen.frame()).toContain("m Switch model");
  which.actions["which-key.group.previous"]?.run();
  which.actions["which-key.group.previous"]?.run();
  const all = await screen.frame();
  expect(all).toContain("l Switch session");
  expect(all).toContain("m Switch model");
});
