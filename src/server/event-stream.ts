// Event streams: what a client hears of what happens, as server-sent events. A listener hears first
// server.connected, then, when it comes back with the number of the last change it knows, all that
// changed since, then everything live: nothing missed, nothing twice. Frames of numbered changes
// have that number as their id. A listener that does not read is ended once LISTENER_MAX_CHARACTERS
// wait for it; it comes back and catches up.
import type { App } from "@/app/app";
import type { InstanceEvent } from "@/app/services";
import { errorMessage } from "@/base/error";
import type { BusEvent, EventProperties, EventType } from "@/schema/event";
import { type PlacedEvent, presentState, type Replay, replayChanges } from "./event-replay";

const HEARTBEAT_MS = 10_000;
/**
 * Once this much waits for a listener, nothing more may. The texts are shared among the listeners,
 * and what a burst tells in one go must fit: only after it can anybody read.
 */
const LISTENER_MAX_CHARACTERS = 8 * 1024 * 1024;
/** About how much is handed to the connection at once. */
const CHUNK_CHARACTERS = 64 * 1024;
/** How long an ended connection that nobody reads is kept for what is on its way. */
const LINGER_SECONDS = 5;

/** With this header, and `tui` in it, a terminal interface tells what it is. */
const CLIENT_HEADER = "x-opencode-client";

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  "x-content-type-options": "nosniff",
};

/** What a stream needs of Bun's server; undefined when there is no connection. */
interface Connections {
  timeout(request: Request, seconds: number): void;
}

export interface StreamOptions {
  request: Request;
  server: Connections | null;
  /** The directory whose events are told, bare; without it those of all, with their places. */
  directory?: string;
  /** The number of the last change that the client knows. */
  after?: number;
}

/** All streams of one server. */
export class EventStreams {
  readonly #app: App;
  readonly #open = new Set<EventStream>();
  /** The JSON of an event, made once for all listeners. */
  readonly #texts = new WeakMap<BusEvent, string>();

  constructor(app: App) {
    this.#app = app;
  }

  /** The answer to a request for events; it ends with the client, the directory or the server. */
  open(options: StreamOptions): Response {
    // Elysia would read the whole stream to tell its length.
    if (options.request.method === "HEAD") return new Response(null, { headers: HEADERS });
    options.server?.timeout(options.request, 0);
    const leave = this.#app.services.listeners.join();
    const stream = new EventStream(this.#app, options, {
      format: (event) => this.#format(event, options.directory === undefined),
      onEnd: () => {
        this.#open.delete(stream);
        leave();
      },
    });
    this.#open.add(stream);
    void this.#watch(options.directory);
    return new Response(stream.body, { headers: HEADERS });
  }

  /** Whether a terminal interface listens to what happens in `directory`. */
  hasTui(directory: string): boolean {
    return [...this.#open].some((stream) => stream.isTuiOf(directory));
  }

  /** Ends every stream after what waits for it. */
  close(): void {
    for (const stream of this.#open) stream.end();
  }

  /** Files are watched from when somebody listens; instances made later see to it themselves. */
  async #watch(directory: string | undefined): Promise<void> {
    for (const instance of await this.#app.instances.list()) {
      if (directory === undefined || directory === instance.directory) instance.watcher.start();
    }
  }

  #format({ directory, project, event, cursor }: PlacedEvent, isPlaced: boolean): string {
    const text = this.#textOf(event);
    const placed = isPlaced ? wrap(directory, project, text) : text;
    return cursor === undefined ? `data: ${placed}\n\n` : `id: ${cursor}\ndata: ${placed}\n\n`;
  }

  #textOf(event: BusEvent): string {
    const known = this.#texts.get(event);
    if (known !== undefined) return known;
    const { seq: _, ...told } = event;
    const text = JSON.stringify(told);
    this.#texts.set(event, text);
    return text;
  }
}

function wrap(directory: string, project: string | undefined, payload: string): string {
  return `${JSON.stringify({ directory, project }).slice(0, -1)},"payload":${payload}}`;
}

interface StreamHooks {
  format(event: PlacedEvent): string;
  onEnd(): void;
}

/** One listener. */
class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #app: App;
  readonly #options: StreamOptions;
  readonly #hooks: StreamHooks;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #waiting: string[] = [];
  #size = 0;
  /** What the client has missed, while it is being told. */
  #replay: Replay | undefined;
  /** What happens during the replay, to be told after it. */
  #held: PlacedEvent[] = [];
  #wake: (() => void) | undefined;
  #hasEnded = false;
  #unsubscribe: () => void = () => {};
  #stopHeartbeat: () => void = () => {};

  constructor(app: App, options: StreamOptions, hooks: StreamHooks) {
    this.#app = app;
    this.#options = options;
    this.#hooks = hooks;
    this.#subscribe();
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#pull(),
      cancel: () => this.#release(),
    });
  }

  isTuiOf(directory: string): boolean {
    const { request, directory: own } = this.#options;
    const isNear = own === undefined || own === directory;
    return isNear && request.headers.get(CLIENT_HEADER) === "tui";
  }

  /** Tells what waits, then ends. A replay is broken off: the client goes on from its last id. */
  end(): void {
    this.#replay = undefined;
    this.#held = [];
    this.#release();
    this.#wake?.();
  }

  #subscribe(): void {
    const { bus, sessionStore } = this.#app.services;
    const { after } = this.#options;
    // Subscribed before anything is said or looked up: what happens from here on is not missed.
    // Nothing is awaited until the replay has begun, so that it holds all up to this number.
    const upTo = sessionStore.lastSeq();
    this.#unsubscribe = bus.subscribe((told) => this.#hear(told, upTo));
    this.#beat();
    if (after === undefined) return this.#tell("server.connected", {});
    const resumed = this.#resumable(after);
    this.#tell("server.connected", { resumed });
    if (!resumed) return;
    const { directory } = this.#options;
    this.#replay = replayChanges(this.#app, {
      after,
      ...(directory !== undefined && { directory }),
    });
  }

  /** Whether all changes after this one are known; not of another database, or one long gone. */
  #resumable(after: number): boolean {
    const { sessionStore } = this.#app.services;
    // Who knows of nothing has missed no removal.
    if (after === 0) return true;
    return after >= sessionStore.oldestCursor() && after <= sessionStore.lastSeq();
  }

  #hear({ directory, project, event }: InstanceEvent, upTo: number): void {
    const own = this.#options.directory;
    if (own !== undefined && own !== directory) return;
    // Committed before the replay began, and therefore in it.
    if (event.seq !== undefined && event.seq <= upTo) return;
    const placed: PlacedEvent = { directory, event };
    if (project !== undefined) placed.project = project;
    if (event.seq !== undefined) placed.cursor = event.seq;
    const isLast = own !== undefined && event.type === "server.instance.disposed";
    if (this.#replay && !isLast) this.#hold(placed);
    else this.#push(this.#hooks.format(placed));
    if (isLast) this.end();
  }

  #hold(placed: PlacedEvent): void {
    // The whole part is in the replay or comes later: a piece would be told twice.
    if (placed.event.type === "message.part.delta") return;
    this.#held.push(placed);
    this.#grow(this.#hooks.format(placed).length);
  }

  /** An event that the server tells to this client alone. */
  #tell<T extends EventType>(type: T, properties: EventProperties<T>): void {
    const event = { id: this.#app.services.ids.create("evt"), type, properties } as BusEvent;
    this.#push(this.#hooks.format({ directory: "global", event }));
  }

  #beat(): void {
    this.#stopHeartbeat = this.#app.services.clock.timer(HEARTBEAT_MS, () => {
      this.#tell("server.heartbeat", {});
      if (!this.#hasEnded) this.#beat();
    });
  }

  #push(frame: string): void {
    if (this.#hasEnded) return;
    this.#waiting.push(frame);
    this.#grow(frame.length);
    this.#wake?.();
  }

  /** Counts what has begun to wait. One event may be of any size, or it could never be told. */
  #grow(characters: number): void {
    if (this.#size > LISTENER_MAX_CHARACTERS) return this.#drop();
    this.#size += characters;
  }

  /** Ends a listener that does not read: what waits is forgotten, and soon its connection. */
  #drop(): void {
    const { request, server } = this.#options;
    this.#app.services.log.warn("an event listener does not read and was ended");
    this.#waiting = [];
    this.end();
    this.#finish();
    server?.timeout(request, LINGER_SECONDS);
  }

  /** Called when the client is ready for more; resolves when it has got some, or at the end. */
  async #pull(): Promise<void> {
    for (;;) {
      if (this.#waiting.length === 0 && this.#replay) await this.#advance(this.#replay);
      // Nothing is awaited between this look and the wait below: what comes then wakes it.
      const text = this.#take();
      if (!this.#controller) return;
      if (text !== "") return this.#controller.enqueue(this.#encoder.encode(text));
      if (this.#hasEnded) return this.#finish();
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }

  #take(): string {
    let characters = 0;
    let count = 0;
    while (count < this.#waiting.length && characters < CHUNK_CHARACTERS) {
      characters += this.#waiting[count++]?.length ?? 0;
    }
    this.#size -= characters;
    return this.#waiting.splice(0, count).join("");
  }

  /** Takes some of the replay; after its end what is present, and what was held. */
  async #advance(replay: Replay): Promise<void> {
    try {
      for (let characters = 0; characters < CHUNK_CHARACTERS;) {
        const step = replay.next();
        if (step.done) return await this.#endReplay(step.value);
        if (!this.#replay) return;
        const frame = this.#hooks.format(step.value);
        characters += frame.length;
        this.#push(frame);
      }
    } catch (error) {
      // The client comes back with the last number that it has heard.
      this.#app.services.log.error("a replay of events failed", { error: errorMessage(error) });
      this.end();
    }
  }

  async #endReplay(changed: ReadonlyMap<string, string>): Promise<void> {
    const open = await this.#app.instances.list();
    const own = this.#options.directory;
    const instances = open.filter(({ directory }) => own === undefined || own === directory);
    if (!this.#replay) return;
    // Nothing is awaited from here on, so that nothing happens between what is present and live.
    const present = presentState(this.#app, instances, changed);
    const asked = new Set(present.flatMap(({ event }) => askedID(event) ?? []));
    const held = this.#held.filter(({ event }) => !asked.has(askedID(event) ?? ""));
    this.#replay = undefined;
    this.#held = [];
    this.#size = this.#waiting.reduce((sum, frame) => sum + frame.length, 0);
    for (const placed of [...present, ...held]) this.#push(this.#hooks.format(placed));
  }

  #finish(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }

  /** Hears nothing more. */
  #release(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#unsubscribe();
    this.#stopHeartbeat();
    this.#hooks.onEnd();
  }
}

/** The id of the request that an event asks to answer. */
function askedID(event: BusEvent): string | undefined {
  const asks = event.type === "permission.asked" || event.type === "question.asked";
  return asks ? event.properties.id : undefined;
}
