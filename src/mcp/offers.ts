// Offers: the lists of a server as it sent them, made safe, pure. One entry that is no good costs
// only itself; texts are cut, schemas are objects, and each list is sorted and bounded, so that the
// same server gives the same bytes whatever order it answers in.
import { cutBytes } from "@/base/text";
import type { McpResource, McpResourceTemplate } from "@/schema/mcp";
import type { PromptArgument, PromptOffer, ToolOffer } from "./definition";
import { cleanInputSchema } from "./input-schema";
import { isFields, withoutControls } from "./plain-text";

const DESCRIPTION_MAX_BYTES = 4 * 1024;
const INSTRUCTIONS_MAX_BYTES = 8 * 1024;
const NAME_MAX_LENGTH = 256;
const URI_MAX_LENGTH = 4 * 1024;
const ARGUMENTS_MAX = 50;
/** Entries that are kept of one list. */
export const LIST_MAX = 1_000;

type Fields = Record<string, unknown>;

/** The tools of a list, without those whose name or schema is no good or that need tasks. */
export function parseTools(entries: readonly unknown[]): ToolOffer[] {
  return parseList(entries, (fields) => {
    const name = parseName(fields["name"]);
    const inputSchema = cleanInputSchema(fields["inputSchema"]);
    if (name === undefined || inputSchema === undefined || needsTask(fields)) return undefined;
    return { name, description: describe(fields["description"]) ?? "", inputSchema };
  });
}

export function parsePrompts(entries: readonly unknown[]): PromptOffer[] {
  return parseList(entries, (fields) => {
    const name = parseName(fields["name"]);
    if (name === undefined) return undefined;
    const description = describe(fields["description"] ?? fields["title"]);
    const list = Array.isArray(fields["arguments"]) ? fields["arguments"] : [];
    return {
      name,
      ...(description && { description }),
      arguments: list.slice(0, ARGUMENTS_MAX).flatMap(parseArgument),
    };
  });
}

/** `server` becomes the `client` of each. */
export function parseResources(entries: readonly unknown[], server: string): McpResource[] {
  return parseReadable(entries, "uri").map(({ address, ...readable }) => {
    return { ...readable, uri: address, client: server };
  });
}

/** As `parseResources`. */
export function parseTemplates(entries: readonly unknown[], server: string): McpResourceTemplate[] {
  return parseReadable(entries, "uriTemplate").map(({ address, ...readable }) => {
    return { ...readable, uriTemplate: address, client: server };
  });
}

/** What a server wants models to know, bounded; undefined when it says nothing. */
export function parseInstructions(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return cutBytes(withoutControls(value), INSTRUCTIONS_MAX_BYTES, "head").trim() || undefined;
}

function parseList<T extends { name: string }>(
  entries: readonly unknown[],
  parse: (fields: Fields) => T | undefined,
): T[] {
  const parsed = entries
    .slice(0, LIST_MAX)
    .map((entry) => (isFields(entry) ? parse(entry) : undefined))
    .filter((entry) => entry !== undefined);
  return firstOfEach(parsed, ({ name }) => name);
}

/** Sorted by key; of entries with the same key the first counts. */
function firstOfEach<T>(entries: readonly T[], keyOf: (entry: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const entry of entries) if (!byKey.has(keyOf(entry))) byKey.set(keyOf(entry), entry);
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

interface Readable {
  name: string;
  address: string;
  description?: string;
  mimeType?: string;
}

/** What can be read, sorted by the address that stands under `key`. */
function parseReadable(entries: readonly unknown[], key: string): Readable[] {
  const found = entries.slice(0, LIST_MAX).flatMap((entry): Readable[] => {
    if (!isFields(entry)) return [];
    const address = parseText(entry[key], URI_MAX_LENGTH);
    const name = parseName(entry["name"]) ?? address;
    if (address === undefined || name === undefined) return [];
    const description = describe(entry["description"]);
    const mimeType = parseText(entry["mimeType"], NAME_MAX_LENGTH);
    return [{ name, address, ...(description && { description }), ...(mimeType && { mimeType }) }];
  });
  return firstOfEach(found, ({ address }) => address);
}

function parseArgument(value: unknown): PromptArgument[] {
  if (!isFields(value)) return [];
  const name = parseName(value["name"]);
  if (name === undefined) return [];
  const description = describe(value["description"]);
  return [{ name, ...(description && { description }), required: value["required"] === true }];
}

function parseName(value: unknown): string | undefined {
  return parseText(value, NAME_MAX_LENGTH);
}

/** A name that would have to be changed to be shown is no name. */
function parseText(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== "string" || value.trim() === "" || value.length > maxLength)
    return undefined;
  return withoutControls(value) === value && !/[\n\t]/.test(value) ? value : undefined;
}

function describe(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return cutBytes(withoutControls(value), DESCRIPTION_MAX_BYTES, "head").trim();
}

/** Tools that answer only by way of tasks cannot be called plainly. */
function needsTask(fields: Fields): boolean {
  return isFields(fields["execution"]) && fields["execution"]["taskSupport"] === "required";
}
