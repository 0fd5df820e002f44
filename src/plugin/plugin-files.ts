// Which files of people are code of this program: those in the named folders of the configuration
// directories. A repository's own count only once its directory is trusted.
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import type { ConfigDirectory } from "@/config/sources";

export interface CodeFile {
  /** Absolute. */
  path: string;
  /** It comes with the project, not from the person. */
  isOfProject: boolean;
}

export const PLUGIN_FOLDERS: readonly string[] = ["plugin", "plugins"];
export const TOOL_FOLDERS: readonly string[] = ["tool", "tools"];
const EXTENSIONS: readonly string[] = [".ts", ".js"];
const FILES_MAX = 200;

/** The code in these folders of each directory, farthest directory first, then by name. */
export async function findCode(
  folders: readonly string[],
  directories: readonly ConfigDirectory[],
): Promise<CodeFile[]> {
  const places = directories.flatMap(({ path, isProject: isOfProject }) =>
    folders.map((folder) => ({ folder: join(path, folder), isOfProject })),
  );
  const found = await Promise.all(
    places.map(async ({ folder, isOfProject }) => {
      const names = await readdir(folder).catch((): string[] => []); // most have none
      return names
        .filter((name) => EXTENSIONS.includes(extname(name)) && !name.endsWith(".d.ts"))
        .toSorted()
        .map((name) => ({ path: join(folder, name), isOfProject }));
    }),
  );
  return found.flat().slice(0, FILES_MAX);
}
