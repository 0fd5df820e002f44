import { createWriteStream } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { denied } from "@/base/error";
import { readTool } from "@/tool/read";
import { toolBench } from "@test/support/tool-context";

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `l${i + 1}`).join("\n");

describe("text", () => {
  test("shows lines with numbers and the end", async () => {
    await using bench = await toolBench({ "src/a.ts": "one\ntwo\n" });
    const result = await bench.run(readTool, { filePath: "src/a.ts" });
    const path = join(bench.directory, "src/a.ts");
    expect(result.output).toBe(
      `<path>${path}</path>\n<type>file</type>\n<content>\n1: one\n2: two\n\n` +
        "(End of file - total 2 lines)\n</content>",
    );
    expect(result.title).toBe("src/a.ts");
    expect(result.metadata).toMatchObject({ preview: "one\ntwo", truncated: false, loaded: [] });
  });

  test("a window says how to go on; offset 0 is 1", async () => {
    await using bench = await toolBench({ "a.txt": `${numbered(10)}\n` });
    const window = await bench.run(readTool, { filePath: "a.txt", offset: 3, limit: 2 });
    expect(window.output).toContain(
      "<content>\n3: l3\n4: l4\n\n(Showing lines 3-4 of 10. Use offset=5 to continue.)\n</content>",
    );
    expect(window.metadata["truncated"]).toBe(true);
    const start = await bench.run(readTool, { filePath: "a.txt", offset: 0, limit: 1 });
    expect(start.output).toContain("\n1: l1\n\n(Showing lines 1-1 of 10.");
    const end = await bench.run(readTool, { filePath: "a.txt", offset: 9 });
    expect(end.output).toContain("9: l9\n10: l10\n\n(End of file - total 10 lines)");
  });

  test("stops at 2000 lines, at 50 KB, and cuts long lines", async () => {
    await using bench = await toolBench({
      "lines.txt": numbered(2_500),
      "wide.txt": `${"x".repeat(1_023)}\n`.repeat(100),
      "long.txt": `${"é".repeat(5_000)}\nend`,
    });
    const lines = await bench.run(readTool, { filePath: "lines.txt" });
    expect(lines.output).toContain("(Showing lines 1-2000 of 2500. Use offset=2001 to continue.)");
    const wide = await bench.run(readTool, { filePath: "wide.txt" });
    expect(wide.output).toContain(
      "(Output capped at 50 KB. Showing lines 1-50. Use offset=51 to continue.)",
    );
    const long = await bench.run(readTool, { filePath: "long.txt" });
    expect(long.output).toContain(
      `1: ${"é".repeat(2_000)}... (line truncated to 2000 chars)\n2: end\n`,
    );
  });

  test("line ends, the byte order mark and an empty file", async () => {
    await using bench = await toolBench({ "a.txt": "\uFEFFa\r\nb\r\n", "empty.txt": "" });
    const result = await bench.run(readTool, { filePath: "a.txt" });
    expect(result.output).toContain("<content>\n1: a\n2: b\n\n(End of file - total 2 lines)");
    const empty = await bench.run(readTool, { filePath: "empty.txt" });
    expect(empty.output).toContain("<content>\n\n(End of file - total 0 lines)");
  });

  test("of other encodings is shown as what it says", async () => {
    await using bench = await toolBench({
      "wide.txt": Buffer.from("\uFEFFé\r\n漢\r\n", "utf16le"),
      "latin.txt": Buffer.from("café\nü\n", "latin1"),
      "stray.txt": Buffer.concat([Buffer.from("é ü\nx"), Buffer.from([0xff]), Buffer.from("y\n")]),
      "odd.txt": Buffer.from([0xff, 0xfe, 0x61]),
    });
    const shown = async (filePath: string) => (await bench.run(readTool, { filePath })).output;
    expect(await shown("wide.txt")).toContain("1: é\n2: 漢\n");
    expect(await shown("latin.txt")).toContain("1: café\n2: ü\n");
    expect(await shown("stray.txt")).toContain("1: é ü\n2: x\uFFFDy\n");
    expect(await bench.failure(readTool, { filePath: "odd.txt" })).toContain("binary");
  });

  test("an offset behind the end is an error", async () => {
    await using bench = await toolBench({ "a.txt": "a\nb\n" });
    expect(await bench.failure(readTool, { filePath: "a.txt", offset: 3 })).toBe(
      "Offset 3 is out of range for this file (2 lines)",
    );
  });

  test("a window of a 100 MB file costs little memory", async () => {
    await using bench = await toolBench();
    const path = join(bench.directory, "big.log");
    const file = createWriteStream(path);
    const chunk = `${"y".repeat(99)}\n`.repeat(10_486);
    for (let i = 0; i < 100; i++) {
      await new Promise<void>((resolve, reject) => {
        file.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
    }
    await new Promise<void>((resolve) => file.end(() => resolve()));
    Bun.gc(true);
    const before = process.memoryUsage().rss;
    const result = await bench.run(readTool, { filePath: path, offset: 1_000_000, limit: 2 });
    expect(result.output).toContain("(Showing lines 1000000-1000001 of 1048600.");
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
    expect(bench.context.reads.find(path)).toMatchObject({ size: 104_860_000 });
  });

  test("one line of many megabytes is cut, not held", async () => {
    await using bench = await toolBench({ "a.json": `[${"1,".repeat(4_000_000)}1]\nend\n` });
    const result = await bench.run(readTool, { filePath: "a.json" });
    expect(result.output).toContain("(line truncated to 2000 chars)\n2: end\n");
    expect(result.output.length).toBeLessThan(3_000);
  });
});

describe("directories", () => {
  test("lists sorted entries, directories and links to them with a slash", async () => {
    await using bench = await toolBench({ "b.txt": "", "a/x": "", ".hidden": "" });
    await symlink("a", join(bench.directory, "link"));
    const result = await bench.run(readTool, { filePath: "." });
    expect(result.output).toBe(
      `<path>${bench.directory}</path>\n<type>directory</type>\n<entries>\n` +
        ".hidden\na/\nb.txt\nlink/\n(4 entries)\n</entries>",
    );
  });

  test("pages", async () => {
    await using bench = await toolBench({ a: "", b: "", c: "" });
    const result = await bench.run(readTool, { filePath: ".", offset: 2, limit: 1 });
    expect(result.output).toContain("<entries>\nb\n(Showing entries 2-2 of 3. Use offset=3");
  });
});

describe("media and binaries", () => {
  test("an image and a PDF become attachments", async () => {
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1]);
    await using bench = await toolBench({ "a.png": png, "b.pdf": "%PDF-1.4 x" });
    const image = await bench.run(readTool, { filePath: "a.png" });
    expect(image.attachments).toEqual([
      {
        mime: "image/png",
        url: `data:image/png;base64,${Buffer.from(png).toString("base64")}`,
        filename: "a.png",
      },
    ]);
    const pdf = await bench.run(readTool, { filePath: "b.pdf" });
    expect(pdf.attachments?.[0]).toMatchObject({ mime: "application/pdf", filename: "b.pdf" });
  });

  test("other binaries are refused, by content", async () => {
    await using bench = await toolBench({
      "a.dat": new Uint8Array([1, 2, 0, 4]),
      "b.txt": "\x01\x02\x03\x04abc",
      "c.dat": "plain text in spite of its name\n",
    });
    const path = join(bench.directory, "a.dat");
    expect(await bench.failure(readTool, { filePath: "a.dat" })).toBe(
      `Cannot read binary file: ${path}`,
    );
    expect(await bench.failure(readTool, { filePath: "b.txt" })).toContain("binary");
    expect((await bench.run(readTool, { filePath: "c.dat" })).output).toContain("1: plain text");
  });
});

describe("permission", () => {
  test("is asked by the path relative to the worktree", async () => {
    await using bench = await toolBench({ "sub/.env": "KEY=1\n" });
    const directory = join(bench.directory, "sub");
    await bench.run(readTool, { filePath: ".env" }, { directory });
    expect(bench.asks).toMatchObject([
      { permission: "read", patterns: ["sub/.env"], always: ["*"] },
    ]);
  });

  test("of a link is asked by both names", async () => {
    await using bench = await toolBench({ ".env": "KEY=1\n" });
    await symlink(".env", join(bench.directory, "notes"));
    await bench.run(readTool, { filePath: "notes" });
    expect(bench.asks[0]?.patterns).toEqual(["notes", ".env"]);
  });

  test("refused reads nothing and records nothing", async () => {
    await using bench = await toolBench(
      { "a.txt": "a\n" },
      {
        onAsk: () => {
          throw denied("no");
        },
      },
    );
    expect(await bench.failure(readTool, { filePath: "a.txt" })).toBe("no");
    expect(bench.context.reads.find(join(bench.directory, "a.txt"))).toBeUndefined();
  });

  test("outside asks for the directory, but saved outputs are free", async () => {
    await using bench = await toolBench();
    await mkdir(bench.paths.toolOutput, { recursive: true });
    const saved = join(bench.paths.toolOutput, "tool_1");
    await writeFile(saved, "x\n");
    await writeFile(join(bench.home, "a.txt"), "x\n");
    await bench.run(readTool, { filePath: saved });
    expect(bench.asks.map(({ permission }) => permission)).toEqual(["read"]);
    await bench.run(readTool, { filePath: "~/a.txt" });
    expect(bench.asks.slice(1).map(({ permission, patterns }) => [permission, patterns])).toEqual([
      ["external_directory", [join(bench.home, "*")]],
      ["read", [join(bench.home, "a.txt")]],
    ]);
  });
});

test("instruction files are appended and listed", async () => {
  await using bench = await toolBench({ "sub/a.ts": "a\n" });
  const path = join(bench.directory, "sub/AGENTS.md");
  const result = await bench.run(
    readTool,
    { filePath: "sub/a.ts" },
    { instructionsFor: async () => [{ path, content: "Be kind." }] },
  );
  expect(result.output).toEndWith(
    `</content>\n\n<system-reminder>\nInstructions from: ${path}\nBe kind.\n</system-reminder>`,
  );
  expect(result.metadata["loaded"]).toEqual([path]);
});

test("a missing file suggests names like it", async () => {
  await using bench = await toolBench({ "src/index.ts": "", "src/other.ts": "" });
  const path = (name: string) => join(bench.directory, "src", name);
  expect(await bench.failure(readTool, { filePath: "src/indx.ts" })).toBe(
    `File not found: ${path("indx.ts")}\n\nDid you mean one of these?\n${path("index.ts")}`,
  );
  expect(await bench.failure(readTool, { filePath: "none/x.ts" })).toBe(
    `File not found: ${join(bench.directory, "none/x.ts")}`,
  );
});

test("an aborted call reads nothing", async () => {
  await using bench = await toolBench({ "a.txt": "a\n" });
  bench.abort.abort(new DOMException("stop", "AbortError"));
  expect(await bench.failure(readTool, { filePath: "a.txt" })).toBe("stop");
});
