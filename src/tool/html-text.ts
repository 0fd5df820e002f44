// HTML as a model reads it: markdown by turndown (imported on first use), or plain text. What is
// not content (scripts, styles, drawings) goes first, and hostile pages have their bounds.

const IGNORED = "script, style, noscript, template, svg, iframe, object, embed, canvas, link, meta";
const BLOCKS =
  "p, div, section, article, header, footer, main, nav, aside, br, hr, li, ul, ol, dl, dt, dd, " +
  "table, tr, h1, h2, h3, h4, h5, h6, pre, blockquote, form, figure, title";
/** Making markdown holds up everything else, and deep pages cost more: beyond, it becomes text. */
const MARKDOWN_MAX_CHARACTERS = 512 * 1024;
const MARKDOWN_MAX_DEPTH = 400;
/** Elements that pages often leave open, without nesting by it. */
const LEFT_OPEN = /^(p|li|dt|dd|tr|t[dh]|thead|tbody|tfoot|option|html|body)$/;

/** Markdown of a page, or its plain text where that cannot be made. */
export async function toMarkdown(html: string): Promise<string> {
  const { content, depth } = removeIgnored(html);
  if (content.length > MARKDOWN_MAX_CHARACTERS || depth > MARKDOWN_MAX_DEPTH) {
    return toText(content);
  }
  const { default: TurndownService } = await import("turndown");
  const service = new TurndownService({
    headingStyle: "atx",
    hr: "---",
    bulletListMarker: "-",
    codeBlockStyle: "fenced",
    emDelimiter: "*",
  });
  try {
    return service.turndown(content).trim();
  } catch {
    // Nested too deeply for a recursive conversion; the text is still worth having.
    return toText(content);
  }
}

/** The text of a page, a line for each block. */
export function toText(html: string): string {
  const pieces: string[] = [];
  let ignored = 0;
  const rewriter = new HTMLRewriter()
    .on(IGNORED, {
      element(element) {
        if (!element.canHaveContent || element.selfClosing) return;
        ignored++;
        element.onEndTag(() => void ignored--);
      },
    })
    .on(BLOCKS, {
      element(element) {
        pieces.push("\n");
        if (element.canHaveContent && !element.selfClosing) {
          element.onEndTag(() => void pieces.push("\n"));
        }
      },
    })
    .onDocument({
      text(chunk) {
        if (ignored === 0) pieces.push(chunk.text);
      },
    });
  rewriter.transform(html);
  return tidyText(decodeEntities(pieces.join("")));
}

function removeIgnored(html: string): { content: string; depth: number } {
  let open = 0;
  let depth = 0;
  const content = new HTMLRewriter()
    .on(IGNORED, { element: (element) => void element.remove() })
    .on("*", {
      element(element) {
        const nests = element.canHaveContent && !element.selfClosing;
        if (!nests || LEFT_OPEN.test(element.tagName)) return;
        depth = Math.max(depth, ++open);
        element.onEndTag(() => void open--);
      },
    })
    .transform(html);
  return { content, depth };
}

function tidyText(text: string): string {
  return text
    .replaceAll("\r", "")
    .replaceAll(/[^\S\n]+/g, " ")
    .replaceAll(/ ?\n ?/g, "\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  hellip: "…",
  mdash: "—",
  ndash: "–",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  copy: "©",
  reg: "®",
  trade: "™",
  bull: "•",
  middot: "·",
  laquo: "«",
  raquo: "»",
  euro: "€",
  times: "×",
  rarr: "→",
  larr: "←",
};

function decodeEntities(text: string): string {
  return text.replaceAll(/&(#x[\da-f]{1,6}|#\d{1,7}|[a-z]+\d*);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : whole;
  });
}
