// Every action that the palette may list does something in the terminal UI as it is put together.
import { expect, test } from "bun:test";
import { actionSpecs, PALETTE_GROUPS } from "@/tui/actions/action-table";
import { Actions } from "@/tui/actions/actions";
import { tuiOn } from "@test/support/tui-app";

/** Names that people's key files hold, and why nothing is behind them here. */
const WITHOUT: Readonly<Record<string, string>> = {
  "app.toggle.file_context": "no editor tells its open file",
  "prompt.editor_context.clear": "no editor tells its selection",
  "console.org.switch": "there are no organisations",
  "workspace.set": "there are no workspaces",
  "stash.delete": "a key of the list of stashed prompts",
};

test("every action of the palette has a body", async () => {
  const given = new Set<string>();
  const { register } = Actions.prototype;
  Actions.prototype.register = function (bodies) {
    for (const id of Object.keys(bodies)) given.add(id);
    return register.call(this, bodies);
  };
  try {
    await using ui = await tuiOn({ turns: [{ text: "Done" }] });
    await ui.shows("Build");
    await ui.send("open a session");
    await ui.shows("Done");
  } finally {
    Actions.prototype.register = register;
  }
  const listed = actionSpecs().filter(({ group }) => PALETTE_GROUPS.includes(group));
  const missing = listed.map(({ id }) => id).filter((id) => !given.has(id));
  expect(missing.toSorted()).toEqual(Object.keys(WITHOUT).toSorted());
});
