// Figures as a person reads them, and text as it may be shown.

/** `2.1s`, `38.4s`, `2m 5s`, `1h 4m`. */
export function duration(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 60) return `${(Math.floor(seconds * 10) / 10).toFixed(1)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${Math.floor(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

/** Whole seconds, for what still runs: `41s`, `2m 5s`. */
export function elapsed(ms: number): string {
  const text = duration(Math.floor(Math.max(0, ms) / 1_000) * 1_000);
  return text.replace(/\.0s$/, "s");
}

/** `980`, `42.9K`, `200K`, `1.2M`. */
export function amount(count: number): string {
  if (count < 1_000) return String(Math.round(count));
  const [size, unit] = count < 1_000_000 ? [1_000, "K"] : [1_000_000, "M"];
  return `${(count / size).toFixed(1).replace(/\.0$/, "")}${unit}`;
}

/** `$0.31`; below a cent with as many digits as tell anything. */
export function dollars(cost: number): string {
  return `$${cost < 0.01 ? cost.toFixed(4) : cost.toFixed(2)}`;
}

/** A name in one line, as the first word of a sentence. */
export function capitalized(name: string): string {
  const line = oneLine(name);
  return line.charAt(0).toUpperCase() + line.slice(1);
}

/** Text in one line. */
export function oneLine(text: string): string {
  return harmless(text).replace(/\s+/g, " ").trim();
}

/** CSI, OSC and other sequences, whole; then control characters, newline and tab excepted. */
const SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** What reorders text or is not seen at all: it could make a command look like another. */
const INVISIBLE = /(?![\u0600-\u0605\u06dd\u070f\u08e2\u200c\u200d])[\p{Cf}\u2028\u2029]/gu;

/** Text without what would steer a terminal or hide what it says. Newlines and tabs stay. */
export function harmless(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(SEQUENCES, "")
    .replace(CONTROLS, "")
    .replace(INVISIBLE, "");
}
