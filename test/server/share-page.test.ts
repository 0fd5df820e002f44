import { expect, test } from "bun:test";
import type { Part } from "@/schema/part";
import type { SharedSession } from "@/schema/share";
import { renderNotice, renderPage, renderPart } from "@/server/share-page";
import { SHARE_SCRIPT } from "@/server/share-script";
import { SHARE_STYLE } from "@/server/share-style";

const own = { id: 'prt_"><script>', sessionID: "ses_1", messageID: "msg_1" };
const evil = '"><script>alert(1)</script>';
const time = { start: 1, end: 2 };

const PARTS: Part[] = [
  { ...own, type: "text", text: evil },
  { ...own, type: "reasoning", text: evil, time },
  { ...own, type: "file", mime: evil, filename: evil, url: "data:," },
  { ...own, type: "agent", name: evil },
  { ...own, type: "subtask", prompt: evil, description: evil, agent: evil },
  { ...own, type: "patch", hash: "", files: [evil] },
  { ...own, type: "compaction", auto: true },
  ...[
    { status: "pending" as const, input: {}, raw: "" },
    { status: "running" as const, input: { [evil]: evil }, title: evil, time },
    { status: "completed" as const, input: {}, output: evil, title: evil, metadata: {}, time },
    { status: "error" as const, input: {}, error: evil, time },
  ].map((state) => ({ ...own, type: "tool" as const, callID: evil, tool: evil, state })),
];

const shared: SharedSession = {
  info: {
    ...{ id: "ses_1", slug: "a-b", projectID: "p", directory: ".", title: evil, version: "1" },
    time: { created: 0, updated: 1 },
  },
  status: { type: "busy" },
  messages: [],
  more: false,
  cursor: 7,
};

test("each part is one element that holds no element of its text", () => {
  for (const role of ["user", "assistant"] as const) {
    for (const part of PARTS) {
      const html = renderPart(part, role);
      expect(html, part.type).toMatch(/^<(div|details) id="prt_&quot;&gt;&lt;script&gt;"/);
      expect(html, part.type).not.toContain("<script");
    }
  }
});

test("the page names no other host, and only what has the nonce runs", () => {
  const page = renderPage(shared, "nonce-of-page", true);
  expect(page.match(/<script nonce="nonce-of-page">/g)).toHaveLength(1);
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page).not.toMatch(/https?:\/\/|\son\w+=|\sstyle=|@import|url\(/);
  expect(page).toContain('<main data-after="7">');
  expect(page).toContain("running");
  expect(page).toContain('name="viewport"');
  expect(SHARE_STYLE).toContain("prefers-color-scheme: dark");
  expect(renderPage(shared, "n", false)).not.toContain("data-after");
  expect(renderNotice(evil, "n")).not.toContain("<script");
});

test("the script of the page is a script", () => {
  expect(() => new Bun.Transpiler({ loader: "js" }).transformSync(SHARE_SCRIPT)).not.toThrow();
  expect(SHARE_SCRIPT).not.toContain("</script");
});

test("long outputs are cut", () => {
  const state = {
    ...{ status: "completed" as const, input: {}, output: "x".repeat(50_000), title: "" },
    ...{ metadata: {}, time },
  };
  const html = renderPart({ ...own, type: "tool", callID: "1", tool: "bash", state });
  expect(html.length).toBeLessThan(10_000);
});
