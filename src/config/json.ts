// JSON values of configurations: telling objects from the rest, comparing, walking to a path.
import type { KeyPath } from "./key-path";

export type JSONRecord = Record<string, unknown>;

/** True for an object that is neither null nor an array. */
export function isRecord(value: unknown): value is JSONRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at the path, or undefined; only own keys are seen. */
export function valueAt(value: unknown, path: KeyPath): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as JSONRecord)[key];
  }
  return found;
}

/** Whether two JSON values are equal, the order of keys included. */
export function isEqual(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
