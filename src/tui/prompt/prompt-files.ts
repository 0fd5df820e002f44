// Prompt files: what the prompt box keeps beyond the life of the program, for each project, in the
// state directory. `history.jsonl` and `stash.jsonl` are shared by all that run in the project, so
// they are only appended to, and shortened when read. What is being written and what is queued
// belongs to one program, in `live-<pid>.json`; the next one takes over what a dead one left.
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { appendFile, chmod, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "@/base/error";
import { ensureDirectory, fileFailure, readTextIfExists, writeFileAtomic } from "@/base/file";
import { isSameProcess, processIdentity } from "@/base/process";
import { isValid, type Static, stringEnum, t } from "@/base/schema";
import { isSound } from "./draft";
import { type Entry, HISTORY_MAX } from "./history";

const StoredChip = t.Union([
  t.Object({
    type: t.Literal("file"),
    path: t.String(),
    lines: t.Optional(t.Object({ start: t.Integer(), end: t.Optional(t.Integer()) })),
  }),
  t.Object({ type: t.Literal("agent"), name: t.String() }),
  t.Object({
    type: t.Literal("resource"),
    client: t.String(),
    uri: t.String(),
    name: t.String(),
    mime: t.Optional(t.String()),
  }),
  t.Object({ type: t.Literal("paste"), text: t.String() }),
  t.Object({
    type: t.Literal("image"),
    number: t.Integer(),
    mime: t.String(),
    url: t.String(),
    filename: t.Optional(t.String()),
  }),
]);

const StoredDraft = t.Object({
  text: t.String(),
  chips: t.Array(t.Object({ start: t.Integer(), end: t.Integer(), chip: StoredChip })),
});

const StoredEntry = t.Object({
  draft: StoredDraft,
  mode: stringEnum(["prompt", "shell", "private-shell"]),
});

const Live = t.Object({
  owner: t.Object({ pid: t.Integer(), startedAt: t.String() }),
  /** Of the box, where something is in it. */
  draft: t.Optional(StoredEntry),
  queues: t.Record(t.String(), t.Array(StoredEntry)),
});

/** What one program is writing. */
export type LivePrompts = Omit<Static<typeof Live>, "owner">;

export type PromptList = "history" | "stash";

const STASH_MAX = 50;
/** A longer entry is not kept: images and pastes of this size are at hand elsewhere. */
const ENTRY_MAX_CHARACTERS = 1_000_000;
const LIST_MAX_CHARACTERS = 16_000_000;

export class PromptFiles {
  readonly #directory: string;
  readonly #warn: (message: string) => void;
  /** Writes go one after the other, so that a later one never loses against an earlier one. */
  #writing: Promise<void> = Promise.resolve();

  /** `project` names the project, such as its directory or a server's address with it. */
  constructor(stateDirectory: string, project: string, warn: (message: string) => void) {
    const name = createHash("sha256").update(project).digest("hex").slice(0, 24);
    this.#directory = join(stateDirectory, "prompts", name);
    this.#warn = warn;
  }

  /** The entries of a list, oldest first; what cannot be understood is left out. */
  async read(list: PromptList): Promise<Entry[]> {
    const text = await this.#attempt(readTextIfExists(this.#path(list)));
    const lines = (text ?? "").split("\n").filter((line) => line !== "");
    const kept = lastWithin(lines, list === "history" ? HISTORY_MAX : STASH_MAX);
    if (lines.length > 2 * kept.length && lines.length > HISTORY_MAX) {
      await this.#replace(list, kept);
    }
    return kept.flatMap(parseEntry);
  }

  /** Adds one at the end. */
  append(list: PromptList, entry: Entry): Promise<void> {
    const line = JSON.stringify({ draft: entry.draft, mode: entry.mode });
    if (line.length > ENTRY_MAX_CHARACTERS) return Promise.resolve();
    return this.#write(async () => {
      await ensureDirectory(this.#directory);
      const path = this.#path(list);
      await appendFile(path, `${line}\n`, { mode: 0o600 });
      await chmod(path, 0o600);
    });
  }

  /** Replaces a list by these entries. */
  replace(list: PromptList, entries: readonly Entry[]): Promise<void> {
    return this.#replace(
      list,
      entries.map(({ draft, mode }) => JSON.stringify({ draft, mode })),
    );
  }

  /** Keeps what is being written; with nothing in it, removes the file. */
  saveLive(live: LivePrompts): Promise<void> {
    if (isEmpty(live)) return this.#write(() => rm(this.#livePath(), { force: true }));
    const text = JSON.stringify(this.#owned(live));
    return this.#write(async () => {
      await ensureDirectory(this.#directory);
      await writeFileAtomic(this.#livePath(), text);
    });
  }

  /** As `saveLive`, but done when it returns: for the last moment of a program that crashes. */
  saveLiveNow(live: LivePrompts): void {
    try {
      // What was kept a moment ago may have been sent since.
      if (isEmpty(live)) return rmSync(this.#livePath(), { force: true });
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      const path = this.#livePath();
      writeFileSync(`${path}.tmp`, JSON.stringify(this.#owned(live)), { mode: 0o600 });
      renameSync(`${path}.tmp`, path);
    } catch (error) {
      this.#warn(`What was being written could not be kept: ${errorMessage(error)}`);
    }
  }

  /** What programs that are no more left behind, and takes it from the disk. */
  async adopt(): Promise<LivePrompts[]> {
    const names = await readdir(this.#directory).catch(() => []); // none was ever written
    const found: LivePrompts[] = [];
    for (const name of names.filter((one) => /^live-\d+\.json$/.test(one)).sort()) {
      const path = join(this.#directory, name);
      const live = parseLive(await this.#attempt(readTextIfExists(path)));
      if (live && isSameProcess(live.owner)) continue;
      if (live) found.push({ queues: live.queues, ...(live.draft && { draft: live.draft }) });
      await this.#attempt(rm(path, { force: true }));
    }
    return found;
  }

  /** Resolves when all that was to be written is. */
  settled(): Promise<void> {
    return this.#writing;
  }

  #owned(live: LivePrompts): Static<typeof Live> {
    const owner = processIdentity(process.pid) ?? { pid: process.pid, startedAt: "" };
    return { owner, ...live };
  }

  #replace(list: PromptList, lines: readonly string[]): Promise<void> {
    return this.#write(async () => {
      await ensureDirectory(this.#directory);
      await writeFileAtomic(this.#path(list), lines.map((line) => `${line}\n`).join(""));
    });
  }

  #write(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      await this.#attempt(work());
    });
    return this.#writing;
  }

  /** A prompt box works without its files: a failure is told and no more. */
  async #attempt<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      const failure = error instanceof Error ? error : fileFailure("keep", this.#directory, error);
      this.#warn(errorMessage(failure));
      return undefined;
    }
  }

  #path(list: PromptList): string {
    return join(this.#directory, `${list}.jsonl`);
  }

  #livePath(): string {
    return join(this.#directory, `live-${process.pid}.json`);
  }
}

function isEmpty({ draft, queues }: LivePrompts): boolean {
  return draft === undefined && Object.keys(queues).length === 0;
}

/** The last lines that stay within the limits. */
function lastWithin(lines: readonly string[], max: number): string[] {
  let characters = 0;
  const first = lines.findLastIndex((line) => {
    characters += line.length;
    return characters > LIST_MAX_CHARACTERS;
  });
  return lines.slice(Math.max(first + 1, lines.length - max));
}

function parseEntry(line: string): Entry[] {
  const value = parseJSON(line);
  return isValid(StoredEntry, value) && isSound(value.draft) ? [value] : [];
}

function parseLive(text: string | undefined): Static<typeof Live> | undefined {
  const value = text === undefined ? undefined : parseJSON(text);
  if (!isValid(Live, value)) return undefined;
  const entries = [...Object.values(value.queues).flat(), ...(value.draft ? [value.draft] : [])];
  return entries.every(({ draft }) => isSound(draft)) ? value : undefined;
}

function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // half a line, from a program that died while it wrote
  }
}
