// Shares: which sessions of a directory are shared, and what a reader of one gets to see. The
// address is the server's: it says where readers come in, and finds the session that they mean.
// Nothing is stored but the address, with the session, so that a share ends with its session.
import { readdir } from "node:fs/promises";
import { flag, type Env } from "@/base/env";
import { denied, invalid } from "@/base/error";
import type { ConfigService } from "@/config/config-service";
import type { AuthStore } from "@/provider/auth-store";
import type { MessageWithParts } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Session, SessionStatus } from "@/schema/session";
import type { SessionStore } from "@/storage/session-store";
import { orderMessages } from "./conversation";
import { knownSecrets } from "./known-secrets";
import type { Runs } from "./runs";
import type { Sessions } from "./sessions";
import { createShareMask, type ShareMask } from "./share-mask";
import { sharedMessage, sharedPart, sharedSession } from "./shared-parts";

interface SharesOptions {
  sessions: Sessions;
  runs: Runs;
  store: SessionStore;
  config: ConfigService;
  auth: AuthStore;
  env: Env;
  home: string;
  /** The root of the repository, or the directory itself outside of one. */
  worktree: string;
}

/**
 * The address of a session, which keeps what is secret of the one it has; below `base`, where the
 * configuration says under which address readers come in.
 */
export type MakeAddress = (session: Session, base: string | undefined) => string;

export class Shares {
  readonly #options: SharesOptions;
  /** The names in the root directory of this machine. */
  #roots: Promise<string[]> | undefined;

  constructor(options: SharesOptions) {
    this.#options = options;
  }

  /**
   * Shares the session; one that is shared keeps its secret. Throws AppError not-found, denied
   * where sharing is disabled, and invalid for an `enterprise.url` that is no address.
   */
  async share(sessionID: string, address: MakeAddress): Promise<Session> {
    const session = this.#options.sessions.get(sessionID);
    await this.assertEnabled();
    const base = await this.#base();
    if (session.share?.url === address(session, base)) return session;
    return this.#options.sessions.change(sessionID, (present) => {
      return { ...present, share: { url: address(present, base) } };
    });
  }

  /** As `share` for a session that is new, where new ones are shared; subagents' never are. */
  async shareNew(session: Session, address: MakeAddress): Promise<Session> {
    if (session.parentID !== undefined || (await this.#mode()).mode !== "auto") return session;
    return this.share(session.id, address);
  }

  /** Ends the share, if there is one. Throws AppError not-found. */
  unshare(sessionID: string): Session {
    const { sessions } = this.#options;
    const session = sessions.get(sessionID);
    if (!session.share) return session;
    return sessions.change(sessionID, ({ share: _, ...present }) => present);
  }

  /** Throws AppError denied where sharing is disabled; it names what disables it. */
  async assertEnabled(): Promise<void> {
    const { mode, origin } = await this.#mode();
    if (mode !== "disabled") return;
    const data = { key: "share" };
    throw denied(`Sharing is disabled by ${origin}: set "share" to "manual" to allow it`, data);
  }

  /**
   * The session as strangers may see it, with the secrets that are known now. Throws AppError
   * not-found, denied where sharing is disabled, and what a broken configuration throws: without it
   * nobody knows what to mask.
   */
  async view(sessionID: string): Promise<SharedView> {
    await this.assertEnabled();
    const { store, sessions, runs } = this.#options;
    const mask = await this.#mask();
    const status = runs.status()[sessionID] ?? { type: "idle" };
    return new SharedView({ store, mask, session: sessions.get(sessionID), status });
  }

  /** For a proxy in front of the server, which only whoever set it up knows of. */
  async #base(): Promise<string | undefined> {
    const { config, sources } = await this.#options.config.get();
    const address = config.enterprise?.url;
    if (!address) return undefined;
    const url = URL.parse(address);
    if (url && /^https?:$/.test(url.protocol)) {
      return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
    }
    const origin = sources["enterprise.url"] ?? "the configuration";
    throw invalid(`${origin}: enterprise.url: expected an https: or http: address`);
  }

  async #mode() {
    const { config, env } = this.#options;
    const variable = "OPENCODE_DISABLE_SHARE";
    if (flag(env, variable)) return { mode: "disabled", origin: variable };
    const { config: merged, sources } = await config.get();
    const origin = `"share" in ${sources["share"] ?? "the configuration"}`;
    const isAuto = merged.share === undefined && flag(env, "OPENCODE_AUTO_SHARE");
    return { mode: isAuto ? "auto" : (merged.share ?? "manual"), origin };
  }

  async #mask(): Promise<ShareMask> {
    const { auth, config, env, home, worktree } = this.#options;
    this.#roots ??= readdir("/").catch(() => []); // the usual names are masked all the same
    const secrets = knownSecrets({
      env,
      auth: await auth.all(),
      config: (await config.get()).config,
    });
    return createShareMask({ secrets, home, root: worktree, roots: await this.#roots });
  }
}

interface SharedViewOptions {
  store: SessionStore;
  mask: ShareMask;
  session: Session;
  status: SessionStatus;
}

/** One look at a shared session: all that it gives is masked. */
export class SharedView {
  readonly #options: SharedViewOptions;

  constructor(options: SharedViewOptions) {
    this.#options = options;
  }

  get info(): Session {
    return sharedSession(this.#options.session, this.#options.mask);
  }

  /** Without the reason of a retry, which quotes the provider. */
  get status(): SessionStatus {
    const { type } = this.#options.status;
    return { type: type === "idle" ? "idle" : "busy" };
  }

  /** The message from which on all is undone, and therefore hidden. */
  get hiddenFrom(): string | undefined {
    return this.#options.session.revert?.messageID;
  }

  /** The newest so many, in the order in which they were said; `before` as the store knows it. */
  messages(page: { limit: number; before?: string }): {
    messages: MessageWithParts[];
    more: boolean;
  } {
    const { store, session, mask } = this.#options;
    const { messages, more } = store.listMessages(session.id, page);
    const shown = messages.filter(({ info }) => !this.#isHidden(info.id));
    return { messages: orderMessages(shown).map((message) => sharedMessage(message, mask)), more };
  }

  /** Undefined when there is none, or none to be seen. */
  message(messageID: string): MessageWithParts | undefined {
    const { store, session, mask } = this.#options;
    if (this.#isHidden(messageID)) return undefined;
    const message = store.findMessage(session.id, messageID);
    return message && sharedMessage({ ...message, parts: [] }, mask);
  }

  /** As `message`. */
  part(messageID: string, partID: string): Part | undefined {
    const { store, session, mask } = this.#options;
    if (this.#isHidden(messageID)) return undefined;
    const part = store.findPart(session.id, messageID, partID);
    return part && sharedPart(part, mask)[0];
  }

  #isHidden(messageID: string): boolean {
    return this.hiddenFrom !== undefined && messageID >= this.hiddenFrom;
  }
}
