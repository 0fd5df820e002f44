// Names: under which models and people know what servers offer. Pure and deterministic: the same
// servers and tools give the same names, whatever order they came in.
import { createHash } from "node:crypto";

/** Providers refuse longer names of tools. */
const TOOL_NAME_MAX_LENGTH = 64;
const HASH_LENGTH = 8;

export interface Named {
  server: string;
  name: string;
}

/**
 * The id of each entry: `<server>_<tool>` of letters, digits, "_" and "-". A name that is too
 * long, that is `reserved`, or that another one has already (first in the order of server and tool)
 * ends in a hash of the whole name instead.
 */
export function nameTools<T extends Named>(
  entries: readonly T[],
  reserved: readonly string[] = [],
): { id: string; entry: T }[] {
  const taken = new Set(reserved);
  const sorted = [...entries].sort(
    (a, b) => compare(a.server, b.server) || compare(a.name, b.name),
  );
  return sorted.flatMap((entry) => {
    const plain = sanitize(`${entry.server}_${entry.name}`);
    const isFree = plain.length <= TOOL_NAME_MAX_LENGTH && !taken.has(plain);
    const id = isFree ? plain : withHash(plain, entry);
    if (taken.has(id)) return []; // the same tool twice
    taken.add(id);
    return [{ id, entry }];
  });
}

/** `<server>:<prompt>` as one word. */
export function promptCommand({ server, name }: Named): string {
  return `${sanitize(server)}:${sanitize(name)}`;
}

/** As names of servers and of what they offer stand in ids. */
export function sanitize(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, "_");
}

function withHash(plain: string, { server, name }: Named): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([server, name]))
    .digest("hex");
  const kept = plain.slice(0, TOOL_NAME_MAX_LENGTH - HASH_LENGTH - 1);
  return `${kept}_${hash.slice(0, HASH_LENGTH)}`;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
