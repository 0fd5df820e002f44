import { existsSync } from "node:fs";
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { denied } from "@/base/error";
import { applyPatchTool } from "@/tool/apply-patch";
import { editTool } from "@/tool/edit";
import { readTool } from "@/tool/read";
import { readTree } from "@test/support/temp";
import { toolBench } from "@test/support/tool-context";

const patch = (...lines: string[]) => ({
  patchText: ["*** Begin Patch", ...lines, "*** End Patch"].join("\n"),
});

test("adds, updates, moves and deletes in one go", async () => {
  await using bench = await toolBench({
    "keep.txt": "one\ntwo\n",
    "old/name.sh": "echo\n",
    "gone.txt": "bye\n",
  });
  await chmod(join(bench.directory, "old/name.sh"), 0o755);
  const result = await bench.run(
    applyPatchTool,
    patch(
      "*** Add File: new/file.txt",
      "+hello",
      "*** Update File: keep.txt",
      " one",
      "-two",
      "+three",
      "*** Update File: old/name.sh",
      "*** Move to: bin/name.sh",
      "-echo",
      "+echo hi",
      "*** Delete File: gone.txt",
    ),
  );
  const output =
    "Success. Updated the following files:\n" +
    "A new/file.txt\nM keep.txt\nM bin/name.sh\nD gone.txt";
  expect(result.output).toBe(output);
  expect(result.title).toBe(output);
  expect(await readTree(bench.directory, "new/file.txt")).toBe("hello\n");
  expect(await readTree(bench.directory, "keep.txt")).toBe("one\nthree\n");
  expect(await readTree(bench.directory, "bin/name.sh")).toBe("echo hi\n");
  expect((await stat(join(bench.directory, "bin/name.sh"))).mode & 0o777).toBe(0o755);
  expect(existsSync(join(bench.directory, "old/name.sh"))).toBe(false);
  expect(existsSync(join(bench.directory, "gone.txt"))).toBe(false);
  const path = (name: string) => join(bench.directory, name);
  expect(result.metadata["files"]).toMatchObject([
    { filePath: path("new/file.txt"), relativePath: "new/file.txt", type: "add", additions: 1 },
    { relativePath: "keep.txt", type: "update", additions: 1, deletions: 1 },
    { filePath: path("old/name.sh"), type: "move", movePath: path("bin/name.sh") },
    { relativePath: "gone.txt", type: "delete", deletions: 1 },
  ]);
  expect(result.metadata["diff"]).toContain("-two\n+three");
  expect(bench.edited.toSorted()).toEqual(
    ["new/file.txt", "keep.txt", "old/name.sh", "bin/name.sh", "gone.txt"].map(path).toSorted(),
  );
});

test("asks once, for all its files, before anything is written", async () => {
  await using bench = await toolBench(
    { "a.txt": "a\n" },
    {
      onAsk: () => {
        throw denied("no");
      },
    },
  );
  const input = patch("*** Update File: a.txt", "-a", "+b", "*** Add File: b.txt", "+b");
  expect(await bench.failure(applyPatchTool, input)).toBe("no");
  expect(bench.asks).toMatchObject([
    { permission: "edit", patterns: ["a.txt", "b.txt"], metadata: { filepath: "a.txt, b.txt" } },
  ]);
  expect(await readTree(bench.directory, "a.txt")).toBe("a\n");
  expect(existsSync(join(bench.directory, "b.txt"))).toBe(false);
});

test("one hunk that does not fit leaves everything alone, unasked", async () => {
  await using bench = await toolBench({ "a.txt": "a\n", "b.txt": "b\n" });
  const input = patch("*** Update File: a.txt", "-a", "+x", "*** Update File: b.txt", "-z", "+x");
  expect(await bench.failure(applyPatchTool, input)).toContain("Failed to find expected lines");
  expect(await readTree(bench.directory, "a.txt")).toBe("a\n");
  expect(bench.asks).toEqual([]);
});

test("a write that fails midway puts the earlier files back", async () => {
  await using bench = await toolBench({ "a.txt": "a\n", "gone.txt": "g\n", blocked: "a file\n" });
  const input = patch(
    "*** Update File: a.txt",
    "-a",
    "+x",
    "*** Delete File: gone.txt",
    "*** Add File: new.txt",
    "+n",
    "*** Add File: blocked/below.txt",
    "+n",
  );
  const message = await bench.failure(applyPatchTool, input);
  expect(message).toContain("Nothing was changed: the files written before it were restored.");
  expect(await readTree(bench.directory, "a.txt")).toBe("a\n");
  expect(await readTree(bench.directory, "gone.txt")).toBe("g\n");
  expect(existsSync(join(bench.directory, "new.txt"))).toBe(false);
  expect(bench.edited).toEqual([]);
});

test("a file changed while permission is waited for is not overwritten", async () => {
  await using bench = await toolBench(
    { "a.txt": "a\n", "b.txt": "b\n" },
    { onAsk: () => writeFile(join(bench.directory, "b.txt"), "mine\n") },
  );
  const input = patch("*** Update File: a.txt", "-a", "+x", "*** Update File: b.txt", "-b", "+x");
  expect(await bench.failure(applyPatchTool, input)).toContain("changed while permission");
  expect(await readTree(bench.directory, "a.txt")).toBe("a\n");
  expect(await readTree(bench.directory, "b.txt")).toBe("mine\n");
});

test("a file that appears where one is moved to is not overwritten", async () => {
  await using bench = await toolBench(
    { "a.txt": "a\n" },
    { onAsk: () => writeFile(join(bench.directory, "b.txt"), "mine\n") },
  );
  const input = patch("*** Update File: a.txt", "*** Move to: b.txt", "-a", "+x");
  expect(await bench.failure(applyPatchTool, input)).toContain("changed while permission");
  expect(await readTree(bench.directory, "a.txt")).toBe("a\n");
  expect(await readTree(bench.directory, "b.txt")).toBe("mine\n");
});

test("line ends, encoding, mode and links stay what they are", async () => {
  await using bench = await toolBench({
    "run.sh": "one\r\ntwo\r\n",
    "mixed.txt": "a\r\nb\nc\r\n",
    "wide.txt": Buffer.from("\uFEFFé\r\nb\r\n", "utf16le"),
    "latin.txt": Buffer.from("é\nb\n", "latin1"),
  });
  const path = (name: string) => join(bench.directory, name);
  await chmod(path("run.sh"), 0o750);
  await symlink("run.sh", path("link.sh"));
  for (const filePath of ["link.sh", "latin.txt"]) await bench.run(readTool, { filePath });
  const update = (name: string, ...lines: string[]) => [`*** Update File: ${name}`, ...lines];
  await bench.run(
    applyPatchTool,
    patch(
      ...update("link.sh", " one", "-two", "+2", "+3"),
      ...update("mixed.txt", " a", " b", "-c", "+d"),
      ...update("wide.txt", " é", "-b", "+漢"),
      ...update("latin.txt", " é", "-b", "+ü"),
    ),
  );
  expect(await readTree(bench.directory, "run.sh")).toBe("one\r\n2\r\n3\r\n");
  expect((await stat(path("run.sh"))).mode & 0o777).toBe(0o750);
  expect(await readlink(path("link.sh"))).toBe("run.sh");
  expect(await readTree(bench.directory, "mixed.txt")).toBe("a\r\nb\nd\r\n");
  expect(await readFile(path("wide.txt"), "utf16le")).toBe("\uFEFFé\r\n漢\r\n");
  expect(await readFile(path("latin.txt"), "latin1")).toBe("é\nü\n");
  await bench.run(applyPatchTool, patch("*** Add File: run.sh", "+new", "+text"));
  expect(await readTree(bench.directory, "run.sh")).toBe("new\r\ntext\r\n");
  expect((await stat(path("run.sh"))).mode & 0o777).toBe(0o750);
});

test("adding over an existing file needs it read", async () => {
  await using bench = await toolBench({ "a.txt": "old\n" });
  const input = patch("*** Add File: a.txt", "+new");
  expect(await bench.failure(applyPatchTool, input)).toContain("read it first");
  await bench.run(readTool, { filePath: "a.txt" });
  await bench.run(applyPatchTool, input);
  expect(await readTree(bench.directory, "a.txt")).toBe("new\n");
});

test("missing files, taken targets and doubled paths are refused", async () => {
  await using bench = await toolBench({ "a.txt": "a\n", "b.txt": "b\n", "d/": "" });
  const failure = (...lines: string[]) => bench.failure(applyPatchTool, patch(...lines));
  expect(await failure("*** Delete File: nope")).toContain("does not exist");
  expect(await failure("*** Update File: nope", "-a")).toContain("does not exist");
  expect(await failure("*** Delete File: d")).toContain("is a directory");
  expect(await failure("*** Update File: a.txt", "*** Move to: b.txt")).toContain("already exists");
  expect(await failure("*** Delete File: a.txt", "*** Add File: ./a.txt", "+x")).toContain("twice");
});

test("paths outside the project are asked for first", async () => {
  await using bench = await toolBench();
  await mkdir(join(bench.home, "x"));
  await bench.run(applyPatchTool, patch("*** Add File: ~/x/a.txt", "+a"));
  expect(bench.asks.map(({ permission, patterns }) => [permission, patterns])).toEqual([
    ["external_directory", [join(bench.home, "x/*")]],
    ["edit", [join(bench.home, "x/a.txt")]],
  ]);
});

test("after a patch the model may go on leniently with what it had read", async () => {
  await using bench = await toolBench({ "a.txt": "  a();\n  b();\n" });
  await bench.run(readTool, { filePath: "a.txt" });
  await bench.run(applyPatchTool, patch("*** Update File: a.txt", "-  a();", "+  x();"));
  await bench.run(editTool, {
    filePath: "a.txt",
    oldString: "x();\nb();",
    newString: "y();\nb();",
  });
  expect(await readTree(bench.directory, "a.txt")).toBe("  y();\n  b();\n");
});

test("the diff is that of the files as a formatter left them", async () => {
  await using bench = await toolBench({ "a.ts": "a\n", "b.ts": "b\n" });
  const { output, metadata } = await bench.run(
    applyPatchTool,
    patch("*** Update File: a.ts", "-a", "+x", "*** Update File: b.ts", "-b", "+y"),
    { fileEdited: (path) => (path.endsWith("a.ts") ? writeFile(path, "x;\n") : undefined) },
  );
  expect(metadata["diff"]).toContain("+x;\n");
  expect(metadata["diff"]).toContain("+y\n");
  expect(output).toContain("M b.ts\n\na.ts was then changed by a formatter.");
});

test("a loose hunk needs the file read, and adds by the file's indentation", async () => {
  await using bench = await toolBench({ "a.ts": "\tif (a) {\n\t\tb();\n\t}\n" });
  const input = patch("*** Update File: a.ts", "     if (a) {", "-        b();", "+        c();");
  expect(await bench.failure(applyPatchTool, input)).toContain("read it first");
  await bench.run(readTool, { filePath: "a.ts" });
  await bench.run(applyPatchTool, input);
  expect(await readTree(bench.directory, "a.ts")).toBe("\tif (a) {\n\t\tc();\n\t}\n");
});

test("a file that changed since it was read is not deleted", async () => {
  await using bench = await toolBench({ "a.txt": "a\n" });
  await bench.run(readTool, { filePath: "a.txt" });
  await writeFile(join(bench.directory, "a.txt"), "mine\n");
  const message = await bench.failure(applyPatchTool, patch("*** Delete File: a.txt"));
  expect(message).toContain("changed since it was read");
  expect(message).toContain("+mine");
  expect(await readTree(bench.directory, "a.txt")).toBe("mine\n");
});

describe("a symbolic link", () => {
  const linked = async () => {
    const bench = await toolBench({ "d/real.txt": "r\n", "a.txt": "a\n", blocked: "a file\n" });
    await symlink("d/real.txt", join(bench.directory, "link.txt"));
    await symlink("nowhere", join(bench.directory, "dangling.txt"));
    return bench;
  };

  test("is moved as a link, and still leads to its file", async () => {
    await using bench = await linked();
    const lines = ["*** Update File: link.txt", "*** Move to: x/y/link.txt", "-r", "+s"];
    await bench.run(applyPatchTool, patch(...lines));
    expect(await readlink(join(bench.directory, "x/y/link.txt"))).toBe("../../d/real.txt");
    expect(await readTree(bench.directory, "d/real.txt")).toBe("s\n");
    expect(existsSync(join(bench.directory, "link.txt"))).toBe(false);
  });

  test("is removed without its file, and is there again when the patch fails", async () => {
    await using bench = await linked();
    const remove = ["*** Delete File: link.txt", "*** Add File: new/dir/a.txt", "+a"];
    const failing = patch(...remove, "*** Add File: blocked/below.txt", "+n");
    expect(await bench.failure(applyPatchTool, failing)).toContain("Nothing was changed");
    expect(await readlink(join(bench.directory, "link.txt"))).toBe("d/real.txt");
    expect(existsSync(join(bench.directory, "new"))).toBe(false);
    const { metadata } = await bench.run(applyPatchTool, patch(...remove));
    expect(metadata["diff"]).toContain("-d/real.txt\n");
    expect(metadata["diff"]).not.toContain("-r\n");
    expect(existsSync(join(bench.directory, "link.txt"))).toBe(false);
    expect(await readTree(bench.directory, "d/real.txt")).toBe("r\n");
  });

  test("that leads nowhere is no free place, and is written through", async () => {
    await using bench = await linked();
    const move = patch("*** Update File: a.txt", "*** Move to: dangling.txt", "-a", "+b");
    expect(await bench.failure(applyPatchTool, move)).toContain("already exists");
    await bench.run(applyPatchTool, patch("*** Add File: dangling.txt", "+new"));
    expect(await readTree(bench.directory, "nowhere")).toBe("new\n");
    expect((await lstat(join(bench.directory, "dangling.txt"))).isSymbolicLink()).toBe(true);
  });

  test("that leads to a file yet to be made outside the project is asked for", async () => {
    await using bench = await toolBench();
    await symlink(join(bench.home, "new.txt"), join(bench.directory, "out.txt"));
    await bench.run(applyPatchTool, patch("*** Add File: out.txt", "+a"));
    expect(bench.asks[0]).toMatchObject({
      permission: "external_directory",
      patterns: [join(bench.home, "*")],
    });
  });
});
