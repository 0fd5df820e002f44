// Sync: brings the store what the server knows. First the state as it is, then every event; after a
// gap the state again. What fails to load is told in the log and stays as it was.
import { errorMessage } from "@/base/error";
import type { PlacedEvent } from "@/client/transport";
import type { PermissionRequest } from "@/schema/permission";
import { actOn } from "./remote-control";
import type { Facts } from "./store/state";
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

  constructor(ui: Ui) {
    this.#ui = ui;
  }

  start(): void {
    const { client, store } = this.#ui;
    this.#stop = client.listen({
      changed: (connection) => store.dispatch({ type: "connection.changed", connection }),
      connected: (resumed) => void (resumed || this.#load()),
      event: (placed) => this.#hear(placed),
    });
  }

  close(): void {
    this.#stop?.();
  }

  /** Loads the newest messages of a session, unless they are there. */
  async openSession(sessionID: string): Promise<void> {
    const { client, store } = this.#ui;
    if (store.state.transcripts[sessionID]) return;
    await this.#try("the session's messages", async () => {
      const page = await client.message.page(sessionID, { limit: PAGE_MESSAGES });
      store.dispatch({ type: "transcript.loaded", sessionID, place: "newest", ...page });
    });
  }

  /** Loads what is before the messages that are there: the next page, or all. */
  async loadOlder(sessionID: string, amount: "page" | "all"): Promise<void> {
    const running = this.#loadingOlder.get(sessionID) ?? Promise.resolve();
    const next = running.then(() => this.#loadOlder(sessionID, amount));
    this.#loadingOlder.set(sessionID, next);
    await next;
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

  #hear(placed: PlacedEvent): void {
    const { store, clock } = this.#ui;
    const { event } = placed;
    if (!this.#concerns(placed)) return;
    if (event.type === "permission.asked" && this.#approves(event.properties)) return;
    store.dispatch({ type: "heard", event, at: clock.now() });
    actOn(this.#ui, event);
    if (event.type === "lsp.updated") void this.#fact("lsp", this.#ui.client.lsp);
    if (event.type === "mcp.tools.changed") void this.#fact("mcp", this.#ui.client.mcp.status);
    if (event.type === "server.instance.disposed") void this.#load();
  }

  /** What happens in the directory; of sessions, what happens in the project. */
  #concerns({ directory, project, event }: PlacedEvent): boolean {
    const { state } = this.#ui.store;
    const own = state.facts.path?.directory ?? state.directory;
    if (directory === "global" || directory === own) return true;
    const isOfSession = "sessionID" in event.properties;
    const id = state.facts.project?.id;
    // Directories without a repository share one project, and nothing else.
    return isOfSession && id !== undefined && id !== "global" && project === id;
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

  async #load(): Promise<void> {
    const { client, store, clock } = this.#ui;
    await Promise.all([
      this.#fact("path", client.path),
      this.#fact("vcs", client.vcs.get),
      this.#fact("project", client.project.current),
      this.#fact("agents", client.agents),
      this.#fact("providers", client.provider.connected),
      this.#fact("commands", client.commands),
      this.#fact("config", client.config.get),
      this.#try("sessions", async () => {
        const [sessions, status] = await Promise.all([
          client.session.list(),
          client.session.status(),
        ]);
        store.dispatch({ type: "sessions.loaded", sessions, status, at: clock.now() });
      }),
      this.#try("open requests", async () => {
        const [permissions, questions] = await Promise.all([
          client.permission.list(),
          client.question.list(),
        ]);
        store.dispatch({ type: "asks.loaded", permissions, questions });
      }),
    ]);
  }

  #fact<K extends keyof Facts>(name: K, load: () => Promise<Facts[K]>): Promise<boolean> {
    return this.#try(name, async () => {
      this.#ui.store.dispatch({ type: "facts.loaded", facts: { [name]: await load() } });
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
