// Loose JSON: a JSON object or list that stands in a longer text, read from where it begins. Models
// that write JSON by hand put line ends and tabs into its strings, which is forgiven; nothing else.

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
  const value = parse(json) ?? parse(json.replace(STRING, escapeControls));
  return value === undefined ? undefined : { value, end };
}

const STRING = /"(?:[^"\\]|\\[\s\S])*"/g;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f]/g;

function escapeControls(string: string): string {
  return string.replace(CONTROL, (character) => JSON.stringify(character).slice(1, -1));
}

/** Behind the bracket that closes the one at `from`. */
function endOfValue(text: string, from: number): number | undefined {
  if (text[from] !== "{" && text[from] !== "[") return undefined;
  const token = /["{}[\]]/g;
  token.lastIndex = from;
  let depth = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === '"') {
      const string = new RegExp(STRING.source, "y");
      string.lastIndex = found.index;
      if (!string.test(text)) return undefined;
      token.lastIndex = string.lastIndex;
      continue;
    }
    depth += found[0] === "{" || found[0] === "[" ? 1 : -1;
    if (depth === 0) return found.index + 1;
  }
  return undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // no JSON: the text stays what it is
  }
}
