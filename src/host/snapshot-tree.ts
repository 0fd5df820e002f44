// A tree of git that is edited: of the directories on the way to some files their lists are read,
// changed and written anew, and all else is taken over by its hash. So a tree after few changes
// costs by their number, and not by that of all files. What has changed is the caller's to know.
// Names are kept as git has them, a character for each byte, so that they are sorted as git does.

/** `mode` is as git writes it, without leading zeros. */
export interface TreeEntry {
  mode: string;
  hash: string;
}

/** A file's new entry; "gone" with all below it; "directory": no file, what is below counts. */
export type TreeEdit = TreeEntry | "gone" | "directory";

type Entries = Map<string, TreeEntry>;

/** Where something is to be changed; the edit is missing where only something below it is. */
interface Node {
  edit?: TreeEdit;
  children: Map<string, Node>;
}

const DIRECTORY = "40000";
/** A nested repository: never ours to change. */
const REPOSITORY = "160000";

/** Those directories, "" being the top, whose lists are needed to edit these paths. */
export function directoriesOf(paths: Iterable<string>): string[] {
  const directories = new Set([""]);
  for (const path of paths) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      directories.add(path.slice(0, end));
    }
  }
  return [...directories];
}

export class SnapshotTree {
  readonly #hash: string;
  readonly #lists: ReadonlyMap<string, Entries>;

  /** `lists` are those of the tree's directories that are needed, as git stores them. */
  constructor(hash: string, lists: ReadonlyMap<string, Buffer>) {
    const parse = (bytes: Buffer) => parseTree(bytes, hash.length / 2);
    this.#hash = hash;
    this.#lists = new Map([...lists].map(([path, bytes]) => [path, parse(bytes)]));
  }

  find(path: string): TreeEntry | undefined {
    const at = path.lastIndexOf("/");
    return this.#lists.get(path.slice(0, Math.max(0, at)))?.get(bytesOf(path.slice(at + 1)));
  }

  isDirectory(path: string): boolean {
    return this.find(path)?.mode === DIRECTORY;
  }

  hasFile(path: string): boolean {
    const mode = this.find(path)?.mode;
    return mode !== undefined && mode !== DIRECTORY && mode !== REPOSITORY;
  }

  /** The hash of the edited tree; `put` keeps the list of a directory and gives its hash. */
  async write(
    edits: ReadonlyMap<string, TreeEdit>,
    put: (list: Buffer) => Promise<string>,
  ): Promise<string> {
    const root: Node = { children: new Map() };
    for (const [path, edit] of edits) {
      if (isDone(edit, this.find(path))) continue;
      let node = root;
      for (const name of path.split("/")) {
        const child = node.children.get(name) ?? { children: new Map() };
        node.children.set(name, child);
        node = child;
      }
      node.edit = edit;
    }
    if (root.children.size === 0) return this.#hash;
    return put(formatTree(await this.#edit(root, "", put)));
  }

  async #edit(node: Node, path: string, put: (list: Buffer) => Promise<string>): Promise<Entries> {
    const entries: Entries = new Map(this.#lists.get(path));
    for (const [name, child] of node.children) {
      const key = bytesOf(name);
      const before = entries.get(key);
      const after = await this.#editEntry(
        child,
        before,
        path === "" ? name : `${path}/${name}`,
        put,
      );
      if (after) entries.set(key, after);
      else entries.delete(key);
    }
    return entries;
  }

  async #editEntry(
    { edit, children }: Node,
    before: TreeEntry | undefined,
    path: string,
    put: (list: Buffer) => Promise<string>,
  ): Promise<TreeEntry | undefined> {
    if (before?.mode === REPOSITORY) return before;
    if (edit === "gone") return undefined;
    if (edit !== undefined && edit !== "directory") return edit;
    if (children.size === 0) return before?.mode === DIRECTORY ? before : undefined;
    const entries = await this.#edit({ children }, path, put);
    // Git knows no empty directories.
    if (entries.size === 0) return edit || before?.mode === DIRECTORY ? undefined : before;
    return { mode: DIRECTORY, hash: await put(formatTree(entries)) };
  }
}

function isDone(edit: TreeEdit, entry: TreeEntry | undefined): boolean {
  if (edit === "gone") return entry === undefined;
  if (edit === "directory") return entry === undefined || entry.mode === DIRECTORY;
  return entry?.mode === edit.mode && entry.hash === edit.hash;
}

/** `<mode> <name>\0<hash>`, again and again. */
function parseTree(bytes: Buffer, hashBytes: number): Entries {
  const entries: Entries = new Map();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const zero = bytes.indexOf(0, space);
    const end = zero + 1 + hashBytes;
    const name = bytes.toString("latin1", space + 1, zero);
    const mode = bytes.toString("latin1", at, space);
    entries.set(name, { mode, hash: bytes.toString("hex", zero + 1, end) });
    at = end;
  }
  return entries;
}

function formatTree(entries: Entries): Buffer {
  // A directory is sorted as if its name ended with a slash.
  const key = (name: string, { mode }: TreeEntry) => (mode === DIRECTORY ? `${name}/` : name);
  const sorted = [...entries].map(([name, entry]) => ({ key: key(name, entry), name, entry }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : 1));
  return Buffer.concat(
    sorted.flatMap(({ name, entry: { mode, hash } }) => [
      Buffer.from(`${mode} ${name}\0`, "latin1"),
      Buffer.from(hash, "hex"),
    ]),
  );
}

function bytesOf(name: string): string {
  return Buffer.from(name).toString("latin1");
}
