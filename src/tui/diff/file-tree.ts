// File tree: the directories and files of a diff as rows, directories folded or not. Pure.

export interface TreeRow {
  /** Of a directory, from the top, without a slash at its end; or of a file. */
  path: string;
  /** The lines that lead to it, such as `├─ `. */
  lead: string;
  name: string;
  /** Which file it is, in the order of the diff; undefined for a directory. */
  file?: number;
  isFolded?: boolean;
}

interface Directory {
  path: string;
  directories: Map<string, Directory>;
  files: { name: string; file: number }[];
}

/** Directories before files, each in the order of names; the top has no lines that lead to it. */
export function treeRows(paths: readonly string[], folded: ReadonlySet<string>): TreeRow[] {
  const top: Directory = directoryAt("");
  for (const [file, path] of paths.entries()) {
    const names = path.split("/");
    const name = names.pop() ?? path;
    let place = top;
    for (const step of names) {
      const known = place.directories.get(step);
      const next = known ?? directoryAt(place.path === "" ? step : `${place.path}/${step}`);
      place.directories.set(step, next);
      place = next;
    }
    place.files.push({ name, file });
  }
  return rowsOf(top, folded, undefined);
}

/** The directories that a file is in, outermost first. */
export function directoriesOf(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

function directoryAt(path: string): Directory {
  return { path, directories: new Map(), files: [] };
}

function rowsOf(
  directory: Directory,
  folded: ReadonlySet<string>,
  lead: string | undefined,
): TreeRow[] {
  const directories = [...directory.directories].sort(([a], [b]) => (a < b ? -1 : 1));
  const files = directory.files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const count = directories.length + files.length;
  const prefix = directory.path === "" ? "" : `${directory.path}/`;
  const branch = (index: number) => {
    return lead === undefined ? "" : `${lead}${index === count - 1 ? "└─ " : "├─ "}`;
  };
  const below = (index: number) => {
    return lead === undefined ? "" : `${lead}${index === count - 1 ? "   " : "│  "}`;
  };
  return [
    ...directories.flatMap(([name, one], index) => {
      const isFolded = folded.has(one.path);
      const row: TreeRow = { path: one.path, lead: branch(index), name, isFolded };
      return isFolded ? [row] : [row, ...rowsOf(one, folded, below(index))];
    }),
    ...files.map(({ name, file }, index) => {
      return { path: prefix + name, lead: branch(directories.length + index), name, file };
    }),
  ];
}
