import { expect, test } from "bun:test";
import { Beat, BEAT_MS } from "@/tui/beat";
import { Store } from "@/tui/store/store";
import { initialState } from "@/tui/store/state";
import { Ticker } from "@/tui/views/ticker";
import { FakeClock } from "@test/support/clock";

test("whoever waits is called together, and in step with the last time", async () => {
  const clock = new FakeClock();
  const beat = new Beat(clock);
  const heard: string[] = [];
  beat.next(() => void heard.push(`a ${clock.now() % 1_000}`));
  await clock.advance(30);
  beat.next(() => void heard.push(`b ${clock.now() % 1_000}`));
  await clock.advance(40);
  beat.next(() => void heard.push(`c ${clock.now() % 1_000}`));
  await clock.advance(BEAT_MS);
  expect(heard).toEqual(["a 50", "b 50", "c 100"]);
  expect(clock.pending).toBe(0);
});

test("one that no longer waits is not called, and the last one stops the timer", () => {
  const clock = new FakeClock();
  const beat = new Beat(clock);
  const cancel = beat.next(() => expect.unreachable());
  expect(clock.pending).toBe(1);
  cancel();
  expect(clock.pending).toBe(0);
});

test("a spinner and the text beside it change at the same moment", async () => {
  const clock = new FakeClock();
  const beat = new Beat(clock);
  const store = new Store(initialState("/project"), clock, beat);
  const moments = new Set<number>();
  let ticks = 0;
  const stop = new Ticker(beat).subscribe(() => void (ticks++, moments.add(clock.now())));
  const place = { sessionID: "ses_1", messageID: "msg_1", partID: "prt_1" };
  for (let n = 0; n < 20; n++) {
    await clock.advance(7);
    const properties = { ...place, field: "text", delta: "x" };
    const event = { id: `evt_${n}`, type: "message.part.delta", properties } as const;
    store.dispatch({ type: "heard", event, at: 0 });
    beat.next(() => void moments.add(clock.now()));
  }
  await clock.advance(60);
  stop();
  store.close();
  expect(ticks).toBe(1);
  expect([...moments].every((at) => at % BEAT_MS === 0)).toBe(true);
  expect(clock.pending).toBe(0);
});
