// Sender: what leaves the prompt box. It goes to the open session at once, or waits in the queue
// until that session is idle; a turn that ends in an abort or an error brings what waits back to
// the person. What could not be sent comes back, too: nothing typed is lost.
import { errorMessage } from "@/base/error";
import type { FilePartInput } from "@/schema/part";
import { openedSession } from "@/tui/open-session";
import { presentAgent } from "@/tui/store/present";
import type { State } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { type Draft, draftText, trimDraft } from "./draft";
import type { Entry } from "./history";
import { draftParts } from "./parts";
import { Queue, QUEUE_MAX } from "./queue";
import { findSlash, type SlashItem, slashCall } from "./slash";

export interface SenderOptions {
  /** The slash words that a prompt may begin with. */
  slashItems(): readonly SlashItem[];
  /** Puts entries back into the box, before what is there. */
  giveBack(entries: readonly Entry[]): void;
  onQueueChange(): void;
}

export class Sender {
  readonly queue: Queue;
  readonly #ui: Ui;
  readonly #options: SenderOptions;
  /** Sessions to which something is on its way that the server has not told of yet. */
  readonly #sending = new Set<string>();
  /** One after the other: the second prompt of a person at home goes where the first one did. */
  #line: Promise<void> = Promise.resolve();
  readonly #stop: () => void;

  constructor(ui: Ui, options: SenderOptions) {
    this.#ui = ui;
    this.#options = options;
    this.queue = new Queue(options.onQueueChange);
    this.#stop = ui.store.subscribe((state, before) => this.#watch(state, before));
  }

  close(): void {
    this.#stop();
  }

  /** Sends the entry, or lets it wait its turn. */
  submit(entry: Entry): void {
    this.#line = this.#line.then(() => this.#submit(entry));
  }

  /**
   * Sends one that waits, whatever the session does: the turn under way reads it at its next step.
   */
  sendNow(sessionID: string, id: number): void {
    const taken = this.queue.take(sessionID, id);
    if (taken) this.#line = this.#line.then(() => this.#send(sessionID, taken));
  }

  #openSessionID(): string | undefined {
    const { route } = this.#ui.store.state;
    return route.screen === "session" ? route.sessionID : undefined;
  }

  async #submit(entry: Entry): Promise<void> {
    const open = this.#openSessionID();
    if (open !== undefined && (this.#isBusy(open) || this.queue.list(open).length > 0)) {
      if (this.queue.add(open, entry)) return;
      this.#refuse(entry, `${QUEUE_MAX} prompts wait already`);
      return;
    }
    try {
      await this.#send(await openedSession(this.#ui), entry);
    } catch (error) {
      this.#refuse(entry, errorMessage(error));
    }
  }

  #isBusy(sessionID: string): boolean {
    return this.#sending.has(sessionID) || isBusy(this.#ui.store.state, sessionID);
  }

  async #send(sessionID: string, entry: Entry): Promise<void> {
    this.#sending.add(sessionID);
    const request = this.#request(sessionID, entry);
    try {
      // A command or a shell line answers only at the end of its turn, which is told by events.
      if (request.isStoredFirst) await request.sent;
      else void request.sent.catch((error: unknown) => this.#refuse(entry, errorMessage(error)));
    } catch (error) {
      this.#refuse(entry, errorMessage(error));
    } finally {
      this.#sending.delete(sessionID);
    }
  }

  #request(sessionID: string, { draft, mode }: Entry) {
    const { client } = this.#ui;
    const { agent, model, variant } = this.#ui.store.state.choice;
    const chosen = { ...(agent !== undefined && { agent }), ...(variant && { variant }) };
    if (mode !== "prompt") {
      const command = draftText(trimDraft(draft));
      const input = { command, agent: presentAgent(this.#ui.store.state), ...(model && { model }) };
      const hidden = mode === "private-shell" ? { ignored: true } : {};
      return {
        isStoredFirst: false,
        sent: client.message.shell(sessionID, { ...input, ...hidden }),
      };
    }
    const call = this.#commandCall(draft);
    if (call) {
      const named = model && { model: `${model.providerID}/${model.modelID}` };
      const sent = client.message.command(sessionID, { ...call, ...chosen, ...named });
      return { isStoredFirst: false, sent };
    }
    const parts = draftParts(draft, this.#directory());
    const input = { parts, ...chosen, ...(model && { model }) };
    return { isStoredFirst: true, sent: client.message.prompt(sessionID, input) };
  }

  /** The server's command that the draft calls, if it calls one. */
  #commandCall(draft: Draft) {
    const call = slashCall(draft);
    const item = call && findSlash(this.#options.slashItems(), call.name);
    if (!call || item?.run.type !== "command") return undefined;
    const parts = draftParts(call.rest, this.#directory()).filter(
      (part): part is FilePartInput => part.type === "file",
    );
    const files = parts.length > 0 ? { parts } : {};
    return { command: item.run.command, arguments: draftText(call.rest), ...files };
  }

  #directory(): string {
    const { directory, facts } = this.#ui.store.state;
    return facts.path?.directory ?? directory;
  }

  #refuse(entry: Entry, message: string): void {
    this.#options.giveBack([entry]);
    this.#ui.toasts.show({ variant: "error", title: "Not sent", message });
  }

  /** A session that has become idle gets the next prompt that waits for it. */
  #watch(state: State, before: State): void {
    if (state.status === before.status && state.transcripts === before.transcripts) return;
    for (const [sessionID] of this.queue.all()) {
      if (!isBusy(before, sessionID) || this.#isBusy(sessionID)) continue;
      if (hasFailed(state, sessionID)) this.#options.giveBack(this.queue.drain(sessionID));
      else this.#sendNext(sessionID);
    }
  }

  #sendNext(sessionID: string): void {
    const next = this.queue.take(sessionID);
    if (next) this.#line = this.#line.then(() => this.#send(sessionID, next));
  }
}

export function isBusy({ status }: State, sessionID: string): boolean {
  const now = status[sessionID];
  return now !== undefined && now.type !== "idle";
}

/** Whether the turn that has just ended was cut short, or ended in an error. */
function hasFailed({ transcripts }: State, sessionID: string): boolean {
  const newest = transcripts[sessionID]?.messages.at(-1)?.info;
  if (newest?.role === "assistant") return newest.error !== undefined;
  // A prompt that nothing answers was stopped before it came to that.
  return newest !== undefined;
}
