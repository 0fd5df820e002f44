// Slash words: what `/` at the start of a prompt may mean. Actions of this interface, and the
// server's commands, skills and MCP prompts, as one list; matched by name first. Pure.
import type { Command } from "@/schema/command";
import { type Draft, sliceDraft } from "./draft";

export interface SlashItem {
  /** Without the slash. */
  name: string;
  description: string;
  aliases: readonly string[];
  /** What is shown at the right: other names, or the kind. */
  note: string;
  /** Placeholders of its arguments, such as `$1`; with any, it is completed before it is run. */
  hints: readonly string[];
  run: { type: "action"; id: string; takesText: boolean } | { type: "command"; command: string };
}

/** An action that can be called by a slash word. */
export interface SlashAction {
  id: string;
  title: string;
  slash: string;
  aliases?: readonly string[];
  takesText?: boolean;
}

export interface SlashCall {
  name: string;
  /** What follows the name, with its chips. */
  rest: Draft;
}

/** Actions first; a command of the same name as an action's is hidden behind it. */
export function slashItems(
  actions: readonly SlashAction[],
  commands: readonly Command[],
): SlashItem[] {
  const own = actions.map(actionItem);
  const taken = new Set(own.flatMap(({ name, aliases }) => [name, ...aliases]));
  return [...own, ...commands.filter(({ name }) => !taken.has(name)).map(commandItem)];
}

/**
 * The word being written after a `/` at the very start, as long as the cursor is in it; undefined
 * elsewhere, and in a path such as `/usr/bin`.
 */
export function slashQuery({ text }: Draft, cursor: number): string | undefined {
  const word = /^\/([^\s/]*)/.exec(text);
  if (!word || cursor < 1 || cursor > word[0].length) return undefined;
  if (text.charAt(word[0].length) === "/") return undefined;
  return word[1] ?? "";
}

/** The name and arguments of a prompt that begins with a slash word. */
export function slashCall(draft: Draft): SlashCall | undefined {
  const word = /^\/([^\s/]+)(?=\s|$)/.exec(draft.text);
  if (!word?.[1]) return undefined;
  const rest = draft.text.slice(word[0].length);
  const from = word[0].length + (rest.length - rest.trimStart().length);
  return { name: word[1], rest: sliceDraft(draft, from, draft.text.length) };
}

/** The item of exactly this name or alias. */
export function findSlash(items: readonly SlashItem[], name: string): SlashItem | undefined {
  const wanted = name.toLowerCase();
  const byName = items.find((item) => item.name.toLowerCase() === wanted);
  return byName ?? items.find((item) => item.aliases.some((one) => one.toLowerCase() === wanted));
}

/** Name prefix, then alias prefix, then inside the names, then inside the description. */
export function matchSlash(items: readonly SlashItem[], query: string): SlashItem[] {
  const wanted = query.toLowerCase();
  const ranked = items.flatMap((item, index) => {
    const rank = rankOf(item, wanted);
    return rank === undefined ? [] : [{ item, rank, index }];
  });
  return ranked.sort((a, b) => a.rank - b.rank || a.index - b.index).map(({ item }) => item);
}

/** `<file> <words…>` for `$1` and `$ARGUMENTS`, shown when a name with arguments is complete. */
export function argumentHint(item: SlashItem): string {
  return item.hints
    .map((hint) => (hint === "$ARGUMENTS" ? "<text>" : `<${hint.replace(/^\$/, "")}>`))
    .join(" ");
}

function rankOf({ name, aliases, description }: SlashItem, wanted: string): number | undefined {
  if (wanted === "") return 0;
  const own = name.toLowerCase();
  const others = aliases.map((alias) => alias.toLowerCase());
  if (own === wanted) return 0;
  if (own.startsWith(wanted)) return 1;
  if (others.some((alias) => alias.startsWith(wanted))) return 2;
  if (own.includes(wanted)) return 3;
  if (others.some((alias) => alias.includes(wanted))) return 4;
  return description.toLowerCase().includes(wanted) ? 5 : undefined;
}

function actionItem(action: SlashAction): SlashItem {
  const { id, title, slash, aliases = [], takesText = false } = action;
  const note = aliases.map((alias) => `/${alias}`).join(" ");
  const run = { type: "action", id, takesText } as const;
  return { name: slash, description: title, aliases, note, hints: [], run };
}

function commandItem({ name, description = "", source, hints }: Command): SlashItem {
  const note = source === "skill" ? "skill" : source === "mcp" ? "MCP" : "cmd";
  const run = { type: "command", command: name } as const;
  return { name, description, aliases: [], note, hints, run };
}
