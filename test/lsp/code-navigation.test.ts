import { expect, test } from "bun:test";
import { fakes, lspBench } from "@test/lsp/fixture";

const NEVER = new AbortController().signal;
const PLAIN = { lsp: fakes({ fake: ["plain"] }) };
const AT = { line: 0, character: 0 };
const RANGE = { start: { line: 1, character: 2 }, end: { line: 1, character: 5 } };

test("places are where links and locations lead; what is neither is left out", async () => {
  await using bench = await lspBench({ "a b.fake": "" }, PLAIN);
  const path = bench.path("a b.fake");
  const uri = Bun.pathToFileURL(path).href;
  const { navigation } = bench;
  const expected = [{ uri, range: RANGE }];
  expect(await navigation.places("definitionProvider", path, AT, NEVER)).toEqual(expected);
  expect(await navigation.places("referencesProvider", path, AT, NEVER)).toEqual(expected);
});

test("the symbols of a file are nested", async () => {
  await using bench = await lspBench({ "a.fake": "" }, PLAIN);
  expect(await bench.navigation.documentSymbols(bench.path("a.fake"), NEVER)).toEqual([
    {
      name: "outer",
      kind: 5,
      range: RANGE,
      children: [{ name: "inner", kind: 6, range: RANGE, detail: "()" }],
    },
  ]);
});

test("symbols of the project's own files, the very name first", async () => {
  const files = ["a.fake", "b.txt"];
  await using bench = await lspBench({ "a.fake": "", "b.txt": "" }, { ...PLAIN, files });
  const uri = Bun.pathToFileURL(bench.path("a.fake")).href;
  expect(bench.servers.status()).toEqual([]);
  expect(await bench.navigation.symbols("thing", NEVER)).toEqual([
    { name: "thing", kind: 5, location: { uri, range: RANGE } },
    { name: "xthing", kind: 12, location: { uri, range: RANGE } },
  ]);
});

test("no language, no symbols", async () => {
  await using bench = await lspBench({ "a.txt": "" }, { ...PLAIN, files: ["a.txt"] });
  expect(await bench.navigation.symbols("thing", NEVER)).toEqual([]);
});

test("calls are asked with the server's own item, whole", async () => {
  await using bench = await lspBench({ "a.fake": "" }, PLAIN);
  const calls = await bench.navigation.calls("incoming", bench.path("a.fake"), AT, NEVER);
  expect(calls).toMatchObject([{ item: { name: "caller" }, ranges: [RANGE] }]);
  expect(await bench.navigation.calls("outgoing", bench.path("a.fake"), AT, NEVER)).toEqual([]);
});

test("a server that does not get ready holds up no answer of another", async () => {
  const lsp = fakes({ mute: ["mute"], fake: ["plain"] });
  await using bench = await lspBench({ "a.fake": "" }, { lsp });
  const places = bench.navigation.places("definitionProvider", bench.path("a.fake"), AT, NEVER);
  expect(await places).toHaveLength(1);
});

test("what is asked ends with its signal", async () => {
  await using bench = await lspBench({ "a.fake": "" }, { lsp: fakes({ fake: ["mute"] }) });
  const abort = new AbortController();
  const asked = bench.navigation.hover(bench.path("a.fake"), AT, abort.signal);
  abort.abort(new Error("enough"));
  expect(asked).rejects.toThrow("enough");
});

test("says which file is not there; what a server registers later it is asked for", async () => {
  await using bench = await lspBench({ "a.fake": "" }, PLAIN);
  const { navigation } = bench;
  expect(navigation.hover(bench.path("b.fake"), AT, NEVER)).rejects.toThrow("File not found");
  // It registers as soon as it is ready, so before it answers this.
  await navigation.hover(bench.path("a.fake"), AT, NEVER);
  const places = navigation.places("implementationProvider", bench.path("a.fake"), AT, NEVER);
  expect(await places).toEqual([]);
});
