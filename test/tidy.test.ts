// What of the house's rules a machine can judge without harm. The rules and their tests are in
// test/tidy/; src/README.md says what they are for. What needs the running server is judged in
// test/server: that each route has an operationId, a summary and its responses in /doc.

import { expect, test } from "bun:test";
import { join, resolve } from "node:path";
import manifest from "#package.json" with { type: "json" };
import {
  checkBarrels,
  checkCycles,
  checkFences,
  checkHeavy,
  checkLayers,
  checkSpelling,
  checkUnused,
} from "@test/tidy/import-rules";
import { layerTable } from "@test/tidy/layers";
import { checkOpening, checkPlaces, checkToolPrompts } from "@test/tidy/place-rules";
import { parseSources, readRepository } from "@test/tidy/repository";
import { formatViolation, type Violation } from "@test/tidy/source";
import { checkModuleState } from "@test/tidy/state-rules";
import { checkPatterns, checkTable, checkTopLevel, checkWidth } from "@test/tidy/text-rules";

const root = resolve(import.meta.dir, "..");
const files = await readRepository(root);
const paths = files.map((file) => file.path);
const sources = parseSources(files);
const importTargets = Object.values(manifest.imports).map((path) => join(path));

/** One message that lists them all, each with its file and line. */
function expectNone(violations: readonly Violation[]): void {
  if (violations.length > 0) throw new Error(`\n${violations.map(formatViolation).join("\n")}`);
}

test("there is something to judge", () => {
  expect(sources.length).toBeGreaterThan(10);
});

test("imports obey the table of layers", () => expectNone(checkLayers(sources)));

test("src/README.md shows the table of layers", () => {
  const readme = files.find((file) => file.path === "src/README.md")?.text ?? "";
  expectNone(checkTable(readme, layerTable()));
});

test("imports are spelled one way", () => expectNone(checkSpelling(sources)));

test("no file imports itself through others", () => expectNone(checkCycles(sources)));

test("no file only passes on what others declare", () => expectNone(checkBarrels(sources)));

test("packages stay inside their fences", () => expectNone(checkFences(sources)));

test("start-up loads no heavy package", () => expectNone(checkHeavy(sources)));

test("every file of src is imported", () => {
  expectNone(checkUnused(paths, sources, importTargets));
});

test("importing a file does nothing and keeps nothing", () => {
  expectNone(checkModuleState(sources));
});

test("the process and the console are touched in their places", () => {
  expectNone(checkPlaces(sources));
});

test("every tool has its prompt", () => expectNone(checkToolPrompts(paths, sources)));

test("every file of src says what it is", () => expectNone(checkOpening(sources)));

test("no file holds what has no place in it", () => expectNone(checkPatterns(files)));

test("lines of code are at most 100 columns wide", () => expectNone(checkWidth(files)));

test("the top level holds the permitted names only", () => expectNone(checkTopLevel(paths)));
