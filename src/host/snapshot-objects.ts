// The contents that snapshots keep: immutable, named by their hash, in git's own loose format, so
// that the git program and this one read each other's. It needs no git program itself. A content is
// there as a whole or not at all; what a killed writer left is swept away at the next opening.
import { randomBytes } from "node:crypto";
import {
  type FileHandle,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import { errorCode } from "@/base/error";
import { ensureDirectory, fileFailure } from "@/base/file";
import { isRunning } from "@/base/process";

export type HashAlgorithm = "sha1" | "sha256";

/** The content of a file, or the list of a directory; default a file's. */
export type ObjectType = "blob" | "tree";

interface PutOptions {
  durable?: boolean;
  type?: ObjectType;
}

interface StoredObject {
  path: string;
  size: number;
  mtimeMs: number;
}

/** Fast; most contents are small texts. */
const DEFLATE_LEVEL = 1;
/** After pruning for size so much of the limit is in use, so that it is not done again at once. */
const KEPT_SHARE = 0.8;

export class SnapshotObjects {
  readonly #directory: string;
  readonly #algorithm: HashAlgorithm;

  constructor(directory: string, algorithm: HashAlgorithm) {
    this.#directory = directory;
    this.#algorithm = algorithm;
  }

  /**
   * Keeps `bytes` and gives their name. With `durable` they also survive a power failure from here
   * on. A content that is kept already counts as new again when old ones are pruned.
   */
  async put(bytes: Uint8Array, options: PutOptions = {}): Promise<string> {
    const hash = this.nameOf(bytes, options.type);
    const path = this.#path(hash);
    if (!(await this.touch(hash))) {
      const content = Buffer.concat([headerOf(bytes, options.type), bytes]);
      await this.#write(path, await promisify(deflate)(content, { level: DEFLATE_LEVEL }));
    }
    if (options.durable) await sync(path);
    return hash;
  }

  /** The name that `put` gives, without keeping anything. */
  nameOf(bytes: Uint8Array, type?: ObjectType): string {
    const hasher = new Bun.CryptoHasher(this.#algorithm);
    return hasher.update(headerOf(bytes, type)).update(bytes).digest("hex");
  }

  /** Undefined when it is not kept here (any more), or is damaged. */
  async get(hash: string): Promise<Buffer | undefined> {
    try {
      const content = await promisify<Buffer, Buffer>(inflate)(await readFile(this.#path(hash)));
      const start = content.indexOf(0) + 1;
      return content.subarray(0, 5).toString() === "blob " ? content.subarray(start) : undefined;
    } catch {
      return undefined; // never kept, pruned, or cut short by a power failure
    }
  }

  /** Makes a content as new as can be; false when it is not kept here. */
  async touch(hash: string): Promise<boolean> {
    const now = new Date();
    return utimes(this.#path(hash), now, now).then(
      () => true,
      () => false, // the caller writes it, or does without
    );
  }

  /** Removes what writers left that were killed. No git may write meanwhile; we may. */
  async sweep(): Promise<void> {
    for (const directory of await this.#list()) {
      const names = await readdir(directory).catch((): string[] => []); // not a directory
      for (const name of names.filter((one) => one.startsWith("tmp_"))) {
        const pid = /^tmp_(\d+)_[0-9a-f]{12}$/.exec(name)?.[1];
        const isInUse = pid !== undefined && (await isRunning(Number(pid)));
        if (!isInUse) await rm(join(directory, name), { force: true });
      }
    }
  }

  /**
   * Removes what is older than `before` (epoch ms), then the oldest until the rest is well within
   * `maxBytes`; true when something was removed.
   */
  async prune(limits: { before: number; maxBytes: number }): Promise<boolean> {
    const objects = (await this.#measure()).sort((a, b) => a.mtimeMs - b.mtimeMs);
    let total = objects.reduce((sum, object) => sum + object.size, 0);
    const target = total > limits.maxBytes ? limits.maxBytes * KEPT_SHARE : total;
    let removed = false;
    for (const { path, size, mtimeMs } of objects) {
      if (mtimeMs >= limits.before && total <= target) break;
      await rm(path, { force: true });
      total -= size;
      removed = true;
    }
    return removed;
  }

  async #write(path: string, data: Uint8Array): Promise<void> {
    const directory = dirname(path);
    const temporary = join(directory, `tmp_${process.pid}_${randomBytes(6).toString("hex")}`);
    try {
      const file = await openNew(temporary);
      try {
        await file.writeFile(data);
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw fileFailure("write", path, error);
    }
  }

  async #measure(): Promise<StoredObject[]> {
    const objects: StoredObject[] = [];
    for (const directory of await this.#list()) {
      for (const name of await readdir(directory)) {
        const path = join(directory, name);
        const found = await stat(path).catch(() => undefined); // removed meanwhile
        if (found) objects.push({ path, size: diskSize(found), mtimeMs: found.mtimeMs });
      }
    }
    return objects;
  }

  /** The directories that hold objects; `pack` too, where git itself may leave something. */
  async #list(): Promise<string[]> {
    try {
      const names = await readdir(this.#directory);
      const kept = names.filter((name) => /^([0-9a-f]{2}|pack)$/.test(name));
      return kept.map((name) => join(this.#directory, name));
    } catch (error) {
      if (errorCode(error) === "ENOENT") return [];
      throw fileFailure("read", this.#directory, error);
    }
  }

  #path(hash: string): string {
    return join(this.#directory, hash.slice(0, 2), hash.slice(2));
  }
}

function headerOf(bytes: Uint8Array, type: ObjectType = "blob"): Buffer {
  return Buffer.from(`${type} ${bytes.length}\0`);
}

/** What it takes on the disk, where the system tells: small files take whole blocks. */
function diskSize({ size, blocks }: { size: number; blocks?: number }): number {
  return blocks === undefined ? size : blocks * 512;
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", 0o400);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    await ensureDirectory(dirname(path));
    return open(path, "wx", 0o400);
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
