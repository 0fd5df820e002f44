import { expect, test } from "bun:test";
import { PageDialog } from "@/tui/dialogs/page-dialog";
import { dialogScreen } from "./support";

const LINES = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`);

test("a long text is scrolled, and what is below is counted", async () => {
  await using screen = await dialogScreen({ width: 80, height: 24 });
  const { mockInput: keys } = screen.terminal;
  screen.ui.dialogs.open(new PageDialog(screen.ui, { title: "Log", text: LINES.join("\n") }));
  const first = await screen.frame();
  expect(first).toContain("line 15");
  expect(first).not.toContain("line 16");
  expect(first).toContain("… 25 more lines");
  expect(first).toContain("↑↓ scroll");
  keys.pressArrow("down");
  expect(await screen.frame()).toContain("… 24 more lines");
  keys.pressKey("END");
  const last = await screen.frame();
  expect(last).toContain("line 40");
  expect(last).not.toContain("more lines");
  keys.pressKey("HOME");
  expect(await screen.frame()).toContain("line 1 ");
});

test("a text that begins at its end shows the newest", async () => {
  await using screen = await dialogScreen({ width: 80, height: 24 });
  const options = { title: "Log", text: LINES.join("\n"), startsAtEnd: true };
  screen.ui.dialogs.open(new PageDialog(screen.ui, options));
  expect(await screen.frame()).toContain("line 40");
});

test("long lines are wrapped at every size, and nothing steers the terminal", async () => {
  await using screen = await dialogScreen({ width: 80, height: 24 });
  const text = `${"word ".repeat(30)}end\u001b[31m`;
  screen.ui.dialogs.open(new PageDialog(screen.ui, { title: "Log", text }));
  expect(await screen.frame()).toContain("end");
  screen.terminal.resize(50, 20);
  const frame = await screen.frame();
  expect(frame).toContain("end");
  expect(frame).not.toContain("[31m");
  for (const line of frame.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(50);
});

test("its keys are told and do what they say; escape closes it", async () => {
  await using screen = await dialogScreen({ width: 80, height: 24 });
  const { mockInput: keys } = screen.terminal;
  let copied = 0;
  const key = { stroke: "y", text: "copy", run: () => void copied++ };
  screen.ui.dialogs.open(new PageDialog(screen.ui, { title: "Log", text: "short", keys: [key] }));
  const frame = await screen.frame();
  expect(frame).toContain("y copy");
  expect(frame).not.toContain("scroll");
  keys.pressKey("y");
  await screen.until(() => copied === 1);
  keys.pressEscape();
  await screen.until(() => !screen.ui.dialogs.isOpen);
});
