// What the calls of a session changed in files. While a call runs its changes are collected; at its
// end they become a record, an immutable content whose name the tool part carries. Undo and diffs
// read the records of the parts they are about, those of subagents included.
import { errorMessage } from "@/base/error";
import type { Logger } from "@/base/log";
import { countChanges, createPatch } from "@/base/unified-diff";
import type { FileVersion } from "@/host/snapshot-entry";
import type { FileChange, FileChanges } from "@/host/snapshot-journal";
import type { Snapshots } from "@/host/snapshots";
import type { MessageWithParts } from "@/schema/message";
import type { Part, ToolPart } from "@/schema/part";
import type { SessionStore } from "@/storage/session-store";

export interface RecordedChange extends FileChange {
  additions: number;
  deletions: number;
}

/** `uncertain` are files that somebody else may have changed at the same time. */
export interface ChangeRecord {
  changes: RecordedChange[];
  uncertain: string[];
}

/** The key of a tool state's metadata that names the record of its call. */
const RECORD_KEY = "changes";
/** And of a task's, that names the session of its subagent. */
const CHILD_KEY = "sessionId";
const RECORDS_CACHED_MAX = 2_000;
/** Beyond these nobody waits for line counts. */
const COUNTED_FILES_MAX = 200;
const COUNTED_BYTES_MAX = 512 * 1024;

/** Collects what one call changes; handed to the tool, which says what it is about to do. */
export class CallChanges {
  readonly #snapshots: Snapshots;
  readonly #family: string;
  readonly #found: FileChanges = { changes: [], uncertain: [] };

  /** `family` is the id of the session at the root: see rootOf. */
  constructor(snapshots: Snapshots, family: string) {
    this.#snapshots = snapshots;
    this.#family = family;
  }

  /** Runs `work`, which writes these files (absolute, real paths) and no others. */
  files<T>(paths: readonly string[], work: () => Promise<T>): Promise<T> {
    return this.#snapshots.recordFiles(paths, this.#found, work);
  }

  /** Runs `work`, which may change any file: a command, or a tool not of ours. */
  tree<T>(work: () => Promise<T>): Promise<T> {
    return this.#snapshots.recordTree(this.#family, this.#found, work);
  }

  /** What the part's state is to have in its metadata; empty without changes. Never throws. */
  async finish(): Promise<Record<string, unknown>> {
    const { changes, uncertain } = this.#found;
    if (changes.length === 0 && uncertain.length === 0) return {};
    try {
      const counted = await countAll(this.#snapshots, changes);
      const record: ChangeRecord = { changes: counted, uncertain: [...new Set(uncertain)] };
      return { [RECORD_KEY]: await this.#snapshots.put(Buffer.from(JSON.stringify(record))) };
    } catch {
      return {}; // A full disk, say: what the call did stands, though it cannot be undone.
    }
  }
}

/** The session at the root of the tree that this one is in. */
export function rootOf(sessionID: string, store: SessionStore): string {
  const seen = new Set<string>();
  let id = sessionID;
  for (;;) {
    seen.add(id);
    const parentID = store.findSession(id)?.parentID;
    if (parentID === undefined || seen.has(parentID)) return id;
    id = parentID;
  }
}

/** The part with nothing but what tells of changes; undefined when it tells of none. */
export function outlineCall(part: ToolPart): ToolPart | undefined {
  const { state } = part;
  if (state.status !== "completed" && state.status !== "error") return undefined;
  const named = [RECORD_KEY, CHILD_KEY].filter((key) => state.metadata?.[key] !== undefined);
  if (named.length === 0) return undefined;
  const metadata = Object.fromEntries(named.map((key) => [key, state.metadata?.[key]]));
  const { status, time } = state;
  const ended =
    status === "completed"
      ? { status, input: {}, output: "", title: "", metadata, time }
      : { status, input: {}, error: "", metadata, time };
  return { ...part, state: ended };
}

/** Reads the records that parts name. Those read last are kept: they never change. */
export class ChangeRecords {
  readonly #snapshots: Snapshots;
  readonly #store: SessionStore;
  readonly #log: Logger;
  readonly #cache = new Map<string, ChangeRecord>();

  constructor(snapshots: Snapshots, store: SessionStore, log: Logger) {
    this.#snapshots = snapshots;
    this.#store = store;
    this.#log = log;
  }

  /**
   * All that these parts changed, in the order of time; `lost` are the tool parts whose record is
   * no longer kept.
   */
  async read(parts: readonly Part[]): Promise<ChangeRecord & { lost: ToolPart[] }> {
    const result: ChangeRecord & { lost: ToolPart[] } = { changes: [], uncertain: [], lost: [] };
    for (const part of withSubagents(parts, this.#store)) {
      const name = recordName(part);
      if (name === undefined) continue;
      const record = await this.#find(name);
      if (!record) result.lost.push(part);
      result.changes.push(...(record?.changes ?? []));
      result.uncertain.push(...(record?.uncertain ?? []));
    }
    result.changes.sort((a, b) => a.at - b.at);
    return result;
  }

  /** These parts without their records, for whom what they changed is no longer theirs. */
  *forget(parts: readonly Part[]): Iterable<ToolPart> {
    for (const part of withSubagents(parts, this.#store)) {
      const { state } = part;
      if (recordName(part) === undefined || !("metadata" in state)) continue;
      const { [RECORD_KEY]: _, ...metadata } = state.metadata ?? {};
      yield { ...part, state: { ...state, metadata } };
    }
  }

  async #find(name: string): Promise<ChangeRecord | undefined> {
    const record = this.#cache.get(name) ?? (await this.#load(name));
    if (!record) return undefined;
    this.#cache.delete(name);
    this.#cache.set(name, record);
    for (const [oldest] of this.#cache) {
      if (this.#cache.size <= RECORDS_CACHED_MAX) break;
      this.#cache.delete(oldest);
    }
    return record;
  }

  async #load(name: string): Promise<ChangeRecord | undefined> {
    try {
      const bytes = await this.#snapshots.read(name);
      // Our own record; a name that a client has put there leads to what is checked here.
      const record = bytes && (JSON.parse(bytes.toString()) as Partial<ChangeRecord>);
      const isRecord = Array.isArray(record?.changes) && Array.isArray(record.uncertain);
      return isRecord ? (record as ChangeRecord) : undefined;
    } catch (error) {
      this.#log.warn("a record of changes cannot be read", { name, error: errorMessage(error) });
      return undefined;
    }
  }
}

/** From where a file came to where it went, with nobody else's change between. */
export interface ChangeChain {
  before: FileVersion | undefined;
  after: FileVersion | undefined;
}

/**
 * The chains of each file, in the order of time; those that came back to their beginning left out.
 */
export function chainByFile(changes: readonly FileChange[]): Map<string, ChangeChain[]> {
  const files = new Map<string, ChangeChain[]>();
  for (const { file, before, after } of changes) {
    const chains = files.get(file) ?? [];
    const last = chains.at(-1);
    if (last && isSame(last.after, before)) last.after = after;
    else chains.push({ before, after });
    files.set(file, chains);
  }
  for (const [file, chains] of files) {
    const kept = chains.filter((chain) => !isSame(chain.before, chain.after));
    if (kept.length > 0) files.set(file, kept);
    else files.delete(file);
  }
  return files;
}

function isSame(a: FileVersion | undefined, b: FileVersion | undefined): boolean {
  return a?.hash === b?.hash && a?.mode === b?.mode;
}

function recordName(part: ToolPart): string | undefined {
  const { state } = part;
  const name = "metadata" in state ? state.metadata?.[RECORD_KEY] : undefined;
  return typeof name === "string" && /^[0-9a-f]{40,64}$/.test(name) ? name : undefined;
}

/** The tool parts, each task followed by those of the messages its subagent made in it. */
function* withSubagents(parts: readonly Part[], store: SessionStore): Iterable<ToolPart> {
  for (const part of parts) {
    if (part.type !== "tool") continue;
    yield part;
    const { state } = part;
    if (state.status !== "completed" && state.status !== "error") continue;
    const child = state.metadata?.[CHILD_KEY];
    if (typeof child !== "string" || store.findSession(child)?.parentID !== part.sessionID)
      continue;
    const isOfTask = ({ info }: MessageWithParts) =>
      info.time.created >= state.time.start && info.time.created <= state.time.end;
    const { messages } = store.listMessages(child);
    yield* withSubagents(
      messages.filter(isOfTask).flatMap((message) => message.parts),
      store,
    );
  }
}

async function countAll(
  snapshots: Snapshots,
  changes: readonly FileChange[],
): Promise<RecordedChange[]> {
  const counted: RecordedChange[] = [];
  for (const [index, change] of changes.entries()) {
    const lines = index < COUNTED_FILES_MAX ? await countLines(snapshots, change) : undefined;
    counted.push({ ...change, additions: 0, deletions: 0, ...lines });
  }
  return counted;
}

async function countLines(snapshots: Snapshots, { before, after }: FileChange) {
  const hashes = [before, after].flatMap((version) => version?.hash ?? []);
  const contents = await snapshots.readAll(hashes);
  const patch = await diffContents(
    "",
    before && contents.get(before.hash),
    after && contents.get(after.hash),
  );
  return patch === undefined ? undefined : countChanges(patch);
}

/** A unified diff; undefined for binary and for very large contents. */
export async function diffContents(
  file: string,
  before: Buffer | undefined,
  after: Buffer | undefined,
): Promise<string | undefined> {
  const both = [before, after].flatMap((bytes) => bytes ?? []);
  if (both.some((bytes) => bytes.length > COUNTED_BYTES_MAX || bytes.includes(0))) return undefined;
  return createPatch(file, before?.toString() ?? "", after?.toString() ?? "");
}
