// What a listener hears that comes back: the present state of all that changed while it was away,
// then what is gone, as the events that would have told it. Then what waits for an answer and what
// runs, which no number tells of.
import type { App } from "@/app/app";
import type { Instance } from "@/app/instance";
import type { BusEvent, EventProperties, EventType } from "@/schema/event";

type SessionStore = App["services"]["sessionStore"];
type StoredChange = ReturnType<SessionStore["changesSince"]> extends Iterable<infer C> ? C : never;

/** An event with what its frame needs. */
export interface PlacedEvent {
  directory: string;
  project?: string;
  event: BusEvent;
  /** From where a listener that has heard this one may go on. */
  cursor?: number;
}

export interface ReplayOptions {
  /** The number of the last change that the listener has heard. */
  after: number;
  /** Only what belongs to this directory; without it everything. */
  directory?: string;
}

/** The events of a replay; at its end the sessions they told of, each with its directory. */
export type Replay = Generator<PlacedEvent, Map<string, string>>;

/**
 * The events that bring a listener from `after` to the state at the time of this call; what is
 * committed later is told live. Read as they are taken, so that a slow listener holds no memory.
 */
export function replayChanges(app: App, { after, directory }: ReplayOptions): Replay {
  const filter = directory === undefined ? {} : { directory };
  const changes = app.services.sessionStore.changesSince(after, filter)[Symbol.iterator]();
  // The first step is taken here, because it is what settles the time.
  return tellChanges(app, directory, changes, changes.next());
}

function* tellChanges(
  app: App,
  directory: string | undefined,
  changes: Iterator<StoredChange>,
  first: IteratorResult<StoredChange>,
): Replay {
  const { clock, ids } = app.services;
  const changed = new Map<string, string>();
  const told = new Set<string>();
  for (let step = first; !step.done; step = changes.next()) {
    const change = step.value;
    const [type, properties] = describe(change, clock.now());
    const isGlobal = type === "project.updated";
    // A stream of one directory does not hear of projects live either.
    if (isGlobal && directory !== undefined) continue;
    if (type === "session.deleted") changed.delete(properties.sessionID);
    else if ("sessionID" in properties) changed.set(properties.sessionID ?? "", change.directory);
    const message = messageBefore(app, change, told);
    if (message) {
      const event = {
        id: ids.create("evt"),
        type: "message.updated",
        properties: message,
      } as const;
      yield { directory: change.directory, event };
    }
    // The pair fits together by the return type of describe.
    const event = { id: ids.create("evt"), type, properties } as BusEvent;
    const place = isGlobal ? "global" : change.directory;
    yield { directory: place, event, cursor: change.cursor };
  }
  return changed;
}

/**
 * The message of a part of which it was not told yet. A message that has ended was changed after
 * its parts and comes behind them, and a listener has no place for parts of what it does not know.
 * It is told without a number: its own is yet to come.
 */
function messageBefore(
  app: App,
  change: StoredChange,
  told: Set<string>,
): EventProperties<"message.updated"> | undefined {
  if (change.kind === "message") told.add(change.info.id);
  if (change.kind !== "part" || told.has(change.part.messageID)) return undefined;
  const { sessionID, messageID } = change.part;
  told.add(messageID);
  const found = app.services.sessionStore.findMessage(sessionID, messageID);
  return found && { sessionID, info: found.info };
}

type Described = { [T in EventType]: [T, EventProperties<T>] }[EventType];

function describe(change: StoredChange, time: number): Described {
  switch (change.kind) {
    case "project":
      return ["project.updated", change.project];
    case "session":
      return ["session.updated", { sessionID: change.session.id, info: change.session }];
    case "message":
      return ["message.updated", { sessionID: change.info.sessionID, info: change.info }];
    case "part": {
      const { part } = change;
      return ["message.part.updated", { sessionID: part.sessionID, part, time }];
    }
    case "todo":
      return ["todo.updated", { sessionID: change.sessionID, todos: change.todos }];
    case "session-removed":
      return ["session.deleted", { sessionID: change.session.id, info: change.session }];
    case "message-removed": {
      const { sessionID, messageID } = change;
      return ["message.removed", { sessionID, messageID }];
    }
    case "part-removed": {
      const { sessionID, messageID, partID } = change;
      return ["message.part.removed", { sessionID, messageID, partID }];
    }
  }
}

/**
 * What waits and what runs in `instances` at present. Of the `changed` sessions, with their
 * directories, those that do not run are told as idle: their run may have ended meanwhile.
 */
export function presentState(
  app: App,
  instances: readonly Instance[],
  changed: ReadonlyMap<string, string>,
): PlacedEvent[] {
  const { ids } = app.services;
  const place = <T extends EventType>(
    directory: string,
    type: T,
    properties: EventProperties<T>,
  ): PlacedEvent => {
    // As with Publish, type and properties are those of one member of the union.
    return { directory, event: { id: ids.create("evt"), type, properties } as BusEvent };
  };
  const present = instances.flatMap(({ directory, permissions, questions, runs }) => [
    ...permissions.list().map((request) => place(directory, "permission.asked", request)),
    ...questions.list().map((request) => place(directory, "question.asked", request)),
    ...Object.entries(runs.status()).map(([sessionID, status]) => {
      return place(directory, "session.status", { sessionID, status });
    }),
  ]);
  const running = new Set(instances.flatMap(({ runs }) => Object.keys(runs.status())));
  const idle = [...changed].filter(([sessionID]) => !running.has(sessionID));
  const status = { type: "idle" } as const;
  return [
    ...present,
    ...idle.map(([sessionID, directory]) => {
      return place(directory, "session.status", { sessionID, status });
    }),
  ];
}
