// JSON of others, read without trust: a text that may be none, a value that may be no object.

export type JSONRecord = Record<string, unknown>;

/** The value of a JSON text; undefined when it is none. */
export function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller says what that means
  }
}

/** The value if it is an object; lists are none. */
export function asRecord(value: unknown): JSONRecord | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as JSONRecord;
}
