// What the mouse marks, in the terminal UI as it is put together: what is copied is the text as it
// came, without gutters and line numbers.
import { expect, setDefaultTimeout, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import { type RecordedTui, recordedTui } from "@test/support/recorded-tui";
import { textPart, toolPart, userMessage } from "@test/support/transcript";
import { answer, inSession, START } from "./frames/recorded";

// Each draws a whole screen many times, on a busy machine, too.
setDefaultTimeout(180_000);

const PATCH = "--- a.ts\n+++ a.ts\n@@ -1,2 +1,2 @@\n-const old = 1\n+const fresh = 2\n same\n";

const MESSAGES: MessageWithParts[] = [
  userMessage(1, "Look at the clock"),
  answer(2, (id) => [
    textPart(id, 1, "The wall_clock of 日本 is read here."),
    toolPart(id, 2, "bash", {
      input: { command: "seq 3" },
      metadata: { output: "one\ntwo\nthree", exit: 0 },
    }),
    toolPart(id, 3, "edit", {
      ...{ input: { filePath: "a.ts" }, title: "a.ts", metadata: { diff: PATCH } },
    }),
  ]),
];

interface Mouse extends AsyncDisposable {
  tui: RecordedTui;
  copied: string[];
  /** Where a text stands. */
  at(text: string): { x: number; y: number };
  click(text: string, times: number): Promise<void>;
}

async function withMouse(): Promise<Mouse> {
  const tui = await recordedTui({ columns: 90, rows: 30, state: inSession(MESSAGES), at: START });
  const copied: string[] = [];
  Object.assign(tui.tui.clipboard, {
    write: async (text: string) => copied.push(text) > 0,
  });
  await tui.settle("▣");
  const at = (text: string) => {
    const rows = tui.terminal.captureCharFrame().split("\n");
    const y = rows.findIndex((row) => row.includes(text));
    const before = rows[y]?.split(text)[0] ?? "";
    return { x: Bun.stringWidth(before), y };
  };
  return {
    tui,
    copied,
    at,
    async click(text, times) {
      const { x, y } = at(text);
      for (let n = 0; n < times; n++) await tui.terminal.mockMouse.click(x, y);
      await tui.settle();
    },
    [Symbol.asyncDispose]: () => tui[Symbol.asyncDispose](),
  };
}

test("a double click copies a word, a third click its line, a single one nothing", async () => {
  await using mouse = await withMouse();
  await mouse.click("clock of", 1);
  expect(mouse.copied).toEqual([]);
  await mouse.tui.clock.advance(1_000);
  await mouse.click("clock of", 2);
  expect(mouse.copied).toEqual(["wall_clock"]);
  await mouse.click("clock of", 1);
  expect(mouse.copied.at(-1)).toBe("The wall_clock of 日本 is read here.");
  await mouse.tui.clock.advance(1_000);
  await mouse.click("日本", 2);
  expect(mouse.copied.at(-1)).toBe("日本");
  expect(await mouse.tui.settle("Copied 2 characters")).toBeDefined();
});

test("two clicks that are far apart are two clicks", async () => {
  await using mouse = await withMouse();
  await mouse.click("clock of", 1);
  await mouse.tui.clock.advance(500);
  await mouse.click("clock of", 1);
  expect(mouse.copied).toEqual([]);
});

test("a drag over several parts copies their text without gutters and numbers", async () => {
  await using mouse = await withMouse();
  const { mockMouse } = mouse.tui.terminal;
  const from = mouse.at("is read here");
  const to = mouse.at("same");
  await mockMouse.drag(from.x, from.y, to.x + 4, to.y);
  await mouse.tui.settle("Copied");
  const [text = ""] = mouse.copied;
  const lines = text.split("\n").map((line) => line.trim());
  expect(lines.filter((line) => line !== "")).toEqual([
    ...["is read here.", "$ seq 3", "one", "two", "three", "← Edit a.ts"],
    ...["const old = 1", "const fresh = 2", "same"],
  ]);
  expect(text).not.toMatch(/[┃▀]/);
});

test("a button let go outside of what was marked copies it all the same", async () => {
  await using mouse = await withMouse();
  const { mockMouse } = mouse.tui.terminal;
  const from = mouse.at("one");
  await mockMouse.pressDown(from.x, from.y);
  await mockMouse.moveTo(from.x + 3, from.y);
  await mockMouse.release(0, 29);
  await mouse.tui.settle("Copied");
  expect(mouse.copied[0]).toStartWith("one");
});

test("the wheel scrolls what is beneath it, a row of the transcript at a time as set", async () => {
  const many = Array.from({ length: 40 }, (_, n) => userMessage(n + 1, `message ${n + 1}`));
  await using tui = await recordedTui({ columns: 80, rows: 24, state: inSession(many) });
  await tui.settle("message 40");
  const first = (frame: string) => frame.split("\n").findIndex((row) => row.includes("message 3"));
  const before = await tui.settle();
  await tui.terminal.mockMouse.scroll(20, 8, "up");
  const after = await tui.settle();
  expect(after).not.toBe(before);
  expect(first(after)).not.toBe(-1);
  await tui.terminal.mockMouse.scroll(20, 8, "down");
  expect(await tui.settle()).toBe(before);
});
