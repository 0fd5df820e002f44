// How code and Markdown are coloured: the names that grammars give to what they find, by slot.

import { SyntaxStyle, type StyleDefinitionInput } from "@opentui/core";
import type { Colors } from "./theme-colors";
import type { Slot } from "./slots";

interface Style {
  slot: Slot;
  look?: Omit<StyleDefinitionInput, "fg" | "bg">;
}

/** A name that is not listed is drawn as the word before its first dot. */
const STYLES: readonly (readonly [name: string, style: Slot | Style])[] = [
  ["default", "text"],
  ["conceal", "textMuted"],
  ["comment", { slot: "syntaxComment", look: { italic: true } }],
  ["keyword", "syntaxKeyword"],
  ["keyword.operator", "syntaxOperator"],
  ["keyword.import", "syntaxKeyword"],
  ["label", "syntaxKeyword"],
  ["function", "syntaxFunction"],
  ["method", "syntaxFunction"],
  ["constructor", "syntaxType"],
  ["variable", "syntaxVariable"],
  ["variable.builtin", "syntaxKeyword"],
  ["variable.parameter", "syntaxVariable"],
  ["property", "syntaxVariable"],
  ["string", "syntaxString"],
  ["string.escape", "syntaxOperator"],
  ["string.regexp", "syntaxOperator"],
  ["character", "syntaxString"],
  ["number", "syntaxNumber"],
  ["boolean", "syntaxNumber"],
  ["constant", "syntaxNumber"],
  ["type", "syntaxType"],
  ["module", "syntaxType"],
  ["attribute", "syntaxType"],
  ["tag", "syntaxKeyword"],
  ["operator", "syntaxOperator"],
  ["punctuation", "syntaxPunctuation"],
  ["markup", "markdownText"],
  ["markup.heading", { slot: "markdownHeading", look: { bold: true } }],
  ["markup.heading.1", { slot: "markdownHeading", look: { bold: true } }],
  ["markup.heading.2", { slot: "markdownHeading", look: { bold: true } }],
  ["markup.heading.3", { slot: "markdownHeading", look: { bold: true } }],
  ["markup.heading.4", { slot: "markdownHeading", look: { bold: true } }],
  ["markup.heading.5", { slot: "markdownHeading", look: { bold: true } }],
  ["markup.heading.6", { slot: "markdownHeading", look: { bold: true } }],
  ["markup.strong", { slot: "markdownStrong", look: { bold: true } }],
  ["markup.italic", { slot: "markdownEmph", look: { italic: true } }],
  ["markup.strikethrough", { slot: "textMuted", look: { dim: true } }],
  ["markup.raw", "markdownCode"],
  ["markup.raw.block", "markdownCodeBlock"],
  ["markup.quote", { slot: "markdownBlockQuote", look: { italic: true } }],
  ["markup.list", "markdownListItem"],
  ["markup.list.checked", "success"],
  ["markup.list.unchecked", "textMuted"],
  ["markup.link", { slot: "markdownLink", look: { underline: true } }],
  ["markup.link.label", { slot: "markdownLinkText", look: { underline: true } }],
  ["markup.link.url", { slot: "markdownLink", look: { underline: true } }],
  ["markup.link.bracket.close", "markdownLink"],
  ["diff.plus", "diffAdded"],
  ["diff.minus", "diffRemoved"],
];

/** The caller owns the result, and destroys it. */
export function createSyntaxStyle(colors: Colors): SyntaxStyle {
  const styles = STYLES.map(([name, style]) => {
    const { slot, look } = typeof style === "string" ? { slot: style, look: {} } : style;
    return [name, { fg: colors[slot], ...look }] as const;
  });
  return SyntaxStyle.fromStyles(Object.fromEntries(styles));
}
