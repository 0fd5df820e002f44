/*
 * Trust: whether the person has trusted a project, for everything that runs, reaches or reads
 * something on a project's behalf. Until then a repository's own files do nothing of the kind; the
 * rest of what they say works from the first moment.
 *
 * Most need not ask: `ConfigService.get()` leaves out what is not trusted. Who runs code or
 * programs that lie in the project asks `isTrusted()` first, and says with `hold` what it did not
 * run.
 */
import { conflict, errorMessage } from "@/base/error";
import { isInside } from "@/base/file";
import type { Logger } from "@/base/log";
import type { TrustItem, TrustKind, TrustState } from "@/schema/trust";
import { projectPath } from "./acting";
import type { ConfigService } from "./config-service";
import { heldSummary } from "./held-summary";
import { contentHash } from "./project-trust";
import type { TrustStore } from "./trust-store";

export interface TrustOptions {
  /** A real path. */
  directory: string;
  /** What belongs to the project: its worktree or, without a repository, the directory. */
  worktree: string;
  config: ConfigService;
  store: TrustStore;
  log: Logger;
  /** Told once of each thing that was held back while running, and of each decision. */
  onChange(state: TrustState): void;
}

/** What was held back while running: programs are known only when they are wanted. */
const NOTED_MAX = 200;

export class Trust {
  readonly #options: TrustOptions;
  readonly #noted = new Map<string, TrustItem>();

  constructor(options: TrustOptions) {
    this.#options = options;
  }

  /**
   * Whether the person has trusted this directory with the content it has now. Rejects like
   * `ConfigService.get`: with a configuration that cannot be read nothing is trusted.
   */
  async isTrusted(): Promise<boolean> {
    return (await this.#options.config.get()).trust.isTrusted;
  }

  /** Whether a program (absolute path) may run: one that lies in the project needs trust. */
  async allowsProgram(path: string): Promise<boolean> {
    return !isInside(this.#options.worktree, path) || (await this.isTrusted());
  }

  /**
   * Says that something was wanted and not run for want of trust, so that the person hears of it:
   * its name, and its file.
   */
  hold(kind: TrustKind, what: string, path: string): void {
    const name = `${kind} ${what}`;
    if (this.#noted.has(name) || this.#noted.size >= NOTED_MAX) return;
    const origin = projectPath(this.#options.worktree, path);
    this.#noted.set(name, { kind, what, origin });
    this.#options.log.info("held back: the directory is not trusted", { kind, what, origin });
    this.#tell();
  }

  /** What there is, whether it is trusted, and what is held back. */
  async state(): Promise<TrustState> {
    const { directory, config } = this.#options;
    const { trust } = await config.get();
    const acting = await trust.acting();
    const held = [
      ...(trust.isContentTrusted
        ? []
        : acting.map(({ kind, what, origin }) => ({ kind, what, origin }))),
      ...(trust.isTrusted ? [] : this.#noted.values()),
    ];
    return {
      directory,
      trusted: trust.isTrusted,
      content: contentHash(acting),
      held,
      summary: heldSummary(held),
    };
  }

  /**
   * Trusts the directory with the content it has now, from the next load of the configuration on.
   * AppError conflict when it is not the content that the person saw.
   */
  async grant(seen?: string): Promise<void> {
    const { config, directory, store } = this.#options;
    const content = contentHash(await (await config.reload()).trust.acting());
    if (seen !== undefined && seen !== content) {
      throw conflict(`What ${directory} holds has changed meanwhile: look at it again`);
    }
    await store.put(directory, { content, by: "person" });
    await this.#follow();
  }

  /** Takes the decision back, from the next load of the configuration on. */
  async revoke(): Promise<void> {
    await this.#options.store.remove(this.#options.directory);
    await this.#follow();
  }

  async #follow(): Promise<void> {
    this.#noted.clear();
    await this.#options.config.reload();
    this.#tell();
  }

  #tell(): void {
    const { log, onChange } = this.#options;
    this.state().then(onChange, (error: unknown) => {
      log.warn("trust could not be told", { error: errorMessage(error) });
    });
  }
}
