// Text: measuring, cutting, comparing. Pure functions over strings.

export interface TextLimit {
  maxLines: number;
  maxBytes: number;
}

export interface LimitedText {
  text: string;
  truncated: boolean;
  /** Lines of the whole text, and of what was kept. */
  totalLines: number;
  keptLines: number;
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** Lines as a person counts them: a final newline does not begin another one. */
export function countLines(text: string): number {
  if (text === "") return 0;
  let count = text.endsWith("\n") ? 0 : 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** The first lines that fit the limit; a first line that alone exceeds it is cut. */
export function truncateHead(text: string, limit: TextLimit): LimitedText {
  return truncate(text, limit, "head");
}

/** The last lines that fit the limit; a last line that alone exceeds it is cut at its start. */
export function truncateTail(text: string, limit: TextLimit): LimitedText {
  return truncate(text, limit, "tail");
}

function truncate(text: string, limit: TextLimit, end: "head" | "tail"): LimitedText {
  const totalLines = countLines(text);
  if (totalLines <= limit.maxLines && byteLength(text) <= limit.maxBytes) {
    return { text, truncated: false, totalLines, keptLines: totalLines };
  }
  const lines = text.split("\n");
  if (end === "tail") lines.reverse();
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = byteLength(line) + 1;
    if (kept.length >= limit.maxLines || bytes + size > limit.maxBytes + 1) break;
    kept.push(line);
    bytes += size;
  }
  if (kept.length === 0) kept.push(cutBytes(lines[0] ?? "", limit.maxBytes, end));
  if (end === "tail") kept.reverse();
  return { text: kept.join("\n"), truncated: true, totalLines, keptLines: kept.length };
}

/** At most `maxBytes` bytes of UTF-8 from one end, never half a character. */
export function cutBytes(text: string, maxBytes: number, end: "head" | "tail"): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  if (end === "head") {
    let cut = maxBytes;
    while (cut > 0 && isContinuation(bytes[cut])) cut--;
    return bytes.toString("utf8", 0, cut);
  }
  let cut = bytes.length - maxBytes;
  while (cut < bytes.length && isContinuation(bytes[cut])) cut++;
  return bytes.toString("utf8", cut);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** `plural(1, "file")` is "1 file", `plural(3, "match", "matches")` is "3 matches". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** "512 B", "1.5 KB", "20 MB": powers of 1024, for people. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** The candidate nearest to a mistyped word, or undefined when none is near. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Edit distance with transpositions (optimal string alignment) over UTF-16 units. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) value = Math.min(value, (beforeLast[j - 2] ?? 0) + 1);
      row.push(value);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** JSON with sorted keys: equal values give equal text. */
export function stableStringify(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) => {
      if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
      return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? "undefined"
  );
}
