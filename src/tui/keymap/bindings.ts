// Which keys mean what: the defaults, with what a person's `keybinds` say instead.

import type { KeyEvent } from "@opentui/core";
import { invalid } from "@/base/error";
import { didYouMean } from "@/base/text";
import type { Keybind, Keybinds, KeyObject } from "@/schema/tui-config";
import { keyNames, LEADER, type KeyContext, type KeyName } from "./key-table";
import { parseKeys, type Sequence } from "./key-string";

export interface Binding {
  sequence: Sequence;
  /** Of the name, and the action it stands for. */
  name: string;
  id: string;
  contexts: readonly KeyContext[];
  event: "press" | "release";
  /** Whether what has the focus hears of the key, too. */
  preventDefault: boolean;
  /** Whether other bindings of the key are asked, too. */
  fallthrough: boolean;
  /** Whether it counts now; always unless given. */
  when?: (key: KeyEvent) => boolean;
}

export interface Bindings {
  leader: readonly Sequence[];
  all: readonly Binding[];
}

/**
 * The bindings of a person's `keybinds`, whose names may be those of the table or the ids of
 * actions. Throws AppError invalid naming the first that is not known, and the nearest to it.
 */
export function createBindings(keybinds: Keybinds, origin = "tui.json"): Bindings {
  const names = keyNames();
  const given = sortByName(keybinds, names, origin);
  const leaderKeys = given.get(LEADER.name) ?? LEADER.keys;
  const leader = sequencesOf(leaderKeys, [], `${origin}: keybinds.leader`);
  const all = names.flatMap((name) => {
    const what = `${origin}: keybinds.${name.name}`;
    return bind(name, given.get(name.name) ?? name.keys, leader, what);
  });
  return { leader, all };
}

/** What was written, by the name in the table: an id stands for its first name. */
function sortByName(
  keybinds: Keybinds,
  names: readonly KeyName[],
  origin: string,
): Map<string, Keybind> {
  const byID = new Map(names.toReversed().map(({ id, name }) => [id, name]));
  const known = new Set([LEADER.name, ...names.map(({ name }) => name)]);
  const given = new Map<string, Keybind>();
  for (const [key, value] of Object.entries(keybinds)) {
    const name = known.has(key) ? key : byID.get(key);
    if (name === undefined) throw unknown(key, [...known, ...byID.keys()], origin);
    given.set(name, value);
  }
  return given;
}

function unknown(key: string, known: readonly string[], origin: string) {
  const nearest = didYouMean(key, known);
  const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
  return invalid(`${origin}: keybinds.${key}: there is no such key name.${hint}`, { key });
}

function bind(
  { name, id, contexts }: KeyName,
  value: Keybind,
  leader: readonly Sequence[],
  what: string,
): Binding[] {
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => {
    const given: Partial<KeyObject> = typeof item === "object" ? item : {};
    const { event = "press", preventDefault = true, fallthrough = false } = given;
    return sequencesOf(item, leader, what).map((sequence) => ({
      ...{ sequence, name, id, contexts, event, preventDefault, fallthrough },
    }));
  });
}

function sequencesOf(value: Keybind, leader: readonly Sequence[], what: string): Sequence[] {
  if (value === false) return [];
  if (Array.isArray(value)) return value.flatMap((item) => sequencesOf(item, leader, what));
  return parseKeys(typeof value === "string" ? value : value.key, leader, what);
}
