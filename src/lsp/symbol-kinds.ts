// The kinds of symbols, by the numbers that the protocol has for them.

const NAMES = [
  ...["File", "Module", "Namespace", "Package", "Class", "Method", "Property", "Field"],
  ...["Constructor", "Enum", "Interface", "Function", "Variable", "Constant", "String", "Number"],
  ...["Boolean", "Array", "Object", "Key", "Null", "EnumMember", "Struct", "Event", "Operator"],
  "TypeParameter",
] as const;

/** What a person looks for by name. */
const NAMED_THINGS: readonly string[] = [
  ...["Class", "Method", "Enum", "Interface", "Function", "Variable", "Constant", "Struct"],
  ...["Module", "Namespace", "Constructor"],
];

/** "Class" for 5; the number itself where it has no name. */
export function symbolKindName(kind: number): string {
  return NAMES[kind - 1] ?? String(kind);
}

export function isNamedThing(kind: number): boolean {
  return NAMED_THINGS.includes(symbolKindName(kind));
}
