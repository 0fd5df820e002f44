// Mentions: which `@` word stands at the cursor, what may be meant by it, and in which order. Files
// come from the server's search; those that are recent or changed go first. Pure.
import type { Agent } from "@/schema/agent";
import type { McpResource, McpResourceTemplate } from "@/schema/mcp";
import { type Chip, type ChipLines, splitLines } from "./chip";
import { chipDraft, type Draft, plainDraft, replaceRange } from "./draft";

export interface Mention {
  /** Of the `@`, and of the end of the word. */
  start: number;
  end: number;
  /** What to look for: the word without `@` and without lines. */
  query: string;
  lines?: ChipLines;
}

/** What a mention can be taken as. */
export type Mentionable =
  | { type: "file"; path: string }
  | { type: "agent"; name: string; description: string }
  | { type: "resource"; resource: McpResource };

/** A template's own values are still to be written. */
export type MentionItem = Mentionable | { type: "template"; template: McpResourceTemplate };

export interface MentionSources {
  /** Paths that the person is likely to mean, likeliest first. */
  recent: readonly string[];
  /** The server's answer for the query, best first. */
  found: readonly string[];
  agents: readonly Agent[];
  resources: readonly McpResource[];
  templates: readonly McpResourceTemplate[];
}

const RECENT_MAX = 5;

/** The `@` word that ends at the cursor, at the start of the text or behind a space. */
export function mentionAt({ text, chips }: Draft, cursor: number): Mention | undefined {
  const start = text.lastIndexOf("@", cursor - 1);
  if (start < 0 || (start > 0 && !/\s/.test(text.charAt(start - 1)))) return undefined;
  const word = text.slice(start + 1, cursor);
  if (/\s/.test(word) || chips.some((chip) => chip.start <= start && start < chip.end)) {
    return undefined;
  }
  // A `#` begins lines, also while they are still being written.
  const hash = /^(.*)#(L?\d*-?L?\d*)$/.exec(word);
  if (!hash) return { start, end: cursor, query: word };
  const { lines } = splitLines(word.replace(/-L?$/, ""));
  return { start, end: cursor, query: hash[1] ?? "", ...(lines && { lines }) };
}

export function rankMentions(query: string, sources: MentionSources, max: number): MentionItem[] {
  const wanted = query.toLowerCase();
  const recent = sources.recent.filter((path) => path.toLowerCase().includes(wanted));
  const paths = [...new Set([...recent.slice(0, RECENT_MAX), ...sources.found])];
  const files = paths.map((path): MentionItem => ({ type: "file", path }));
  const others = [
    ...agentItems(wanted, sources),
    ...resourceItems(wanted, sources),
    ...sources.templates.flatMap((template) => templateItems(query, template)),
  ];
  // Agents and resources are few: they keep their place below a long list of files.
  const room = Math.max(max - others.length, Math.ceil(max / 2));
  return [...files.slice(0, room), ...others].slice(0, max);
}

/** The draft with the mention taken as `item`, and the cursor behind it and a space. */
export function takeMention(
  draft: Draft,
  mention: Mention,
  item: Mentionable,
): { draft: Draft; cursor: number } {
  const chip = chipDraft(mentionChip(item, mention.lines));
  const after = draft.text.charAt(mention.end);
  const space = after === "" || !/\s/.test(after) ? plainDraft(" ") : plainDraft("");
  const spaced = replaceRange(draft, mention.end, mention.end, space);
  const taken = replaceRange(spaced, mention.start, mention.end, chip);
  return { draft: taken, cursor: mention.start + chip.text.length + 1 };
}

/** The draft with the mention written out as far as it is known, so that the list goes on there. */
export function writeMention(
  draft: Draft,
  mention: Mention,
  text: string,
): { draft: Draft; cursor: number } {
  const written = plainDraft(`@${text}`);
  const entered = replaceRange(draft, mention.start, mention.end, written);
  return { draft: entered, cursor: mention.start + written.text.length };
}

/** What of the template a person need not write: the server and all before the first value. */
export function templateStart({ client, uriTemplate }: McpResourceTemplate): string {
  return `${client}:${uriTemplate.split("{", 1)[0] ?? ""}`;
}

/**
 * Turns `@path#L1-20` in text from an editor into chips; names without lines only when `isFile`
 * says so, since an `@` may also be something else.
 */
export function chipMentions(text: string, isFile: (path: string) => boolean): Draft {
  let draft = plainDraft(text);
  const found = [...text.matchAll(/(?<=^|\s)@([^\s@]+)/g)].reverse();
  for (const { 0: whole, 1: word = "", index } of found) {
    const bare = word.replace(/[.,;:!?)\]]+$/, "");
    const named = splitLines(bare);
    if (!named.lines && !isFile(bare)) continue;
    const path = named.lines ? named.path : bare;
    const chip: Chip = { type: "file", path, ...(named.lines && { lines: named.lines }) };
    const end = index + whole.length - (word.length - bare.length);
    draft = replaceRange(draft, index, end, chipDraft(chip));
  }
  return draft;
}

function mentionChip(item: Mentionable, lines: ChipLines | undefined): Chip {
  switch (item.type) {
    case "file": {
      const isDirectory = item.path.endsWith("/");
      return { type: "file", path: item.path, ...(lines && !isDirectory && { lines }) };
    }
    case "agent":
      return { type: "agent", name: item.name };
    case "resource": {
      const { client, uri, name, mimeType } = item.resource;
      return { type: "resource", client, uri, name, ...(mimeType && { mime: mimeType }) };
    }
  }
}

function agentItems(wanted: string, { agents }: MentionSources): MentionItem[] {
  return agents
    .filter(({ name, mode, hidden }) => mode !== "primary" && !hidden && matches(name, wanted))
    .map(({ name, description = "" }) => ({ type: "agent", name, description }));
}

function resourceItems(wanted: string, { resources }: MentionSources): MentionItem[] {
  return resources
    .filter(({ client, name }) => matches(`${client}:${name}`, wanted))
    .map((resource) => ({ type: "resource", resource }));
}

/** The address that is written already, or the template for one. */
function templateItems(query: string, template: McpResourceTemplate): MentionItem[] {
  const { client, name, uriTemplate, description, mimeType } = template;
  const start = templateStart(template);
  if (query.startsWith(start) && query.length > start.length && !query.includes("{")) {
    const uri = query.slice(client.length + 1);
    const resource = { client, uri, name: uri, ...(mimeType && { mimeType }) };
    return [{ type: "resource", resource: { ...resource, ...(description && { description }) } }];
  }
  const isMeant = [name, uriTemplate].some((text) => {
    return matches(`${client}:${text}`, query.toLowerCase());
  });
  return isMeant ? [{ type: "template", template }] : [];
}

function matches(name: string, wanted: string): boolean {
  return name.toLowerCase().includes(wanted);
}
