// What stands in a line of Markdown, as pieces of coloured text. The marks are left out, or shown
// with what they mark when they are not concealed.
import { createTextAttributes, type StyleDefinition, type TextChunk } from "@opentui/core";
import type { MarkedToken, Token, Tokens } from "marked";

/** What a style is called in the theme: `markup.strong`. */
export type StyleName = string;

export interface MarkdownStyles {
  getStyle(name: StyleName): StyleDefinition | undefined;
}

export interface InkOptions {
  styles: MarkdownStyles;
  /** Without the marks. */
  conceal: boolean;
  /** The terminal opens links by itself, so that their address need not be read. */
  hasLinks: boolean;
}

/** In what a piece stands: the style of the whole, and the link it is part of. */
interface Around {
  style: StyleName;
  link?: { url: string };
}

export class MarkdownInk {
  readonly #options: InkOptions;

  constructor(options: InkOptions) {
    this.#options = options;
  }

  get conceal(): boolean {
    return this.#options.conceal;
  }

  chunk(text: string, style: StyleName, link?: { url: string }): TextChunk {
    const { styles } = this.#options;
    const found = styles.getStyle(style) ?? styles.getStyle("default");
    return {
      __isChunk: true,
      text,
      ...(found?.fg && { fg: found.fg }),
      ...(found?.bg && { bg: found.bg }),
      attributes: found ? createTextAttributes(found) : 0,
      ...(link && { link }),
    };
  }

  /** The pieces of a paragraph, a heading, a cell. */
  inline(tokens: readonly Token[], style: StyleName): TextChunk[] {
    return tokens.flatMap((token) => this.#piece(token as MarkedToken, { style }));
  }

  #pieces(tokens: readonly Token[] | undefined, around: Around): TextChunk[] {
    return (tokens ?? []).flatMap((token) => this.#piece(token as MarkedToken, around));
  }

  #piece(token: MarkedToken, around: Around): TextChunk[] {
    const { link } = around;
    switch (token.type) {
      case "strong":
        return this.#marked("**", token.tokens, { ...around, style: "markup.strong" });
      case "em":
        return this.#marked("*", token.tokens, { ...around, style: "markup.italic" });
      case "del":
        return this.#marked("~~", token.tokens, { ...around, style: "markup.strikethrough" });
      case "codespan": {
        const mark = this.conceal ? "" : "`";
        return [this.chunk(`${mark}${token.text}${mark}`, "markup.raw", link)];
      }
      case "link":
        return this.#link(token);
      case "image":
        return this.#image(token);
      case "br":
        return [this.chunk("\n", around.style)];
      case "text":
        if (token.tokens) return this.#pieces(token.tokens, around);
        return [this.chunk(token.text, around.style, link)];
      default:
        return [this.chunk("text" in token ? token.text : token.raw, around.style, link)];
    }
  }

  #marked(mark: string, tokens: readonly Token[], around: Around): TextChunk[] {
    const pieces = this.#pieces(tokens, around);
    if (this.conceal) return pieces;
    const edge = this.chunk(mark, around.style, around.link);
    return [edge, ...pieces, edge];
  }

  #link({ tokens, href, text }: Tokens.Link): TextChunk[] {
    const link = { url: href };
    const label = this.#pieces(tokens, { style: "markup.link.label", link });
    if (!this.conceal) return this.#bracketed("[", label, href);
    const isSaid = text === href || `mailto:${text}` === href || this.#options.hasLinks;
    if (isSaid) return label;
    return [
      ...label,
      this.chunk(" (", "default"),
      this.chunk(href, "markup.link.url", link),
      this.chunk(")", "default"),
    ];
  }

  #image({ text, href }: Tokens.Image): TextChunk[] {
    const label = [this.chunk(text || "image", "markup.link.label", { url: href })];
    return this.conceal ? label : this.#bracketed("![", label, href);
  }

  #bracketed(open: string, label: readonly TextChunk[], href: string): TextChunk[] {
    const link = { url: href };
    return [
      this.chunk(open, "markup.link", link),
      ...label,
      this.chunk("](", "markup.link", link),
      this.chunk(href, "markup.link.url", link),
      this.chunk(")", "markup.link", link),
    ];
  }
}
