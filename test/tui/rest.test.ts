import { EventEmitter } from "node:events";
import { expect, test } from "bun:test";
import type { CliRenderer } from "@opentui/core";
import { collectAtRest } from "@/tui/rest";
import { FakeClock } from "@test/support/clock";

function open() {
  const clock = new FakeClock();
  const frames = new EventEmitter();
  let collected = 0;
  const renderer = frames as unknown as Pick<CliRenderer, "on" | "off">;
  const end = collectAtRest({ renderer, clock, collect: () => collected++ });
  const draw = (count: number) => {
    for (let n = 0; n < count; n++) frames.emit("frame", {});
  };
  return { clock, draw, end, collected: () => collected };
}

test("much was drawn, then nothing for a while: what is left behind is collected", async () => {
  const { clock, draw, collected } = open();
  draw(300);
  await clock.advance(1_000);
  draw(1);
  await clock.advance(1_900);
  expect(collected()).toBe(0);
  await clock.advance(100);
  expect(collected()).toBe(1);
  await clock.advance(60_000);
  expect(collected()).toBe(1);
  draw(300);
  await clock.advance(2_000);
  expect(collected()).toBe(2);
});

test("little was drawn: nothing is collected, and nothing waits", async () => {
  const { clock, draw, collected } = open();
  draw(20);
  expect(clock.pending).toBe(0);
  await clock.advance(60_000);
  expect(collected()).toBe(0);
});

test("nothing is collected after the end", async () => {
  const { clock, draw, end, collected } = open();
  draw(300);
  end();
  await clock.advance(60_000);
  expect(collected()).toBe(0);
});
