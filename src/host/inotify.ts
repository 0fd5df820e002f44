// Inotify: the queue of Linux in which the kernel itself tells what happens in watched directories.
// Unlike watchers of the runtime it has no delay: what a finished call has changed is in the queue,
// and so is the notice that the queue was too short. Elsewhere, and where the system has no more of
// them, there is none. What the events mean is their reader's to say.
import { closeSync, readSync } from "node:fs";
import { errorCode } from "@/base/error";

/** `watch` is the directory's; `name` is empty for the directory itself. */
export interface InotifyEvent {
  watch: number;
  mask: number;
  name: string;
}

/** Bits of a mask. */
export const IN = {
  MODIFY: 0x2,
  ATTRIB: 0x4,
  CLOSE_WRITE: 0x8,
  MOVED_FROM: 0x40,
  MOVED_TO: 0x80,
  CREATE: 0x100,
  DELETE: 0x200,
  MOVE_SELF: 0x800,
  UNMOUNT: 0x2000,
  OVERFLOW: 0x4000,
  /** The watch has ended: the directory was removed, or somebody asked. */
  IGNORED: 0x8000,
  IS_DIRECTORY: 0x40000000,
} as const;

/** All that can change what is in a directory, or in its files; reading is no event. */
const CHANGES =
  IN.MODIFY |
  IN.ATTRIB |
  IN.CLOSE_WRITE |
  IN.MOVED_FROM |
  IN.MOVED_TO |
  IN.CREATE |
  IN.DELETE |
  IN.MOVE_SELF;
const ONLY_DIRECTORIES = 0x1000000;
const NO_LINKS = 0x2000000;
const NONBLOCK_CLOEXEC = 0o2004000;

/** An event is its watch, mask, cookie and length of name, of four bytes each, and the name. */
const HEADER_BYTES = 16;
const BUFFER_BYTES = 64 * 1024;

/** The functions of the system's library that are called. */
interface Library {
  inotify_add_watch(fd: number, path: Buffer, mask: number): number;
  inotify_rm_watch(fd: number, watch: number): number;
}

/** Undefined where the system has none (left). To be closed by whoever opens it. */
export async function openInotify(): Promise<Inotify | undefined> {
  if (process.platform !== "linux") return undefined;
  try {
    const { dlopen } = await import("bun:ffi");
    // Musl answers to this name too.
    const { symbols } = dlopen("libc.so.6", {
      inotify_init1: { args: ["i32"], returns: "i32" },
      inotify_add_watch: { args: ["i32", "ptr", "u32"], returns: "i32" },
      inotify_rm_watch: { args: ["i32", "i32"], returns: "i32" },
    });
    const fd = symbols.inotify_init1(NONBLOCK_CLOEXEC);
    return fd < 0 ? undefined : new Inotify(fd, symbols);
  } catch {
    return undefined; // a system without this library: one does without
  }
}

export class Inotify {
  readonly #fd: number;
  readonly #library: Library;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);

  constructor(fd: number, library: Library) {
    this.#fd = fd;
    this.#library = library;
  }

  /** The id of the watch; undefined where there is no directory, or the system watches no more. */
  watch(directory: string): number | undefined {
    const path = Buffer.from(`${directory}\0`);
    const mask = CHANGES | ONLY_DIRECTORIES | NO_LINKS;
    const watch = this.#library.inotify_add_watch(this.#fd, path, mask);
    return watch < 0 ? undefined : watch;
  }

  /** What happened before is told all the same. */
  unwatch(watch: number): void {
    this.#library.inotify_rm_watch(this.#fd, watch);
  }

  /** All that has happened since the last call, in its order. */
  read(): InotifyEvent[] {
    const events: InotifyEvent[] = [];
    for (let size = this.#fill(); size > 0; size = this.#fill()) {
      for (let at = 0; at < size;) {
        const start = at + HEADER_BYTES;
        const end = start + this.#buffer.readUInt32LE(at + 12);
        events.push({
          watch: this.#buffer.readInt32LE(at),
          mask: this.#buffer.readUInt32LE(at + 4),
          name: this.#text(start, end),
        });
        at = end;
      }
    }
    return events;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #fill(): number {
    try {
      return readSync(this.#fd, this.#buffer);
    } catch (error) {
      if (errorCode(error) === "EAGAIN") return 0;
      throw error;
    }
  }

  /** A name is padded with zeros. */
  #text(start: number, end: number): string {
    const zero = this.#buffer.indexOf(0, start);
    return this.#buffer.toString("utf8", start, zero < 0 ? end : Math.min(zero, end));
  }
}
