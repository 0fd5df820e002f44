// Share streams: what happens in one shared session, as server-sent events for its readers. A
// stream remembers only what has changed, looks at its present state a few times a second, and
// tells that: a slow reader gets more at a time, and costs no memory. It ends with the share.
import type { App } from "@/app/app";
import type { InstanceEvent } from "@/app/services";
import { errorMessage, isAbort, unavailable } from "@/base/error";
import type { Event, EventProperties, EventType } from "@/schema/event";
import { findShared, isSharedAs } from "./share-address";
import { READER_HEADERS, renderHead, renderMessage, renderPart } from "./share-page";

/** Between two looks at the session. */
const INTERVAL_MS = 300;
const HEARTBEAT_MS = 10_000;
/** Readers at the same time; anybody with the address can be many. */
const STREAMS_MAX = 256;
/** Who has missed more changes than this, of all sessions, starts afresh. */
const REPLAY_MAX = 5_000;
const RETRY_MS = 1_000;

const HEADERS = {
  ...READER_HEADERS,
  "content-type": "text/event-stream",
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

export interface ShareStreamOptions {
  shareID: string;
  sessionID: string;
  /** The number of the last change that the reader knows. */
  after?: number;
  /** Events carry the HTML of what they tell, as the page has it. */
  isPage: boolean;
}

/** What has changed: the session itself, a message, or a part of one. */
interface Change {
  messageID?: string;
  partID?: string;
}

/** An event as readers get it. */
type Told = Event & { html?: string };

/** All streams of one server. */
export class ShareStreams {
  readonly #app: App;
  readonly #open = new Set<ShareStream>();

  constructor(app: App) {
    this.#app = app;
  }

  /** The answer to a reader; throws AppError unavailable when there are too many of them. */
  open(request: Request, options: ShareStreamOptions): Response {
    if (request.method === "HEAD") return new Response(null, { headers: HEADERS });
    if (this.#open.size >= STREAMS_MAX) throw unavailable("Too many are reading; try again later");
    const stream = new ShareStream(this.#app, options, () => void this.#open.delete(stream));
    this.#open.add(stream);
    return new Response(stream.body, { headers: HEADERS });
  }

  close(): void {
    for (const stream of this.#open) stream.end();
  }
}

/** One reader. */
class ShareStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #app: App;
  readonly #options: ShareStreamOptions;
  readonly #onEnd: () => void;
  readonly #encoder = new TextEncoder();
  readonly #ended = new AbortController();
  /** By what makes them the same. */
  readonly #changes = new Map<string, Change>();
  readonly #unsubscribe: () => void;
  #greeting: string | undefined;
  #hiddenFrom: string | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #wake: (() => void) | undefined;

  constructor(app: App, options: ShareStreamOptions, onEnd: () => void) {
    this.#app = app;
    this.#options = options;
    this.#onEnd = onEnd;
    // Subscribed before anything is looked up: what happens from here on is not missed.
    this.#unsubscribe = app.services.bus.subscribe((told) => this.#hear(told));
    this.#greeting = `retry: ${RETRY_MS}\n${this.#format(this.#greet())}`;
    this.#hiddenFrom = findShared(app, options.shareID)?.revert?.messageID;
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#pull(),
      cancel: () => this.#release(),
    });
  }

  end(): void {
    this.#release();
    this.#controller?.close();
    this.#controller = undefined;
  }

  #release(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#unsubscribe();
    this.#wake?.();
    this.#onEnd();
  }

  /** Says whether what the reader has missed can be told. */
  #greet(): Told {
    const { after, sessionID } = this.#options;
    if (after === undefined) return this.#event("server.connected", {});
    const { sessionStore: store } = this.#app.services;
    const missed = store.lastSeq() - after;
    const resumed = missed >= 0 && missed <= REPLAY_MAX && after >= store.oldestCursor();
    const directory = store.findSession(sessionID)?.directory;
    if (!resumed || directory === undefined) {
      return this.#event("server.connected", { resumed: false });
    }
    for (const change of store.changesSince(after, { directory })) {
      if (change.kind === "session" && change.session.id === sessionID) this.#note({});
      if (change.kind === "message" && change.info.sessionID === sessionID) {
        this.#note({ messageID: change.info.id });
      }
      if (change.kind === "part" && change.part.sessionID === sessionID) {
        this.#note({ messageID: change.part.messageID, partID: change.part.id });
      }
      if (change.kind === "message-removed" || change.kind === "part-removed") {
        const { messageID } = change;
        const part = change.kind === "part-removed" ? { partID: change.partID } : {};
        if (change.sessionID === sessionID) this.#note({ messageID, ...part });
      }
    }
    return this.#event("server.connected", { resumed: true });
  }

  #hear({ event }: InstanceEvent): void {
    const { sessionID, shareID } = this.#options;
    const { properties } = event;
    if (!("sessionID" in properties) || properties.sessionID !== sessionID) return;
    switch (event.type) {
      case "session.deleted":
        return this.end();
      case "session.updated":
        if (!isSharedAs(event.properties.info, shareID)) return this.end();
        return this.#note({});
      case "session.status":
      case "session.idle":
        return this.#note({});
      case "message.updated":
        return this.#note({ messageID: event.properties.info.id });
      case "message.removed":
        return this.#note({ messageID: event.properties.messageID });
      case "message.part.updated": {
        const { id: partID, messageID } = event.properties.part;
        return this.#note({ messageID, partID });
      }
      case "message.part.delta":
      case "message.part.removed": {
        const { messageID, partID } = event.properties;
        return this.#note({ messageID, partID });
      }
      default:
      // Nothing that readers see.
    }
  }

  #note(change: Change): void {
    this.#changes.set(`${change.messageID ?? ""}/${change.partID ?? ""}`, change);
    this.#wake?.();
  }

  /** Called when the reader is ready for more; resolves when it has got some, or at the end. */
  async #pull(): Promise<void> {
    try {
      let text: string | undefined = "";
      while (text === "") text = await this.#next();
      if (text === undefined) return this.end();
      this.#controller?.enqueue(this.#encoder.encode(text));
    } catch (error) {
      if (!isAbort(error)) {
        this.#app.services.log.warn("a reader of a share was ended", {
          error: errorMessage(error),
        });
      }
      this.end();
    }
  }

  /** Undefined at the end. */
  async #next(): Promise<string | undefined> {
    const greeting = this.#greeting;
    this.#greeting = undefined;
    if (greeting !== undefined) return greeting;
    await this.#changed();
    const { signal } = this.#ended;
    if (signal.aborted) return undefined;
    // Another process may have ended the share, which is not told here.
    const { shareID } = this.#options;
    if (this.#changes.size === 0) return findShared(this.#app, shareID) ? ": \n\n" : undefined;
    await this.#app.services.clock.sleep(INTERVAL_MS, signal);
    const text = await this.#look();
    return signal.aborted ? undefined : text;
  }

  /** Resolves when something has changed, at the end, and after a while of silence. */
  async #changed(): Promise<void> {
    if (this.#changes.size > 0 || this.#ended.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const stopHeartbeat = this.#app.services.clock.timer(HEARTBEAT_MS, resolve);
    await promise;
    stopHeartbeat();
    this.#wake = undefined;
  }

  /** The present state of all that has changed; undefined when nothing is shared any more. */
  async #look(): Promise<string | undefined> {
    const session = findShared(this.#app, this.#options.shareID);
    if (!session) return undefined;
    const { shares } = await this.#app.instances.get(session.directory);
    const view = await shares.view(session.id);
    if (view.hiddenFrom !== this.#hiddenFrom) {
      this.#hiddenFrom = view.hiddenFrom;
      return this.#format(this.#event("server.connected", { resumed: false }));
    }
    // Nothing is awaited from here on: what changes now has a greater number, and is noted.
    const cursor = this.#app.services.sessionStore.lastSeq();
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    const told = changes.flatMap((change) => this.#tell(change, view));
    return told.map((event) => this.#format(event, cursor)).join("");
  }

  #tell({ messageID, partID }: Change, view: View): Told[] {
    const { sessionID } = this.#options;
    if (messageID === undefined) {
      const { info, status } = view;
      return [
        this.#event("session.updated", { sessionID, info }, () => renderHead(info, status)),
        this.#event("session.status", { sessionID, status }),
      ];
    }
    const message = view.message(messageID);
    if (!message) return [this.#event("message.removed", { sessionID, messageID })];
    const { info } = message;
    if (partID === undefined) {
      return [this.#event("message.updated", { sessionID, info }, () => renderMessage(message))];
    }
    const part = view.part(messageID, partID);
    if (!part) return [this.#event("message.part.removed", { sessionID, messageID, partID })];
    const time = this.#app.services.clock.now();
    const render = () => renderPart(part, info.role);
    return [this.#event("message.part.updated", { sessionID, part, time }, render)];
  }

  #event<T extends EventType>(
    type: T,
    properties: EventProperties<T>,
    render?: () => string,
  ): Told {
    const html = render && this.#options.isPage ? { html: render() } : {};
    // Every member of the union has its own type and properties; together they are an event.
    return { id: this.#app.services.ids.create("evt"), type, properties, ...html } as Told;
  }

  #format(event: Told, cursor?: number): string {
    const id = cursor === undefined ? "" : `id: ${cursor}\n`;
    return `${id}data: ${JSON.stringify(event)}\n\n`;
  }
}

type View = Awaited<ReturnType<Awaited<ReturnType<App["instances"]["get"]>>["shares"]["view"]>>;
