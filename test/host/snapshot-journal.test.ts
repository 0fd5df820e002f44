// Which changes a command can have made, from trees and from what others are known to have written.
import { expect, test } from "bun:test";
import { appendFile, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { processIdentity } from "@/base/process";
import { attribute, type JournalEntry, SnapshotJournal } from "@/host/snapshot-journal";
import type { TreeChange } from "@/host/snapshot-git";
import { tempDirectory } from "@test/support/temp";

const owner = processIdentity(process.pid) ?? { pid: 0, startedAt: "" };
const dead = { pid: 2 ** 22 + 1, startedAt: "never" };

/** A tree is written as "a1 b2": file a with content 1, file b with content 2. */
function parseTree(tree: string): Map<string, string> {
  return new Map(
    tree.split(" ").flatMap((word) => (word ? [[word.slice(0, 1), word.slice(1)]] : [])),
  );
}

async function diff(from: string, to: string): Promise<TreeChange[]> {
  const [before, after] = [parseTree(from), parseTree(to)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((file) => before.get(file) !== after.get(file))
    .map((file) => ({ file, before: version(before.get(file)), after: version(after.get(file)) }));
}

function version(hash: string | undefined) {
  return hash === undefined ? undefined : { hash, mode: 0o100644 };
}

function begin(id: string, family: string, tree: string): JournalEntry {
  return { type: "begin", id, family, owner, tree, at: 0 };
}

function end(id: string, tree: string): JournalEntry {
  return { type: "end", id, tree, at: 0 };
}

function write(file: string, before?: string, after?: string): [JournalEntry, JournalEntry] {
  const common = { id: `w${file}${before}${after}`, file, at: 0 };
  const [from, to] = [version(before), version(after)];
  return [
    { ...common, type: "write-begin", owner, ...(from && { before: from }) },
    { ...common, type: "write-end", ...(to && { after: to }) },
  ];
}

/** "a1>2" for each change, and "?a" for a file of which nothing is certain. */
async function judge(id: string, entries: readonly JournalEntry[]): Promise<string[]> {
  const { changes, uncertain } = await attribute(entries, id, diff);
  const hash = (one?: { hash: string }) => one?.hash ?? "";
  return [
    ...changes.map(({ file, before, after }) => `${file}${hash(before)}>${hash(after)}`),
    ...uncertain.map((file) => `?${file}`),
  ];
}

test("alone, a command made every difference", async () => {
  const entries = [begin("x", "A", "a1 b1"), end("x", "a2 c1")];
  expect(await judge("x", entries)).toEqual(["a1>2", "b1>", "c>1"]);
});

test("known writes are taken out, whatever the command did before and after them", async () => {
  const around = (...inner: JournalEntry[]) => [begin("x", "A", "a1"), ...inner, end("x", "a4")];
  expect(await judge("x", around(...write("a", "1", "4")))).toEqual([]);
  expect(await judge("x", around(...write("a", "2", "4")))).toEqual(["a1>2"]);
  expect(await judge("x", around(...write("a", "1", "3")))).toEqual(["a3>4"]);
  expect(await judge("x", around(...write("a", "2", "3")))).toEqual(["a1>2", "a3>4"]);
});

test("a write that is under way at an end is nobody's but its own", async () => {
  const [first, last] = write("a", "1", "2");
  expect(await judge("x", [begin("x", "A", "a1"), first, end("x", "a2")])).toEqual([]);
  expect(await judge("x", [first, begin("x", "A", "a2"), last, end("x", "a2")])).toEqual([]);
  expect(await judge("x", [first, begin("x", "A", "a1"), last, end("x", "a3")])).toEqual(["a2>3"]);
});

test("commands of two families side by side leave doubt, and only for that time", async () => {
  const entries = [
    begin("x", "A", "a1 b1 c1"),
    begin("y", "B", "a2 b1 c1"),
    end("y", "a2 b2 c1"),
    end("x", "a2 b2 c2"),
  ];
  expect(await judge("x", entries)).toEqual(["a1>2", "c1>2", "?b"]);
  expect(await judge("y", entries.slice(0, 3))).toEqual(["?b"]);
});

test("of one family's commands the first answers for what they did side by side", async () => {
  const entries = [begin("x", "A", "a1"), begin("y", "A", "a2"), end("x", "a3"), end("y", "a4")];
  expect(await judge("x", entries.slice(0, 3))).toEqual(["a1>2", "a2>3"]);
  expect(await judge("y", entries)).toEqual(["a3>4"]);
});

test("the file is there while something goes on, and forgets the dead", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "journal");
  const journal = new SnapshotJournal(path);
  const [first, last] = write("a", "1", "2");
  await journal.add(begin("x", "A", "t"));
  await journal.add(first);
  await journal.add(last);
  expect((await journal.read()).map(({ type }) => type)).toEqual([
    "begin",
    "write-begin",
    "write-end",
  ]);
  await journal.add(end("x", "t"));
  expect(await readdir(directory.path)).toEqual([]);

  await appendFile(
    path,
    `${JSON.stringify({ ...begin("z", "A", "t"), owner: dead })}\n{"type":"be`,
  );
  await journal.add(begin("x", "A", "t"));
  expect((await readFile(path, "utf8")).trim().split("\n")).toHaveLength(1);
});
