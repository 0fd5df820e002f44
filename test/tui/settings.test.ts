// What the terminal UI is told by tui.json and by the environment.
import { expect, test } from "bun:test";
import { readSettings } from "@/tui/settings";

test("without a word mouse, title and copying are on", () => {
  expect(readSettings({})).toMatchObject({ mouse: true, title: true, copyOnSelect: true });
  expect(readSettings({ mouse: false })).toMatchObject({ mouse: false });
});

test("the environment turns them off, whatever the file says", () => {
  const env = {
    OPENCODE_DISABLE_MOUSE: "1",
    OPENCODE_DISABLE_TERMINAL_TITLE: "true",
    OPENCODE_EXPERIMENTAL_DISABLE_COPY_ON_SELECT: "1",
  };
  const settings = readSettings({ mouse: true }, env);
  expect(settings).toMatchObject({ mouse: false, title: false, copyOnSelect: false });
});
