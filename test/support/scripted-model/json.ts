// Reading JSON that somebody else wrote: each reader gives an empty value of its type instead of
// throwing, so that a wire's parser reads like the shape it expects and its checks come after.

export type JSONObject = Record<string, unknown>;

export function objectOf(value: unknown): JSONObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JSONObject)
    : {};
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objectsOf(value: unknown): JSONObject[] {
  return listOf(value).map(objectOf);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Whether the text is JSON of an object, which is what every wire wants as call arguments. */
export function isJSONObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    // Not JSON at all is the other half of the answer.
    return false;
  }
}
