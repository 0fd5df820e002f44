// Restoring: a client that has read the configuration without its secrets may send it back. What is
// redacted in it means the secret that is there, as the file writes it, `{env:}` included.
import { invalid } from "@/base/error";
import { REDACTED } from "@/base/secret-mask";
import { isEqual, isRecord, type JSONRecord } from "./json";
import { formatKeyPath, type KeyPath } from "./key-path";

/** Nothing is said of it. */
const NOTHING = Symbol("nothing");

/**
 * `patch` with the secrets of `current`, what the file holds, in place of `REDACTED`. What the file
 * does not hold is left out: it stays as it is where it is. AppError invalid names a list of which
 * an item cannot be told.
 */
export function restoreRedacted(patch: JSONRecord, current: JSONRecord): JSONRecord {
  const restored = restore(patch, current, []);
  return isRecord(restored) ? restored : {};
}

function restore(patch: unknown, current: unknown, path: KeyPath): unknown {
  if (typeof patch === "string") {
    if (!patch.includes(REDACTED)) return patch;
    return typeof current === "string" ? current : NOTHING;
  }
  if (Array.isArray(patch)) {
    if (holdsRedacted(patch) && isAlike(patch, current)) return current;
    return patch.map((item, index) => restoreItem(item, current, [...path, index]));
  }
  if (!isRecord(patch)) return patch;
  const before = isRecord(current) ? current : {};
  const entries = Object.entries(patch)
    .map(([key, value]) => [key, restore(value, before[key], [...path, key])] as const)
    .filter(([, value]) => value !== NOTHING);
  return Object.fromEntries(entries);
}

/** An item of a list has no name: it is the one that is alike in all that is shown. */
function restoreItem(item: unknown, list: unknown, path: KeyPath): unknown {
  if (!holdsRedacted(item)) return item;
  const candidates = Array.isArray(list) && item !== REDACTED ? list : [];
  const found = candidates.find((one) => isAlike(item, one));
  if (found !== undefined) return found;
  throw invalid(`${formatKeyPath(path)}: ${REDACTED} stands for a secret: write what it is`);
}

function holdsRedacted(value: unknown): boolean {
  if (typeof value === "string") return value.includes(REDACTED);
  const inner = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
  return inner.some(holdsRedacted);
}

function isAlike(shown: unknown, written: unknown): boolean {
  if (typeof shown === "string" && shown.includes(REDACTED)) return isTextAlike(shown, written);
  if (Array.isArray(shown)) {
    if (!Array.isArray(written) || shown.length !== written.length) return false;
    return shown.every((item, index) => isAlike(item, written[index]));
  }
  if (!isRecord(shown)) return isEqual(shown, written);
  if (!isRecord(written)) return false;
  const names = Object.keys(shown);
  return (
    names.length === Object.keys(written).length &&
    names.every((name) => isAlike(shown[name], written[name]))
  );
}

function isTextAlike(shown: string, written: unknown): boolean {
  if (typeof written !== "string") return false;
  const parts = shown.split(REDACTED);
  return written.startsWith(parts[0] ?? "") && written.endsWith(parts.at(-1) ?? "");
}
