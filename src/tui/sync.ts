// Sync: brings the store what the server knows. First the state as it is, then every event; after a
// gap the state again. What fails to load is told in the log and stays as it was.
import { errorMessage } from "@/base/error";
import type { PlacedEvent } from "@/client/transport";
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

  #hear({ event }: PlacedEvent): void {
    const { store, clock } = this.#ui;
    store.dispatch({ type: "heard", event, at: clock.now() });
  }

  async #load(): Promise<void> {
    const { client, store, clock } = this.#ui;
    const fact = <K extends keyof Facts>(name: K, load: () => Promise<Facts[K]>) =>
      this.#try(name, async () => {
        store.dispatch({ type: "facts.loaded", facts: { [name]: await load() } });
      });
    await Promise.all([
      fact("path", client.path),
      fact("vcs", client.vcs.get),
      fact("project", client.project.current),
      fact("agents", client.agents),
      fact("providers", client.provider.connected),
      fact("commands", client.commands),
      fact("config", client.config.get),
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
