// Files of a size or kind that no model can take in: a text of 100 MB, and one that is no text.
// Each tool and route answers with a bounded part or a reason, and changes nothing.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { link, open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type SessionApp, sessionApp } from "@test/support/session-app";
import { type TempDirectory, tempDirectory, writeTree } from "@test/support/temp";
import { testApp } from "@test/support/test-app";

const LINE = `${"all work and no play ".repeat(4)}\n`;
const LINES = Math.ceil((100 * 1024 * 1024) / LINE.length);
/** What may go to the model of one result, with what is said about the rest. */
const RESULT_MAX_CHARACTERS = 60_000;

let temp: TempDirectory;
let big: string;

beforeAll(async () => {
  temp = await tempDirectory();
  big = join(temp.path, "big.txt");
  const file = await open(big, "w");
  const piece = LINE.repeat(10_000);
  for (let lines = 0; lines < LINES; lines += 10_000) await file.write(piece);
  await file.write("the last needle\n");
  await file.close();
}, 180_000);
afterAll(() => temp[Symbol.asyncDispose]());

/** Lets the model call one tool on the big file's directory and gives what it is answered. */
async function call(t: SessionApp, tool: string, input: Record<string, unknown>) {
  t.model.push({ calls: [{ tool, input }] }, { text: "ok" });
  const session = t.create();
  await t.prompt(session, "go");
  const [made] = t.calls(session);
  const text = t.model.requests.at(-1)?.request.messages.at(-1)?.results[0]?.text ?? "";
  expect(text.length).toBeWithin(1, RESULT_MAX_CHARACTERS);
  expect(t.model.violations).toEqual([]);
  return { status: made?.state.status, text };
}

const allowingApp = () => sessionApp({ config: { permission: "allow" } });

test("read gives the beginning, or the part that is asked for", async () => {
  await using t = await allowingApp();
  const beginning = await call(t, "read", { filePath: big });
  expect(beginning.status).toBe("completed");
  expect(beginning.text).toContain("all work and no play");
  const end = await call(t, "read", { filePath: big, offset: LINES });
  expect(end.status).toBe("completed");
});

test("grep finds what stands at its end", async () => {
  await using t = await allowingApp();
  const { status, text } = await call(t, "grep", { pattern: "needle", path: temp.path });
  expect(status).toBe("completed");
  expect(text).toContain("the last needle");
  const all = await call(t, "grep", { pattern: "all work", path: temp.path });
  expect(all.status).toBe("completed");
});

test("edit refuses it, naming the limit, and leaves it as it is", async () => {
  await using t = await allowingApp();
  const before = await stat(big);
  const edit = { filePath: big, oldString: "the last needle", newString: "the last thimble" };
  const { status, text } = await call(t, "edit", edit);
  expect([status, text]).toEqual(["error", expect.stringMatching(/big\.txt is too large.* MB/)]);
  expect((await stat(big)).mtimeMs).toBe(before.mtimeMs);
});

test("bash shows its end and keeps the whole beside it", async () => {
  await using t = await allowingApp();
  const input = { command: `cat '${big}'`, description: "Shows all" };
  const { status, text } = await call(t, "bash", input);
  expect(status).toBe("completed");
  expect(text).toContain("the last needle");
  const spilled = /(\/\S*tool-output\/[\w.-]+)/.exec(text)?.[1] ?? "";
  expect((await stat(spilled)).size).toBeGreaterThan(10_000_000);
}, 180_000);

test("over HTTP it is refused, naming the limit, and still searched", async () => {
  await using t = await testApp();
  await link(big, join(t.directory, "big.txt"));
  expect(await t.request("GET", "/file/content?path=big.txt")).toMatchObject({
    status: 413,
    body: { data: { message: expect.stringMatching(/big\.txt is too large.* MB/) } },
  });
  const found = await t.request("GET", "/find?pattern=needle");
  expect(found.body).toMatchObject([{ path: { text: "big.txt" } }]);
});

test("as an attachment of a prompt it is cut", async () => {
  await using t = await sessionApp({ turns: [{ text: "ok" }] });
  const session = t.create();
  const file = { type: "file" as const, mime: "text/plain", url: pathToFileURL(big).href };
  await t.prompt(session, "look", { parts: [{ type: "text", text: "look" }, file] });
  expect(t.model.requests[0]?.byteLength).toBeLessThan(RESULT_MAX_CHARACTERS * 2);
});

/** Zero bytes, and bytes that are no UTF-8. */
const BINARY = Uint8Array.from({ length: 10_000 }, (_, index) => (index * 7) % 256);

test("what is no text is told as such, and not changed", async () => {
  await using t = await allowingApp();
  await writeTree(t.directory, { "data.bin": BINARY });
  const read = await call(t, "read", { filePath: "data.bin" });
  expect([read.status, read.text]).toEqual(["error", expect.stringMatching(/binary/i)]);
  const edit = { filePath: "data.bin", oldString: "\u0007", newString: "x" };
  const edited = await call(t, "edit", edit);
  expect([edited.status, edited.text]).toEqual(["error", expect.stringContaining("data.bin")]);
  const grep = await call(t, "grep", { pattern: "#" });
  expect(grep.status).toBe("completed");
  expect(new Uint8Array(await readFile(join(t.directory, "data.bin")))).toEqual(BINARY);
});

test("over HTTP what is no text comes as such", async () => {
  await using t = await testApp({ files: { "data.bin": BINARY } });
  const { status, body } = await t.request("GET", "/file/content?path=data.bin");
  expect({ status, body }).toMatchObject({ status: 200, body: { type: "binary" } });
});
