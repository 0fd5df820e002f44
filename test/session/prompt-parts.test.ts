// What a client sends as the parts of a prompt, and what is stored and shown to the model of it.
import { expect, test } from "bun:test";
import type { Part, PartInput } from "@/schema/part";
import { type SessionApp, sessionApp } from "@test/support/session-app";

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAA" +
  "DUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

const files = {
  "a b.txt": "one\ntwo\nthree\nfour\n",
  "sub/x.txt": "x",
  "pixel.png": Buffer.from(PIXEL, "base64"),
};

/** Stores a prompt of these parts; what became of them, without their ids. */
async function store(t: SessionApp, ...parts: PartInput[]): Promise<object[]> {
  const session = t.create();
  const message = await t.prompt(session, "", { noReply: true, parts });
  const stored = t.history(session).flatMap((each) => each.parts);
  expect(stored).toEqual(message.parts);
  return message.parts.map(({ id: _, sessionID: __, messageID: ___, ...part }: Part) => part);
}

const file = (mime: string, url: string) => ({ type: "file" as const, mime, url });
const synthetic = (text: string) => ({
  type: "text",
  synthetic: true,
  text: expect.stringContaining(text),
});

test("texts are stored as they come, with the ids they have", async () => {
  await using t = await sessionApp();
  const parts = [
    { type: "text" as const, text: "Hi", id: "prt_1" },
    { type: "text" as const, text: "seen by people only", ignored: true },
  ];
  const message = await t.prompt(t.create(), "", { noReply: true, parts });
  expect(message.parts).toMatchObject([{ id: "prt_1", text: "Hi" }, { ignored: true }]);
});

test("a file is read once, the lines that the URL names", async () => {
  await using t = await sessionApp({ files });
  const url = new URL(`file://${t.directory}/a b.txt?start=2&end=3`).href;
  const parts = await store(t, file("text/plain", url));
  expect(parts).toMatchObject([
    synthetic(`{"filePath":"${t.directory}/a b.txt","offset":2,"limit":2}`),
    synthetic("2: two\n3: three\n"),
    { type: "file", mime: "text/plain", url },
  ]);
  expect(JSON.stringify(parts[1])).not.toContain("four");
});

test("a directory is listed; text of another type is text all the same", async () => {
  await using t = await sessionApp({ files });
  const [, listing, part] = await store(
    t,
    file("application/x-directory", `file://${t.directory}`),
  );
  expect([listing, part]).toMatchObject([synthetic("sub/"), { mime: "application/x-directory" }]);
  const odd = await store(t, file("application/octet-stream", `file://${t.directory}/sub/x.txt`));
  expect(odd[2]).toMatchObject({ mime: "text/plain" });
});

test("an image becomes a data URL, whatever type it was given", async () => {
  await using t = await sessionApp({ files });
  const parts = await store(t, file("text/plain", `file://${t.directory}/pixel.png`));
  expect(parts).toMatchObject([
    synthetic("Called the read tool"),
    { type: "file", mime: "image/png", url: `data:image/png;base64,${PIXEL}` },
  ]);
});

test("a file that is not there is told to the model, and the prompt goes on", async () => {
  await using t = await sessionApp();
  expect(await store(t, file("text/plain", `file://${t.directory}/none.txt`))).toMatchObject([
    synthetic("Called the read tool"),
    synthetic("The read tool failed: File not found"),
  ]);
});

test("text in a data URL is decoded; other data and remote files stay as they are", async () => {
  await using t = await sessionApp();
  expect(await store(t, file("text/markdown", "data:text/markdown,a%20b"))).toMatchObject([
    synthetic("The user attached"),
    { text: "a b" },
    { type: "file" },
  ]);
  expect(await store(t, file("image/png", "data:image/png;base64,AAAA"))).toHaveLength(1);
  expect(await store(t, file("image/png", "https://127.0.0.1/a.png"))).toHaveLength(1);
});

test("an agent that is named is asked for by the task tool; a subtask is stored", async () => {
  await using t = await sessionApp();
  expect(await store(t, { type: "agent", name: "explore" })).toMatchObject([
    { type: "agent", name: "explore" },
    synthetic('agent "explore"'),
  ]);
  const subtask = { type: "subtask" as const, prompt: "p", description: "d", agent: "general" };
  expect(await store(t, subtask)).toEqual([subtask]);
});

test("what cannot be is refused, with its place, and nothing is stored", async () => {
  await using t = await sessionApp();
  const session = t.create();
  const twice = { type: "text" as const, text: "a", id: "prt_1" };
  const cases: [PartInput[], string][] = [
    [[file("text/plain", "nonsense")], "parts[0].url"],
    [[twice, file("text/plain", "ftp://127.0.0.1/a")].slice(1), "parts[0].url"],
    [[file("text/plain", "file://elsewhere/a.txt")], "parts[0].url"],
    [[twice, twice], "prt_1"],
    [[{ type: "text", text: " \n" }], "parts"],
  ];
  for (const [parts, named] of cases) {
    await expect(t.prompt(session, "", { parts })).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining(named),
    });
  }
  const many = Array.from({ length: 501 }, () => ({ type: "text" as const, text: "a" }));
  await expect(t.prompt(session, "", { parts: many })).rejects.toMatchObject({ kind: "limit" });
  expect(t.history(session)).toEqual([]);
  expect(t.instance.runs.status()).toEqual({});
});
