import { expect, test } from "bun:test";
import { ToastColumn, wrap } from "@/tui/dialogs/toasts";
import { dialogScreen } from "./support";

async function open(width = 80) {
  const screen = await dialogScreen({ width, height: 24 });
  const toasts = new ToastColumn(screen.ui);
  return { screen, toasts };
}

test("a notice stands at the top right for five seconds", async () => {
  const { screen, toasts } = await open();
  await using _ = screen;
  toasts.show({ title: "Heads up", message: "A warning.", variant: "warning" });
  const lines = (await screen.frame()).split("\n");
  expect(lines[1]).toMatch(/^ {18}┃ {58}┃$/);
  expect(lines[2]).toMatch(/^ {18}┃ {2}△ Heads up {46}┃$/);
  expect(lines[3]).toMatch(/^ {18}┃ {2}A warning\. {46}┃$/);
  await screen.clock.advance(4_999);
  expect(await screen.frame()).toContain("A warning.");
  await screen.clock.advance(1);
  expect(await screen.frame()).not.toContain("A warning.");
});

test("an error stays until a key", async () => {
  const { screen, toasts } = await open();
  await using _ = screen;
  toasts.show({ message: "It failed.", variant: "error" });
  await screen.clock.advance(60_000);
  expect(await screen.frame()).toContain("✗ It failed.");
  screen.terminal.mockInput.pressKey("x");
  expect(await screen.frame()).not.toContain("It failed.");
  toasts.repeat();
  expect(await screen.frame()).toContain("It failed.");
});

test("the key that brings an error does not take it away again", async () => {
  const { screen, toasts } = await open();
  await using _ = screen;
  const { renderer, mockInput: keys } = screen.terminal;
  const fail = () => toasts.show({ message: "It failed.", variant: "error" });
  renderer.keyInput.prependListener("keypress", fail);
  keys.pressKey("x");
  expect(await screen.frame()).toContain("It failed.");
  renderer.keyInput.off("keypress", fail);
  keys.pressKey("x");
  expect(await screen.frame()).not.toContain("It failed.");
});

test("the newest two are shown, the newest first, and none twice", async () => {
  const { screen, toasts } = await open();
  await using _ = screen;
  for (const message of ["one", "two", "three", "three"]) {
    toasts.show({ message, variant: "info" });
  }
  const frame = await screen.frame();
  expect(frame).not.toContain("one");
  expect(frame.match(/three/g)?.length).toBe(1);
  expect(frame.indexOf("three")).toBeLessThan(frame.indexOf("two"));
});

test("five rows are the most, and what is left out is told by an ellipsis", async () => {
  const { screen, toasts } = await open(50);
  await using _ = screen;
  toasts.show({ message: "many words go here and on ".repeat(20), variant: "info" });
  const rows = (await screen.frame()).split("\n").filter((line) => /[a-z]/.test(line));
  expect(rows.length).toBe(5);
  expect(rows.at(-1)).toContain("…");
  for (const row of rows) expect(row.length).toBeLessThanOrEqual(48);
});

test("nothing in it steers the terminal", async () => {
  const { screen, toasts } = await open();
  await using _ = screen;
  toasts.show({ title: "\u001b[2Jx", message: "a\u001b]52;c;eA==\u0007b\u202ec", variant: "info" });
  expect(await screen.frame()).toContain("abc");
});

test("words are wrapped by their width", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("日本語日本語", 6)).toEqual(["日本語", "日本語"]);
  expect(wrap("a\n\nb", 5)).toEqual(["a", "", "b"]);
  expect(wrap("", 5)).toEqual([""]);
});
