// MarkdownColumn: Markdown as blocks, one below the other. A text that grows keeps the blocks that
// stay the same; the last ones are changed in place, so that a piece of text costs what the block
// it belongs to costs, and is in the very next frame. Only fenced code waits for its colours.
import {
  BoxRenderable,
  CodeRenderable,
  infoStringToFiletype,
  type Renderable,
  type RenderContext,
  type RGBA,
  StyledText,
  type SyntaxStyle,
  TextRenderable,
  TextTableRenderable,
  type TreeSitterClient,
} from "@opentui/core";
import type { MarkedToken, Token, Tokens } from "marked";
import { MarkdownInk, type StyleName } from "./markdown-ink";
import { MarkdownTokens } from "./markdown-tokens";

export interface MarkdownOptions {
  style: SyntaxStyle;
  conceal: boolean;
  hasLinks: boolean;
  selection?: { background: RGBA; text: RGBA };
  /** Undefined for the library's own. */
  treeSitter?: TreeSitterClient;
}

/** Lists in lists and quotes in quotes; what is deeper is text as it stands. */
const DEPTH_MAX = 8;

export class MarkdownColumn {
  readonly root: BoxRenderable;
  /** Whether it is without its marks. */
  readonly conceal: boolean;
  readonly #blocks: Blocks;
  readonly #tokens = new MarkdownTokens();
  #text = "";

  constructor(context: RenderContext, options: MarkdownOptions) {
    const ink = new MarkdownInk({ ...options, styles: options.style });
    this.conceal = options.conceal;
    this.#blocks = new Blocks({ context, ink, options, depth: 0 }, "markup");
    this.root = this.#blocks.root;
  }

  set text(text: string) {
    if (text === this.#text) return;
    this.#text = text;
    this.#blocks.show(this.#tokens.of(text));
  }
}

interface Surroundings {
  context: RenderContext;
  ink: MarkdownInk;
  options: MarkdownOptions;
  depth: number;
}

interface Block {
  root: Renderable;
  /** False when it has to be made anew. */
  update(token: MarkedToken): boolean;
}

interface Shown {
  token: MarkedToken;
  block: Block;
}

class Blocks {
  readonly root: BoxRenderable;
  readonly #around: Surroundings;
  readonly #style: StyleName;
  #shown: Shown[] = [];

  constructor(around: Surroundings, style: StyleName) {
    this.#around = { ...around, depth: around.depth + 1 };
    this.#style = style;
    this.root = new BoxRenderable(around.context, { flexDirection: "column", flexShrink: 1 });
    this.root.flexGrow = 1;
  }

  show(tokens: readonly Token[]): void {
    const shown: Shown[] = [];
    let before: Token | undefined;
    for (const token of tokens as MarkedToken[]) {
      const isSeen = !["space", "def", "checkbox"].includes(token.type);
      const known = this.#shown[shown.length];
      if (isSeen) {
        const block = this.#blockOf(token, known, shown.length);
        block.root.marginTop = isApart(shown.at(-1)?.token, before, token) ? 1 : 0;
        shown.push({ token, block });
      }
      before = token;
    }
    for (const { block } of this.#shown.slice(shown.length)) block.root.destroyRecursively();
    this.#shown = shown;
  }

  #blockOf(token: MarkedToken, known: Shown | undefined, at: number): Block {
    if (known?.token.type === token.type) {
      if (known.token.raw === token.raw || known.block.update(token)) return known.block;
    }
    known?.block.root.destroyRecursively();
    const block = this.#make(token);
    this.root.add(block.root, at);
    return block;
  }

  #make(token: MarkedToken): Block {
    const around = this.#around;
    if (around.depth > DEPTH_MAX) return textBlock(around, token, this.#style);
    switch (token.type) {
      case "list":
        return new ListBlock(around, token, this.#style);
      case "blockquote":
        return quoteBlock(around, token);
      case "code":
        return codeBlock(around, token);
      case "table":
        return tableBlock(around, token);
      case "hr":
        return ruleBlock(around);
      default:
        return textBlock(around, token, this.#style);
    }
  }
}

/** Whether a blank row is before a block: as written, and around what is a block by its look. */
function isApart(above: Token | undefined, before: Token | undefined, token: Token): boolean {
  if (!above) return false;
  const isBlank = before?.type === "space" || /\n[ \t]*\n$/.test(before?.raw ?? "");
  return isBlank || [above, token].some(({ type }) => isFramed(type));
}

function isFramed(type: string): boolean {
  return type === "code" || type === "table" || type === "blockquote" || type === "hr";
}

function textBlock({ context, ink, options }: Surroundings, first: MarkedToken, style: StyleName) {
  const { selection } = options;
  const root = new TextRenderable(context, {
    content: "",
    wrapMode: "word",
    flexShrink: 0,
    ...(selection && { selectionBg: selection.background, selectionFg: selection.text }),
  });
  const update = (token: MarkedToken) => {
    root.content = new StyledText(textOf(ink, token, style));
    return true;
  };
  update(first);
  return { root, update };
}

function textOf(ink: MarkdownInk, token: MarkedToken, style: StyleName) {
  const isText = token.type === "paragraph" || token.type === "text";
  const tokens = isText ? token.tokens : undefined;
  if (token.type !== "heading") {
    return tokens ? ink.inline(tokens, style) : [ink.chunk(token.raw.trimEnd(), style)];
  }
  const name = `markup.heading.${token.depth}`;
  const mark = ink.conceal ? [] : [ink.chunk(`${"#".repeat(token.depth)} `, name)];
  return [...mark, ...ink.inline(token.tokens, name)];
}

/** One row for each item, its text beside its sign. */
class ListBlock implements Block {
  readonly root: BoxRenderable;
  readonly #around: Surroundings;
  readonly #style: StyleName;
  #rows: { raw: string; row: BoxRenderable; sign: TextRenderable; text: Blocks }[] = [];

  constructor(around: Surroundings, list: Tokens.List, style: StyleName) {
    this.#around = around;
    this.#style = style;
    this.root = new BoxRenderable(around.context, { flexDirection: "column", flexShrink: 0 });
    this.update(list);
  }

  update(token: MarkedToken): boolean {
    if (token.type !== "list") return false;
    const signs = token.items.map((item, at) => signOf(token, item, at));
    const width = Math.max(0, ...signs.map(({ length }) => length)) + 1;
    for (const [at, item] of token.items.entries()) {
      const row = (this.#rows[at] ??= this.#makeRow());
      const sign = (signs[at] ?? "").padStart(width - 1);
      row.sign.width = width;
      row.sign.content = new StyledText([this.#around.ink.chunk(sign, styleOf(item))]);
      row.row.marginTop = at > 0 && token.loose ? 1 : 0;
      if (row.raw !== item.raw) row.text.show(item.tokens);
      row.raw = item.raw;
    }
    for (const { row } of this.#rows.splice(token.items.length)) row.destroyRecursively();
    return true;
  }

  #makeRow() {
    const { context } = this.#around;
    const row = new BoxRenderable(context, { flexDirection: "row", flexShrink: 0 });
    const sign = new TextRenderable(context, { content: "", flexShrink: 0 });
    const text = new Blocks(this.#around, this.#style);
    row.add(sign);
    row.add(text.root);
    this.root.add(row);
    return { raw: "", row, sign, text };
  }
}

function signOf(list: Tokens.List, item: Tokens.ListItem, at: number): string {
  if (item.task) return item.checked ? "[✓]" : "[ ]";
  return list.ordered ? `${Number(list.start || 0) + at}.` : "-";
}

function styleOf(item: Tokens.ListItem): StyleName {
  if (!item.task) return "markup.list";
  return item.checked ? "markup.list.checked" : "markup.list.unchecked";
}

function quoteBlock(around: Surroundings, first: Tokens.Blockquote): Block {
  const style = around.options.style;
  const color = style.getStyle("conceal")?.fg;
  const root = new BoxRenderable(around.context, {
    border: ["left"],
    ...(color && { borderColor: color }),
    paddingLeft: 1,
    flexShrink: 0,
  });
  const text = new Blocks(around, "markup.quote");
  root.add(text.root);
  text.show(first.tokens);
  return {
    root,
    update(token) {
      if (token.type !== "blockquote") return false;
      text.show(token.tokens);
      return true;
    },
  };
}

function ruleBlock({ context, options }: Surroundings): Block {
  const color = options.style.getStyle("conceal")?.fg;
  const root = new BoxRenderable(context, {
    height: 1,
    border: ["top"],
    ...(color && { borderColor: color }),
    flexShrink: 0,
  });
  return { root, update: () => true };
}

/** The first text is drawn at once; what is added, when its colours are known. */
function codeBlock({ context, options }: Surroundings, first: Tokens.Code): Block {
  const { style, treeSitter } = options;
  const filetype = infoStringToFiletype(first.lang ?? "");
  const root = new CodeRenderable(context, {
    content: first.text,
    ...(filetype !== undefined && { filetype }),
    syntaxStyle: style,
    conceal: false,
    streaming: true,
    drawUnstyledText: true,
    flexShrink: 0,
    ...(treeSitter && { treeSitterClient: treeSitter }),
  });
  let newest = first.text;
  let isWaiting = false;
  // What came while the colours were looked for would make them worthless: it waits for them.
  const draw = () => {
    isWaiting = false;
    if (root.isDestroyed || root.content === newest) return;
    root.drawUnstyledText = false;
    root.content = newest;
  };
  return {
    root,
    update(token) {
      if (token.type !== "code" || token.lang !== first.lang) return false;
      newest = token.text;
      if (isWaiting) return true;
      if (!root.isHighlighting) draw();
      else {
        isWaiting = true;
        void root.highlightingDone.then(draw);
      }
      return true;
    },
  };
}

function tableBlock({ context, ink, options }: Surroundings, first: Tokens.Table): Block {
  const color = options.style.getStyle("conceal")?.fg;
  const contentOf = ({ header, rows }: Tokens.Table) => [
    header.map(({ tokens }) => ink.inline(tokens, "markup.heading")),
    ...rows.map((cells) => cells.map(({ tokens }) => ink.inline(tokens, "markup"))),
  ];
  const root = new TextTableRenderable(context, {
    content: contentOf(first),
    columnWidthMode: "content",
    wrapMode: "word",
    cellPaddingX: 1,
    flexShrink: 0,
    ...(color && { borderColor: color }),
  });
  return {
    root,
    update(token) {
      if (token.type !== "table") return false;
      root.content = contentOf(token);
      return true;
    },
  };
}
