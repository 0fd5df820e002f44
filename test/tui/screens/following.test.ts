// Whoever reads further up keeps the row that is read, whatever happens to the session meanwhile.
import { expect, setDefaultTimeout, test } from "bun:test";
import type { BusEvent } from "@/schema/event";
import { type RecordedTui, recordedTui } from "@test/support/recorded-tui";
import { messageID, SESSION, textPart, toolPart, userMessage } from "@test/support/transcript";
import { answer, inSession, running, START } from "@test/tui/frames/recorded";

setDefaultTimeout(180_000);

const DELTAS = 500;
const CODE = "\n```ts\nconst clock = now();\n```\n";
const OUTPUT = Array.from({ length: 30 }, (_, n) => `row ${n}`).join("\n");

/** Ten turns with code and folded output in each; the last one runs. */
const MESSAGES = Array.from({ length: 10 }, (_, n) => [
  userMessage(2 * n + 1, `question ${n}`),
  answer(
    2 * n + 2,
    (id) => [
      textPart(id, 1, `answer ${n} ${CODE.repeat(4)}`),
      n === 9
        ? running(id, 2, "bash", { input: { command: "make" }, metadata: { output: "" } })
        : toolPart(id, 2, "bash", {
            input: { command: `make ${n}` },
            metadata: { output: OUTPUT, exit: 0 },
          }),
      textPart(id, 3, "Live: "),
    ],
    n === 9 ? { time: { created: START } } : {},
  ),
]).flat();

function hear({ tui }: RecordedTui, event: BusEvent): void {
  tui.store.dispatch({ type: "heard", event, at: START });
  tui.store.flush();
}

test("no row that is read moves while text streams, output grows and blocks open", async () => {
  const state = inSession(MESSAGES, {
    status: { [SESSION]: { type: "busy" } },
    busySince: { [SESSION]: START },
  });
  await using recorded = await recordedTui({ columns: 90, rows: 30, state, at: START });
  const { tui, terminal } = recorded;
  await recorded.settle("Live:");
  tui.transcript?.scrollByPages(-3);
  await recorded.settle();
  const read = async () => {
    await terminal.renderOnce();
    // The last of them says how much is new below.
    return terminal.captureCharFrame().split("\n").slice(0, 20).join("\n");
  };
  const before = await read();
  const id = messageID(20);
  const live = { sessionID: SESSION, messageID: id, partID: `prt_${id.slice(4)}_3` };
  for (let n = 0; n < DELTAS; n++) {
    const delta = n % 9 === 8 ? `\n\nparagraph ${n}${CODE}` : `word${n} `;
    const properties = { ...live, field: "text", delta };
    hear(recorded, { id: "evt_1", type: "message.part.delta", properties });
    if (n % 50 === 0) {
      const output = Array.from({ length: n / 10 }, (_, row) => `built ${row}`).join("\n");
      const part = running(id, 2, "bash", { input: { command: "make" }, metadata: { output } });
      hear(recorded, {
        ...{ id: "evt_2", type: "message.part.updated" },
        properties: { sessionID: SESSION, part, time: START },
      });
    }
    expect(await read()).toBe(before);
  }
  // The colours of code come when they come.
  await recorded.settle();
  expect(await read()).toBe(before);
  // All output of the newest turn opens, below what is read.
  tui.transcript?.toggleAll();
  await recorded.settle();
  expect(await read()).toBe(before);
  tui.transcript?.scrollToLast();
  await recorded.settle("word499");
});

test("a block that is opened by a click keeps the row that was clicked", async () => {
  await using recorded = await recordedTui({ columns: 90, rows: 30, state: inSession(MESSAGES) });
  const { tui, terminal } = recorded;
  await recorded.settle("Live:");
  tui.transcript?.scrollByPages(-2);
  const rows = async () => (await recorded.settle()).split("\n");
  const y = (await rows()).findIndex((row) => row.includes("more lines"));
  expect(y).toBeGreaterThan(0);
  const [head = ""] = (await rows()).slice(y - 8).filter((row) => row.includes("$ make"));
  const at = (await rows()).indexOf(head);
  await terminal.mockMouse.click(20, y);
  const opened = await rows();
  expect(opened.indexOf(head)).toBe(at);
  expect(opened[y]).toContain("row 6");
  await terminal.mockMouse.click(20, y);
  expect((await rows())[y]).toContain("more lines");
});
