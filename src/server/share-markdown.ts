// Markdown of strangers as HTML that is safe in a page: every element is written here, every text
// is escaped, raw HTML is text, links lead to web and mail addresses only, and nothing is loaded.

/** Longer texts, and those nested like this, are shown as they are: parsing would take seconds. */
const MAX_CHARACTERS = 50_000;
const NESTED =
  /^(?:[ \t]{0,8}(?:[>*+-]|\d{1,9}[.)])){16}|^[ \t]{80}[ \t]*(?:[*+-]|\d{1,9}[.)])[ \t]/m;
const SAFE_LINK = /^(?:https?:\/\/|mailto:)/i;

const CALLBACKS: Bun.markdown.RenderCallbacks = {
  text: (text) => Bun.escapeHTML(text),
  html: (html) => Bun.escapeHTML(html),
  paragraph: (children) => `<p>${children}</p>`,
  // The page has headings of its own.
  heading: (children, { level }) =>
    `<h${Math.min(level + 2, 6)}>${children}</h${Math.min(level + 2, 6)}>`,
  blockquote: (children) => `<blockquote>${children}</blockquote>`,
  code: (children) => `<pre><code>${children}</code></pre>`,
  codespan: (children) => `<code>${children}</code>`,
  list: (children, { ordered, start }) => {
    if (!ordered) return `<ul>${children}</ul>`;
    return `<ol start="${Number(start ?? 1)}">${children}</ol>`;
  },
  listItem: (children, { checked }) => {
    return `<li>${checked === undefined ? "" : checked ? "☑ " : "☐ "}${children}</li>`;
  },
  hr: () => "<hr>",
  table: (children) => `<div class="table"><table>${children}</table></div>`,
  thead: (children) => `<thead>${children}</thead>`,
  tbody: (children) => `<tbody>${children}</tbody>`,
  tr: (children) => `<tr>${children}</tr>`,
  th: (children) => `<th>${children}</th>`,
  td: (children) => `<td>${children}</td>`,
  strong: (children) => `<strong>${children}</strong>`,
  emphasis: (children) => `<em>${children}</em>`,
  strikethrough: (children) => `<del>${children}</del>`,
  link: (children, { href }) => link(children, href),
  // What is loaded would tell another host who reads this.
  image: (children, { src }) => link(children || "image", src),
};

const OPTIONS: Bun.markdown.Options = {
  noHtmlBlocks: true,
  noHtmlSpans: true,
  autolinks: { url: true },
};

/** HTML of `text`, whatever it holds. */
export function renderMarkdown(text: string): string {
  if (text.length > MAX_CHARACTERS || NESTED.test(text))
    return `<pre>${Bun.escapeHTML(text)}</pre>`;
  return Bun.markdown.render(text, CALLBACKS, OPTIONS);
}

function link(children: string, href: string): string {
  if (!SAFE_LINK.test(href)) return children;
  const rel = 'rel="noopener noreferrer nofollow ugc" target="_blank"';
  return `<a href="${Bun.escapeHTML(href)}" ${rel}>${children}</a>`;
}
