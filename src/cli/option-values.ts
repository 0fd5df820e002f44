// Values of options: from the text that a person typed to what the commands take.
import { invalid } from "@/base/error";

/** The number of a `--port`. Throws AppError invalid for what is none. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw invalid(`--port: "${text}" is not a port; use a number from 0 (a free one) to 65535`);
}

/** A parser of whole numbers greater than 0, which names `option` when it throws. */
export function positive(option: string): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : 0;
    if (value > 0 && Number.isSafeInteger(value)) return value;
    throw invalid(`${option}: "${text}" is not a whole number greater than 0`);
  };
}

/** A parser of amounts greater than 0, which names `option` when it throws. */
export function amount(option: string): (text: string) => number {
  return (text) => {
    const value = /^\d*\.?\d+$/.test(text) ? Number(text) : 0;
    if (value > 0 && Number.isFinite(value)) return value;
    throw invalid(`${option}: "${text}" is not a number greater than 0`);
  };
}

/** Gathers the values of an option that may be given more than once. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}
