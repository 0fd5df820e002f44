// Sync: brings the store what the server knows. First the state as it is, then every event; after a
// gap what was missed, or the state again. What is asked is about the directory of the open
// session, at home about the one that new sessions begin in. What fails to load is told in the log
// and stays as it was.
import { errorMessage } from "@/base/error";
import type { PlacedEvent } from "@/client/transport";
import type { BusEvent } from "@/schema/event";
import type { PermissionRequest } from "@/schema/permission";
import { actOn } from "./remote-control";
import type { Facts, State } from "./store/state";
import type { Ui } from "./ui";

/** How many messages are loaded at once. */
const PAGE_MESSAGES = 100;
/** When somebody waits for the very first one. */
const WHOLE_MESSAGES = 500;

export class Sync {
  readonly #ui: Ui;
  #stop: (() => void) | undefined;
  /** By session; one after the other, so that no page is asked for twice. */
  readonly #loadingOlder = new Map<string, Promise<void>>();
  /** What happens to a session while its messages are on their way. */
  readonly #held = new Map<string, BusEvent[]>();
  /** The newest session that was opened, on its way. */
  #opening: Promise<void> = Promise.resolve();
  /** The directory that is asked about. */
  #place: string;
  /** The one of the start, as it was named and as the server knows it. */
  readonly #first: { named: string; known?: string };

  constructor(ui: Ui) {
    this.#ui = ui;
    this.#place = ui.store.state.directory;
    this.#first = { named: this.#place };
  }

  start(): void {
    const { client, store } = this.#ui;
    const leave = store.subscribe((state) => this.#follow(state));
    const stop = client.listen({
      changed: (connection) => store.dispatch({ type: "connection.changed", connection }),
      connected: (resumed) => void this.#connected(resumed),
      event: (placed) => this.#hear(placed),
    });
    this.#stop = () => {
      leave();
      stop();
    };
  }

  close(): void {
    this.#stop?.();
  }

  /** Loads a session and its newest messages, unless they are there or on their way. */
  async openSession(sessionID: string): Promise<void> {
    const { store } = this.#ui;
    if (store.state.transcripts[sessionID] || this.#held.has(sessionID)) return;
    this.#opening = this.#loadSession(sessionID);
    await this.#opening;
  }

  /** Resolves when the session that was opened last is here, or could not be loaded. */
  get opened(): Promise<void> {
    return this.#opening;
  }

  /** Loads what is before the messages that are there: the next page, or all. */
  async loadOlder(sessionID: string, amount: "page" | "all"): Promise<void> {
    const running = this.#loadingOlder.get(sessionID);
    if (running && amount === "page") return;
    const next = (running ?? Promise.resolve()).then(() => this.#loadOlder(sessionID, amount));
    this.#loadingOlder.set(sessionID, next);
    await next;
    if (this.#loadingOlder.get(sessionID) === next) this.#loadingOlder.delete(sessionID);
  }

  #follow(state: State): void {
    const { facts, route, sessions } = state;
    const present = facts.path?.directory;
    if (present !== undefined) this.#first.known ??= present;
    const { named, known = named } = this.#first;
    const home = state.directory === named ? known : state.directory;
    const wanted = route.screen === "session" ? sessions?.[route.sessionID]?.directory : home;
    // Nothing is known yet of a session that the program began with, and of where that was.
    if ("back" in route || !wanted || present === undefined) return;
    const place = this.#place === named ? known : this.#place;
    if (wanted !== place) void this.#enter(wanted);
  }

  async #enter(directory: string): Promise<void> {
    const { client, store, toasts } = this.#ui;
    this.#place = directory;
    client.enter(directory);
    const path = await client.path().catch((error: unknown) => errorMessage(error));
    if (this.#place !== directory) return;
    if (typeof path === "string") {
      client.enter(this.#first.known ?? this.#first.named);
      return toasts.show({ variant: "warning", message: path });
    }
    store.dispatch({ type: "facts.loaded", facts: { path } });
    await Promise.all([this.#loadFacts(), this.#loadPresent(directory)]);
  }

  async #loadOlder(sessionID: string, amount: "page" | "all"): Promise<void> {
    const { client, store } = this.#ui;
    const limit = amount === "all" ? WHOLE_MESSAGES : PAGE_MESSAGES;
    for (;;) {
      const before = store.state.transcripts[sessionID]?.older;
      if (before === undefined) return;
      const hasLoaded = await this.#try("older messages", async () => {
        const page = await client.message.page(sessionID, { limit, before });
        store.dispatch({ type: "transcript.loaded", sessionID, place: "older", ...page });
      });
      if (!hasLoaded || amount === "page") return;
    }
  }

  /** The first time, and after each gap. A gap that was filled leaves only what no event tells. */
  async #connected(resumed: boolean): Promise<void> {
    const { state } = this.#ui.store;
    const open = Object.keys(state.transcripts);
    const sessions = resumed ? [] : open.map((sessionID) => this.#loadSession(sessionID));
    await Promise.all([this.#loadPresent(), ...(resumed ? [] : [this.#loadFacts()]), ...sessions]);
  }

  #hear(placed: PlacedEvent): void {
    const { store, clock, client, plugins } = this.#ui;
    const { event } = placed;
    if (!this.#concerns(placed)) return;
    if (event.type === "permission.asked" && this.#approves(event.properties)) return;
    store.dispatch({ type: "heard", event, at: clock.now() });
    this.#hold(event);
    actOn(this.#ui, event);
    plugins.tell(event);
    if (event.type === "lsp.updated") void this.#fact("lsp", client.lsp);
    if (event.type === "mcp.tools.changed") void this.#fact("mcp", client.mcp.status);
    if (event.type === "server.instance.disposed") void this.#loadFacts();
  }

  /** What happens in the directory; of sessions, what happens in the project. */
  #concerns({ directory, project, event }: PlacedEvent): boolean {
    const { state } = this.#ui.store;
    const own = state.facts.path?.directory ?? state.directory;
    if (directory === "global" || directory === own) return true;
    if (!("sessionID" in event.properties)) return false;
    const { sessionID } = event.properties;
    if (sessionID !== undefined && state.transcripts[sessionID]) return true;
    const id = state.facts.project?.id;
    // Directories without a repository share one project, and nothing else.
    return id !== undefined && id !== "global" && project === id;
  }

  /** Text in pieces is not held: the whole part, which holds them, comes soon enough. */
  #hold(event: BusEvent): void {
    if (this.#held.size === 0 || event.type === "message.part.delta") return;
    const { properties } = event;
    const sessionID = "sessionID" in properties ? properties.sessionID : undefined;
    if (sessionID !== undefined) this.#held.get(sessionID)?.push(event);
  }

  /** Answers at once what the person has allowed for good. A repeated call is always asked for. */
  #approves(request: PermissionRequest): boolean {
    const { store, client } = this.#ui;
    if (!store.state.autoApprove || request.permission === "doom_loop") return false;
    void this.#try("an approval", async () => {
      await client.permission.reply(request.id, { reply: "once" });
    });
    return true;
  }

  /** What happens to the session meanwhile is newer than the answer, and applied after it. */
  async #loadSession(sessionID: string): Promise<void> {
    const { client, store, clock } = this.#ui;
    const held: BusEvent[] = [];
    this.#held.set(sessionID, held);
    await Promise.all([
      this.#try("the session's messages", async () => {
        const page = await client.message.page(sessionID, { limit: PAGE_MESSAGES });
        store.dispatch({ type: "transcript.loaded", sessionID, place: "newest", ...page });
        for (const event of held) store.dispatch({ type: "heard", event, at: clock.now() });
      }),
      this.#try("the session", async () => {
        const session = await client.session.get(sessionID);
        store.dispatch({ type: "session.loaded", session });
      }),
      this.#try("the session's todos", async () => {
        const todos = await client.session.todo(sessionID);
        store.dispatch({ type: "todos.loaded", sessionID, todos });
      }),
    ]);
    if (this.#held.get(sessionID) === held) this.#held.delete(sessionID);
    // For what changed the server reads all that was ever said: not before the newest is seen.
    await this.#ui.renderer.idle();
    await this.#try("the session's changes", async () => {
      const diff = await client.session.diff(sessionID);
      store.dispatch({ type: "diff.loaded", sessionID, diff });
    });
  }

  async #loadFacts(): Promise<void> {
    const { client } = this.#ui;
    await Promise.all([
      this.#fact("path", client.path),
      this.#fact("vcs", client.vcs.get),
      this.#fact("project", client.project.current),
      this.#fact("agents", client.agents),
      this.#fact("providers", client.provider.connected),
      this.#fact("commands", client.commands),
      this.#fact("config", client.config.get),
      this.#fact("mcp", client.mcp.status),
      this.#fact("lsp", client.lsp),
    ]);
  }

  /**
   * What runs and what waits at present, and the sessions there are. Of a directory that was just
   * `entered` alone: what is known of others stays.
   */
  async #loadPresent(entered?: string): Promise<void> {
    const { client, store, clock } = this.#ui;
    const isElsewhere = (sessionID: string) => {
      const { sessions } = store.state;
      return entered !== undefined && sessions?.[sessionID]?.directory !== entered;
    };
    await Promise.all([
      this.#try("sessions", async () => {
        const [sessions, status] = await Promise.all([
          client.session.list(),
          client.session.status(),
        ]);
        const others = Object.entries(store.state.status).filter(([id]) => isElsewhere(id));
        const all = { ...Object.fromEntries(others), ...status };
        store.dispatch({ type: "sessions.loaded", sessions, status: all, at: clock.now() });
      }),
      this.#try("open requests", async () => {
        const [permissions, questions] = await Promise.all([
          client.permission.list(),
          client.question.list(),
        ]);
        const asked = permissions.filter((request) => !this.#approves(request));
        const { state } = store;
        store.dispatch({
          type: "asks.loaded",
          permissions: [...state.permissions.filter((one) => isElsewhere(one.sessionID)), ...asked],
          questions: [...state.questions.filter((one) => isElsewhere(one.sessionID)), ...questions],
        });
      }),
    ]);
  }

  #fact<K extends keyof Facts>(name: K, load: () => Promise<Facts[K]>): Promise<boolean> {
    const place = this.#place;
    return this.#try(name, async () => {
      const value = await load();
      // Another directory has been entered meanwhile, whose facts are others.
      if (place !== this.#place) return;
      this.#ui.store.dispatch({ type: "facts.loaded", facts: { [name]: value } });
    });
  }

  async #try(what: string, load: () => Promise<void>): Promise<boolean> {
    try {
      await load();
      return true;
    } catch (error) {
      this.#ui.log.warn("could not load", { what, error: errorMessage(error) });
      return false;
    }
  }
}
