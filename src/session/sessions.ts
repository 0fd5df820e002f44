// Sessions: create, find, change and remove the sessions of one directory. What is said in them is
// written by prompts and the loop.
import { relative } from "node:path";
import type { Clock } from "@/base/clock";
import { notFound } from "@/base/error";
import type { IDs } from "@/base/id";
import { version } from "@/base/version";
import type { AssistantMessage, MessageWithParts } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Session, SessionCreateInput, SessionUpdateInput } from "@/schema/session";
import type { Todo } from "@/schema/todo";
import type { SessionFilter, SessionStore } from "@/storage/session-store";
import { orderMessages } from "./conversation";
import { copyMessages, forkTitle } from "./fork";
import type { Records } from "./records";
import type { Runs } from "./runs";
import { createSlug } from "./slug";
import { ended, interrupted } from "./unfinished";
import { addTokens, noTokens } from "./usage";

interface SessionsOptions {
  store: SessionStore;
  records: Records;
  runs: Runs;
  ids: IDs;
  clock: Clock;
  projectID: string;
  directory: string;
  /** The root of the repository, or the directory itself outside of one. */
  worktree: string;
}

export class Sessions {
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Where the messages of this directory's sessions are made. */
  get messagePath(): AssistantMessage["path"] {
    return { cwd: this.#options.directory, root: this.#options.worktree };
  }

  /** Throws AppError not-found for a parent that does not exist. */
  create(input: SessionCreateInput = {}): Session {
    const { clock, ids, projectID, directory, worktree } = this.#options;
    if (input.parentID !== undefined) this.get(input.parentID);
    const now = clock.now();
    const session: Session = {
      ...input,
      id: ids.create("ses"),
      slug: createSlug(),
      projectID,
      directory,
      path: relative(worktree, directory),
      title: input.title ?? defaultTitle(input.parentID !== undefined, now),
      version,
      cost: 0,
      tokens: noTokens,
      time: { created: now, updated: now },
    };
    this.#options.records.createSession(session);
    return session;
  }

  /** Throws AppError not-found. */
  get(sessionID: string): Session {
    const session = this.#options.store.findSession(sessionID);
    if (!session) throw notFound("Session", sessionID);
    return session;
  }

  update(sessionID: string, input: SessionUpdateInput): Session {
    return this.change(sessionID, (session) => ({
      ...session,
      ...input,
      time: { ...session.time, ...input.time },
    }));
  }

  /** The sessions of this project that fit `filter`, the one changed last first. */
  list(filter: Omit<SessionFilter, "projectID"> = {}): Session[] {
    const { projectID, store } = this.#options;
    return store.listSessions({ ...filter, projectID });
  }

  /**
   * A new session with copies of the messages before `messageID`, or of all; files stay as they
   * are. Ids are new, and what names another message names its copy. What runs in the original is
   * interrupted in the copy. Throws AppError not-found for an unknown session or message.
   */
  fork(sessionID: string, messageID?: string): Session {
    const original = this.get(sessionID);
    const { clock, records, store } = this.#options;
    const messages = orderMessages(store.listMessages(sessionID).messages);
    const end = messages.findIndex(({ info }) => info.id === messageID);
    if (messageID !== undefined && end < 0) throw notFound("Message", messageID);
    const ending = interrupted(clock.now());
    const kept = (end < 0 ? messages : messages.slice(0, end)).map((message) =>
      ended(message, ending),
    );
    const { agent, model, permission } = original;
    return records.together(() => {
      const fork = this.create({
        title: forkTitle(original.title),
        ...(agent ? { agent } : {}),
        ...(model ? { model } : {}),
        ...(permission ? { permission } : {}),
      });
      copyMessages(kept, fork.id, { ids: this.#options.ids, records });
      return this.change(fork.id, (session) => ({ ...session, ...sumUsage(kept) }));
    });
  }

  /** Those of subagents below the session, and of theirs. */
  descendants(sessionID: string): Session[] {
    const children = this.#options.store.listSessions({ parentID: sessionID });
    return children.flatMap((child) => [child, ...this.descendants(child.id)]);
  }

  /** Makes a session of another directory, and those below it, one of this directory. */
  adopt(sessionID: string): Session {
    const { directory, records, worktree } = this.#options;
    const place = { directory, path: relative(worktree, directory) };
    return records.together(() => {
      for (const { id } of this.descendants(sessionID)) {
        this.change(id, (session) => ({ ...session, ...place }));
      }
      return this.change(sessionID, (session) => ({ ...session, ...place }));
    });
  }

  /** Applies `change` to the stored session, in one go, and sets its time of change. */
  change(sessionID: string, change: (session: Session) => Session): Session {
    const { clock, records } = this.#options;
    // Read and written in one transaction: another process may change the session as well.
    return records.together(() => {
      const changed = change(this.get(sessionID));
      const session = { ...changed, time: { ...changed.time, updated: clock.now() } };
      records.updateSession(session);
      return session;
    });
  }

  /**
   * Ends what runs in the session and its descendants, then removes them and all they hold.
   * Throws AppError not-found, and busy when another process runs one of them.
   */
  async remove(sessionID: string): Promise<void> {
    this.get(sessionID);
    const { records, runs } = this.#options;
    // A prompt may have come while the abort was awaited: then there is one more to abort.
    do await this.abort(sessionID);
    while (this.#family(sessionID).some((id) => runs.isBusy(id)));
    records.removeSession(sessionID);
  }

  children(sessionID: string): Session[] {
    this.get(sessionID);
    return this.#options.store.listChildren(sessionID);
  }

  todos(sessionID: string): Todo[] {
    this.get(sessionID);
    return this.#options.store.listTodos(sessionID);
  }

  /** Oldest first; `limit` keeps the newest, `before` the id of a message to page back from. */
  messages(
    sessionID: string,
    page: { limit?: number; before?: string } = {},
  ): { messages: MessageWithParts[]; more: boolean } {
    this.get(sessionID);
    return this.#options.store.listMessages(sessionID, page);
  }

  message(sessionID: string, messageID: string): MessageWithParts {
    this.get(sessionID);
    const message = this.#options.store.findMessage(sessionID, messageID);
    if (!message) throw notFound("Message", messageID);
    return message;
  }

  /**
   * Stops the run of the session and of every session it began; resolves when they are over. Throws
   * AppError busy when another process runs one of them: only that one can stop it.
   */
  async abort(sessionID: string): Promise<void> {
    const { runs } = this.#options;
    const family = this.#family(sessionID);
    await Promise.all(family.map((id) => runs.abort(id)));
    for (const id of family) if (!runs.isBusy(id)) runs.assertOurs(id);
  }

  removeMessage(sessionID: string, messageID: string): void {
    this.get(sessionID);
    this.#options.runs.assertIdle(sessionID);
    this.#options.records.removeMessage(sessionID, messageID);
  }

  removePart(sessionID: string, messageID: string, partID: string): void {
    this.get(sessionID);
    this.#options.runs.assertIdle(sessionID);
    this.#options.records.removePart(sessionID, messageID, partID);
  }

  /** Replaces a part that is there; its ids say where. */
  updatePart(part: Part): Part {
    this.#options.runs.assertIdle(part.sessionID);
    const { parts } = this.message(part.sessionID, part.messageID);
    if (!parts.some((other) => other.id === part.id)) throw notFound("Part", part.id);
    this.#options.records.putPart(part);
    return part;
  }

  #family(sessionID: string): string[] {
    const children = this.#options.store.listChildren(sessionID);
    return [sessionID, ...children.flatMap((child) => this.#family(child.id))];
  }
}

function sumUsage(messages: readonly MessageWithParts[]): Pick<Session, "cost" | "tokens"> {
  const steps = messages.flatMap(({ info }) => (info.role === "assistant" ? [info] : []));
  return {
    cost: steps.reduce((sum, step) => sum + step.cost, 0),
    tokens: steps.reduce((sum, step) => addTokens(sum, step.tokens), noTokens),
  };
}

const TITLE_PATTERN = /^(New|Child) session - \d{4}-\d\d-\d\dT[\d:.]+Z$/;

function defaultTitle(isChild: boolean, now: number): string {
  return `${isChild ? "Child" : "New"} session - ${new Date(now).toISOString()}`;
}

/** Whether the title still is the one that a session begins with. */
export function isDefaultTitle(title: string): boolean {
  return TITLE_PATTERN.test(title);
}
