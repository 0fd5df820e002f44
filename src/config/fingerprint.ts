// Fingerprints: the hash of all that decides what something of a project does: its own text, and
// the project's files that it names, with the modules that those import.
import { realpath, stat } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import { isInside, realpathInside } from "@/base/file";
import { isRecord } from "./json";

const SCRIPT_EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"] as const;
/** Of one thing; what has more is known by the size and time of the rest. */
const FILES_MAX = 500;
const FILE_MAX_BYTES = 8 * 1024 * 1024;
const STRINGS_MAX = 1_000;
const REFERENCE = /\{file:([^{}]*)\}/g;

interface Place {
  directory: string;
  root: string;
}

/** The hash of `value` (JSON) and of what `files` (absolute) and their imports hold now. */
export async function fingerprint(
  value: unknown,
  files: readonly string[],
  root: string,
): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256").update(JSON.stringify(value) ?? "");
  for (const file of await modulesOf(files, root)) {
    hash.update(`\0${file.path}\0`).update(file.content);
  }
  return hash.digest("hex");
}

/** The paths that a value's texts may name: whole texts, their words, and `{file:}` references. */
export function referencedFiles(value: unknown, { directory, root }: Place): string[] {
  const names = new Set<string>();
  for (const text of textsOf(value)) {
    for (const [, name = ""] of text.matchAll(REFERENCE)) names.add(name.trim());
    for (const word of [text, ...text.split(/[\s"'`;|&<>()]+/)]) {
      names.add(word.replace(/^file:(\/\/)?/, ""));
    }
  }
  const words = [...names].filter((name) => name !== "" && name.length < 1_024);
  const bases = new Set([directory, root]);
  const paths = words.flatMap((name) => [...bases].map((base) => resolve(base, name)));
  return [...new Set(paths)].slice(0, 2 * STRINGS_MAX);
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  const inner = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
  return inner.flatMap(textsOf).slice(0, STRINGS_MAX);
}

interface FileContent {
  path: string;
  content: string | Uint8Array;
}

/** The files that are there, inside the project, and all that they import by relative path. */
async function modulesOf(files: readonly string[], root: string): Promise<FileContent[]> {
  const found = new Map<string, FileContent>();
  const waiting = [...files];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (found.has(path) || found.size >= FILES_MAX) continue;
    const content = await contentOf(path, root);
    if (content === undefined) continue;
    found.set(path, { path, content });
    if (typeof content !== "string") waiting.push(...importsOf(path, content));
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Its bytes, or what tells it from another one; undefined for no regular file of the project. */
async function contentOf(path: string, root: string): Promise<string | Uint8Array | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    // A link out of the project, which only what would run it follows: where to is what counts.
    if (!(await realpathInside(root, path)))
      return isInside(root, path) ? realpath(path) : undefined;
    if (found.size > FILE_MAX_BYTES) return `${found.size} ${found.mtimeMs}`;
    return await Bun.file(path).bytes();
  } catch {
    return undefined; // what cannot be read cannot be run
  }
}

function importsOf(path: string, content: Uint8Array): string[] {
  if (!SCRIPT_EXTENSIONS.some((extension) => extension === extname(path))) return [];
  try {
    const loader = /\.[mc]?ts$/.test(path) ? "ts" : "tsx";
    const transpiler = new Bun.Transpiler({ loader });
    return transpiler
      .scanImports(content)
      .filter((one) => one.path.startsWith("."))
      .flatMap((one) => candidates(join(dirname(path), one.path)));
  } catch {
    return []; // not a module anybody could run
  }
}

/** The files that an import without an ending, or of another one, may mean. */
function candidates(path: string): string[] {
  const bare = path.slice(0, path.length - extname(path).length);
  const endings = [...SCRIPT_EXTENSIONS, ".json"];
  return [
    path,
    ...endings.map((ending) => path + ending),
    ...endings.map((ending) => bare + ending),
    ...endings.map((ending) => join(path, `index${ending}`)),
  ];
}
