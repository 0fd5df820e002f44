import { expect, test } from "bun:test";
import { fromFileURI, toFileURI } from "@/lsp/file-uri";

test.each(["/a b/ü#1?.ts", "/100%/x.ts", "/日本/[id].ts"])("%s goes there and back", (path) => {
  expect(toFileURI(path)).toMatch(/^file:\/\/\/[\x21-\x7e]+$/);
  expect(fromFileURI(toFileURI(path))).toBe(path);
});

test("what is no file of this machine has no path", () => {
  expect(fromFileURI("untitled:Untitled-1")).toBeUndefined();
  expect(fromFileURI("file://host/x")).toBeUndefined();
});
