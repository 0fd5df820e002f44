// The terminal UI as a whole: what it leaves when it is closed.
import { expect, test } from "bun:test";
import { recordedTui } from "@test/support/recorded-tui";
import { SESSION, userMessage } from "@test/support/transcript";
import { inSession } from "@test/tui/frames/recorded";

test("closed while a turn runs, nothing of it goes on", async () => {
  const state = inSession([userMessage(1, "Go on")], {
    status: { [SESSION]: { type: "busy" } },
    busySince: { [SESSION]: 0 },
  });
  await using tui = await recordedTui({ columns: 80, rows: 24, state });
  await tui.settle("esc interrupt");
  expect(tui.clock.pending).toBeGreaterThan(0);
  await tui.tui.prompt.close();
  tui.tui.close();
  expect(tui.clock.pending).toBe(0);
});
