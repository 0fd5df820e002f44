// The files of a project as clients see them: a directory's entries, a file's content with what
// changed since the last commit, and the changed files. Nothing outside the project directory is
// shown, whatever the path looks like and wherever its symbolic links lead.
import { open, readdir, realpath, stat } from "node:fs/promises";
import { basename, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import {
  denied,
  errorCode,
  errorMessage,
  invalid,
  limitReached,
  notFound,
  unavailable,
  type AppError,
} from "@/base/error";
import { isInside, realpathInside } from "@/base/file";
import { formatBytes } from "@/base/text";
import type { File, FileContent, FileNode } from "@/schema/file";
import type { Git } from "./git";
import { gitStatus } from "./git-changes";

/** What is read at most of one file. */
export const FILE_READ_MAX_BYTES = 10 * 1024 * 1024;
const ENTRIES_MAX = 10_000;
/** Where a zero byte is looked for, which texts do not have. */
const SNIFF_BYTES = 8 * 1024;
/** Longer texts are given without what changed. */
const DIFF_MAX_LENGTH = 1024 * 1024;
const DIFF_TIMEOUT_MS = 2_000;

const MIME_TYPES: Readonly<Record<string, string>> = {
  ".avif": "image/avif",
  ".bmp": "image/bmp",
  ".gif": "image/gif",
  ".ico": "image/x-icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".tif": "image/tiff",
  ".tiff": "image/tiff",
  ".webp": "image/webp",
  ".heic": "image/heic",
  ".pdf": "application/pdf",
  ".mp3": "audio/mpeg",
  ".wav": "audio/wav",
  ".ogg": "audio/ogg",
  ".mp4": "video/mp4",
  ".webm": "video/webm",
  ".zip": "application/zip",
  ".gz": "application/gzip",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

export interface ProjectFilesOptions {
  /** What paths are relative to, and what they must not leave. */
  directory: string;
  git?: Git;
}

export class ProjectFiles {
  readonly #directory: string;
  readonly #git: Git | undefined;

  constructor(options: ProjectFilesOptions) {
    this.#directory = resolve(options.directory);
    this.#git = options.git;
  }

  /**
   * The entries of a directory, directories first, each group by name. Throws AppError not-found,
   * invalid for what is no directory, denied for what lies outside.
   */
  async list(path: string): Promise<FileNode[]> {
    const directory = await this.#resolve(path);
    const facts = await this.#stat(directory, "Directory", path);
    if (!facts.isDirectory()) throw invalid(`${path} is not a directory`, { path });
    const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    const nodes = await Promise.all(
      entries.slice(0, ENTRIES_MAX).map(async (entry) => {
        const absolute = join(directory, entry.name);
        const isDirectory = entry.isSymbolicLink()
          ? await leadsToDirectory(absolute)
          : entry.isDirectory();
        return this.#node(absolute, isDirectory);
      }),
    );
    const links = entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
    await this.#markIgnored(nodes, directory, new Set(links));
    return nodes.sort(
      (a, b) =>
        Number(a.type === "file") - Number(b.type === "file") ||
        (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
    );
  }

  /**
   * A file's content: texts without their final newline and, when git knows the file and it has
   * changed, with the difference; everything else in base64. Throws AppError not-found, invalid
   * for what is no file, denied for what lies outside, limit for what is too large.
   */
  async read(path: string, signal?: AbortSignal): Promise<FileContent> {
    const file = await this.#resolve(path);
    const facts = await this.#stat(file, "File", path);
    if (!facts.isFile()) {
      const found = facts.isDirectory() ? "a directory" : "no regular file";
      throw invalid(`${path} is ${found}`, { path });
    }
    if (facts.size > FILE_READ_MAX_BYTES) {
      const [size, most] = [formatBytes(facts.size), formatBytes(FILE_READ_MAX_BYTES)];
      throw limitReached(`${path} is too large to be shown: ${size}, at most ${most}`, { path });
    }
    const bytes = await readBytes(file, facts.size, path);
    const mimeType = MIME_TYPES[extname(file).toLowerCase()];
    if (isBinary(bytes) || mimeType?.startsWith("image/")) {
      const content = bytes.toString("base64");
      return { type: "binary", content, encoding: "base64", ...(mimeType ? { mimeType } : {}) };
    }
    const text = bytes.toString("utf8");
    const content = text.replace(/\r?\n$/, "");
    return { type: "text", content, ...(await this.#diff(file, text, signal)) };
  }

  /** The files below the directory that differ from the last commit; empty without git. */
  async status(signal?: AbortSignal): Promise<File[]> {
    const git = this.#git;
    if (!git) return [];
    const [directory, worktree] = await Promise.all([
      realpath(this.#directory),
      realpath(git.worktree),
    ]);
    const changes = await gitStatus(git, signal);
    return changes.flatMap(({ file, additions, deletions, status }) => {
      const absolute = join(worktree, file);
      if (!isInside(directory, absolute)) return [];
      const path = toSlashes(relative(directory, absolute));
      return [{ path, added: additions, removed: deletions, status }];
    });
  }

  /** The absolute path, once it is sure to lie inside. */
  async #resolve(path: string): Promise<string> {
    if (path.includes("\0")) throw invalid("A path cannot hold a zero byte");
    const absolute = resolve(this.#directory, path);
    const inside = isInside(this.#directory, absolute);
    if (!inside || !(await realpathInside(this.#directory, absolute))) {
      throw denied(`${path} lies outside the project directory ${this.#directory}`, { path });
    }
    return absolute;
  }

  async #stat(absolute: string, what: string, path: string) {
    return stat(absolute).catch((error: unknown) => {
      const code = errorCode(error);
      if (code === "ENOENT" || code === "ENOTDIR") throw notFound(what, path);
      throw unreadable(path, error);
    });
  }

  #node(absolute: string, isDirectory: boolean): FileNode {
    const path = toSlashes(relative(this.#directory, absolute));
    return {
      name: basename(absolute),
      path: isDirectory ? `${path}/` : path,
      absolute,
      type: isDirectory ? "directory" : "file",
      ignored: false,
    };
  }

  /** Of the nodes of one directory, in which the `links` are no directories to git. */
  async #markIgnored(
    nodes: FileNode[],
    directory: string,
    links: ReadonlySet<string>,
  ): Promise<void> {
    const git = this.#git;
    const asked = nodes.filter((node) => node.name !== ".git");
    if (!git || asked.length === 0) return;
    // Names may be anything, so git is asked by paths relative to the worktree, not by pathspecs.
    // It refuses all of them for one that leads through a link.
    const [real, worktree] = await Promise.all([realpath(directory), realpath(git.worktree)]);
    const askedPath = ({ name, type }: FileNode) => {
      const path = toSlashes(relative(worktree, join(real, name)));
      return type === "directory" && !links.has(name) ? `${path}/` : path;
    };
    const ignored = new Set(await git.ignored(asked.map(askedPath)));
    for (const node of asked) node.ignored = ignored.has(askedPath(node));
  }

  /** What has changed in a text since the last commit, if git knows the file. */
  async #diff(
    file: string,
    text: string,
    signal?: AbortSignal,
  ): Promise<Pick<FileContent, "diff" | "patch">> {
    const git = this.#git;
    if (!git || text.length > DIFF_MAX_LENGTH) return {};
    const path = toSlashes(relative(await realpath(git.worktree), await realpath(file)));
    if (isAbsolute(path) || path.startsWith("../")) return {};
    const committed = await git.show(path, signal);
    if (committed === undefined || committed.length > DIFF_MAX_LENGTH) return {};
    // Where git changes line endings at checkout, that alone is no change.
    const converted = !committed.includes("\r") && text.includes("\r\n");
    const before = converted ? committed.replaceAll("\n", "\r\n") : committed;
    if (before === text) return {};
    const { formatPatch, structuredPatch } = await import("diff");
    const patch = structuredPatch(path, path, before, text, "old", "new", {
      context: Number.MAX_SAFE_INTEGER,
      timeout: DIFF_TIMEOUT_MS,
    });
    if (!patch) return {};
    const { oldFileName = path, newFileName = path, oldHeader, newHeader, hunks } = patch;
    return {
      diff: formatPatch(patch),
      patch: {
        oldFileName,
        newFileName,
        ...(oldHeader === undefined ? {} : { oldHeader }),
        ...(newHeader === undefined ? {} : { newHeader }),
        hunks,
      },
    };
  }
}

async function leadsToDirectory(path: string): Promise<boolean> {
  const target = await stat(path).catch(() => undefined); // a dangling link is shown as a file
  return target?.isDirectory() ?? false;
}

/** At most `size` bytes, however the file grows meanwhile. */
async function readBytes(file: string, size: number, path: string): Promise<Buffer> {
  try {
    const handle = await open(file, "r");
    try {
      const bytes = Buffer.alloc(size);
      let length = 0;
      while (length < size) {
        const { bytesRead } = await handle.read(bytes, length, size - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, SNIFF_BYTES).includes(0);
}

function unreadable(path: string, error: unknown): AppError {
  const reason = errorCode(error) === "EACCES" ? "permission denied" : errorMessage(error);
  return unavailable(`Cannot read ${path}: ${reason}`, { path }, error);
}

function toSlashes(path: string): string {
  return sep === "/" ? path : path.replaceAll(sep, "/");
}
