// Undo and redo of what a session did to files.
import { expect, test } from "bun:test";
import { chmod, lstat, mkdir, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";
import { NOWHERE } from "@/schema/session";
import { type RevertBench, revertBench } from "./revert-bench";

const TEN = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

for (const isGit of [true, false]) {
  const where = isGit ? "in a repository" : "without git";

  test(`${where}: an edit, a new file and a removal are undone and redone`, async () => {
    await using bench = await revertBench({ isGit, files: { "a.txt": "a\n", "gone.txt": "g\n" } });
    const first = await bench.edit("a.txt", "b\n");
    await bench.edit("new/dir/n.txt", "n\n");
    await bench.bash("rm gone.txt; printf x > by-bash.txt; mv a.txt renamed.txt");
    const session = await bench.revert(first.user);
    expect(session.revert).toMatchObject({ messageID: first.user });
    expect(session.revert?.skipped).toBeUndefined();
    expect(await bench.read("a.txt")).toBe("a\n");
    expect(await bench.read("gone.txt")).toBe("g\n");
    expect(await bench.read("by-bash.txt")).toBeUndefined();
    expect(await bench.read("renamed.txt")).toBeUndefined();
    expect(await lstat(join(bench.directory, "new")).catch(() => "none")).toBe("none");
    const redone = await bench.unrevert();
    expect(redone.revert).toBeUndefined();
    expect(await bench.read("renamed.txt")).toBe("b\n");
    expect(await bench.read("a.txt")).toBeUndefined();
    expect(await bench.read("gone.txt")).toBeUndefined();
    expect(await bench.read("by-bash.txt")).toBe("x");
    expect(await bench.read("new/dir/n.txt")).toBe("n\n");
  });

  test(`${where}: a person's edits stay, before, between and after`, async () => {
    await using bench = await revertBench({ isGit, files: { "a.txt": TEN } });
    await bench.write("a.txt", TEN.replace("1\n", "person 1\n"));
    const first = await bench.edit(
      "a.txt",
      (await textOf(bench, "a.txt")).replace("4\n", "agent 4\n"),
    );
    await bench.write("a.txt", (await textOf(bench, "a.txt")).replace("7\n", "person 7\n"));
    await bench.bash("sed -i 's/^10$/agent 10/' a.txt");
    await bench.write("a.txt", (await textOf(bench, "a.txt")).replace("2\n", ""));
    const before = await textOf(bench, "a.txt");
    const session = await bench.revert(first.user);
    expect(session.revert?.skipped).toBeUndefined();
    expect(await bench.read("a.txt")).toBe("person 1\n3\n4\n5\n6\nperson 7\n8\n9\n10\n");
    await bench.unrevert();
    expect(await bench.read("a.txt")).toBe(before);
  });
}

test("what somebody else changed in the same place is left and reported", async () => {
  await using bench = await revertBench({ files: { "a.txt": TEN, "b.txt": "b\n" } });
  const turn = await bench.edit("a.txt", TEN.replace("4\n", "agent 4\n"));
  await bench.edit("made.txt", "agent\n");
  await bench.edit("b.txt", "agent b\n");
  await bench.write("a.txt", TEN.replace("4\n", "person 4\n"));
  await bench.write("made.txt", "agent\nperson\n");
  const { revert } = await bench.revert(turn.user);
  expect(revert?.skipped?.map(({ file }) => file).sort()).toEqual(["a.txt", "made.txt"]);
  expect(await bench.read("a.txt")).toBe(TEN.replace("4\n", "person 4\n"));
  expect(await bench.read("made.txt")).toBe("agent\nperson\n");
  expect(await bench.read("b.txt")).toBe("b\n");
  await bench.unrevert();
  expect(await bench.read("b.txt")).toBe("agent b\n");
});

test("the point moves back and forth, and each file follows", async () => {
  await using bench = await revertBench({ files: { "a.txt": "0" } });
  const turns: string[] = [];
  for (const text of ["1", "2", "3", "4"]) turns.push((await bench.edit("a.txt", text)).user);
  for (const index of [2, 0, 3, 1]) {
    await bench.revert(turns[index] ?? "");
    expect(await bench.read("a.txt")).toBe(`${index}`);
  }
  await bench.unrevert();
  expect(await bench.read("a.txt")).toBe("4");
});

test("the conversation alone is undone: files stay, and a redo brings all of it back", async () => {
  await using bench = await revertBench({ files: { "a.txt": "0" } });
  const [first, second] = [await bench.edit("a.txt", "1"), await bench.edit("a.txt", "2")];
  const session = await bench.undoOnly("conversation", second.user);
  expect(session.revert).toMatchObject({ messageID: second.user, files: { messageID: NOWHERE } });
  expect(await bench.read("a.txt")).toBe("2");
  await bench.undoOnly("conversation", first.user);
  expect(await bench.read("a.txt")).toBe("2");
  expect((await bench.unrevert()).revert).toBeUndefined();
  expect(await bench.read("a.txt")).toBe("2");
  await bench.undoOnly("conversation", second.user);
  bench.reverts.finalize(bench.session.id);
  const ids = bench.sessions.messages(bench.session.id).messages.map(({ info }) => info.id);
  expect(ids).toEqual([first.user, first.assistant]);
  expect(await bench.read("a.txt")).toBe("2");
});

test("files alone are undone: the conversation stays, and later undos pass over them", async () => {
  await using bench = await revertBench({ files: { "a.txt": "0", "b.txt": "0" } });
  const first = await bench.edit("a.txt", "1");
  const second = await bench.edit("b.txt", "1");
  const before = bench.sessions.messages(bench.session.id).messages.length;
  const session = await bench.undoOnly("files", second.user);
  expect(session.revert).toMatchObject({ messageID: NOWHERE, files: { messageID: second.user } });
  expect(session.summary).toMatchObject({ files: 1 });
  expect(await bench.read("b.txt")).toBe("0");
  await bench.unrevert();
  expect(await bench.read("b.txt")).toBe("1");
  await bench.undoOnly("files", second.user);
  bench.reverts.finalize(bench.session.id);
  expect(bench.sessions.messages(bench.session.id).messages).toHaveLength(before);
  await bench.write("b.txt", "1");
  expect((await bench.diffs.diff(bench.session.id)).map(({ file }) => file)).toEqual(["a.txt"]);
  const { revert } = await bench.revert(first.user);
  expect(revert?.skipped).toBeUndefined();
  expect(await bench.read("a.txt")).toBe("0");
  expect(await bench.read("b.txt")).toBe("1");
});

test("conversation and files are undone from where each was asked for", async () => {
  await using bench = await revertBench({ files: { "a.txt": "0" } });
  const turns: string[] = [];
  for (const text of ["1", "2", "3"]) turns.push((await bench.edit("a.txt", text)).user);
  const [first = "", second = "", third = ""] = turns;
  await bench.revert(third);
  expect(await bench.read("a.txt")).toBe("2");
  const { revert } = await bench.undoOnly("conversation", first);
  expect(revert).toMatchObject({ messageID: first, files: { messageID: third } });
  expect(await bench.read("a.txt")).toBe("2");
  await bench.undoOnly("files", second);
  expect(await bench.read("a.txt")).toBe("1");
  await bench.revert(second);
  expect(await bench.read("a.txt")).toBe("1");
  await bench.unrevert();
  expect(await bench.read("a.txt")).toBe("3");
});

test("a part undoes its own call and what follows, and no more", async () => {
  await using bench = await revertBench({ files: { "a.txt": "0" } });
  const path = join(bench.directory, "a.txt");
  const write = (text: string) => () => Bun.write(path, text);
  const turn = await bench.turn([
    (changes) => changes.files([path], write("1")),
    (changes) => changes.tree(() => bench.run("printf 2 > a.txt")),
    (changes) => changes.files([path], write("3")),
  ]);
  await bench.revert(turn.assistant, turn.parts[2]);
  expect(await bench.read("a.txt")).toBe("1");
  bench.reverts.finalize(bench.session.id);
  const [, message] = bench.sessions.messages(bench.session.id).messages;
  expect(message?.parts.map((part) => part.id)).toEqual(turn.parts.slice(0, 2));
});

test("binary files, CRLF, modes, links and empty files come back as they were", async () => {
  const binary = new Uint8Array([0, 255, 13, 10, 0, 128]);
  await using bench = await revertBench({
    files: { "b.bin": binary, "crlf.txt": "a\r\nb\r\n", "run.sh": "x\n", "empty.txt": "" },
  });
  await chmod(join(bench.directory, "run.sh"), 0o750);
  await symlink("crlf.txt", join(bench.directory, "link"));
  const turn = await bench.bash(
    "printf 1 > b.bin; sed -i 's/b/B/' crlf.txt; chmod -x run.sh; ln -sf b.bin link; " +
      "rm empty.txt; mkdir d; : > d/empty2; ln -s nowhere dangling",
  );
  const { revert } = await bench.revert(turn.user);
  expect(revert?.skipped).toBeUndefined();
  expect(await bench.read("b.bin")).toBe(Buffer.from(binary).toString("latin1"));
  expect(await bench.read("crlf.txt")).toBe("a\r\nb\r\n");
  expect((await bench.mode("run.sh")) & 0o100).toBe(0o100);
  expect(await readlink(join(bench.directory, "link"))).toBe("crlf.txt");
  expect(await bench.read("empty.txt")).toBe("");
  expect(await lstat(join(bench.directory, "dangling")).catch(() => "none")).toBe("none");
  await bench.unrevert();
  expect(await bench.read("b.bin")).toBe("1");
  expect(await bench.read("crlf.txt")).toBe("a\r\nB\r\n");
  expect(await bench.mode("run.sh")).toBe(0o640);
  expect(await readlink(join(bench.directory, "link"))).toBe("b.bin");
  expect(await readlink(join(bench.directory, "dangling"))).toBe("nowhere");
  expect(await bench.read("d/empty2")).toBe("");
  expect(await bench.read("empty.txt")).toBeUndefined();
});

test("a directory that became a file, and one that was renamed, come back", async () => {
  await using bench = await revertBench({ files: { "d/a.txt": "a", "d/e/b.txt": "b", f: "f" } });
  const turn = await bench.bash("mv d moved; printf file > d; rm f; mkdir f; printf x > f/x");
  await bench.revert(turn.user);
  expect(await bench.read("d/a.txt")).toBe("a");
  expect(await bench.read("d/e/b.txt")).toBe("b");
  expect(await bench.read("f")).toBe("f");
  expect(await bench.read("moved/a.txt")).toBeUndefined();
  await bench.unrevert();
  expect(await bench.read("moved/e/b.txt")).toBe("b");
  expect(await bench.read("d")).toBe("file");
  expect(await bench.read("f/x")).toBe("x");
});

test("a directory that is a link to elsewhere now is not followed", async () => {
  await using bench = await revertBench({ files: { "d/a.txt": "a" } });
  const turn = await bench.edit("d/a.txt", "agent");
  await bench.run("mv d ../outside; ln -s ../outside d");
  const { revert } = await bench.revert(turn.user);
  expect(revert?.skipped?.map(({ file }) => file)).toEqual(["d/a.txt"]);
  expect(await bench.read("d/a.txt")).toBe("agent");
});

test("ignored files are undone where a tool wrote them; a command's are left alone", async () => {
  await using bench = await revertBench({ files: { ".gitignore": "*.log\n", "a.txt": "a" } });
  await bench.write("x.log", "person");
  const turn = await bench.edit("x.log", "agent");
  await bench.bash("printf more >> x.log; printf y > y.log; printf b > a.txt");
  await bench.run("printf agent > x.log");
  await bench.revert(turn.user);
  expect(await bench.read("x.log")).toBe("person");
  expect(await bench.read("y.log")).toBe("y");
  expect(await bench.read("a.txt")).toBe("a");
});

test("what another session wrote while a command ran is not taken for the command's", async () => {
  await using bench = await revertBench({ files: { "a.txt": TEN, "b.txt": "b" } });
  const other = bench.sessions.create();
  const turn = await bench.turn([
    (changes) =>
      changes.tree(async () => {
        await bench.run("sed -i 's/^2$/command 2/' a.txt");
        await bench.edit(
          "a.txt",
          (await textOf(bench, "a.txt")).replace("9\n", "other 9\n"),
          other.id,
        );
        await bench.edit("b.txt", "other b", other.id);
        await bench.run("sed -i 's/^5$/command 5/' a.txt");
      }),
  ]);
  const { revert } = await bench.revert(turn.user);
  expect(revert?.skipped).toBeUndefined();
  expect(await bench.read("a.txt")).toBe(TEN.replace("9\n", "other 9\n"));
  expect(await bench.read("b.txt")).toBe("other b");
});

test("what commands of two sessions did side by side is reported, and left", async () => {
  await using bench = await revertBench({ files: { "a.txt": "a", "b.txt": "b", "c.txt": "c" } });
  const other = bench.sessions.create();
  const turn = await bench.turn([
    (changes) =>
      changes.tree(async () => {
        await bench.run("printf 1 > a.txt");
        await bench.bash("printf 2 > b.txt", other.id);
        await bench.run("printf 3 > c.txt");
      }),
  ]);
  const { revert } = await bench.revert(turn.user);
  expect(revert?.skipped?.map(({ file }) => file)).toEqual(["b.txt"]);
  expect([await bench.read("a.txt"), await bench.read("c.txt")]).toEqual(["a", "c"]);
  expect(await bench.read("b.txt")).toBe("2");
});

test("what subagents of the turn did is undone with it", async () => {
  await using bench = await revertBench({ files: { "a.txt": "a" } });
  const child = bench.sessions.create({ parentID: bench.session.id });
  const turn = await bench.turn([
    async () => {
      await bench.bash("printf child > a.txt", child.id);
      return { sessionId: child.id };
    },
  ]);
  await bench.edit("other.txt", "later", child.id);
  await bench.revert(turn.user);
  expect(await bench.read("a.txt")).toBe("a");
  expect(await bench.read("other.txt")).toBe("later");
});

test("redo refuses as a whole when a file would lose what is in it now", async () => {
  await using bench = await revertBench({ files: { "a.txt": TEN, "b.txt": "b" } });
  const turn = await bench.edit("a.txt", TEN.replace("4\n", "agent\n"));
  await bench.edit("b.txt", "agent");
  await bench.revert(turn.user);
  await bench.write("a.txt", TEN.replace("4\n", "person\n"));
  const error = await bench.unrevert().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: "conflict" });
  expect(String(error)).toContain("a.txt");
  expect(await bench.read("b.txt")).toBe("b");
  await bench.write("a.txt", TEN.replace("9\n", "person\n"));
  expect((await bench.unrevert()).revert).toBeUndefined();
  expect(await bench.read("a.txt")).toBe(TEN.replace("4\n", "agent\n").replace("9\n", "person\n"));
  expect(await bench.read("b.txt")).toBe("agent");
});

test("the next prompt makes it final: messages go, files stay", async () => {
  await using bench = await revertBench({ files: { "a.txt": "a" } });
  const kept = await bench.edit("a.txt", "b");
  const turn = await bench.edit("a.txt", "c");
  await bench.revert(turn.user);
  bench.events.length = 0;
  bench.reverts.finalize(bench.session.id);
  expect(bench.events).toEqual(["message.removed", "message.removed", "session.updated"]);
  expect(bench.sessions.get(bench.session.id).revert).toBeUndefined();
  const { messages } = bench.sessions.messages(bench.session.id);
  expect(messages.map(({ info }) => info.id)).toEqual([kept.user, kept.assistant]);
  expect(await bench.read("a.txt")).toBe("b");
});

test("refuses while busy, and leaves all as it is for what it does not know", async () => {
  await using bench = await revertBench({ files: { "a.txt": "a" } });
  const turn = await bench.edit("a.txt", "b");
  bench.isBusy = true;
  expect(await bench.revert(turn.user).catch((error) => error.kind)).toBe("busy");
  bench.isBusy = false;
  expect((await bench.revert("msg_unknown")).revert).toBeUndefined();
  expect((await bench.revert(turn.user, "prt_unknown")).revert).toBeUndefined();
  expect((await bench.unrevert()).revert).toBeUndefined();
  expect(await bench.revert(turn.user, undefined, "ses_no").catch((e) => e.kind)).toBe("not-found");
  expect(await bench.read("a.txt")).toBe("b");
});

test("a failing commit puts the files back", async () => {
  let isBroken = false;
  const onCommit = () => {
    if (isBroken) throw new Error("no commit");
  };
  await using bench = await revertBench({ files: { "a.txt": "a" }, onCommit });
  const turn = await bench.edit("a.txt", "b");
  await bench.edit("new.txt", "n");
  isBroken = true;
  expect(String(await bench.revert(turn.user).catch((e) => e))).toContain("no commit");
  expect(await bench.read("a.txt")).toBe("b");
  expect(await bench.read("new.txt")).toBe("n");
  isBroken = false;
  await bench.revert(turn.user);
  expect(await bench.read("a.txt")).toBe("a");
});

test("events, totals and the diff of a turn and of all", async () => {
  await using bench = await revertBench({ files: { "a.txt": TEN } });
  const first = await bench.edit("a.txt", TEN.replace("4\n", "x\ny\n"));
  const second = await bench.bash("printf 'n\\n' > new.txt; rm a.txt");
  const { id } = bench.session;
  expect(bench.sessions.get(id).summary).toEqual({ additions: 3, deletions: 12, files: 2 });
  expect(bench.events).toContain("session.diff");
  const user = bench.sessions.message(id, first.user).info;
  expect(user).toMatchObject({
    summary: { diffs: [{ file: "a.txt", additions: 2, deletions: 1 }] },
  });
  const [one] = await bench.diffs.diff(id, first.user);
  expect(one).toMatchObject({ file: "a.txt", additions: 2, deletions: 1, status: "modified" });
  expect(one?.patch).toContain("-4\n+x\n+y\n");
  const all = await bench.diffs.diff(id);
  expect(all.map(({ file, status }) => [file, status]).sort()).toEqual([
    ["a.txt", "deleted"],
    ["new.txt", "added"],
  ]);
  bench.events.length = 0;
  const session = await bench.revert(second.user);
  expect(bench.events).toEqual(["session.updated", "session.diff"]);
  expect(session.summary).toEqual({ additions: 2, deletions: 1, files: 1 });
  expect(session.revert?.diff).toContain("-n\n");
  expect(await bench.diffs.diff(id, "msg_unknown")).toEqual([]);
  expect(await bench.diffs.diff("ses_unknown")).toEqual([]);
});

test("a directory is made again for a file, even where a person put an empty one", async () => {
  await using bench = await revertBench({ files: { "d/a.txt": "a" } });
  const turn = await bench.bash("rm -r d");
  await mkdir(join(bench.directory, "d"));
  await bench.revert(turn.user);
  expect(await bench.read("d/a.txt")).toBe("a");
});

async function textOf(bench: RevertBench, file: string): Promise<string> {
  return (await bench.read(file)) ?? "";
}
