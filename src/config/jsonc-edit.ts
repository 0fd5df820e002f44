// One change to a text of JSON with comments: what people have written beside a key stays beside
// it. The editor of the parser's package takes a comment behind the last value for the new one's,
// and drops those around what it removes.
import type { FormattingOptions, Node } from "jsonc-parser";
import type { KeyPath } from "./key-path";

/** A comment on the line of the value that it stands behind; before it may be the comma. */
const COMMENT_BEHIND = /^([ \t]*,)?([ \t]*(?:\/\/.*|\/\*.*?\*\/(?=[ \t]*[\r\n])))/;

interface Comment {
  text: string;
  offset: number;
  /** Of the value before it. */
  path: KeyPath;
}

/** `text`, which is clean JSONC, with `value` at the path, or without what is there. */
export async function setValue(
  text: string,
  path: KeyPath,
  value: unknown,
  formattingOptions: FormattingOptions,
): Promise<string> {
  const { applyEdits, findNodeAtLocation, modify, parseTree } = await import("jsonc-parser");
  const find = (source: string, at: KeyPath) => {
    const root = parseTree(source);
    return root && findNodeAtLocation(root, [...at]);
  };
  const present = find(text, path);
  if (value === undefined) return removeProperty(text, present?.parent);
  const set = (source: string) => {
    return applyEdits(source, modify(source, [...path], value, { formattingOptions }));
  };
  const comment = present === undefined ? commentBefore(text, path, find) : undefined;
  if (comment === undefined) return set(text);
  const { offset, text: words } = comment;
  const edited = set(text.slice(0, offset) + text.slice(offset + words.length));
  const last = find(edited, comment.path);
  const end = last === undefined ? edited.length : last.offset + last.length;
  const behind = edited[end] === "," ? end + 1 : end;
  const rest = edited.slice(behind);
  const eol = /^[\r\n]/.test(rest) ? "" : (formattingOptions.eol ?? "\n");
  return edited.slice(0, behind) + words + eol + rest;
}

/** The comment behind the last value of the object that gets a further one. */
function commentBefore(
  text: string,
  path: KeyPath,
  find: (text: string, path: KeyPath) => Node | undefined,
): Comment | undefined {
  for (let length = path.length - 1; length >= 0; length--) {
    const above = path.slice(0, length);
    const last = find(text, above)?.children?.at(-1);
    if (last === undefined) continue;
    const end = last.offset + last.length;
    const [, comma = "", words] = COMMENT_BEHIND.exec(text.slice(end)) ?? [];
    const key: unknown = last.children?.[0]?.value;
    if (words === undefined || typeof key !== "string") return undefined;
    return { text: words, offset: end + comma.length, path: [...above, key] };
  }
  return undefined;
}

function removeProperty(text: string, property: Node | undefined): string {
  if (property?.type !== "property") return text;
  const end = property.offset + property.length;
  const comma = /^\s*,/.exec(text.slice(end))?.[0] ?? "";
  const without = removeRange(text, property.offset, end + comma.length);
  if (comma !== "") return without;
  // What is last now has no comma; one that stands elsewhere may as well stay.
  const siblings = property.parent?.children ?? [];
  const last = siblings[siblings.indexOf(property) - 1];
  const hanging = last === undefined ? -1 : last.offset + last.length;
  return without[hanging] === "," ? removeRange(without, hanging, hanging + 1) : without;
}

/** With the lines, when nothing else stands on them. */
function removeRange(text: string, from: number, to: number): string {
  const lineStart = text.lastIndexOf("\n", from - 1) + 1;
  const spaces = /^[ \t]*/.exec(text.slice(to))?.[0].length ?? 0;
  const eol = /^\r?\n/.exec(text.slice(to + spaces))?.[0].length;
  const isAlone = eol !== undefined && text.slice(lineStart, from).trim() === "";
  if (isAlone) return text.slice(0, lineStart) + text.slice(to + spaces + eol);
  const isMiddle = text[to] === " " && text[from - 1] === " ";
  return text.slice(0, from) + text.slice(isMiddle ? to + 1 : to);
}
