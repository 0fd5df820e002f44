import { expect, test } from "bun:test";
import {
  parsePromptResult,
  parseResourceResult,
  parseToolResult,
  TEXT_MAX_BYTES,
} from "@/mcp/content";

const text = (words: string) => ({ type: "text", text: words });

test("texts are put together, images become attachments", () => {
  const image = { type: "image", data: "aGVsbG8=", mimeType: "image/png" };
  expect(parseToolResult({ content: [text("a"), image, text("b")] })).toEqual({
    text: "a\nb",
    attachments: [{ mime: "image/png", url: "data:image/png;base64,aGVsbG8=" }],
    truncated: false,
    isError: false,
  });
});

test("a value is given as it is, and as text where there is no other", () => {
  const structuredContent = { degrees: 7 };
  expect(parseToolResult({ content: [text("7")], structuredContent })).toMatchObject({
    text: "7",
    structured: { degrees: 7 },
  });
  expect(JSON.parse(parseToolResult({ structuredContent }).text)).toEqual({ degrees: 7 });
});

test("text beyond the limit is cut, and says so", () => {
  const result = parseToolResult({ content: [text("é".repeat(TEXT_MAX_BYTES))] });
  expect(Buffer.byteLength(result.text)).toBeLessThanOrEqual(TEXT_MAX_BYTES);
  expect(result.text).toEndWith("[cut after 1.0 MB of 2.0 MB]");
  expect(result.truncated).toBe(true);
});

test("attachments that are too large, too many or no data become notes", () => {
  const image = (data: string) => ({ type: "image", data, mimeType: "image/png" });
  const huge = image("A".repeat(16 * 1024 * 1024));
  const result = parseToolResult({ content: [huge, image("%%%%")] });
  expect(result.attachments).toEqual([]);
  expect(result.text).toBe(
    "[image/png of 12 MB left out: too large, or one of too many]\n" +
      "[image/png of 3 B left out: its data is not base64]",
  );
  const many = Array.from({ length: 30 }, () => image("AAAA"));
  expect(parseToolResult({ content: many }).attachments).toHaveLength(20);
});

test("a media type cannot break out of a data URL", () => {
  const data = "AAAA";
  const [found] = parseToolResult({
    content: [{ type: "audio", data, mimeType: "audio/x;a=,<script>" }],
  }).attachments;
  expect(found?.url).toBe("data:application/octet-stream;base64,AAAA");
});

test("resources in results, links and unknown kinds are told of", () => {
  const { text: words, attachments } = parseToolResult({
    content: [
      { type: "resource", resource: { uri: "a://x", text: "inside" } },
      { type: "resource", resource: { uri: "a://dir/x.pdf?y", blob: "AAAA" } },
      { type: "resource_link", name: "log", uri: "file:///log", description: "of today" },
      { type: "hologram" },
      null,
    ],
  });
  expect(words).toBe(
    "inside\n[resource log at file:///log: of today]\n[content of type hologram left out]",
  );
  expect(attachments).toEqual([
    {
      mime: "application/octet-stream",
      url: "data:application/octet-stream;base64,AAAA",
      filename: "x.pdf",
    },
  ]);
});

test("hostile shapes give an empty answer, never a failure", () => {
  for (const content of [undefined, null, 5, "x", {}, [1, null, []]]) {
    expect(parseToolResult({ content }).text).toBe("");
    expect(parsePromptResult({ messages: content }).text).toBe("");
    expect(parseResourceResult({ contents: content }).text).toBe("");
  }
});

test("a prompt is its messages, a resource its contents", () => {
  const messages = [
    { role: "user", content: text("a") },
    { role: "assistant", content: [text("b"), text("c")] },
  ];
  expect(parsePromptResult({ messages }).text).toBe("a\nb\nc");
  const contents = [{ uri: "a", text: "x" }, { uri: "b" }];
  expect(parseResourceResult({ contents }).text).toBe("x\n[resource b is empty]");
});
