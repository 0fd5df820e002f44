import { expect, test } from "bun:test";
import { ServerLog } from "@/mcp/server-log";
import { FakeClock } from "@test/support/clock";

const texts = (log: ServerLog) => log.lines.map(({ text }) => text);

test("pieces become the lines that they are of, each with the time it began", async () => {
  const clock = new FakeClock(1_000);
  const log = new ServerLog(clock);
  log.say("start");
  await clock.advance(500);
  log.say("ing\nno lic");
  log.say("ence\n\n");
  log.note("not connected: exit 1");
  log.say("again\n");
  expect(log.lines).toEqual([
    { time: 1_000, text: "starting" },
    { time: 1_500, text: "no licence" },
    { time: 1_500, text: "not connected: exit 1" },
    { time: 1_500, text: "again" },
  ]);
});

test("what a program says steers no terminal", () => {
  const log = new ServerLog(new FakeClock());
  log.say("a\u001b[2Jb\u202ec\n");
  expect(texts(log)).toEqual(["a[2Jbc"]);
});

test("only the end of much is kept", () => {
  const log = new ServerLog(new FakeClock());
  for (let n = 1; n <= 2_000; n++) log.say(`line ${n}\n`);
  expect(texts(log).at(-1)).toBe("line 2000");
  expect(log.lines.length).toBeLessThanOrEqual(500);
  log.say("x".repeat(10 * 1024 * 1024));
  log.say("y".repeat(10 * 1024 * 1024));
  expect(Math.max(...texts(log).map(({ length }) => length))).toBeLessThanOrEqual(1_000);
});
