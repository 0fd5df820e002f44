import { expect, test } from "bun:test";
import { describeChange, FileReads, hashBytes } from "@/tool/file-reads";

const state = (text: string, mtimeMs = 1) => {
  const bytes = Buffer.from(text);
  return { mtimeMs, size: bytes.length, hash: hashBytes(bytes), text };
};

test("tells unread, same and changed apart by content", () => {
  const reads = new FileReads();
  expect(reads.compare("/a", state("x"))).toEqual({ type: "unread" });
  reads.record("/a", state("x"));
  expect(reads.compare("/a", state("x", 2))).toEqual({ type: "same" });
  expect(reads.compare("/a", state("y"))).toEqual({ type: "changed", text: "x" });
  reads.forget("/a");
  expect(reads.compare("/a", state("x"))).toEqual({ type: "unread" });
});

test("files without a hash are told apart by time and size", () => {
  const reads = new FileReads();
  reads.record("/a", { mtimeMs: 1, size: 9 });
  expect(reads.compare("/a", { mtimeMs: 1, size: 9 })).toEqual({ type: "same" });
  expect(reads.compare("/a", { mtimeMs: 2, size: 9 })).toEqual({ type: "changed" });
});

test("gives up the oldest texts, but not what it knows of the files", () => {
  const reads = new FileReads();
  const text = "x".repeat(400_000);
  for (let index = 0; index < 40; index++) reads.record(`/${index}`, state(text + index));
  expect(reads.compare("/0", state("other"))).toEqual({ type: "changed" });
  expect(reads.compare("/0", state(`${text}0`))).toEqual({ type: "same" });
  expect(reads.compare("/39", state("other"))).toEqual({ type: "changed", text: `${text}39` });
});

test("remembers a bounded number of files", () => {
  const reads = new FileReads();
  for (let index = 0; index < 5_100; index++) reads.record(`/${index}`, state("x"));
  expect(reads.compare("/0", state("x"))).toEqual({ type: "unread" });
  expect(reads.compare("/5099", state("x"))).toEqual({ type: "same" });
});

test("a change is described by its hunks, cut when long", async () => {
  expect(await describeChange("a", "one\ntwo\n", "one\n2\n")).toBe(
    "@@ -1,2 +1,2 @@\n one\n-two\n+2",
  );
  expect(await describeChange("a", "x\n", "x\n")).toContain("only line endings");
  expect(await describeChange("a", undefined, "x\n")).toContain("no longer kept");
  const long = await describeChange("a", "", "line\n".repeat(100));
  expect(long.split("\n")).toHaveLength(41);
  expect(long).toEndWith("more lines)");
});
