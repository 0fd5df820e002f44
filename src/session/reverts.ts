// Reverts: undo and redo of messages and of what they did to files. An undo takes out of each file
// what the session's own calls put into it, leaves what anybody else wrote, and says which files it
// had to leave. The messages stay until the next prompt makes the undo final.
import { conflict, errorMessage } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Snapshots } from "@/host/snapshots";
import type { Publish } from "@/schema/event";
import { NOWHERE, type RevertInput, type RevertPoint, type Session } from "@/schema/session";
import type { SessionStore } from "@/storage/session-store";
import { type Diffs, fileName, partsOf, splitAtRevert } from "./diffs";
import type { Records } from "./records";
import { chainByFile, type ChangeRecords, diffContents } from "./revert-changes";
import type { RevertFiles, SkippedFile, UndoneFiles } from "./revert-files";
import type { UndoneFile } from "./revert-plan";
import type { Sessions } from "./sessions";

interface RevertsOptions {
  changes: ChangeRecords;
  diffs: Diffs;
  files: RevertFiles;
  log: Logger;
  publish: Publish;
  records: Records;
  sessions: Sessions;
  snapshots: Snapshots;
  store: SessionStore;
  /** Runs `work` while nothing else may run in the session; throws AppError busy when it does. */
  hold<T>(sessionID: string, work: () => Promise<T>): Promise<T>;
}

/** How much of the undone changes the session's row shows. */
const DIFF_MAX_CHARACTERS = 256 * 1024;

/** From where on the conversation is undone, and files, when that is elsewhere. */
type UndoPoint = RevertPoint & { files?: RevertPoint };

export class Reverts {
  readonly #options: RevertsOptions;

  constructor(options: RevertsOptions) {
    this.#options = options;
  }

  /**
   * Undoes this message, or this part of it, and all that follows: files go back to what they would
   * be without it. Where something is undone already the point moves, back or forth; with `only`
   * that of the conversation or that of files, and the other stays. Gives the session, its
   * `revert.skipped` naming the files that were left; unchanged for an unknown message or part.
   * Throws AppError busy while the session runs, not-found for an unknown session.
   */
  async revert(sessionID: string, input: RevertInput): Promise<Session> {
    const { sessions } = this.#options;
    const { messageID, partID } = input;
    sessions.get(sessionID);
    return this.#hold(sessionID, async (session) => {
      const point = nextPoint(session.revert, input);
      const message = this.#options.store.findMessage(sessionID, messageID);
      const isKnown = partID === undefined || message?.parts.some((part) => part.id === partID);
      return message && isKnown ? this.#moveTo(session, point) : session;
    });
  }

  /**
   * Brings back all that is undone; the session as it is when nothing is. Throws AppError conflict,
   * with nothing changed, when a file has changed since in the same place: what is undone would be
   * lost. Busy and not-found as `revert`.
   */
  async unrevert(sessionID: string): Promise<Session> {
    this.#options.sessions.get(sessionID);
    return this.#hold(sessionID, async (session) => {
      if (!session.revert) return session;
      const { diffs, files, sessions } = this.#options;
      const earlier = await this.#earlier(session);
      const { summary } = await diffs.summarize(sessionID, undefined);
      const nothing = new Map<string, never[]>();
      const input = { sessionID, earlier, changes: nothing, isStrict: true };
      await files.apply(input, ({ skipped }) => {
        if (skipped.length > 0) throw this.#cannotRedo(skipped);
        sessions.change(sessionID, ({ revert: _, ...present }) => ({ ...present, summary }));
      });
      return sessions.get(sessionID);
    });
  }

  /**
   * Removes what is undone for good. For the transaction that stores the next prompt, shell command
   * or summary: files are not touched, nothing is awaited.
   */
  finalize(sessionID: string): void {
    const { records, sessions, store } = this.#options;
    const { revert } = sessions.get(sessionID);
    if (!revert) return;
    records.together(() => {
      const { messages } = store.listMessages(sessionID);
      const { kept, undone } = splitAtRevert(messages, revert);
      const last = kept.at(-1);
      for (const { info, parts } of undone) {
        // A message cut in two keeps its first half, if that says anything.
        const isCut = last?.info.id === info.id;
        if (isCut && last.parts.some((part) => part.type !== "step-start")) {
          for (const part of parts) records.removePart(sessionID, info.id, part.id);
        } else records.removeMessage(sessionID, info.id);
      }
      const put = partsOf(splitAtRevert(kept, revert.files).undone);
      for (const part of this.#options.changes.forget(put)) records.putPart(part);
      sessions.change(sessionID, ({ revert: _, ...session }) => session);
    });
  }

  /** Ends what a crash left of undos; for the opening of a directory. */
  async recover(): Promise<void> {
    const { files, log, store } = this.#options;
    for (const sessionID of await files.listPending()) {
      if (!store.findSession(sessionID)) {
        await files.recover(sessionID, undefined);
        continue;
      }
      // Who holds it now is at work on it, or will recover it before its own undo.
      await this.#hold(sessionID, async () => undefined).catch((error: unknown) => {
        log.warn("an interrupted undo could not be ended", {
          sessionID,
          error: errorMessage(error),
        });
      });
    }
  }

  #hold<T>(sessionID: string, work: (session: Session) => Promise<T>): Promise<T> {
    const { files, hold, sessions } = this.#options;
    return hold(sessionID, async () => {
      await files.recover(sessionID, sessions.get(sessionID).revert?.snapshot);
      return work(sessions.get(sessionID));
    });
  }

  async #moveTo(session: Session, point: UndoPoint): Promise<Session> {
    const { changes, diffs, files, publish, sessions, store } = this.#options;
    const sessionID = session.id;
    const { messages } = store.listMessages(sessionID);
    const { undone } = splitAtRevert(messages, point.files ?? point);
    const record = await changes.read(partsOf(undone));
    const unsure = [...record.uncertain.map(describeUncertain), ...record.lost.map(describeLost)];
    const { summary, diff } = await diffs.summarize(sessionID, point);
    const chains = chainByFile(record.changes);
    const input = { sessionID, earlier: await this.#earlier(session), changes: chains };
    await files.apply(input, async (done) => {
      const all = [...done.skipped, ...unsure];
      const skipped = all.map((one) => ({ ...one, file: this.#name(one.file) }));
      const text = await this.#describe(done);
      const revert = {
        ...point,
        ...(done.name === undefined ? {} : { snapshot: done.name }),
        diff: text,
        ...(skipped.length > 0 ? { skipped } : {}),
      };
      sessions.change(sessionID, (present) => ({ ...present, revert, summary }));
    });
    publish("session.diff", { sessionID, diff });
    return sessions.get(sessionID);
  }

  async #earlier({ revert }: Session): Promise<UndoneFile[]> {
    return revert?.snapshot === undefined ? [] : this.#options.files.read(revert.snapshot);
  }

  /** The undone changes as one text for a person; files that do not fit are left out. */
  async #describe({ files }: UndoneFiles): Promise<string> {
    const { snapshots } = this.#options;
    let text = "";
    for (const { file, redo, undone } of files) {
      if (text.length > DIFF_MAX_CHARACTERS) break;
      const hashes = [redo, undone].flatMap((version) => version?.hash ?? []);
      const contents = await snapshots.readAll(hashes);
      const [before, after] = [
        redo && contents.get(redo.hash),
        undone && contents.get(undone.hash),
      ];
      text += (await diffContents(this.#name(file), before, after)) ?? "";
    }
    return text.slice(0, DIFF_MAX_CHARACTERS);
  }

  #cannotRedo(skipped: readonly SkippedFile[]): Error {
    const files = skipped.map((one) => ({ ...one, file: this.#name(one.file) }));
    const list = files.map(({ file, reason }) => `${file} (${reason})`).join(", ");
    return conflict(
      `Nothing was brought back, since these files would lose what is in them now: ${list}. ` +
        "Put them back as the undo left them, or send a prompt to keep everything as it is",
      { files },
    );
  }

  #name(file: string): string {
    return fileName(this.#options.snapshots, file);
  }
}

function nextPoint(
  present: Session["revert"],
  { messageID, partID, only }: RevertInput,
): UndoPoint {
  const point = pointOf({ messageID, partID });
  if (only === undefined) return point;
  const conversation = present ? pointOf(present) : { messageID: NOWHERE };
  const files = present?.files ?? conversation;
  return only === "files" ? { ...conversation, files: point } : { ...point, files };
}

function pointOf({ messageID, partID }: { messageID: string; partID?: string | undefined }) {
  return { messageID, ...(partID === undefined ? {} : { partID }) };
}

function describeUncertain(file: string): SkippedFile {
  return { file, reason: "others may have changed it while a command ran: it is left as it is" };
}

function describeLost({ tool, state }: { tool: string; state: { input: unknown } }): SkippedFile {
  const input = state.input as Record<string, unknown>;
  const file = typeof input["filePath"] === "string" ? input["filePath"] : `(a call of ${tool})`;
  return { file, reason: "what was changed is no longer known" };
}
