// Sync: brings the store what the server knows. First the state as it is, then every event; after a
// gap the state again. What fails to load is told in the log and stays as it was.
import { errorMessage } from "@/base/error";
import type { PlacedEvent } from "@/client/transport";
import type { Facts } from "./store/state";
import type { Ui } from "./ui";

/** How many messages are loaded at once. */
const PAGE_MESSAGES = 100;

export class Sync {
  readonly #ui: Ui;
  #stop: (() => void) | undefined;

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

  async #try(what: string, load: () => Promise<void>): Promise<void> {
    try {
      await load();
    } catch (error) {
      this.#ui.log.warn("could not load", { what, error: errorMessage(error) });
    }
  }
}
