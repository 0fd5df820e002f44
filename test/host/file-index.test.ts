// Finding files by a few letters.
import { expect, test } from "bun:test";
import { Logger } from "@/base/log";
import { resolvePaths } from "@/base/paths";
import { FileIndex } from "@/host/file-index";
import { Ripgrep } from "@/host/ripgrep";
import { FakeClock } from "@test/support/clock";
import { tempTree, writeTree } from "@test/support/temp";

const ripgrep = new Ripgrep(resolvePaths({}, "/nonexistent"), Logger.silent());

const TREE = {
  ".git/HEAD": "",
  ".github/workflows/ci.yml": "",
  ".gitignore": "node_modules/\n",
  "README.md": "",
  "node_modules/user/index.js": "",
  "src/session/message-model.ts": "",
  "src/session/user.ts": "",
  "src/user/profile.ts": "",
  "test/user.test.ts": "",
};

async function openIndex(path: string) {
  const clock = new FakeClock();
  const index = new FileIndex(path, ripgrep, clock, Logger.silent());
  return { clock, index };
}

/** Searches until the list has been renewed; lets the listing go on in between. */
async function searchUntilFound(index: FileIndex, query: string): Promise<string[]> {
  for (;;) {
    const found = await index.search(query);
    if (found.length > 0) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("finds by name first, then by path, and leaves out what is ignored", async () => {
  await using tree = await tempTree(TREE);
  const { index } = await openIndex(tree.path);
  const found = await index.search("user");
  expect(found.slice(0, 2)).toEqual(["src/user/", "src/session/user.ts"]);
  expect(found).toContain("test/user.test.ts");
  expect(found).toContain("src/user/profile.ts");
  expect(found.join()).not.toContain("node_modules");
  await index.close();
});

test("letters in their order are enough, whatever their case, and words in any order", async () => {
  await using tree = await tempTree(TREE);
  const { index } = await openIndex(tree.path);
  expect((await index.search("msgmod"))[0]).toBe("src/session/message-model.ts");
  expect((await index.search("rEAdme"))[0]).toBe("README.md");
  expect((await index.search("model session"))[0]).toBe("src/session/message-model.ts");
  expect((await index.search("ci.yml"))[0]).toBe(".github/workflows/ci.yml");
  expect(await index.search("zzz")).toEqual([]);
  await index.close();
});

test("an empty query gives what lies shallow", async () => {
  await using tree = await tempTree(TREE);
  const { index } = await openIndex(tree.path);
  expect(await index.search("", { limit: 5 })).toEqual([
    ".github/",
    ".gitignore",
    "README.md",
    "src/",
    "test/",
  ]);
  await index.close();
});

test("only files, only directories, and no more than the limit", async () => {
  await using tree = await tempTree(TREE);
  const { index } = await openIndex(tree.path);
  expect(await index.search("user", { type: "directory" })).toEqual(["src/user/"]);
  expect((await index.search("user", { type: "file" })).join()).not.toContain("src/user/,");
  expect(await index.search("s", { dirs: false, limit: 1 })).toHaveLength(1);
  await index.close();
});

test("an old list answers at once and is renewed behind", async () => {
  await using tree = await tempTree(TREE);
  const { clock, index } = await openIndex(tree.path);
  await index.search("new-file");
  await writeTree(tree.path, { "src/new-file.ts": "" });
  expect(await index.search("new-file")).toEqual([]);
  await clock.advance(10_000);
  expect(await index.search("new-file")).toEqual([]);
  expect(await searchUntilFound(index, "new-file")).toEqual(["src/new-file.ts"]);
  await index.close();
});

test("a change has the list renewed, however young it is", async () => {
  await using tree = await tempTree(TREE);
  const { index } = await openIndex(tree.path);
  await index.search("x");
  await writeTree(tree.path, { "src/changed.ts": "" });
  index.invalidate();
  expect(await searchUntilFound(index, "changed")).toEqual(["src/changed.ts"]);
  await index.close();
});

test("while the first listing takes long, what is there of it answers", async () => {
  await using tree = await tempTree(TREE);
  const { clock, index } = await openIndex(tree.path);
  const search = index.search("user");
  await clock.waitForPending();
  await clock.advance(250);
  expect(await search).toBeArray();
  await index.close();
  expect(clock.pending).toBe(0);
});

test("a search that is aborted does not answer, and closing ends the listing", async () => {
  await using tree = await tempTree(TREE);
  const { index } = await openIndex(tree.path);
  const signal = AbortSignal.abort(new Error("enough"));
  expect(index.search("user", {}, signal)).rejects.toThrow("enough");
  await index.close();
});

test("a directory that is gone is an error, not an empty answer", async () => {
  const { index } = await openIndex("/no/such/directory");
  expect(index.search("x")).rejects.toMatchObject({ kind: "not-found" });
});
