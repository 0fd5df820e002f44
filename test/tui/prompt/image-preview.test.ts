// Pictures of a draft: shown where the terminal can, sent to it once, forgotten with their chip.
import { expect, test } from "bun:test";
import { imageChip } from "@/tui/prompt/attach";
import type { Chip } from "@/tui/prompt/chip";
import { ImagePreview } from "@/tui/prompt/image-preview";
import { pngFile } from "@test/support/png";
import { testScreen } from "@test/support/screen";

const KITTY = "\u001bP>|kitty(0.40.0)\u001b\\";
const XTERM = "\u001bP>|XTerm(390)\u001b\\";
const GRAPHICS = "\u001b_Gi=31337;OK\u001b\\";
const SETTLE_TURNS = 400;

async function preview(answers: readonly string[], env: Record<string, string> = {}) {
  const written: string[] = [];
  const screen = await testScreen({
    width: 80,
    height: 10,
    env: { COLORTERM: "truecolor", ...env },
  });
  const writeUnseen = (text: string) => void written.push(text);
  Object.assign(screen.ui.environment, { writeUnseen });
  const { renderer } = screen.ui;
  for (const answer of answers) renderer.stdin.emit("data", Buffer.from(answer));
  const shown = new ImagePreview(screen.ui);
  renderer.root.add(shown.root);
  return {
    screen,
    shown,
    written,
    /** Until it is there, or, without anything to wait for, until it would have been. */
    async settle(isThere?: () => boolean): Promise<string> {
      let turns = 0;
      await screen.until(isThere ?? (() => ++turns > SETTLE_TURNS));
      return screen.frame();
    },
  };
}

const wide: Chip = imageChip("image/png", pngFile(400, 200), "wide.png");
const file: Chip = { type: "file", path: "a.ts" };

test("a picture stands in four rows, and the terminal is sent it once", async () => {
  const { screen, shown, written, settle } = await preview([KITTY, GRAPHICS]);
  await using _ = screen;
  shown.update([wide, file]);
  const frame = await settle(() => written.length > 0);
  shown.update([wide]);
  await settle();
  expect(written.join("")).toStartWith("\u001b_Ga=T,U=1,f=100,i=1,c=16,r=4,q=2,m=0;iVBOR");
  const rows = frame.split("\n").filter((row) => row.includes("\u{10eeee}"));
  expect(rows.map((row) => [...row].filter((one) => one === "\u{10eeee}").length)).toEqual([
    16, 16, 16, 16,
  ]);
  const cell = screen.terminal.captureSpans().lines[0]?.spans[0];
  expect(cell?.fg.toInts().slice(0, 3)).toEqual([0, 0, 1]);
});

test("it goes with its chip, and the rest when the program ends", async () => {
  const { screen, shown, written, settle } = await preview([KITTY, GRAPHICS]);
  await using _ = screen;
  const other = imageChip("image/png", pngFile(20, 90), "tall.png");
  shown.update([wide, other]);
  await settle(() => written.length > 1);
  shown.update([other]);
  expect(written.at(-1)).toBe("\u001b_Ga=d,d=I,i=1,q=2\u001b\\");
  expect(shown.root.visible).toBe(true);
  shown.close();
  expect(written.at(-1)).toBe("\u001b_Ga=d,d=I,i=2,q=2\u001b\\");
});

test.each([
  ["that answers nothing", [], {}],
  ["that places them otherwise", [XTERM, GRAPHICS], {}],
  ["without colours", [KITTY, GRAPHICS], { NO_COLOR: "1" }],
])("a terminal %s is sent nothing", async (_, answers, env) => {
  const { screen, shown, written, settle } = await preview(answers, env);
  await using __ = screen;
  shown.update([wide]);
  await settle();
  expect(written).toEqual([]);
  expect(shown.root.visible).toBe(false);
});

test("what is no picture, or gone, is not shown", async () => {
  const { screen, shown, written, settle } = await preview([KITTY, GRAPHICS]);
  await using _ = screen;
  const gone: Chip = { type: "image", number: 2, mime: "image/png", url: "file:///nowhere.png" };
  shown.update([imageChip("image/png", Buffer.from("no picture")), gone]);
  await settle();
  expect(written).toEqual([]);
  expect(shown.root.visible).toBe(false);
});
