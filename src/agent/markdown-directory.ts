// Definitions in markdown: every *.md below a folder of a configuration directory, such as
// `.opencode/agents/review/security.md`, whose name is then `review/security`. A broken file is
// left out with a warning that names file and line; the others work.
import { extname, join, relative, sep } from "node:path";
import { errorMessage } from "@/base/error";
import { formatBytes } from "@/base/text";
import type { Static, TSchema } from "@/base/schema";
import { type Fence, fenceAt } from "@/config/links";
import type { ConfigDirectory } from "@/config/sources";
import { searchFiles } from "./file-search";
import { parseMarkdown } from "./front-matter";
import { readStart } from "./text-file";

export interface Definition<T> {
  name: string;
  path: string;
  /** The directory of configuration whose folder it is in. */
  directory: ConfigDirectory;
  fields: T;
  body: string;
}

/** Told of what a person should hear and nothing fails for; it names the file. */
export type Warn = (message: string) => void;

const FILE_MAX_BYTES = 256 * 1024;

/**
 * The definitions in `folders` of each directory, in the order of the directories, then of the
 * folders, then by path: a later one of the same name is meant to override an earlier one.
 * `fence`: asked of links of the project that lead out of it.
 */
export async function readDefinitions<S extends TSchema>(
  directories: readonly ConfigDirectory[],
  folders: readonly string[],
  schema: S,
  options: { fence: Fence; warn: Warn },
): Promise<Definition<Static<S>>[]> {
  const lists = await Promise.all(
    directories.flatMap((directory) =>
      folders.map(async (name) => {
        const definitions = await readFolder(join(directory.path, name), schema, options);
        return definitions.map((definition) => ({ ...definition, directory }));
      }),
    ),
  );
  return lists.flat();
}

/** The text and fields of one markdown file, or undefined after a warning. */
export async function readDefinition<S extends TSchema>(
  path: string,
  schema: S,
  warn: Warn,
): Promise<{ fields: Static<S>; body: string } | undefined> {
  try {
    const file = await readStart(path, FILE_MAX_BYTES);
    if (file === undefined) return undefined;
    if (file.truncated) {
      warn(`${path} is skipped: it is larger than ${formatBytes(FILE_MAX_BYTES)}`);
      return undefined;
    }
    return parseMarkdown(file.text, path, schema);
  } catch (error) {
    warn(`A file is skipped: ${errorMessage(error)}`);
    return undefined;
  }
}

async function readFolder<S extends TSchema>(
  root: string,
  schema: S,
  options: { fence: Fence; warn: Warn },
): Promise<Omit<Definition<Static<S>>, "directory">[]> {
  const fence = fenceAt(root, options.fence);
  const match = (name: string) => name.endsWith(".md");
  const files = await searchFiles(root, { match, fence });
  const found = await Promise.all(
    files.map(async (path) => {
      const definition = await readDefinition(path, schema, options.warn);
      return definition && { name: definitionName(root, path), path, ...definition };
    }),
  );
  return found.filter((definition) => definition !== undefined);
}

function definitionName(root: string, path: string): string {
  const way = relative(root, path);
  return way.slice(0, -extname(way).length).split(sep).join("/");
}
