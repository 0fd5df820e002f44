// How many colours the terminal shows, from what the environment says of it, and the filter that
// holds the output to that: the renderer itself knows 24 bit and 256 colours only.

import { indexTriplet, nearestOf16, nearestOf256, type Triplet } from "./color";

export type ColorDepth = "truecolor" | "256" | "16" | "none";

type Environment = Readonly<Record<string, string | undefined>>;

/** NO_COLOR decides, then COLORTERM, then TERM. */
export function findColorDepth(env: Environment): ColorDepth {
  const term = env.TERM ?? "";
  if ((env.NO_COLOR ?? "") !== "" || term === "dumb") return "none";
  if (/^(truecolor|24bit)$/i.test(env.COLORTERM ?? "")) return "truecolor";
  if (/-(direct|truecolor)$/.test(term)) return "truecolor";
  if (/256/.test(term) || /^(alacritty|foot|ghostty|kitty|wezterm|xterm-)/.test(term)) return "256";
  if (env.WT_SESSION !== undefined) return "truecolor";
  if (/^vt\d/.test(term)) return "none";
  return "16";
}

const ESCAPE = 0x1b;
/** An escape sequence of colours is never longer; what is, is passed on as it is. */
const MAX_SEQUENCE = 64;

/**
 * The stream, with the colour codes in what it is sent rewritten to those of `depth` and everything
 * else passed on as it is. The stream itself where the renderer does that.
 */
export function limitColors(stdout: NodeJS.WriteStream, depth: ColorDepth): NodeJS.WriteStream {
  if (depth === "truecolor" || depth === "256") return stdout;
  const filter = new ColorFilter(depth);
  const write = (chunk: Uint8Array | string, ...rest: [((error?: Error | null) => void)?]) =>
    stdout.write(filter.write(Buffer.from(chunk)), ...rest);
  // The renderer replaces the property for a time.
  const property = { value: write, writable: true, configurable: true };
  return Object.create(stdout, { write: property }) as NodeJS.WriteStream;
}

/** A code cut in two by its chunks is kept until its rest comes. */
export class ColorFilter {
  readonly #depth: ColorDepth;
  #rest = "";

  constructor(depth: ColorDepth) {
    this.#depth = depth;
  }

  write(chunk: Uint8Array): Uint8Array {
    // One character a byte: the codes are ASCII, and characters cut in two stay as they are.
    const text = this.#rest + Buffer.from(chunk).toString("latin1");
    const open = unfinishedAt(text);
    this.#rest = text.slice(open);
    const whole = text.slice(0, open).replace(SGR, (_, codes: string) => {
      const kept = rewrite(codes === "" ? ["0"] : codes.split(";"), this.#depth);
      return kept.length === 0 ? "" : `\x1b[${kept.join(";")}m`;
    });
    return Buffer.from(whole, "latin1");
  }
}

const SGR = new RegExp(`${String.fromCharCode(ESCAPE)}\\[([0-9;:]*)m`, "g");

/** Where a sequence begins that the text ends in the middle of; the length when there is none. */
function unfinishedAt(text: string): number {
  const at = text.lastIndexOf("\x1b");
  if (at < 0 || text.length - at > MAX_SEQUENCE) return text.length;
  const isOpen = /^.(\[[0-9;:]*)?$/s.test(text.slice(at));
  return isOpen ? at : text.length;
}

function rewrite(codes: readonly string[], depth: ColorDepth): string[] {
  const kept: string[] = [];
  for (let at = 0; at < codes.length;) {
    const code = codes[at] ?? "";
    const { color, length } = colorAt(codes, at);
    if (color === undefined) {
      if (depth !== "none" || !isColorCode(Number(code))) kept.push(code);
      at++;
    } else {
      kept.push(...colorCodes(Number(code), color, depth));
      at += length;
    }
  }
  return kept;
}

type Found = { color: Triplet | number; length: number } | { color: undefined; length: 1 };

/** The `38;2;r;g;b` or `38;5;n` at a place, or the same with 48 or 58. */
function colorAt(codes: readonly string[], at: number): Found {
  const none = { color: undefined, length: 1 } as const;
  if (!["38", "48", "58"].includes(codes[at] ?? "")) return none;
  const [first = 0, second = 0, third = 0] = codes.slice(at + 2, at + 5).map(Number);
  if (codes[at + 1] === "5") return { color: first, length: 3 };
  return codes[at + 1] === "2" ? { color: [first, second, third], length: 5 } : none;
}

function colorCodes(code: number, color: Triplet | number, depth: ColorDepth): string[] {
  if (depth === "none") return [];
  const triplet = typeof color === "number" ? indexTriplet(color) : color;
  if (depth === "truecolor") return [String(code), "2", ...triplet.map(String)];
  if (depth === "256") {
    const index = typeof color === "number" ? color : nearestOf256(color);
    return [String(code), "5", String(index)];
  }
  // The sixteen have no colour of underlines.
  if (code === 58) return [];
  const index = typeof color === "number" && color < 16 ? color : nearestOf16(triplet);
  const base = code === 38 ? 30 : 40;
  return [String(index < 8 ? base + index : base + 60 + index - 8)];
}

function isColorCode(code: number): boolean {
  return (code >= 30 && code <= 49) || (code >= 90 && code <= 107) || code === 59;
}
