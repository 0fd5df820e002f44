import { expect, test } from "bun:test";
import { lspTool } from "@/tool/lsp";
import { fakes, lspBench, type LSPBench } from "@test/lsp/fixture";
import { toolBench } from "@test/support/tool-context";

const PLAIN = { lsp: fakes({ fake: ["plain"] }), files: ["a.fake"] };

async function run(bench: LSPBench, input: object) {
  await using tools = await toolBench();
  const context = { directory: bench.directory, worktree: bench.directory };
  const result = await tools.run(
    lspTool(bench.navigation),
    { filePath: "a.fake", ...input },
    context,
  );
  return { ...result, asks: tools.asks };
}

test("places and symbols as an editor counts, with paths relative to the worktree", async () => {
  await using bench = await lspBench({ "a.fake": "" }, PLAIN);
  const at = { line: 2, character: 3 };
  const place = { path: "a.fake", ...at };
  const definition = await run(bench, { operation: "goToDefinition", ...at });
  expect(definition.title).toBe("goToDefinition a.fake:2:3");
  expect(JSON.parse(definition.output)).toEqual([place]);
  expect(definition.metadata).toEqual({ result: [place] });
  expect(definition.asks).toMatchObject([{ permission: "lsp", patterns: ["*"], always: ["*"] }]);
  const outputOf = async (input: object) => JSON.parse((await run(bench, input)).output);
  expect(await outputOf({ operation: "findReferences", ...at })).toEqual([place]);
  expect(await outputOf({ operation: "documentSymbol" })).toEqual([
    {
      name: "outer",
      kind: "Class",
      line: 2,
      endLine: 2,
      children: [{ name: "inner", kind: "Method", line: 2, endLine: 2, detail: "()" }],
    },
  ]);
  expect(await outputOf({ operation: "workspaceSymbol", query: "it" })).toEqual([
    { name: "it", kind: "Class", ...place },
    { name: "xit", kind: "Function", ...place },
  ]);
  expect(await outputOf({ operation: "prepareCallHierarchy", ...at })).toEqual([
    { name: "here", kind: "Function", ...place },
  ]);
  expect(await outputOf({ operation: "incomingCalls", ...at })).toEqual([
    { name: "caller", kind: "Function", ...place, callsAtLines: [2] },
  ]);
});

test("the position goes to the server as the protocol counts", async () => {
  await using bench = await lspBench({ "a.fake": "" }, PLAIN);
  const { output } = await run(bench, { operation: "hover", line: 2, character: 3 });
  const { heard } = JSON.parse(JSON.parse(output));
  expect(heard.at(-1)).toMatchObject({ params: { position: { line: 1, character: 2 } } });
});

test("says when there is nothing, and what is missing", async () => {
  await using bench = await lspBench({ "a.fake": "" }, PLAIN);
  await run(bench, { operation: "hover", line: 1, character: 1 });
  const none = await run(bench, { operation: "goToImplementation", line: 1, character: 1 });
  expect(none.output).toBe("No results for goToImplementation");
  expect(run(bench, { operation: "hover" })).rejects.toThrow("hover needs line and character");
  const unknown = run(bench, { operation: "hover", filePath: "b.txt", line: 1, character: 1 });
  expect(unknown).rejects.toThrow("File not found");
});
