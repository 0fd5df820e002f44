// What a person has marked with the mouse: by dragging, a word by a double click, a line by a third
// one. It is copied when the button is let go, and forgotten with the next key that would act on
// what is on top.
import { CliRenderEvents, type Renderable, type Selection } from "@opentui/core";
import type { Ui } from "./ui";

/** Of two clicks that belong together. */
const DOUBLE_MS = 400;
/** Greater values of a cell are not a character but a reference to several. */
const CHARACTER_MAX = 0x10ffff;
const WORD = /[\p{L}\p{N}\p{M}_]/u;

interface Point {
  x: number;
  y: number;
}

/** Copies what is marked, where that is wanted, until the returned function is called. */
export function followSelection(ui: Ui): () => void {
  const { renderer, settings } = ui;
  const copy = () => settings.copyOnSelect && void copySelection(ui);
  let clicks = { count: 0, at: 0, x: -1, y: -1 };
  const selected = (selection: Selection) => {
    const { anchor, focus } = selection;
    const isClick = anchor.x === focus.x && anchor.y === focus.y;
    if (!isClick) return void copy();
    const now = ui.clock.now();
    const isSame = anchor.x === clicks.x && anchor.y === clicks.y && now - clicks.at < DOUBLE_MS;
    clicks = { count: isSame ? clicks.count + 1 : 1, at: now, ...anchor };
    if (clicks.count < 2) return;
    if (select(ui, selection, anchor, clicks.count === 2 ? "word" : "line")) copy();
  };
  renderer.on(CliRenderEvents.SELECTION, selected);
  return () => renderer.off(CliRenderEvents.SELECTION, selected);
}

/** Marks what is around a point of the text that was clicked; false where there is no text. */
function select(ui: Ui, selection: Selection, point: Point, what: "word" | "line"): boolean {
  const { renderer } = ui;
  const target = selection.touchedRenderables.find((one) => contains(one, point));
  if (!target) return false;
  const row = { from: target.screenX, to: target.screenX + target.width };
  const { from, to } = what === "line" ? row : wordAt(ui, point, row);
  renderer.startSelection(target, from, point.y);
  renderer.updateSelection(target, to, point.y, { finishDragging: true });
  return true;
}

function contains({ screenX, screenY, width, height }: Renderable, { x, y }: Point): boolean {
  return x >= screenX && x < screenX + width && y >= screenY && y < screenY + height;
}

/** From the first column of the word to the one behind its last; one column of anything else. */
function wordAt({ renderer }: Ui, { x, y }: Point, row: { from: number; to: number }) {
  const { buffers, width } = renderer.currentRenderBuffer;
  const isWord = (column: number) => {
    const code = buffers.char[y * width + column] ?? 0;
    return code > CHARACTER_MAX || (code > 0 && WORD.test(String.fromCodePoint(code)));
  };
  let [from, to] = [x, x + 1];
  if (!isWord(x)) return { from, to };
  while (from > row.from && isWord(from - 1)) from--;
  while (to < row.to && isWord(to)) to++;
  return { from, to };
}

/** False when nothing is marked. */
export async function copySelection(ui: Ui): Promise<boolean> {
  const text = ui.renderer.getSelection()?.getSelectedText() ?? "";
  if (text.trim() === "") return false;
  const count = [...new Intl.Segmenter().segment(text)].length;
  const what = `${count} ${count === 1 ? "character" : "characters"}`;
  const isCertain = await ui.clipboard.write(text);
  const message = isCertain ? `Copied ${what}` : `Sent ${what} to the terminal's clipboard`;
  ui.toasts.show({ variant: "success", message });
  return true;
}
