// Images and documents from prompts and tools: what the model gets of them, what stands in their
// place, and that none of them stops a session.

import { describe, expect, test } from "bun:test";
import { Buffer } from "node:buffer";
import { objectOf, objectsOf } from "@test/support/scripted-model/json";
import { pngFile } from "@test/support/png";
import { WIRES } from "@test/support/scripted-model/scripted-model";
import type { WireName } from "@test/support/scripted-model/turn";
import { type SessionApp, sessionApp, type SessionAppOptions } from "@test/support/session-app";

const PDF = Buffer.from("%PDF-1.4\n%%EOF\n");
const SEEING = { modalities: { input: ["text", "image", "pdf"], output: ["text"] } };
const BIG = pngFile(2_400, 240, true);

function urlOf(mime: string, bytes: Buffer): string {
  return `data:${mime};base64,${bytes.toString("base64")}`;
}

function seeing(options: SessionAppOptions = {}): Promise<SessionApp> {
  return sessionApp({ modelOptions: SEEING, ...options });
}

async function attach(t: SessionApp, mime: string, bytes: Buffer, filename = "file") {
  t.model.push({ text: "Seen" });
  const session = t.create();
  const parts = [
    { type: "text" as const, text: "Look" },
    { type: "file" as const, mime, url: urlOf(mime, bytes), filename },
  ];
  const { info } = await t.prompt(session, "", { parts });
  expect(info).toMatchObject({ finish: "stop" });
  expect(t.model.violations).toEqual([]);
  return session;
}

/** The media of the last request: their data URLs, in order. */
function media(t: SessionApp): string[] {
  const messages = objectsOf(t.model.requests.at(-1)?.request.raw["messages"]);
  return messages.flatMap((message) =>
    objectsOf(message["content"]).flatMap((part) => {
      const url = objectOf(part["image_url"])["url"] ?? objectOf(part["file"])["file_data"];
      return typeof url === "string" ? [url] : [];
    }),
  );
}

async function metadataOf(url: string) {
  const [head = "", body = ""] = url.split(",");
  const { width, height, format } = await new Bun.Image(Buffer.from(body, "base64")).metadata();
  expect(head).toBe(`data:image/${format};base64`);
  return { width, height, length: body.length };
}

test("an image that is too large is made smaller, whichever way it comes", async () => {
  await using t = await seeing({ files: { "big.png": BIG } });
  await attach(t, "image/png", BIG);
  const [sent = ""] = media(t);
  const { width, height, length } = await metadataOf(sent);
  expect([width, height]).toEqual([2_000, 200]);
  expect(length).toBeLessThan(4_718_592);

  const session = t.create();
  t.model.push({ calls: [{ tool: "read", input: { filePath: "big.png" } }] }, { text: "Seen" });
  await t.prompt(session, "Read it");
  expect(media(t)).toEqual([sent]);

  t.model.push({ text: "Seen" });
  const url = `file://${t.directory}/big.png`;
  await t.prompt(t.create(), "", { parts: [{ type: "file", mime: "image/png", url }] });
  expect(media(t)).toEqual([sent]);
});

test("the limits are the configuration's", async () => {
  const image = { max_width: 100, max_height: 100, max_base64_bytes: 8_000 };
  await using t = await seeing({ config: { attachment: { image } } });
  await attach(t, "image/png", BIG);
  const { width, length } = await metadataOf(media(t)[0] ?? "");
  expect(width).toBeLessThanOrEqual(100);
  expect(length).toBeLessThanOrEqual(8_000);
});

test("without resizing, a note stands for one that is too large", async () => {
  const image = { auto_resize: false };
  await using t = await seeing({ config: { attachment: { image } } });
  await attach(t, "image/png", BIG, "big.png");
  expect(media(t)).toEqual([]);
  expect(t.model.requests[0]?.body).toContain("(big.png is left out: it is too large)");
});

test("an image is what its bytes say", async () => {
  await using t = await seeing();
  await attach(t, "image/jpeg", pngFile(10, 10));
  expect(media(t)).toEqual([urlOf("image/png", pngFile(10, 10))]);
});

test.each([
  ["image/png", "no image at all", Buffer.from("<html>Sign in</html>")],
  ["image/png", "an image that is cut", BIG.subarray(0, 10_000)],
  ["application/pdf", "no PDF", Buffer.from("no pdf")],
])("%s that is %s is a note, and the session goes on", async (mime, _, bytes) => {
  await using t = await seeing();
  const session = await attach(t, mime, bytes, "odd file");
  expect(media(t)).toEqual([]);
  expect(t.model.requests[0]?.body).toContain("(odd file is left out: it ");
  t.model.push({ text: "Yes" });
  expect((await t.prompt(session, "There?")).info).toMatchObject({ finish: "stop" });
});

test("a corrupt image from a tool is a note in its result", async () => {
  await using t = await seeing({ files: { "bad.png": BIG.subarray(0, 5_000) } });
  t.model.push({ calls: [{ tool: "read", input: { filePath: "bad.png" } }] }, { text: "Hm" });
  await t.prompt(t.create(), "Read it");
  expect(t.model.requests[1]?.body).toContain(
    "(bad.png is left out: it cannot be read as an image)",
  );
  expect(t.model.violations).toEqual([]);
});

test("PDFs go to models that take them, and are a note to the others", async () => {
  await using t = await seeing({ files: { "a.pdf": PDF } });
  await attach(t, "application/pdf", PDF, "a.pdf");
  expect(media(t)).toEqual([urlOf("application/pdf", PDF)]);
  await using blind = await sessionApp();
  await attach(blind, "application/pdf", PDF, "a.pdf");
  expect(media(blind)).toEqual([]);
  expect(blind.model.requests[0]?.body).toContain("this model does not read such files");
});

test("an image that the provider refuses is a note, and the session goes on", async () => {
  await using t = await seeing();
  const message = "messages.1.content.1.image: Could not process image";
  t.model.push({ status: 400, body: { error: { message } } });
  const session = await attach(t, "image/png", pngFile(10, 10), "odd.png");
  expect(t.model.requests).toHaveLength(2);
  expect(t.model.requests[1]?.body).toContain("(odd.png is left out: the provider refused it)");
  t.model.push({ text: "Yes" });
  expect((await t.prompt(session, "There?")).info).toMatchObject({ finish: "stop" });
  expect(t.model.requests).toHaveLength(3);
  expect(t.told("session.error")).toEqual([]);
});

/** Nothing that a person attaches may cost the session, whoever is asked. */
describe.each(Object.keys(WIRES) as WireName[])("over %s", (wire) => {
  test("documents of one name, or of none that it takes, all go", async () => {
    await using t = await seeing({ wire });
    const session = t.create();
    const names = ["a.pdf", "a.pdf", "報告.pdf", "x__y.pdf", "document-1.pdf"];
    t.model.push({ text: "Seen" }, { text: "Again" });
    const parts = names.map((filename) => ({
      type: "file" as const,
      mime: "application/pdf",
      url: urlOf("application/pdf", PDF),
      filename,
    }));
    const { info } = await t.prompt(session, "", { parts });
    expect(info).toMatchObject({ finish: "stop" });
    expect(t.model.requests.at(-1)?.request.messages.at(-1)?.attachments).toBe(names.length);
    expect((await t.prompt(session, "And?")).info).toMatchObject({ finish: "stop" });
    expect(t.model.violations).toEqual([]);
  });

  test.each([
    ["image/png", "a.png"],
    ["application/pdf", "a.pdf"],
  ])("a remote %s is handed on, or told of", async (mime, filename) => {
    await using t = await seeing({ wire });
    t.model.push({ text: "Seen" }, { text: "Again" });
    const url = `https://example.com/${filename}`;
    const parts = [
      { type: "text" as const, text: "Look" },
      { type: "file" as const, mime, url, filename },
    ];
    const session = t.create();
    const { info } = await t.prompt(session, "", { parts });
    expect(info).toMatchObject({ finish: "stop" });
    const { body } = t.model.requests.at(-1) ?? {};
    expect(body).toMatch(new RegExp(`${url}|\\(${filename} is left out`));
    expect((await t.prompt(session, "And?")).info).toMatchObject({ finish: "stop" });
    expect(t.model.violations).toEqual([]);
  });
});
