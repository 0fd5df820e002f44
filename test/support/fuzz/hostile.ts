// What a random test does to a value that fits: wrong types, missing keys, texts that are too long
// or of the wrong kind, keys of the prototype, nesting without end.

import fc from "fast-check";

/** One change: where, counted over all places of the value, and what to put there. */
export interface Mutation {
  place: number;
  /** Undefined removes what is there. */
  value: unknown;
  /** Add this key beside it instead. */
  key?: string;
}

const HUGE = 100_000;
const DEEP = 3_000;

export const hostileTexts: readonly string[] = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\n\r\t",
  "../../../../etc/passwd",
  "..",
  "/",
  "%00%2e%2e%ff",
  "__proto__",
  "constructor",
  "toString",
  "ses_",
  "msg_\u0000",
  "💥👩‍👩‍👧‍👦",
  "\u202e\ufeff\u2028",
  "\ud800",
  "'; DROP TABLE session; --",
  "<script>alert(1)</script>",
  "(((((((((((((((((a+)+)+)+)+)+)+)+",
  "${x}{{x}}$1$ARGUMENTS",
  "1e999",
  "-0",
  "9007199254740993",
];

const hostileText = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.constant("A".repeat(HUGE)) },
  { weight: 1, arbitrary: fc.constant("語".repeat(HUGE / 10)) },
);

const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: hostileText },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, false, 0, -1, 1.5, 1e308, -1e308, Number.MAX_SAFE_INTEGER + 1, [], {}],
      ...[[[]], [null], { length: 1e9 }, { toJSON: 1 }, JSON.parse(`{"then":1}`), { a: { b: {} } }],
    ),
  },
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant(0).map(() => nested()) },
);

const pollutingKey = fc.constantFrom(
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "$id", "$ref", ""],
);

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ place: fc.nat(1_000), value: hostileValue }) },
  {
    weight: 1,
    arbitrary: fc.record({ place: fc.nat(1_000), value: hostileValue, key: pollutingKey }),
  },
);

/** Bodies that no schema would make. */
export const rawBody = fc.constantFrom(
  ...["", " ", "null", "true", "0", '"text"', "[]", "{", "nul", "{'a':1}", "\ufeff{}", "{}{}"],
  ...["\u0000", '{"a":1,}', '{"__proto__":{"polluted":1}}', '{"a":"\\ud800"}', "NaN", "// x\n{}"],
  ...['{"constructor":{"prototype":{"polluted":1}}}', "[".repeat(HUGE), '{"a":'.repeat(DEEP)],
  `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`,
  `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`,
  deepText(),
  `{"service":"s","level":"info","message":"m","extra":{"a":${deepText()}}}`,
  `{"title":"x","metadata":{"a":${deepText()}},"parts":[],"a":{"b":${deepText()}}}`,
  JSON.stringify({ text: "A".repeat(HUGE), parts: "B".repeat(HUGE) }),
);

/** A copy of `value` with the change made; the place counts around when there are fewer. */
export function mutate(value: unknown, { place, value: put, key }: Mutation): unknown {
  const places = placesIn(value);
  const path = places[place % places.length] ?? [];
  if (key !== undefined) return addKey(value, path, key, put);
  return replaceAt(value, path, put);
}

/** Every place but those that say where something is written or run: they stay as they are. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (["directory", "cwd"].includes(path.at(-1) ?? "")) return [];
  if (typeof value !== "object" || value === null || path.length > 8) return [path];
  const below = Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]));
  return [path, ...below];
}

function replaceAt(value: unknown, path: readonly string[], put: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return put;
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => {
      if (String(index) !== key) return [item];
      const replaced = replaceAt(item, rest, put);
      return replaced === undefined ? [] : [replaced];
    });
  }
  const entries = Object.entries(value as object).flatMap(([name, item]) => {
    const replaced = name === key ? replaceAt(item, rest, put) : item;
    return replaced === undefined ? [] : [[name, replaced] as const];
  });
  return Object.fromEntries(entries);
}

/** In the object at the path, or where there is none in a new one. */
function addKey(value: unknown, path: readonly string[], key: string, put: unknown): unknown {
  let target: unknown = value;
  for (const step of path) target = (target as Record<string, unknown>)[step];
  const isObject = typeof target === "object" && target !== null && !Array.isArray(target);
  // fromEntries, because a plain assignment of __proto__ sets something else.
  const entries = [...(isObject ? Object.entries(target as object) : []), [key, put] as const];
  return replaceAt(value, path, Object.fromEntries(entries));
}

/** Deeper than any recursion goes. */
function deepText(): string {
  return `${"[".repeat(HUGE)}${"]".repeat(HUGE)}`;
}

function nested(): unknown {
  let value: unknown = 1;
  for (let depth = 0; depth < DEEP; depth++) value = depth % 2 ? [value] : { a: value };
  return value;
}
