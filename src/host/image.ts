// Images: brought to what models take, whatever they come as: a format all of them read, an extent
// and a size below their limits. The work is done on a thread of the runtime.

export interface ImageLimits {
  /** Whether an image that is too large is made smaller. */
  resizes: boolean;
  /** Pixels. */
  maxWidth: number;
  maxHeight: number;
  maxBytes: number;
}

export interface FittedImage {
  mime: string;
  bytes: Uint8Array;
}

export type FitFailure = "unreadable" | "too large";

/** Formats that all models with eyes take. */
const TAKEN: readonly string[] = ["png", "jpeg", "gif", "webp"];
/** Of the source: its pixels are all in memory while it is worked on. */
const PIXELS_MAX = 100_000_000;
const QUALITIES: readonly number[] = [80, 60, 40];
/** Of zlib: the higher ones take many times as long for a few percent. */
const PNG_LEVEL = 3;
/** How much smaller each try is than the one before, and how many there are. */
const SHRINK = 0.7;
const SHRINKS_MAX = 6;
/** Enough of a picture to know that all of it can be decoded. */
const PROBE_PIXELS = 16;

/**
 * The image as it is where it fits; else made smaller, as JPEG where that is what it takes. What
 * its name or server calls it does not count: its bytes say what it is.
 */
export async function fitImage(
  bytes: Uint8Array,
  limits: ImageLimits,
): Promise<FittedImage | FitFailure> {
  try {
    return await fit(bytes, limits);
  } catch {
    return "unreadable"; // Whatever is wrong with it: nobody could look at it.
  }
}

async function fit(bytes: Uint8Array, limits: ImageLimits): Promise<FittedImage | FitFailure> {
  const { width, height, format } = await open(bytes).metadata();
  const isSmall = width <= limits.maxWidth && height <= limits.maxHeight;
  const isTaken = TAKEN.includes(format);
  if (isTaken && isSmall && bytes.length <= limits.maxBytes) {
    await open(bytes).resize(PROBE_PIXELS, PROBE_PIXELS).png().bytes();
    return { mime: `image/${format}`, bytes };
  }
  if (!limits.resizes && isTaken) return "too large";
  const isLossless = format !== "jpeg";
  let [maxWidth, maxHeight] = limits.resizes
    ? [Math.min(width, limits.maxWidth), Math.min(height, limits.maxHeight)]
    : [width, height];
  for (let n = 0; n < SHRINKS_MAX; n++) {
    const size = { width: Math.max(1, maxWidth), height: Math.max(1, maxHeight) };
    const found = await encode(bytes, size, { isLossless, maxBytes: limits.maxBytes });
    if (found) return found;
    if (!limits.resizes) break;
    maxWidth = Math.round(maxWidth * SHRINK);
    maxHeight = Math.round(maxHeight * SHRINK);
  }
  return "too large";
}

/** Of this size in the best quality that has few enough bytes, if any has. */
async function encode(
  bytes: Uint8Array,
  { width, height }: { width: number; height: number },
  { isLossless, maxBytes }: { isLossless: boolean; maxBytes: number },
): Promise<FittedImage | undefined> {
  const resized = () => {
    return open(bytes).resize(width, height, { fit: "inside", withoutEnlargement: true });
  };
  if (isLossless) {
    const png = await resized().png({ compressionLevel: PNG_LEVEL }).bytes();
    if (png.length <= maxBytes) return { mime: "image/png", bytes: png };
  }
  for (const quality of QUALITIES) {
    const jpeg = await resized().jpeg({ quality }).bytes();
    if (jpeg.length <= maxBytes) return { mime: "image/jpeg", bytes: jpeg };
  }
  return undefined;
}

function open(bytes: Uint8Array): Bun.Image {
  return new Bun.Image(bytes, { maxPixels: PIXELS_MAX });
}
