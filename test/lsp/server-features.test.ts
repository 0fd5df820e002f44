import { expect, test } from "bun:test";
import { ServerFeatures } from "@/lsp/server-features";

test("what a server says at the start, registers and takes back", () => {
  const features = new ServerFeatures({ hoverProvider: true, referencesProvider: false });
  expect(features.has("hoverProvider")).toBe(true);
  expect(features.has("referencesProvider")).toBe(false);
  expect(features.has("callHierarchyProvider")).toBe(false);
  features.register({
    registrations: [
      { id: "1", method: "textDocument/references", registerOptions: {} },
      { id: "2", method: "textDocument/callHierarchy" },
    ],
  });
  expect(features.has("referencesProvider")).toBe(true);
  expect(features.has("callHierarchyProvider")).toBe(true);
  features.unregister({ unregisterations: [{ id: "1", method: "textDocument/references" }] });
  expect(features.has("referencesProvider")).toBe(false);
});

test("hostile registrations change nothing", () => {
  const features = new ServerFeatures({});
  for (const wrong of [null, 1, {}, { registrations: 1 }, { registrations: [null] }]) {
    features.register(wrong);
    features.unregister(wrong);
  }
  features.unregister({ unregisterations: [null, 3] });
  expect(features.has("hoverProvider")).toBe(false);
});

test("which documents and saves it wants", () => {
  const sync = (textDocumentSync: number | { openClose?: boolean; save?: boolean | object }) => {
    const features = new ServerFeatures({ textDocumentSync });
    return [features.takesDocuments, features.takesSaves];
  };
  expect(sync(0)).toEqual([false, "no"]);
  expect(sync(2)).toEqual([true, "no"]);
  expect(sync({ openClose: true, save: true })).toEqual([true, "yes"]);
  expect(sync({ openClose: false, save: { includeText: true } })).toEqual([false, "with text"]);
  expect(new ServerFeatures({}).takesDocuments).toBe(false);
});
