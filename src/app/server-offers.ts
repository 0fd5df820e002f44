// ServerOffers: asks the person whether a language server that is not on this machine may be
// fetched, after an edit that it would have looked at. Each is asked for once, nobody waits for the
// answer, and "never" is kept for good.
import { dirname } from "node:path";
import { AppError, errorMessage, isAbort } from "@/base/error";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";
import type { Logger } from "@/base/log";
import { isValid, t } from "@/base/schema";
import type { LanguageServer } from "@/lsp/language-server";
import type { LanguageServers } from "@/lsp/language-servers";
import type { Questions } from "@/permission/questions";
import type { Publish } from "@/schema/event";

export interface ServerOffersOptions {
  servers: LanguageServers;
  questions: Questions;
  /** The file with those that a person never wants. */
  path: string;
  publish: Publish;
  log: Logger;
  signal: AbortSignal;
}

const Declined = t.Array(t.String());

const FETCH = "Fetch it";
const NEVER = "Never";

export class ServerOffers {
  readonly #options: ServerOffersOptions;
  readonly #offered = new Set<string>();

  constructor(options: ServerOffersOptions) {
    this.#options = options;
  }

  /** Asks, if there is something to ask for; resolves when that is done. Never rejects. */
  async offer(sessionID: string, file: string): Promise<void> {
    const { log, publish } = this.#options;
    try {
      await this.#offer(sessionID, file);
    } catch (error) {
      // Dismissed, stopped, or ended: none of them is an answer.
      if (isAbort(error) || (error instanceof AppError && error.kind === "denied")) return;
      const message = errorMessage(error);
      log.warn("a language server was not fetched", { error: message });
      publish("tui.toast.show", { title: "Language server", message, variant: "error" });
    }
  }

  async #offer(sessionID: string, file: string): Promise<void> {
    const { publish, questions, servers } = this.#options;
    if (questions.policy !== "ask") return;
    const server = await servers.findFetchable(file);
    if (!server || this.#offered.has(server.id)) return;
    this.#offered.add(server.id);
    const declined = await this.#readDeclined();
    if (declined.includes(server.id)) return;
    const answer = await this.#ask(sessionID, server);
    if (answer === NEVER) await this.#writeDeclined([...declined, server.id]);
    if (answer !== FETCH) return;
    await servers.fetch(server, file);
    const message = `${server.id} is here, and looks at the next edit`;
    publish("tui.toast.show", { title: "Language server", message, variant: "success" });
  }

  async #ask(sessionID: string, { hint, id }: LanguageServer): Promise<string | undefined> {
    const { questions, signal } = this.#options;
    const question = {
      header: "Language server",
      question:
        `The language server ${id}, which tells the model what its edits break, is not on this ` +
        `machine. Fetch it into the cache? By hand it would be: ${hint}`,
      options: [
        { label: FETCH, description: "Once, for all projects" },
        { label: "Not now", description: "You are asked again after the next start" },
        { label: NEVER, description: "You are not asked again" },
      ],
      custom: false,
    };
    const [answers] = await questions.ask({ sessionID, questions: [question] }, signal);
    return answers?.[0];
  }

  async #readDeclined(): Promise<string[]> {
    const text = (await readTextIfExists(this.#options.path)) ?? "[]";
    try {
      const value: unknown = JSON.parse(text);
      return isValid(Declined, value) ? value : [];
    } catch {
      return []; // what makes no sense declines nothing
    }
  }

  async #writeDeclined(ids: readonly string[]): Promise<void> {
    const { path } = this.#options;
    await ensureDirectory(dirname(path));
    await writeFileAtomic(path, JSON.stringify(ids), { mode: 0o600 });
  }
}
