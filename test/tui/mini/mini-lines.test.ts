// What mini mode prints of a transcript, and when.
import { expect, test } from "bun:test";
import { createPatch } from "@/base/unified-diff";
import type { AssistantMessage } from "@/schema/message";
import type { Part, ToolState } from "@/schema/part";
import { isFinal, miniLines, standsApart } from "@/tui/mini/mini-lines";
import type { Block } from "@/tui/views/blocks";
import { testScreen } from "@test/support/screen";

const open = { id: "msg_1", role: "assistant", time: { created: 0 } } as AssistantMessage;
const done = { ...open, time: { created: 0, completed: 1 } };
const time = { start: 0, end: 4_200 };

function tool(name: string, state: ToolState, message = open): Block {
  const part = { id: "prt_1", type: "tool", tool: name, callID: "c", state } as Part;
  return { key: "prt_1", kind: "part", part, message };
}

function completed(input: Record<string, unknown>, metadata = {}, title = ""): ToolState {
  return { status: "completed", input, output: "", title, metadata, time };
}

async function printed(block: Block): Promise<string> {
  await using screen = await testScreen();
  return miniLines(screen.ui, block, 40)
    .map(({ text }) => text)
    .join("");
}

test("a tool's call is one row that says how it went", async () => {
  const failed = tool("bash", completed({ command: "bun test\n" }, { exit: 1 }));
  expect(await printed(failed)).toBe("$ bun test  ✗ exit 1 · 4.2s");
  expect(await printed(tool("bash", completed({ command: "ls" }, { exit: 0 })))).toBe("$ ls");
  const read = tool("read", completed({ filePath: "/p/a" }, {}, "a"));
  expect(await printed(read)).toBe("→ Read a");
  const diff = await createPatch("a", "1\n", "2\n3\n");
  expect(await printed(tool("edit", completed({}, { diff }, "a")))).toBe("← Edit a +2 -1");
  const error = tool("read", { status: "error", input: { filePath: "x" }, error: "gone", time });
  expect(await printed(error)).toBe("✗ → Read x  gone");
});

test("what a person asked is marked, what the program added is not printed", async () => {
  const parts = [
    { type: "text", text: "fix\nit" },
    { type: "text", text: "a reminder", synthetic: true },
  ] as Part[];
  const entry = { info: { id: "msg_0", role: "user" }, parts } as never;
  const block: Block = { key: "msg_0", kind: "user", entry, isQueued: false };
  expect(await printed(block)).toBe("› fix\n  it");
});

test("the end of a turn is a rule as wide as the terminal", async () => {
  const facts = { durationMs: 38_400, cost: 0.31, isInterrupted: false, asked: undefined };
  const end: Block = { key: "e", kind: "end", end: { message: done, ...facts } };
  expect(await printed(end)).toBe(`── 38.4s · $0.31 ${"─".repeat(22)}`);
});

test("only what can change no more is printed", () => {
  const running: ToolState = { status: "running", input: {}, time: { start: 0 } };
  expect(isFinal(tool("bash", running))).toBe(false);
  expect(isFinal(tool("bash", running, done))).toBe(true);
  expect(isFinal(tool("bash", completed({})))).toBe(true);
  const text = { key: "t", kind: "text", text: "a", part: {}, message: open } as never as Block;
  expect(isFinal({ ...text, isLive: true } as Block)).toBe(false);
  expect(isFinal({ ...text, isLive: false } as Block)).toBe(true);
});

test("what was asked stands apart, rows of tools stand together", () => {
  const user = { kind: "user" } as Block;
  const row = tool("read", completed({}));
  expect(standsApart(user, row)).toBe(true);
  expect(standsApart(row, user)).toBe(true);
  expect(standsApart(row, row)).toBe(false);
});
