// What other programs have the terminal UI do: each event of `/tui/*`, and what it changes.
import { expect, test } from "bun:test";
import type { BusEvent, EventProperties, EventType } from "@/schema/event";
import { Actions } from "@/tui/actions/actions";
import { actOn } from "@/tui/remote-control";
import { testScreen, type TestScreen } from "@test/support/screen";

function tell<T extends EventType>(screen: TestScreen, type: T, properties: EventProperties<T>) {
  // Type and properties are those of one member of the union.
  actOn(screen.ui, { id: "evt_1", type, properties } as BusEvent);
}

test("text goes to the end of the draft, twice if it comes twice", async () => {
  await using screen = await testScreen();
  screen.ui.prompt.setText("see ");
  tell(screen, "tui.prompt.append", { text: "one\n" });
  tell(screen, "tui.prompt.append", { text: "two" });
  expect(screen.ui.prompt.text).toBe("see one\ntwo");
});

test("a command is run by its id or the name of its key", async () => {
  await using screen = await testScreen();
  tell(screen, "tui.command.execute", { command: "session.list" });
  expect(screen.actions).toEqual(["session.list"]);
});

test("a command that is none is told, and so is one that cannot be done now", async () => {
  await using screen = await testScreen();
  // None has a body: nothing can be done.
  const actions = new Actions({ isInSession: () => true, onError: () => undefined });
  const ui = { ...screen.ui, actions };
  const execute = (command: string) =>
    actOn(ui, { id: "evt_1", type: "tui.command.execute", properties: { command } });
  execute("make.coffee");
  execute("session.redo");
  expect(screen.toasts).toEqual([
    "make.coffee is no command of the terminal UI",
    "session.redo cannot be done now",
  ]);
});

test("a toast is shown, and a session opened", async () => {
  await using screen = await testScreen();
  tell(screen, "tui.toast.show", { message: "Look", variant: "info" });
  expect(screen.toasts).toEqual(["Look"]);
  tell(screen, "tui.session.select", { sessionID: "ses_2" });
  expect(screen.ui.store.state.route).toEqual({ screen: "session", sessionID: "ses_2" });
});
