// Key paths: where in a configuration a value stands, as people read it: `provider.x.models[0]`.
// The same notation as the paths of schema issues; a key with odd characters is quoted.

export type KeyPath = readonly (string | number)[];

/** `["provider", "llama.cpp", "env", 0]` becomes `provider["llama.cpp"].env[0]`. */
export function formatKeyPath(path: KeyPath): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (!/^[\w$-]+$/.test(key)) text += `[${JSON.stringify(key)}]`;
    else text += text === "" ? key : `.${key}`;
  }
  return text;
}

/** The inverse of formatKeyPath. */
export function parseKeyPath(text: string): KeyPath {
  const path: (string | number)[] = [];
  for (const [, quoted, index, name] of text.matchAll(
    /\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|([\w$-]+)/g,
  )) {
    if (quoted !== undefined) path.push(String(JSON.parse(quoted)));
    else if (index !== undefined) path.push(Number(index));
    else if (name !== undefined) path.push(name);
  }
  return path;
}
