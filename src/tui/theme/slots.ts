// The names of a theme's colours, and where a colour comes from that a theme does not name: the
// fifteen of the base must be there, every other has a rule. Theme files and the built-in palettes
// are completed by the same rules.

export const BASE_SLOTS = [
  "primary",
  "secondary",
  "accent",
  "error",
  "warning",
  "success",
  "info",
  "text",
  "textMuted",
  "background",
  "backgroundPanel",
  "backgroundElement",
  "border",
  "borderActive",
  "borderSubtle",
] as const;
export type BaseSlot = (typeof BASE_SLOTS)[number];

/** Another slot's colour, or the background with a share of that colour in it. */
export type Rule = string | { tint: string; of: number };

/** Slots in an order in which each refers to earlier ones only. */
const RULES = {
  diffAdded: "success",
  diffRemoved: "error",
  diffContext: "textMuted",
  diffHunkHeader: "textMuted",
  diffHighlightAdded: { tint: "success", of: 0.35 },
  diffHighlightRemoved: { tint: "error", of: 0.35 },
  diffAddedBg: { tint: "success", of: 0.16 },
  diffRemovedBg: { tint: "error", of: 0.16 },
  diffContextBg: "backgroundPanel",
  diffLineNumber: "textMuted",
  diffAddedLineNumberBg: { tint: "success", of: 0.1 },
  diffRemovedLineNumberBg: { tint: "error", of: 0.1 },
  syntaxComment: "textMuted",
  syntaxKeyword: "accent",
  syntaxFunction: "primary",
  syntaxVariable: "text",
  syntaxString: "success",
  syntaxNumber: "warning",
  syntaxType: "info",
  syntaxOperator: "info",
  syntaxPunctuation: "text",
  markdownText: "text",
  markdownHeading: "accent",
  markdownLink: "primary",
  markdownLinkText: "info",
  markdownCode: "success",
  markdownBlockQuote: "textMuted",
  markdownEmph: "warning",
  markdownStrong: "text",
  markdownHorizontalRule: "borderSubtle",
  markdownListItem: "primary",
  markdownListEnumeration: "info",
  markdownImage: "primary",
  markdownImageText: "info",
  markdownCodeBlock: "text",
  selectedListItemText: "background",
  backgroundMenu: "backgroundElement",
} as const satisfies Record<string, Rule>;
export type RuledSlot = keyof typeof RULES;

export type Slot = BaseSlot | RuledSlot;

export const RULED_SLOTS = Object.keys(RULES) as RuledSlot[];
export const SLOTS: readonly Slot[] = [...BASE_SLOTS, ...RULED_SLOTS];

export function ruleOf(slot: RuledSlot): Rule {
  return RULES[slot];
}
