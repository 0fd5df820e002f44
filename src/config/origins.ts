// Origins: which source set each value of a merged configuration, for people who wonder why it is
// as it is. Found afterwards, by looking from the highest source down: merging stays pure.
import type { Config } from "@/schema/config";
import { isEqual, isRecord, valueAt } from "./json";
import { formatKeyPath, type KeyPath } from "./key-path";
import { lowerConfig } from "./lower";

/** What one file or variable says. */
export interface Layer {
  origin: string;
  config: Config;
  /** It comes with a repository, which may be anybody's. */
  isProject: boolean;
  isFile: boolean;
}

/** Key path of every value of `merged` that a layer (lowest first) set -> that layer's origin. */
export function findOrigins(
  merged: Config,
  layers: readonly Pick<Layer, "origin" | "config">[],
): Record<string, string> {
  // In today's words, as the merged one is; highest first.
  const lowered = layers
    .map(({ origin, config }) => ({ origin, config: lowerConfig(config) }))
    .toReversed();
  const origins: Record<string, string> = {};
  for (const { path, value } of leaves(merged, [])) {
    const layer = lowered.find(({ config }) => holds(config, path, value));
    if (layer !== undefined) origins[formatKeyPath(path)] = layer.origin;
  }
  return origins;
}

function holds(config: Config, path: KeyPath, value: unknown): boolean {
  const last = path.at(-1);
  // In a list that sources add to, an item has another place in its own source.
  if (typeof last === "number") {
    const list = valueAt(config, path.slice(0, -1));
    return Array.isArray(list) && list.some((item) => isEqual(item, value));
  }
  return isEqual(valueAt(config, path), value);
}

/** Everything that holds no further values; of lists their items, as one value each. */
function* leaves(value: unknown, path: KeyPath): Generator<{ path: KeyPath; value: unknown }> {
  if (Array.isArray(value) && value.length > 0) {
    for (const [index, item] of value.entries()) yield { path: [...path, index], value: item };
  } else if (isRecord(value) && Object.keys(value).length > 0) {
    for (const [key, item] of Object.entries(value)) yield* leaves(item, [...path, key]);
  } else {
    yield { path, value };
  }
}
