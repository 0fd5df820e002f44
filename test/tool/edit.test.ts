import { chmod, mkdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { denied } from "@/base/error";
import { editTool } from "@/tool/edit";
import { readTool } from "@/tool/read";
import { toolBench } from "@test/support/tool-context";
import { readTree } from "@test/support/temp";

const edit = (filePath: string, oldString: string, newString: string, replaceAll?: boolean) => ({
  filePath,
  oldString,
  newString,
  ...(replaceAll === undefined ? {} : { replaceAll }),
});

describe("result", () => {
  test("gives the diff, counts and title", async () => {
    await using bench = await toolBench({ "src/a.ts": "one\ntwo\n" });
    const result = await bench.run(editTool, edit("src/a.ts", "two", "three\nfour"));
    expect(result.title).toBe("src/a.ts");
    expect(result.output).toBe("Edit applied successfully.");
    const { diff, filediff, diagnostics } = result.metadata;
    expect(diff).toStartWith("Index: src/a.ts\n");
    expect(diff).toContain("-two\n+three\n+four");
    expect(filediff).toMatchObject({
      file: join(bench.directory, "src/a.ts"),
      patch: diff,
      additions: 2,
      deletions: 1,
    });
    expect(diagnostics).toEqual({});
    expect(bench.edited).toEqual([join(bench.directory, "src/a.ts")]);
  });

  test("a lenient match says in what it differed", async () => {
    await using bench = await toolBench({ "a.ts": "  a();\n  b();\n" });
    await bench.run(readTool, { filePath: "a.ts" });
    const result = await bench.run(editTool, edit("a.ts", "a();\nb();", "c();"));
    expect(result.output).toBe(
      "Edit applied successfully. (oldString differed in indentation; matched lines 1-2)",
    );
  });

  test("keeps the mode and follows a symbolic link", async () => {
    await using bench = await toolBench({ "run.sh": "echo a\n" });
    const path = join(bench.directory, "run.sh");
    await chmod(path, 0o754);
    await symlink("run.sh", join(bench.directory, "link.sh"));
    await bench.run(editTool, edit("link.sh", "a\n", "b\n"));
    expect((await stat(path)).mode & 0o777).toBe(0o754);
    expect(await readFile(path, "utf8")).toBe("echo b\n");
    expect(await readFile(join(bench.directory, "link.sh"), "utf8")).toBe("echo b\n");
  });

  test("bytes that are not UTF-8 stay", async () => {
    const bytes = Buffer.from("caf\xe9\nx = 1\n", "latin1");
    await using bench = await toolBench({ "old.txt": bytes });
    await bench.run(editTool, edit("old.txt", "x = 1", "x = 2"));
    const after = await readFile(join(bench.directory, "old.txt"));
    expect(after.toString("latin1")).toBe("caf\xe9\nx = 2\n");
    const message = await bench.failure(editTool, edit("old.txt", "x = 2", "x = “2”"));
    expect(message).toContain("not UTF-8");
  });
});

describe("creating", () => {
  test("an empty oldString creates a missing file and its directories", async () => {
    await using bench = await toolBench();
    await bench.run(editTool, edit("new/dir/a.txt", "", "hello\n"));
    expect(await readTree(bench.directory, "new/dir/a.txt")).toBe("hello\n");
    const { mode } = await stat(join(bench.directory, "new/dir/a.txt"));
    expect(mode & 0o777).toBe(0o666 & ~process.umask());
  });

  test("a missing file is an error that suggests names", async () => {
    await using bench = await toolBench({ "src/config.ts": "a\n" });
    const message = await bench.failure(editTool, edit("src/confg.ts", "a", "b"));
    expect(message).toContain(`File ${join(bench.directory, "src/confg.ts")} not found`);
    expect(message).toContain(join(bench.directory, "src/config.ts"));
  });

  test("a directory and a binary file are errors", async () => {
    await using bench = await toolBench({ "dir/": "", "b.bin": new Uint8Array([1, 0, 2]) });
    expect(await bench.failure(editTool, edit("dir", "a", "b"))).toContain("is a directory");
    expect(await bench.failure(editTool, edit("b.bin", "a", "b"))).toContain("binary file");
  });
});

describe("what somebody else changed", () => {
  test("a lenient match after a change fails and shows the change", async () => {
    await using bench = await toolBench({ "a.ts": "  a();\n  b();\nend\n" });
    await bench.run(readTool, { filePath: "a.ts" });
    await writeFile(join(bench.directory, "a.ts"), "  a();\n  b();\nmine\n");
    const message = await bench.failure(editTool, edit("a.ts", "a();\nb();", "c();"));
    expect(message).toContain("has changed since it was read");
    expect(message).toContain("-end\n+mine");
    expect(await readTree(bench.directory, "a.ts")).toBe("  a();\n  b();\nmine\n");
  });

  test("an exact match after a change goes on", async () => {
    await using bench = await toolBench({ "a.ts": "a\nb\n" });
    await bench.run(readTool, { filePath: "a.ts" });
    await writeFile(join(bench.directory, "a.ts"), "a\nb\nmine\n");
    await bench.run(editTool, edit("a.ts", "a", "x"));
    expect(await readTree(bench.directory, "a.ts")).toBe("x\nb\nmine\n");
  });

  test("a touched file is unchanged", async () => {
    await using bench = await toolBench({ "a.ts": "  a();\n  b();\n" });
    await bench.run(readTool, { filePath: "a.ts" });
    await utimes(join(bench.directory, "a.ts"), 1, 1);
    await bench.run(editTool, edit("a.ts", "a();\nb();", "c();\nb();"));
    expect(await readTree(bench.directory, "a.ts")).toBe("  c();\n  b();\n");
  });

  test("after its own edit the model may be lenient again", async () => {
    await using bench = await toolBench({ "a.ts": "  a();\n  b();\n  c();\n" });
    await bench.run(readTool, { filePath: "a.ts" });
    await bench.run(editTool, edit("a.ts", "a();\nb();", "x();\nb();"));
    await bench.run(editTool, edit("a.ts", "b();\nc();", "b();\nz();"));
    expect(await readTree(bench.directory, "a.ts")).toBe("  x();\n  b();\n  z();\n");
  });

  test("an exact edit of an unread file does not count as reading it", async () => {
    await using bench = await toolBench({ "a.ts": "  a();\n  b();\nz\n" });
    await bench.run(editTool, edit("a.ts", "z", "y"));
    const message = await bench.failure(editTool, edit("a.ts", "a();\nb();", "c();"));
    expect(message).toContain("read it first");
  });

  test("a formatter's change is seen as the model's own", async () => {
    await using bench = await toolBench({ "a.ts": "  a();\n  b();\n" });
    await bench.run(readTool, { filePath: "a.ts" });
    const path = join(bench.directory, "a.ts");
    await bench.run(editTool, edit("a.ts", "  a();", "  x();"), {
      fileEdited: () => writeFile(path, "\tx();\n\tb();\n"),
    });
    await bench.run(editTool, edit("a.ts", "x();\nb();", "x();\nc();"));
    expect(await readTree(bench.directory, "a.ts")).toBe("\tx();\n\tc();\n");
  });

  test("the diff is that of the file as a formatter left it; the note is shown", async () => {
    await using bench = await toolBench({ "a.ts": "a\n" });
    const path = join(bench.directory, "a.ts");
    const { output, metadata } = await bench.run(editTool, edit("a.ts", "a", "x"), {
      fileEdited: async () => {
        await writeFile(path, "x;\n");
        return "The formatter other failed.";
      },
    });
    expect(metadata["diff"]).toContain("+x;\n");
    expect(metadata["filediff"]).toMatchObject({ additions: 1, deletions: 1 });
    expect(output).toEndWith(
      "\n\na.ts was then changed by a formatter.\n\nThe formatter other failed.",
    );
  });

  test("a change while permission is waited for is not overwritten", async () => {
    await using bench = await toolBench(
      { "a.ts": "a\nb\n" },
      { onAsk: () => writeFile(join(bench.directory, "a.ts"), "a\nmine\n") },
    );
    const message = await bench.failure(editTool, edit("a.ts", "a", "x"));
    expect(message).toContain("changed while permission was waited for");
    expect(message).toContain("+mine");
    expect(await readTree(bench.directory, "a.ts")).toBe("a\nmine\n");
  });
});

describe("failure", () => {
  test("names the nearest lines", async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `const value${index} = ${index};`);
    await using bench = await toolBench({ "a.ts": lines.join("\n") });
    const message = await bench.failure(
      editTool,
      edit("a.ts", "const value200 = 200\nconst value201 = 2001;", "x"),
    );
    expect(message).toContain("201: const value200 = 200;\n202: const value201 = 201;");
  });

  test("is found quickly in a file of one megabyte", async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `  call(${i}, "some text ${i % 7}");`);
    await using bench = await toolBench({ "a.ts": lines.join("\n") });
    const old = Array.from({ length: 30 }, (_, i) => `call(${i + 9}, "other text");`).join("\n");
    expect(await bench.failure(editTool, edit("a.ts", old, "x"))).toContain("nearest lines");
  });

  test("work on repeated lines stays bounded", async () => {
    await using bench = await toolBench({ "a.ts": "ab\n".repeat(100_000) });
    const old = `${"ab\n".repeat(5_000)}x`;
    expect(await bench.failure(editTool, edit("a.ts", old, "y"))).toContain("not found");
  });
});

describe("permission", () => {
  test("is asked before anything is written, with the diff", async () => {
    await using bench = await toolBench(
      { "src/a.ts": "a\n" },
      {
        onAsk: async () => {
          expect(await readTree(bench.directory, "src/a.ts")).toBe("a\n");
        },
      },
    );
    await bench.run(editTool, edit("src/a.ts", "a", "b"));
    expect(bench.asks).toMatchObject([
      {
        permission: "edit",
        patterns: ["src/a.ts"],
        always: ["*"],
        metadata: { filepath: join(bench.directory, "src/a.ts") },
      },
    ]);
    expect(bench.asks[0]?.metadata["diff"]).toContain("-a\n+b");
  });

  test("refused leaves the file alone", async () => {
    await using bench = await toolBench(
      { "a.ts": "a\n" },
      {
        onAsk: () => {
          throw denied("no");
        },
      },
    );
    expect(await bench.failure(editTool, edit("a.ts", "a", "b"))).toBe("no");
    expect(await readTree(bench.directory, "a.ts")).toBe("a\n");
    expect(bench.edited).toEqual([]);
  });

  test("outside the project asks for the directory first, also behind a link", async () => {
    await using bench = await toolBench();
    const outside = join(bench.home, "notes");
    await mkdir(outside);
    await writeFile(join(outside, "a.txt"), "a\n");
    await symlink(outside, join(bench.directory, "link"));
    await bench.run(editTool, edit("link/a.txt", "a", "b"));
    expect(bench.asks.map(({ permission, patterns }) => [permission, patterns])).toEqual([
      ["external_directory", [join(outside, "*")]],
      ["edit", ["link/a.txt", join(outside, "a.txt")]],
    ]);
  });
});

test("edits of one file at once all land", async () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line-${index}-\n`);
  await using bench = await toolBench({ "a.txt": lines.join("") });
  await Promise.all(
    lines.map((_, index) => bench.run(editTool, edit("a.txt", `line-${index}-`, `done-${index}-`))),
  );
  expect(await readTree(bench.directory, "a.txt")).toBe(lines.join("").replaceAll("line", "done"));
});

test("an abort while waiting for another edit ends the call and writes nothing", async () => {
  await using bench = await toolBench({ "a.txt": "a\n" });
  const held = Promise.withResolvers<void>();
  const path = join(bench.directory, "a.txt");
  const holder = bench.context.host.locks.run(path, () => held.promise);
  const call = bench.failure(editTool, edit("a.txt", "a", "b"));
  bench.abort.abort(new DOMException("stop", "AbortError"));
  expect(await call).toBe("stop");
  held.resolve();
  await holder;
  await bench.context.host.locks.run(path, async () => undefined);
  expect(await readTree(bench.directory, "a.txt")).toBe("a\n");
});

describe("changed by the person before it is written", () => {
  const edited = async (file: string, text: string) => {
    const bench = await toolBench({ "a.ts": file }, { onAsk: () => ({ edited: text }) });
    const result = await bench.run(editTool, edit("a.ts", "one", "two"));
    return { bench, result, written: await readFile(join(bench.directory, "a.ts"), "utf8") };
  };

  test("their text is written, in the file's own format, and the model is told", async () => {
    const { bench, result, written } = await edited("one\r\nrest\r\n", "three\nrest\n");
    await using _ = bench;
    expect(written).toBe("three\r\nrest\r\n");
    expect(result.output).toContain("The user changed the text");
    expect(result.output).toContain("-two\n+three");
    expect(result.metadata["diff"]).toContain("-one\n+three");
  });

  test("a final newline that only their editor put there is none", async () => {
    const { bench, result, written } = await edited("one", "two\n");
    await using _ = bench;
    expect(written).toBe("two");
    expect(result.output).toBe("Edit applied successfully.");
  });
});
