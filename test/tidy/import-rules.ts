// Rules about imports: layers, fences, cycles, barrels, spelling, files nobody imports, and what
// start-up would evaluate.

import { posix } from "node:path";
import { FENCES, HEAVY, isPackage, LAYERS, permittedFolders } from "@test/tidy/layers";
import {
  folderOf,
  type Import,
  importedPath,
  type Source,
  type Violation,
} from "@test/tidy/source";

/** Imports obey the table of layers. */
export function checkLayers(sources: readonly Source[]): Violation[] {
  return eachImport(sources, "layers", (source, { specifier }) => {
    const from = folderOf(source.path);
    const to = folderOf(importedPath(source.path, specifier) ?? "");
    if (from === undefined || to === undefined || from === to) return undefined;
    const layer = LAYERS.find((candidate) => candidate.folder === from);
    if (!layer) return `src/${from} is no layer: add it to the table, or put the file in a layer`;
    if (permittedFolders(layer).includes(to)) return undefined;
    return (
      `${from} may import ${layer.mayImport}, not ${to} ("${specifier}"): ` +
      "take it as an argument, or move what is shared down"
    );
  });
}

/** `./` inside a folder, `@/` across folders, never `../`, no extension on code. */
export function checkSpelling(sources: readonly Source[]): Violation[] {
  return eachImport(sources, "import spelling", (source, { specifier }) => {
    if (/(^|\/)\.\.(\/|$)/.test(specifier)) {
      return `"${specifier}" climbs: write "@/folder/name" (or "@test/folder/name")`;
    }
    const path = importedPath(source.path, specifier);
    if (path === undefined) return undefined;
    if (path.endsWith(".ts")) return `"${specifier}" needs no ".ts"`;
    const relative = posix.relative(posix.dirname(source.path), path);
    const isInFolder = !relative.startsWith("..") && folderOf(source.path) !== undefined;
    if (specifier.startsWith("@/") && isInFolder && folderOf(path) === folderOf(source.path)) {
      return `"${specifier}" is in the same folder: write "./${relative}"`;
    }
    return undefined;
  });
}

/** npm packages stay inside their fences. */
export function checkFences(sources: readonly Source[]): Violation[] {
  return eachImport(sources, "fence", (source, { specifier }) => {
    if (!source.path.startsWith("src/")) return undefined;
    const path = source.path.slice("src/".length);
    const fence = FENCES.find(({ npm }) => isPackage(specifier, npm));
    if (!fence || fence.only.some((where) => isWithin(path, where))) return undefined;
    return `"${specifier}" belongs to ${fence.only.join(" and ") || "nobody"}: ${fence.why}`;
  });
}

function isWithin(path: string, where: string): boolean {
  return where.endsWith("/") ? path.startsWith(where) : path === where;
}

/** No index.ts, and no file passes on what another file of src declares. */
export function checkBarrels(sources: readonly Source[]): Violation[] {
  const named = sources
    .filter((source) => posix.basename(source.path) === "index.ts")
    .map((source) => violation(source, 1, "barrel", "name the file after its main export"));
  const passing = eachImport(sources, "barrel", (source, { specifier, isReexport }) => {
    const isOurs = importedPath(source.path, specifier) !== undefined;
    if (!isReexport || !isOurs || !source.path.startsWith("src/")) return undefined;
    return `do not pass on "${specifier}": import it where it is declared`;
  });
  return [...named, ...passing];
}

/** No file of src imports itself through others; type-only imports count. */
export function checkCycles(sources: readonly Source[]): Violation[] {
  const graph = importGraph(sources, () => true);
  return sources
    .map((source) => ({ source, cycle: findCycle(graph, source.path) }))
    .filter(({ source, cycle }) => cycle.length > 0 && isFirst(source.path, cycle))
    .map(({ source, cycle }) =>
      violation(source, 1, "cycle", `${cycle.join(" -> ")}: move what both need to a third file`),
    );
}

/** One cycle is told once, at the first of its files. */
function isFirst(path: string, cycle: readonly string[]): boolean {
  return cycle.every((other) => path <= other);
}

/** The shortest way from the path back to itself, or nothing. */
function findCycle(graph: Graph, start: string): string[] {
  return findWay(graph, start, (path) => graph[path]?.includes(start) ?? false, start);
}

/**
 * No file of src that nothing in src imports. main.ts is where it starts, ambient declarations are
 * read by the type checker, and `entries` are other starting points, such as the targets of
 * package.json's imports.
 */
export function checkUnused(
  paths: readonly string[],
  sources: readonly Source[],
  entries: readonly string[],
): Violation[] {
  const used = new Set(entries);
  for (const source of sources.filter((one) => one.path.startsWith("src/"))) {
    for (const { specifier } of source.imports) {
      const path = importedPath(source.path, specifier);
      if (path === undefined || path === withoutExtension(source.path)) continue;
      used.add(path).add(`${path}.ts`);
    }
  }
  return paths
    .filter((path) => path.startsWith("src/") && !path.endsWith("/README.md"))
    .filter((path) => path !== "src/main.ts" && !path.endsWith(".d.ts") && !used.has(path))
    .map((path) => ({
      path,
      line: 1,
      rule: "unused file",
      message: "nothing in src imports it: use it or remove it",
    }));
}

/**
 * No heavy package is evaluated by importing main.ts or a file of app or server: from there every
 * way to it passes an `await import()`.
 */
export function checkHeavy(sources: readonly Source[]): Violation[] {
  const graph = importGraph(sources, (one) => one.kind === "static");
  const reaches = (path: string) => heavyImport(sources, path) !== undefined;
  return sources
    .filter(({ path }) => path === "src/main.ts" || /^src\/(app|server)\/[^/]+$/.test(path))
    .flatMap((source) => {
      const way = findWay(graph, source.path, reaches);
      const heavy = heavyImport(sources, way.at(-1) ?? "");
      if (!heavy) return [];
      const message = `${way.join(" -> ")} loads "${heavy}" at start: await import() it`;
      return [violation(source, 1, "lazy", message)];
    });
}

function heavyImport(sources: readonly Source[], path: string): string | undefined {
  return sources
    .find((source) => source.path === path)
    ?.imports.find(({ kind, specifier }) => kind === "static" && isHeavy(specifier))?.specifier;
}

/** An asset of a package, imported for its path, evaluates nothing. */
function isHeavy(specifier: string): boolean {
  return !specifier.endsWith(".wasm") && HEAVY.some((npm) => isPackage(specifier, npm));
}

/** Which files a file imports. */
type Graph = Readonly<Record<string, readonly string[]>>;

function importGraph(sources: readonly Source[], keep: (one: Import) => boolean): Graph {
  const known = new Set(sources.map((source) => source.path));
  return Object.fromEntries(
    sources.map((source) => [
      source.path,
      source.imports
        .filter(keep)
        .map(({ specifier }) => `${importedPath(source.path, specifier)}.ts`)
        .filter((path) => known.has(path)),
    ]),
  );
}

/** Breadth first: the shortest way to a path that fits, `last` added; empty when there is none. */
function findWay(
  graph: Graph,
  start: string,
  fits: (path: string) => boolean,
  last?: string,
): string[] {
  const seen = new Set([start]);
  const ways = [[start]];
  for (const way of ways) {
    const path = way.at(-1) ?? start;
    if (fits(path)) return last === undefined ? way : [...way, last];
    for (const next of graph[path] ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return [];
}

function eachImport(
  sources: readonly Source[],
  rule: string,
  judge: (source: Source, one: Import) => string | undefined,
): Violation[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((one) => {
      const message = judge(source, one);
      return message === undefined ? [] : [violation(source, one.line, rule, message)];
    }),
  );
}

function violation(source: Source, line: number, rule: string, message: string): Violation {
  return { path: source.path, line, rule, message };
}

function withoutExtension(path: string): string {
  return path.replace(/\.[^./]+$/, "");
}
