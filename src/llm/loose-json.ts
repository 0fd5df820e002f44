// Loose JSON: a JSON object or list that stands in a longer text, read from where it begins. Models
// that write JSON by hand put line ends and tabs into its strings, which is forgiven; nothing else.
import { parseJSON } from "./json-record";

export interface LooseJSON {
  value: unknown;
  /** Behind its last character. */
  end: number;
}

/** The object or list which begins at `from`; undefined when there is none, or it does not end. */
export function readLooseJSON(text: string, from: number): LooseJSON | undefined {
  const end = endOfValue(text, from);
  if (end === undefined) return undefined;
  const json = text.slice(from, end);
  const value = parseJSON(json) ?? parseJSON(escapeStrings(json));
  return value === undefined ? undefined : { value, end };
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f]/g;

/** The JSON with the control characters in its strings escaped. */
function escapeStrings(json: string): string {
  const pieces: string[] = [];
  let at = 0;
  for (let start = json.indexOf('"'); start >= 0; start = json.indexOf('"', at)) {
    const end = endOfString(json, start) ?? json.length;
    pieces.push(json.slice(at, start), json.slice(start, end).replace(CONTROL, escapeControl));
    at = end;
  }
  return pieces.join("") + json.slice(at);
}

function escapeControl(character: string): string {
  return JSON.stringify(character).slice(1, -1);
}

/** Behind the quote that ends the string which begins at `from`. */
function endOfString(text: string, from: number): number | undefined {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  return undefined;
}

/** Behind the bracket that closes the one at `from`. */
function endOfValue(text: string, from: number): number | undefined {
  if (text[from] !== "{" && text[from] !== "[") return undefined;
  const token = /["{}[\]]/g;
  token.lastIndex = from;
  let depth = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === '"') {
      const end = endOfString(text, found.index);
      if (end === undefined) return undefined;
      token.lastIndex = end;
      continue;
    }
    depth += found[0] === "{" || found[0] === "[" ? 1 : -1;
    if (depth === 0) return found.index + 1;
  }
  return undefined;
}
