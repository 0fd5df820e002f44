// The tokens of one remote server: the one to send now, renewed shortly before it ends or when the
// server refuses it. However many calls need that at once, here or in another process, one request
// is made, and a refresh token that was replaced is never used again.
import type { Clock } from "@/base/clock";
import { errorMessage, unavailable } from "@/base/error";
import type { Logger } from "@/base/log";
import type { ClientRegistration, Credentials, CredentialStore, Tokens } from "./credentials";
import { oauthFetch } from "./oauth-fetch";
import { loadOAuth } from "./sdk";

/** A token is renewed this long before its end, or at the last tenth of a short life. */
const RENEW_BEFORE_MS = 30_000;
const RENEW_BEFORE_SHARE = 0.1;
/** Of all its requests, below the age at which others take our lock for one of the dead. */
const RENEWAL_MAX_MS = 20_000;

/** Where the server's refusal says how to log in. */
export interface Challenge {
  resourceMetadataURL?: string;
  scope?: string;
}

/** Thrown when the server wants a person to log in. */
export class LoginNeeded extends Error {
  readonly challenge: Challenge;

  constructor(challenge: Challenge) {
    super("a login is needed");
    this.challenge = challenge;
  }
}

export interface OAuthTokensOptions {
  /** Of the entry in the store. */
  key: string;
  /** Of the server. */
  url: string;
  /** The configured client, where there is one. */
  client: ClientRegistration | undefined;
  store: CredentialStore;
  clock: Clock;
  log: Logger;
}

export class OAuthTokens {
  readonly #options: OAuthTokensOptions;
  #known: Tokens | undefined;
  #renewal: Promise<string | undefined> | undefined;

  constructor(options: OAuthTokensOptions) {
    this.#options = options;
  }

  /**
   * The access token to send, or undefined when there is none. Throws AppError unavailable when
   * the old one has ended and the authorization server does not answer.
   */
  async current(): Promise<string | undefined> {
    if (this.#known && !this.#isEnding(this.#known)) return this.#known.access_token;
    this.#known = (await this.#options.store.find(this.#options.key))?.tokens;
    if (!this.#known || !this.#isEnding(this.#known)) return this.#known?.access_token;
    if (this.#known.refresh_token === undefined) return this.#known.access_token;
    return this.renew(this.#known.access_token);
  }

  /** Another token than the one that was refused; undefined when a person must log in. */
  renew(refused: string): Promise<string | undefined> {
    this.#renewal ??= this.#renew(refused).finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  #renew(refused: string): Promise<string | undefined> {
    const { key, store } = this.#options;
    return store.exclusively(key, async () => {
      const found = await store.find(key);
      const tokens = found?.tokens;
      const isNew = tokens && tokens.access_token !== refused && !this.#isEnding(tokens);
      if (isNew || tokens?.refresh_token === undefined) {
        this.#known = isNew ? tokens : undefined;
        return this.#known?.access_token;
      }
      this.#known = await this.#refresh(found ?? {}, tokens.refresh_token);
      return this.#known?.access_token;
    });
  }

  /** Stores what it gets; undefined, with the tokens removed, when they are no longer accepted. */
  async #refresh(found: Credentials, refreshToken: string): Promise<Tokens | undefined> {
    const { key, store, clock, log } = this.#options;
    const { OAuthError, ServerError, TemporarilyUnavailableError, TooManyRequestsError } =
      await loadOAuth();
    try {
      const tokens = withExpiry(await this.#requestTokens(found, refreshToken), clock.now());
      await store.change(key, (now) => ({ ...now, tokens }));
      return tokens;
    } catch (error) {
      const passes = [ServerError, TemporarilyUnavailableError, TooManyRequestsError];
      if (!(error instanceof OAuthError) || passes.some((kind) => error instanceof kind)) {
        const reason = errorMessage(error);
        throw unavailable(`the login could not be renewed: ${reason.slice(0, 500)}`, {}, error);
      }
      log.info("the login is no longer accepted", { reason: error.errorCode });
      await store.change(key, ({ tokens: _, ...rest }) => rest);
      return undefined;
    }
  }

  async #requestTokens(found: Credentials, refreshToken: string): Promise<Tokens> {
    const { url, client = found.client } = this.#options;
    const { discover, isResourceOf, refresh } = await loadOAuth();
    const fetchFn = oauthFetch(AbortSignal.timeout(RENEWAL_MAX_MS));
    const metadataURL = found.resource_metadata_url;
    const server = await discover(url, {
      fetchFn,
      ...(metadataURL !== undefined && { resourceMetadataUrl: new URL(metadataURL) }),
    });
    const issuer = String(server.authorizationServerUrl);
    const known = found.tokens?.issuer;
    if (known !== undefined && !isSameAddress(known, issuer)) {
      throw unavailable(`its logins moved from ${known} to ${issuer}: log in again`);
    }
    const resource = server.resourceMetadata?.resource;
    if (resource !== undefined && !isResourceOf(resource, url)) {
      throw unavailable(`it asks for a token of ${resource}, which is not its own address`);
    }
    if (!client) throw unavailable("it is not known which client the login belongs to");
    const tokens = await refresh(issuer, {
      refreshToken,
      clientInformation: client,
      fetchFn,
      ...(server.authorizationServerMetadata && { metadata: server.authorizationServerMetadata }),
      ...(resource !== undefined && { resource }),
    });
    return { ...tokens, issuer };
  }

  #isEnding(tokens: Tokens): boolean {
    const { expires_at: end, expires_in: seconds } = tokens;
    if (end === undefined) return false;
    const life = (seconds ?? 0) * 1_000;
    const before = Math.min(RENEW_BEFORE_MS, life * RENEW_BEFORE_SHARE);
    return this.#options.clock.now() >= end - before;
  }
}

/** The same tokens with the time of their end. */
export function withExpiry(tokens: Tokens, now: number): Tokens {
  const { expires_at: _, ...rest } = tokens;
  const seconds = tokens.expires_in;
  return seconds === undefined ? rest : { ...rest, expires_at: now + seconds * 1_000 };
}

function isSameAddress(a: string, b: string): boolean {
  const plain = (text: string) => (URL.canParse(text) ? new URL(text).href : text);
  return plain(a).replace(/\/$/, "") === plain(b).replace(/\/$/, "");
}
