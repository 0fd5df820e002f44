// What a session changed in files, for clients: the totals of its row, the list that each step
// tells, and the patches of a turn or of all. Only what its own calls did counts, and what is
// undone at present does not.
import { relative } from "node:path";
import { isInside } from "@/base/file";
import type { IDs } from "@/base/id";
import { countChanges } from "@/base/unified-diff";
import type { Snapshots } from "@/host/snapshots";
import type { Publish } from "@/schema/event";
import type { SnapshotFileDiff } from "@/schema/file";
import type { MessageWithParts } from "@/schema/message";
import type { Part, PatchPart } from "@/schema/part";
import type { RevertPoint, Session } from "@/schema/session";
import type { SessionStore } from "@/storage/session-store";
import { Outlines } from "./outlines";
import type { Records } from "./records";
import {
  type ChangeChain,
  chainByFile,
  type ChangeRecords,
  diffContents,
  type RecordedChange,
} from "./revert-changes";
import type { Sessions } from "./sessions";
import { isSyntheticPrompt } from "./synthetic-prompt";

interface DiffsOptions {
  ids: IDs;
  publish: Publish;
  records: Records;
  sessions: Sessions;
  store: SessionStore;
  snapshots: Snapshots;
  changes: ChangeRecords;
}

/** Patches of an answer together; files beyond it are listed without. */
const PATCHES_MAX_CHARACTERS = 4 * 1024 * 1024;

export class Diffs {
  readonly #options: DiffsOptions;
  readonly #outlines: Outlines;

  constructor(options: DiffsOptions) {
    this.#options = options;
    this.#outlines = new Outlines(options.store);
  }

  /**
   * The files that the session changed, with patches; with the id of a user message, those of its
   * turn. Empty for an unknown session or message.
   */
  async diff(sessionID: string, messageID?: string): Promise<SnapshotFileDiff[]> {
    const revert = this.#options.store.findSession(sessionID)?.revert;
    const all = this.#list(sessionID, revert);
    const messages = messageID === undefined ? all : turnOf(messageID, all);
    return this.#withPatches((await this.#options.changes.read(partsOf(messages))).changes);
  }

  /**
   * After the last part of a step: `write` gets its patch part, if it changed files, and the
   * session and the clients get the new totals.
   */
  async finishStep(message: MessageWithParts, write: (part: PatchPart) => void): Promise<void> {
    const { ids, snapshots } = this.#options;
    const { sessionID, id: messageID } = message.info;
    const { changes } = await this.#options.changes.read(message.parts);
    if (changes.length === 0) return;
    const files = [...new Set(changes.map(({ file }) => file))];
    const record = JSON.stringify({ changes, uncertain: [] });
    const hash = await snapshots.put(Buffer.from(record)).catch(() => undefined); // a full disk
    if (hash === undefined) return;
    write({ id: ids.create("prt"), sessionID, messageID, type: "patch", hash, files });
    await this.#tellStep(message);
  }

  /** The totals of what the session changed before `revert`, and the list without patches. */
  async summarize(
    sessionID: string,
    revert: Session["revert"],
  ): Promise<{ summary: NonNullable<Session["summary"]>; diff: SnapshotFileDiff[] }> {
    const diff = await this.#listDiffs(this.#list(sessionID, revert));
    return { summary: sumOf(diff), diff };
  }

  async #tellStep({ info }: MessageWithParts): Promise<void> {
    const { publish, records, sessions, store } = this.#options;
    const { sessionID } = info;
    const messages = this.#outlines.read(sessionID);
    const diff = await this.#listDiffs(messages);
    const summary = sumOf(diff);
    sessions.change(sessionID, (session) => ({ ...session, summary }));
    publish("session.diff", { sessionID, diff });
    const turn = turnOf(info.id, messages);
    const diffs = await this.#listDiffs(turn);
    const user = turn[0] && store.findMessage(sessionID, turn[0].info.id)?.info;
    if (user?.role === "user") records.putMessage({ ...user, summary: { ...user.summary, diffs } });
  }

  async #listDiffs(messages: readonly MessageWithParts[]): Promise<SnapshotFileDiff[]> {
    const { changes } = await this.#options.changes.read(partsOf(messages));
    return this.#count(changes).map((one) => one.diff);
  }

  /** The messages of which nothing is undone, the last of them as far as it goes. */
  #list(sessionID: string, revert: Session["revert"]): MessageWithParts[] {
    const { messages } = this.#options.store.listMessages(sessionID);
    return splitAtRevert(splitAtRevert(messages, revert).kept, revert?.files).kept;
  }

  #count(changes: readonly RecordedChange[]): { diff: SnapshotFileDiff; chains: ChangeChain[] }[] {
    const totals = new Map<string, { additions: number; deletions: number }>();
    for (const { file, additions, deletions } of changes) {
      const total = totals.get(file) ?? { additions: 0, deletions: 0 };
      total.additions += additions;
      total.deletions += deletions;
      totals.set(file, total);
    }
    return [...chainByFile(changes)].map(([file, chains]) => {
      const { additions, deletions } = totals.get(file) ?? { additions: 0, deletions: 0 };
      const name = fileName(this.#options.snapshots, file);
      return { diff: { file: name, additions, deletions, status: statusOf(chains) }, chains };
    });
  }

  async #withPatches(changes: readonly RecordedChange[]): Promise<SnapshotFileDiff[]> {
    const diffs: SnapshotFileDiff[] = [];
    let budget = PATCHES_MAX_CHARACTERS;
    for (const { diff, chains } of this.#count(changes)) {
      const patch = budget > 0 ? await this.#patch(diff.file ?? "", chains) : undefined;
      budget -= patch?.length ?? 0;
      diffs.push(patch === undefined ? diff : { ...diff, patch, ...countChanges(patch) });
    }
    return diffs;
  }

  /** Of each chain one after the other, where somebody else changed the file between. */
  async #patch(name: string, chains: readonly ChangeChain[]): Promise<string | undefined> {
    const versions = chains.flatMap((chain) => [chain.before, chain.after]);
    const hashes = versions.flatMap((version) => version?.hash ?? []);
    const contents = await this.#options.snapshots.readAll(hashes);
    if (hashes.some((hash) => !contents.has(hash))) return undefined;
    const patches: string[] = [];
    for (const { before, after } of chains) {
      const [from, to] = [before && contents.get(before.hash), after && contents.get(after.hash)];
      const patch = await diffContents(name, from, to);
      if (patch === undefined) return undefined;
      patches.push(patch);
    }
    return patches.join("");
  }
}

function sumOf(diff: readonly SnapshotFileDiff[]): NonNullable<Session["summary"]> {
  const sum = (key: "additions" | "deletions") => diff.reduce((total, one) => total + one[key], 0);
  return { additions: sum("additions"), deletions: sum("deletions"), files: diff.length };
}

/** As a person knows the file: relative to the worktree, absolute outside of it. */
export function fileName({ worktree }: Snapshots, file: string): string {
  return isInside(worktree, file) ? relative(worktree, file) || "." : file;
}

/** What stands before the point of an undo, and the parts of what stands behind it. */
export function splitAtRevert(
  messages: readonly MessageWithParts[],
  revert: RevertPoint | undefined,
): { kept: MessageWithParts[]; undone: MessageWithParts[] } {
  const index = revert ? messages.findIndex(({ info }) => info.id === revert.messageID) : -1;
  const message = messages[index];
  if (!message) return { kept: [...messages], undone: [] };
  const { info, parts } = message;
  const at = parts.findIndex((part) => part.id === revert?.partID);
  const [kept, undone] = [messages.slice(0, index), messages.slice(index + 1)];
  if (at < 0) return { kept, undone: [message, ...undone] };
  return {
    kept: [...kept, { info, parts: parts.slice(0, at) }],
    undone: [{ info, parts: parts.slice(at) }, ...undone],
  };
}

export function partsOf(messages: readonly MessageWithParts[]): Part[] {
  return messages.flatMap(({ parts }) => parts);
}

/**
 * The messages of the turn that this one is in: from what a person asked to the last step of its
 * answer, what the program wrote in between to have the model go on included.
 */
function turnOf(messageID: string, messages: readonly MessageWithParts[]): MessageWithParts[] {
  const turns: Record<string, string> = {};
  let asked: string | undefined;
  for (const message of messages) {
    const { info } = message;
    if (info.role === "user" && !isSyntheticPrompt(message)) asked = info.id;
    const own = info.role === "user" ? (asked ?? info.id) : turns[info.parentID];
    turns[info.id] = own ?? info.id;
  }
  const turn = turns[messageID];
  return messages.filter(({ info }) => turn !== undefined && turns[info.id] === turn);
}

function statusOf(chains: readonly ChangeChain[]): SnapshotFileDiff["status"] {
  if (!chains[0]?.before) return "added";
  return chains.at(-1)?.after ? "modified" : "deleted";
}
