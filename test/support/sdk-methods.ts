// The methods of a generated client, by their names as its users write them: "session.create".

/**
 * Every method of `client` and of what hangs on it, sorted. One that hangs there more than once,
 * as the same function, is named where its path is longest: its class says what it is about.
 */
export function methodsOf(client: object): string[] {
  const names = new Map<unknown, string>();
  collect(client, "", names);
  return [...names.values()].sort();
}

function collect(value: object, prefix: string, names: Map<unknown, string>): void {
  for (const [key, member] of members(value)) {
    const name = prefix + key;
    if (typeof member === "function") {
      if (name.length > (names.get(member)?.length ?? 0)) names.set(member, name);
    } else if (typeof member === "object" && member !== null) {
      collect(member, `${name}.`, names);
    }
  }
}

/** Groups are getters of one generation of clients, fields of another. */
function members(value: object): [string, unknown][] {
  const prototype: object = Object.getPrototypeOf(value);
  const names = [...Object.getOwnPropertyNames(prototype), ...Object.keys(value)];
  return names
    .filter((name) => name !== "constructor" && name !== "client" && !name.startsWith("_"))
    .map((name) => [name, Reflect.get(value, name)]);
}
