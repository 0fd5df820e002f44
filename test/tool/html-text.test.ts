import { expect, test } from "bun:test";
import { toMarkdown, toText } from "@/tool/html-text";

test("markdown keeps headings, links, lists and code", async () => {
  const html =
    '<h2>A</h2><p><a href="/b">link</a></p><ul><li>x</li></ul><pre><code>let a;\n</code></pre>';
  expect(await toMarkdown(html)).toBe("## A\n\n[link](/b)\n\n-   x\n\n```\nlet a;\n```");
});

test("what is not content is left out", async () => {
  const html = "<style>a{}</style><script>b()</script><svg><text>c</text></svg><p>d</p>";
  expect(await toMarkdown(html)).toBe("d");
  expect(toText(html)).toBe("d");
});

test("a page too large or too deep for markdown becomes text", async () => {
  expect(await toMarkdown("<p><b>word</b></p>".repeat(40_000))).toStartWith("word\n\nword");
  expect(await toMarkdown(`${"<div>".repeat(20_000)}<b>deep</b>`)).toBe("deep");
});

test("paragraphs left open do not count as depth", async () => {
  expect(await toMarkdown("<p><b>x</b>".repeat(1_000))).toStartWith("**x**\n\n**x**");
});

test("entities become characters, unknown ones stay", () => {
  expect(toText("a &amp;&nbsp;&#65;&#x42; &unknown; &#0; &#xD800;")).toBe(
    "a & AB &unknown; &#0; &#xD800;",
  );
});
