// Records: the one way in which a session's rows change. Each change is committed, then told on the
// bus with its change number; nobody else writes session rows, so no change goes untold.
import type { Clock } from "@/base/clock";
import type { Message } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Publish } from "@/schema/event";
import type { Session } from "@/schema/session";
import type { Todo } from "@/schema/todo";
import type { SessionStore } from "@/storage/session-store";

export class Records {
  readonly #store: SessionStore;
  readonly #publish: Publish;
  readonly #clock: Clock;
  #waiting: (() => void)[] | undefined;

  constructor(store: SessionStore, publish: Publish, clock: Clock) {
    this.#store = store;
    this.#publish = publish;
    this.#clock = clock;
  }

  /** Commits all changes that `work` makes as one, then tells them; a throw undoes them all. */
  together<T>(work: () => T): T {
    const outer = this.#waiting;
    const waiting: (() => void)[] = [];
    this.#waiting = waiting;
    let result: T;
    try {
      result = this.#store.transaction(work);
    } finally {
      this.#waiting = outer;
    }
    if (outer) outer.push(...waiting);
    else for (const tell of waiting) tell();
    return result;
  }

  createSession(session: Session): void {
    const seq = this.#store.putSession(session);
    this.#tell("session.created", { sessionID: session.id, info: session }, seq);
  }

  updateSession(session: Session): void {
    const seq = this.#store.putSession(session);
    this.#tell("session.updated", { sessionID: session.id, info: session }, seq);
  }

  /** Removes the session with its descendants and all that is theirs. */
  removeSession(sessionID: string): void {
    const { removed, seq } = this.#store.removeSession(sessionID);
    for (const session of removed) {
      this.#tell("session.deleted", { sessionID: session.id, info: session }, seq);
    }
  }

  putMessage(info: Message): void {
    const seq = this.#store.putMessage(info);
    this.#tell("message.updated", { sessionID: info.sessionID, info }, seq);
  }

  putPart(part: Part): void {
    const seq = this.#store.putPart(part);
    const time = this.#clock.now();
    this.#tell("message.part.updated", { sessionID: part.sessionID, part, time }, seq);
  }

  /** Text that a streaming part gained: live only, the next `putPart` carries the whole. */
  tellDelta(part: Part, delta: string): void {
    const { sessionID, messageID, id: partID } = part;
    this.#publish("message.part.delta", { sessionID, messageID, partID, field: "text", delta });
  }

  /** False when there is no such message. */
  removeMessage(sessionID: string, messageID: string): boolean {
    const seq = this.#store.removeMessage(sessionID, messageID);
    if (seq !== undefined) this.#tell("message.removed", { sessionID, messageID }, seq);
    return seq !== undefined;
  }

  /** False when there is no such part. */
  removePart(sessionID: string, messageID: string, partID: string): boolean {
    const seq = this.#store.removePart(sessionID, messageID, partID);
    if (seq === undefined) return false;
    this.#tell("message.part.removed", { sessionID, messageID, partID }, seq);
    return true;
  }

  putTodos(sessionID: string, todos: Todo[]): void {
    const seq = this.#store.putTodos(sessionID, todos);
    this.#tell("todo.updated", { sessionID, todos }, seq);
  }

  /** What is committed only together with more is told with it. */
  #tell: Publish = (type, properties, seq) => {
    if (this.#waiting) this.#waiting.push(() => this.#publish(type, properties, seq));
    else this.#publish(type, properties, seq);
  };
}
