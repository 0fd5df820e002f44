// Image preview: the pictures of a draft, four rows high above its text, in terminals that place
// pictures among their cells (kitty, ghostty). The terminal is sent each picture once, small; where
// it stands is told by placeholder characters, which are drawn, moved and covered as any others.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { BoxRenderable, RGBA, TextRenderable } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import { findColorDepth } from "@/tui/theme/color-depth";
import type { Chip } from "./chip";

type ImageChip = Extract<Chip, { type: "image" }>;

/** Placed by the characters that stand for its cells; other terminals draw those as they are. */
const TERMINALS = /kitty|ghostty/i;
const ROWS = 4;
const COLUMNS_MAX = 24;
const IMAGES_MAX = 6;
/** Of a terminal's cell, roughly: for the shape of the picture, and for how many pixels it gets. */
const CELL = { width: 10, height: 20 };
const SOURCE_PIXELS_MAX = 100_000_000;
const CHUNK_CHARACTERS = 4_096;
const PLACEHOLDER = "\u{10eeee}";
/** Stand for the numbers of rows and columns, from 0. */
const NUMBERS = [
  ...[0x305, 0x30d, 0x30e, 0x310, 0x312, 0x33d, 0x33e, 0x33f, 0x346, 0x34a, 0x34b, 0x34c],
  ...[0x350, 0x351, 0x352, 0x357, 0x35b, 0x363, 0x364, 0x365, 0x366, 0x367, 0x368, 0x369],
].map((code) => String.fromCodePoint(code));

interface Shown {
  id: number;
  /** Undefined until the terminal has been sent it. */
  cells: TextRenderable | undefined;
}

export class ImagePreview {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  /** By the address of the picture. */
  readonly #shown = new Map<string, Shown>();
  #nextID = 1;

  constructor(ui: Ui) {
    this.#ui = ui;
    this.root = new BoxRenderable(ui.renderer, {
      flexDirection: "row",
      gap: 2,
      height: ROWS,
      marginBottom: 1,
      flexShrink: 0,
      visible: false,
    });
  }

  update(chips: readonly Chip[]): void {
    if (this.#shown.size === 0 && (chips.length === 0 || !this.#isPossible)) return;
    const images = chips.filter((chip) => chip.type === "image").slice(0, IMAGES_MAX);
    const wanted = new Set(images.map(({ url }) => url));
    for (const [url, shown] of this.#shown) if (!wanted.has(url)) this.#remove(url, shown);
    for (const image of images) if (!this.#shown.has(image.url)) void this.#add(image);
    this.#lay();
  }

  /** The terminal forgets them. */
  close(): void {
    for (const { id, cells } of this.#shown.values()) if (cells) this.#forget(id);
    this.#shown.clear();
  }

  get #isPossible(): boolean {
    const { environment, renderer } = this.#ui;
    const { env, writeUnseen } = environment;
    const { capabilities } = renderer;
    if (!writeUnseen || !capabilities?.kitty_graphics || capabilities.multiplexer !== "none") {
      return false;
    }
    const names = [capabilities.terminal.name, env["TERM"], env["TERM_PROGRAM"]];
    return TERMINALS.test(names.join(" ")) && findColorDepth(env) === "truecolor";
  }

  async #add({ url }: ImageChip): Promise<void> {
    const shown: Shown = { id: this.#nextID++, cells: undefined };
    this.#shown.set(url, shown);
    const picture = await smallPicture(url).catch(() => undefined); // then there is none to see
    // It may have been taken out of the draft meanwhile, and the program may have ended.
    if (!picture || this.#shown.get(url) !== shown || this.root.isDestroyed) return;
    this.#ui.environment.writeUnseen?.(transmission(shown.id, picture));
    shown.cells = this.#cells(shown.id, picture.columns);
    this.root.add(shown.cells);
    this.#lay();
  }

  #cells(id: number, columns: number): TextRenderable {
    const rows = NUMBERS.slice(0, ROWS).map((row) => {
      return NUMBERS.slice(0, columns)
        .map((column) => PLACEHOLDER + row + column)
        .join("");
    });
    return new TextRenderable(this.#ui.renderer, {
      content: rows.join("\n"),
      // The colour is the number of the picture.
      fg: RGBA.fromInts((id >> 16) & 255, (id >> 8) & 255, id & 255),
      width: columns,
      height: ROWS,
      wrapMode: "none",
      flexShrink: 0,
      selectable: false,
    });
  }

  #remove(url: string, { id, cells }: Shown): void {
    this.#shown.delete(url);
    if (!cells) return;
    cells.destroyRecursively();
    this.#forget(id);
  }

  #forget(id: number): void {
    this.#ui.environment.writeUnseen?.(`\u001b_Ga=d,d=I,i=${id},q=2\u001b\\`);
  }

  #lay(): void {
    this.root.visible = [...this.#shown.values()].some(({ cells }) => cells !== undefined);
  }
}

interface Picture {
  png: Uint8Array;
  columns: number;
}

async function smallPicture(url: string): Promise<Picture> {
  const bytes = url.startsWith("file:") ? await readFile(fileURLToPath(url)) : dataOf(url);
  const image = () => new Bun.Image(bytes, { maxPixels: SOURCE_PIXELS_MAX });
  const { width, height } = await image().metadata();
  const wide = (width / height) * ((ROWS * CELL.height) / CELL.width);
  const columns = Math.min(COLUMNS_MAX, Math.max(1, Math.round(wide)));
  const size = [columns * CELL.width, ROWS * CELL.height] as const;
  const png = await image()
    .resize(...size, { fit: "inside" })
    .png()
    .bytes();
  return { png, columns };
}

function dataOf(url: string): Buffer {
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}

/** Sends the picture, to be placed by its cells; in pieces, as the protocol wants it. */
function transmission(id: number, { png, columns }: Picture): string {
  const text = Buffer.from(png).toString("base64");
  const pieces = text.match(new RegExp(`.{1,${CHUNK_CHARACTERS}}`, "g")) ?? [];
  return pieces
    .map((piece, index) => {
      const more = index < pieces.length - 1 ? 1 : 0;
      const head = index === 0 ? `a=T,U=1,f=100,i=${id},c=${columns},r=${ROWS},q=2,` : "";
      return `\u001b_G${head}m=${more};${piece}\u001b\\`;
    })
    .join("");
}
