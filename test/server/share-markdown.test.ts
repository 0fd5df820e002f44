import { expect, test } from "bun:test";
import { renderMarkdown } from "@/server/share-markdown";
import { cpuTime } from "@test/support/cpu-time";

const HOSTILE = [
  "<script>alert(1)</script>",
  "hi <img src=x onerror=alert(1)> there",
  "<!-- <script>alert(1)</script> -->",
  "<a href='javascript:alert(1)'>x</a>",
  "[a](javascript:alert(1))",
  "[a](JaVaScRiPt&colon;alert(1))",
  "[a](&#x6A;avascript:alert(1))",
  "[a](\x01javascript:alert(1))",
  "[a](vbscript:x) [b](data:text/html,<script>alert(1)</script>) [c](file:///etc/passwd)",
  "[x][1]\n\n[1]: javascript:alert(2)",
  "<javascript:alert(1)>",
  '[a](http://ok.example/ "t\\" onclick=alert(1) x")',
  '[a](http://ok.example/"onmouseover="alert(1))',
  "![x](http://evil.example/t.png)",
  '![x"onerror="alert(1)](javascript:alert(1))',
  '```"><script>alert(1)</script>\n</code><script>x</script>\n```',
  "`</code><script>alert(1)</script>`",
  "| a | <script>b</script> |\n|--|--|\n| <img onerror=x> | x |",
  "# <svg onload=alert(1)>",
  "- [x] <iframe src=x>",
  "&lt;script&gt;alert(1)&#60;/script&#62;",
  "<style>*{display:none}</style>",
  "http://auto.example/<script>",
];

/** The elements that the text became, each as `name attribute attribute`. */
function elementsOf(html: string): Promise<string[]> {
  const found: string[] = [];
  const rewriter = new HTMLRewriter().on("*", {
    element: ({ tagName, attributes }) => {
      found.push([tagName, ...[...attributes].map(([name]) => name)].join(" "));
    },
  });
  return new Response(rewriter.transform(html)).text().then(() => found);
}

test("no hostile text becomes an element, an attribute or an address that runs", async () => {
  for (const text of HOSTILE) {
    const html = renderMarkdown(text);
    for (const element of await elementsOf(html)) {
      expect(element, text).toMatch(
        /^(p|pre|code|h[3-6]|ul|li|div class|table|thead|tbody|tr|th|td|a href rel target)$/,
      );
    }
    for (const [, href] of html.matchAll(/href="([^"]*)"/g)) {
      expect(href, text).toMatch(/^https?:\/\//);
    }
    expect(html, text).not.toContain("<script");
  }
});

test("Markdown becomes what it means", () => {
  const html = renderMarkdown(
    "# Title\n\n**bold** *it* `a<b` ~~no~~\n\n- one\n- [x] two\n\n3. three\n\n> said\n\n" +
      "```ts\nconst a = 1 < 2;\n```\n\n| a |\n|---|\n| b |\n\n[link](https://example.com/?a=1&b=2)",
  );
  for (const piece of [
    "<h3>Title</h3>",
    "<strong>bold</strong> <em>it</em> <code>a&lt;b</code> <del>no</del>",
    "<ul><li>one</li><li>☑ two</li></ul>",
    '<ol start="3"><li>three</li></ol>',
    "<blockquote><p>said</p></blockquote>",
    "<pre><code>const a = 1 &lt; 2;\n</code></pre>",
    "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
    '<a href="https://example.com/?a=1&amp;b=2" rel="noopener noreferrer nofollow ugc"',
  ]) {
    expect(html).toContain(piece);
  }
});

test("texts that would cost much are shown as they are", async () => {
  const texts = [">".repeat(40_000), "- ".repeat(20_000), "1. ".repeat(15_000), "a".repeat(60_000)];
  texts.push(Array.from({ length: 200 }, (_, depth) => `${" ".repeat(depth * 2)}- x`).join("\n"));
  for (const text of texts) {
    const spent = await cpuTime(() => {
      expect(renderMarkdown(text).startsWith("<pre>"), text.slice(0, 9)).toBe(true);
    });
    expect(spent).toBeLessThan(2_000);
  }
  for (const text of ["[".repeat(50_000), "*a ".repeat(16_000), "<a".repeat(25_000)]) {
    expect(await cpuTime(() => renderMarkdown(text)), text.slice(0, 9)).toBeLessThan(3_000);
  }
});
