import { describe, expect, test } from "bun:test";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chipDraft, type Draft, plainDraft } from "@/tui/prompt/draft";
import type { Entry } from "@/tui/prompt/history";
import { PromptFiles } from "@/tui/prompt/prompt-files";
import { tempDirectory } from "@test/support/temp";

const FILE = chipDraft({ type: "file", path: "src/a.ts", lines: { start: 1 } });

function entry(draft: Draft | string): Entry {
  return { draft: typeof draft === "string" ? plainDraft(draft) : draft, mode: "prompt" };
}

function filesIn(directory: string, warnings: string[] = []): PromptFiles {
  return new PromptFiles(directory, "/srv/project", (message) => warnings.push(message));
}

async function folderOf(directory: string): Promise<string> {
  const [name = ""] = await readdir(join(directory, "prompts"));
  return join(directory, "prompts", name);
}

describe("lists", () => {
  test("are read as they were written, chips included, by whoever comes next", async () => {
    await using directory = await tempDirectory();
    const files = filesIn(directory.path);
    expect(await files.read("history")).toEqual([]);
    void files.append("history", entry("one"));
    await files.append("history", entry(FILE));
    const more = filesIn(directory.path);
    await more.append("history", { draft: plainDraft("ls"), mode: "shell" });
    expect(await files.read("history")).toEqual([
      entry("one"),
      entry(FILE),
      { draft: plainDraft("ls"), mode: "shell" },
    ]);
    expect(await files.read("stash")).toEqual([]);
  });

  test("nobody else may read them", async () => {
    await using directory = await tempDirectory();
    const files = filesIn(directory.path);
    await files.append("history", entry("secret"));
    await files.replace("stash", [entry("secret")]);
    const folder = await folderOf(directory.path);
    for (const name of ["history.jsonl", "stash.jsonl"]) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  test("lines that make no sense are passed over", async () => {
    await using directory = await tempDirectory();
    const files = filesIn(directory.path);
    await files.append("history", entry("good"));
    const path = join(await folderOf(directory.path), "history.jsonl");
    const chip = { start: 0, end: 3, chip: { type: "agent", name: "docs" } };
    const hostile = JSON.stringify({ draft: { text: "abc", chips: [chip] }, mode: "prompt" });
    const text = await readFile(path, "utf8");
    await writeFile(path, `{"draft":\n[]\n${hostile}\n${text}{"half`);
    expect(await files.read("history")).toEqual([entry("good")]);
  });

  test("are shortened when they have grown too long", async () => {
    await using directory = await tempDirectory();
    const files = filesIn(directory.path);
    await files.append("history", entry("first"));
    const path = join(await folderOf(directory.path), "history.jsonl");
    const lines = Array.from({ length: 1_200 }, (_, index) => JSON.stringify(entry(`${index}`)));
    await writeFile(path, `${lines.join("\n")}\n`);
    const read = await files.read("history");
    expect(read).toHaveLength(500);
    expect(read.at(-1)).toEqual(entry("1199"));
    expect((await readFile(path, "utf8")).trimEnd().split("\n")).toHaveLength(500);
  });

  test("an entry of many megabytes is not kept", async () => {
    await using directory = await tempDirectory();
    const files = filesIn(directory.path);
    const paste = chipDraft({ type: "paste", text: "x".repeat(1_000_001) });
    await files.append("history", entry(paste));
    expect(await files.read("history")).toEqual([]);
  });
});

describe("what is being written", () => {
  const live = { draft: entry(FILE), queues: { ses_1: [entry("one"), entry("two")] } };

  test("of a program that has died is taken over once", async () => {
    await using directory = await tempDirectory();
    await filesIn(directory.path).saveLive(live);
    const folder = await folderOf(directory.path);
    const [name = ""] = await readdir(folder);
    const text = await readFile(join(folder, name), "utf8");
    const dead = text.replace(/"startedAt":"[^"]*"/, '"startedAt":"long ago"');
    await writeFile(join(folder, "live-1.json"), dead);
    const next = filesIn(directory.path);
    expect(await next.adopt()).toEqual([live]);
    expect(await next.adopt()).toEqual([]);
    // The one of this process, which lives, is still there.
    expect(await readdir(folder)).toEqual([name]);
  });

  test("is gone from the disk when there is nothing left", async () => {
    await using directory = await tempDirectory();
    const files = filesIn(directory.path);
    await files.saveLive(live);
    await files.saveLive({ queues: {} });
    expect(await readdir(await folderOf(directory.path))).toEqual([]);
  });

  test("is kept at once when there is no time left", async () => {
    await using directory = await tempDirectory();
    filesIn(directory.path).saveLiveNow(live);
    const folder = await folderOf(directory.path);
    const [name = ""] = await readdir(folder);
    expect(name).toBe(`live-${process.pid}.json`);
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  });

  test("a file that makes no sense is removed", async () => {
    await using directory = await tempDirectory();
    const files = filesIn(directory.path);
    await files.saveLive(live);
    const folder = await folderOf(directory.path);
    await writeFile(join(folder, "live-2.json"), '{"owner":{"pid":2');
    expect(await files.adopt()).toEqual([]);
    expect(await readdir(folder)).toHaveLength(1);
  });
});

test("a directory that cannot be written is told of, and nothing else happens", async () => {
  await using directory = await tempDirectory();
  const blocked = join(directory.path, "file");
  await mkdir(directory.path, { recursive: true });
  await writeFile(blocked, "");
  const warnings: string[] = [];
  const files = filesIn(blocked, warnings);
  await files.append("history", entry("one"));
  expect(await files.read("history")).toEqual([]);
  expect(warnings.join()).toContain(blocked);
});
