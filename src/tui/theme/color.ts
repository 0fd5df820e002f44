// Colours as text, and arithmetic over them. A colour is "#rrggbb", an index of the terminal's 256
// colours written "ansi:12", or "none", which leaves the terminal's own.

export type Color = string;
export type Mode = "dark" | "light";
export type Triplet = readonly [red: number, green: number, blue: number];

const HEX = /^#[0-9a-fA-F]{6}$/;
/** What terminals make of their first sixteen colours unless told otherwise. */
const FIRST_SIXTEEN: readonly Triplet[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];
const CUBE = [0, 95, 135, 175, 215, 255] as const;

export function isHex(text: string): boolean {
  return HEX.test(text);
}

/** What is drawn where the terminal's own background shows through is reckoned with this. */
export function nominalBackground(mode: Mode): Color {
  return mode === "dark" ? "#0a0a0a" : "#ffffff";
}

/** Red, green and blue, 0 to 255; undefined for "none". */
export function toTriplet(color: Color): Triplet | undefined {
  if (isHex(color)) {
    const value = Number.parseInt(color.slice(1), 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  }
  return color.startsWith("ansi:") ? indexTriplet(Number(color.slice(5))) : undefined;
}

export function toHex([red, green, blue]: Triplet): Color {
  const channels = [red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0"));
  return `#${channels.join("")}`;
}

/** The colour of an index of 0 to 255, as xterm has it. */
export function indexTriplet(index: number): Triplet {
  const first = FIRST_SIXTEEN[index];
  if (first !== undefined) return first;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const cell = index - 16;
  const at = (step: number) => CUBE[step % 6] ?? 0;
  return [at(Math.floor(cell / 36)), at(Math.floor(cell / 6)), at(cell)];
}

/** The index whose colour is nearest, of the 240 that are the same in every terminal. */
export function nearestOf256(color: Triplet): number {
  let best = 16;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let index = 16; index < 256; index++) {
    const distance = distanceOf(color, indexTriplet(index));
    if (distance < bestDistance) [best, bestDistance] = [index, distance];
  }
  return best;
}

/**
 * Which of sixteen stands for the colour: the hue decides, since by distance every soft colour
 * would be white; what is nearly grey, black or white is one of the four greys.
 */
export function nearestOf16(color: Triplet): number {
  const [hue, saturation, lightness] = toHSL(toHex(color));
  if (lightness < 0.22) return 0;
  if (lightness > 0.9) return 15;
  if (saturation < 0.25) return lightness < 0.6 ? 8 : 7;
  const turn = [20, 80, 150, 200, 265, 330].findIndex((end) => hue < end);
  const index = [1, 3, 2, 6, 4, 5][turn] ?? 1;
  return lightness > 0.55 ? index + 8 : index;
}

function distanceOf(one: Triplet, other: Triplet): number {
  const red = one[0] - other[0];
  const green = one[1] - other[1];
  const blue = one[2] - other[2];
  return 2 * red * red + 4 * green * green + 3 * blue * blue;
}

/** Contrast as the Web's accessibility guidelines count it: 1 to 21. */
export function contrast(one: Color, other: Color): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

export function luminance(color: Color): number {
  const [red, green, blue] = (toTriplet(color) ?? [0, 0, 0]).map(linear);
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/** `share` of `over` laid on `under`. */
export function mix(under: Color, over: Color, share: number): Color {
  const below = toTriplet(under);
  const above = toTriplet(over);
  if (below === undefined || above === undefined) return under;
  const blend = (index: 0 | 1 | 2) => below[index] + (above[index] - below[index]) * share;
  return toHex([blend(0), blend(1), blend(2)]);
}

/**
 * `color` with no more than its lightness changed, so that it stands out from every one of
 * `backgrounds` by `ratio`. The colour itself when it does already, or is not a fixed one.
 */
export function readable(color: Color, backgrounds: readonly Color[], ratio: number): Color {
  const fits = (candidate: Color) =>
    backgrounds.every((background) => contrast(candidate, background) >= ratio);
  if (!isHex(color) || fits(color)) return color;
  const [hue, saturation, lightness] = toHSL(color);
  const worst = (goal: Color) => Math.min(...backgrounds.map((other) => contrast(goal, other)));
  const goal = worst("#ffffff") >= worst("#000000") ? 1 : 0;
  let near = lightness;
  let far: number = goal;
  for (let step = 0; step < 20; step++) {
    const middle = (near + far) / 2;
    if (fits(fromHSL(hue, saturation, middle))) far = middle;
    else near = middle;
  }
  return fromHSL(hue, saturation, far);
}

function toHSL(color: Color): [hue: number, saturation: number, lightness: number] {
  const [red, green, blue] = (toTriplet(color) ?? [0, 0, 0]).map((part) => part / 255);
  const [r, g, b] = [red ?? 0, green ?? 0, blue ?? 0];
  const max = Math.max(r, g, b);
  const min = Math.min(r, g, b);
  const spread = max - min;
  const lightness = (max + min) / 2;
  if (spread === 0) return [0, 0, lightness];
  const saturation = spread / (1 - Math.abs(2 * lightness - 1));
  const sixth =
    max === r ? (g - b) / spread : max === g ? (b - r) / spread + 2 : (r - g) / spread + 4;
  return [((sixth + 6) % 6) * 60, saturation, lightness];
}

function fromHSL(hue: number, saturation: number, lightness: number): Color {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const turn = (offset + hue / 30) % 12;
    return (lightness - reach * Math.max(-1, Math.min(turn - 3, 9 - turn, 1))) * 255;
  };
  return toHex([channel(0), channel(8), channel(4)]);
}
