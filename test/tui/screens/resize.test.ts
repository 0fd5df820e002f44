// Other sizes while a turn streams: the last frame is that of a fresh start at its size, what was
// typed is kept, each size costs one frame, and whoever reads further up keeps the row.
import { expect, setDefaultTimeout, test } from "bun:test";
import type { State } from "@/tui/store/state";
import { frameOf } from "@test/support/frames";
import { type RecordedTui, recordedTui } from "@test/support/recorded-tui";
import { messageID, SESSION, textPart, userMessage } from "@test/support/transcript";
import { answer, inSession, START, TURN } from "@test/tui/frames/recorded";

setDefaultTimeout(180_000);

const SIZES = [
  [160, 50],
  [40, 10],
  [39, 9],
  [120, 36],
] as const;
const WORDS = " word".repeat(120);
const FIRST = Array.from({ length: 30 }, (_, n) => userMessage(n + 1, `message ${n + 1}`));

/** A long session, the last turn of which streams; `text` is what came so far. */
function streaming(text: string): Partial<State> {
  const live = answer(40, () => [{ ...textPart(messageID(40), 1, text), time: { start: START } }], {
    time: { created: START },
    parentID: messageID(31),
  });
  const turn = TURN.map((entry, at) => {
    const id = messageID(32 + at);
    const parts = entry.parts.map((part, n) => ({ ...part, id: `${id}_${n + 10}`, messageID: id }));
    return { info: { ...entry.info, id }, parts } as typeof entry;
  });
  const messages = [...FIRST, ...turn, userMessage(39, "go on"), live];
  const busy = { [SESSION]: { type: "busy" } } as const;
  return inSession(messages, { status: busy, busySince: { [SESSION]: START } });
}

async function start(columns: number, rows: number, text: string): Promise<RecordedTui> {
  const tui = await recordedTui({ columns, rows, state: streaming(text), at: START });
  await tui.terminal.mockInput.typeText("half a thought");
  await tui.settle(rows < 10 ? "too small" : "half a thought");
  return tui;
}

function stream({ tui }: RecordedTui, delta: string): void {
  const place = { sessionID: SESSION, messageID: messageID(40), field: "text" };
  const properties = { ...place, partID: textPart(messageID(40), 1, "").id, delta };
  const event = { id: "evt_1", type: "message.part.delta", properties } as const;
  tui.store.dispatch({ type: "heard", event, at: START });
  tui.store.flush();
}

test("after many sizes during streaming the frame is that of a fresh start", async () => {
  await using tui = await start(80, 24, "Once");
  let said = "Once";
  for (const [columns, rows] of SIZES) {
    tui.terminal.resize(columns, rows);
    stream(tui, WORDS);
    said += WORDS;
    await tui.settle();
  }
  await using fresh = await start(120, 36, said);
  expect(frameOf(tui.terminal)).toBe(frameOf(fresh.terminal));
  expect(tui.tui.prompt.text).toBe("half a thought");
});

test("a size costs one frame", async () => {
  await using tui = await start(80, 24, "Once");
  let frames = 0;
  tui.terminal.renderer.on("frame", () => frames++);
  for (const [columns, rows] of SIZES) {
    frames = 0;
    tui.terminal.resize(columns, rows);
    await tui.terminal.renderOnce();
    const before = tui.terminal.captureCharFrame();
    expect(frames).toBe(1);
    // It needs no second one to be right.
    await tui.terminal.renderOnce();
    expect(tui.terminal.captureCharFrame()).toBe(before);
  }
});

test("whoever reads further up keeps the row that is read", async () => {
  await using tui = await start(80, 24, "Once");
  tui.tui.transcript?.scrollToMessage(messageID(12));
  const top = async () => (await tui.settle()).split("\n").find((row) => row.includes("message"));
  expect(await top()).toContain("message 12");
  for (const [columns, rows] of SIZES) {
    tui.terminal.resize(columns, rows);
    stream(tui, WORDS);
    if (rows >= 10)
      expect([columns, (await top())?.trim()]).toEqual([
        columns,
        expect.stringContaining("message 12"),
      ]);
  }
});
