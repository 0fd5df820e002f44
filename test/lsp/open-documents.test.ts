import { expect, test } from "bun:test";
import { OpenDocuments } from "@/lsp/open-documents";
import { ServerFeatures } from "@/lsp/server-features";

test("the documents used longest ago are closed", () => {
  const told: string[] = [];
  const closed: string[] = [];
  const documents = new OpenDocuments(
    new ServerFeatures({ textDocumentSync: 1 }),
    (method, params) => told.push(`${method} ${Object(params).textDocument.uri}`),
    (path) => closed.push(path),
  );
  for (let at = 0; at < 64; at++) documents.sync(`/p/${at}.ts`, "x");
  expect(documents.sync("/p/0.ts", "x")).toBe(false);
  documents.sync("/p/new.ts", "x");
  expect(closed).toEqual(["/p/1.ts"]);
  expect(told.at(-1)).toBe("textDocument/didClose file:///p/1.ts");
  expect(documents.paths).toHaveLength(64);
  expect(documents.versionOf("/p/1.ts")).toBeUndefined();
});

test("a server that takes none is told of none", () => {
  const told: string[] = [];
  const features = new ServerFeatures({ textDocumentSync: 0 });
  const documents = new OpenDocuments(
    features,
    (method) => told.push(method),
    () => {},
  );
  documents.sync("/p/a.ts", "one");
  documents.sync("/p/a.ts", "two");
  documents.close("/p/a.ts");
  expect(told).toEqual([]);
});
