// The tokens of logins in use: a token is renewed shortly before it ends, or when the provider has
// refused it. However many prompts need that at once, here or in another process, one request is
// made, and a refresh token that was replaced is never used again. Tokens are renewed where they
// were issued, whatever a configuration says by then.
import { AppError, errorMessage } from "@/base/error";
import type { Clock } from "@/base/clock";
import type { Logger } from "@/base/log";
import type { ConfigService } from "@/config/config-service";
import type { OAuth } from "@/schema/auth";
import type { AuthStore } from "./auth-store";
import { findClientSecret, isSafeAddress } from "./oauth-providers";
import { type IssuedTokens, OAuthRefusal, readTokens, requestOAuth } from "./oauth-request";

export interface OAuthTokensOptions {
  auth: AuthStore;
  config: ConfigService;
  clock: Clock;
  log: Logger;
}

/** A token is renewed this long before its end, or at the last tenth of a short life. */
const RENEW_BEFORE_MS = 60_000;
const RENEW_BEFORE_SHARE = 0.1;
/** Refusals that a later attempt may not meet. */
const PASSING: readonly string[] = ["server_error", "temporarily_unavailable", "slow_down"];

export class OAuthTokens {
  readonly #options: OAuthTokensOptions;
  readonly #renewals = new Map<string, Promise<string>>();
  /** Refresh tokens that were not accepted, by provider: they are not tried again. */
  readonly #refused = new Map<string, { refresh: string; error: AppError }>();

  constructor(options: OAuthTokensOptions) {
    this.#options = options;
  }

  /**
   * The access token to use for a login that is stored. Throws AppError unavailable, named
   * ProviderAuthError, when the person must log in again, or when the token has ended and the
   * authorization server does not answer.
   */
  async current(providerID: string, login: OAuth): Promise<string> {
    if (!this.#isEnding(login)) return login.access;
    try {
      return await this.renew(providerID, login.access);
    } catch (error) {
      // It is still good for this once; what is wrong is told when it is not.
      if (!this.#hasEnded(login)) return login.access;
      throw error;
    }
  }

  /** Another access token than the one that was refused or is ending. Throws as `current`. */
  renew(providerID: string, refused: string): Promise<string> {
    const running = this.#renewals.get(providerID);
    if (running !== undefined) return running;
    const renewal = this.#renew(providerID, refused).finally(() => {
      this.#renewals.delete(providerID);
    });
    this.#renewals.set(providerID, renewal);
    return renewal;
  }

  async #renew(providerID: string, refused: string): Promise<string> {
    const { auth } = this.#options;
    return auth.exclusively(providerID, async () => {
      const login = await auth.get(providerID);
      if (login?.type !== "oauth") throw loginNeeded(providerID, "its login was removed");
      // Somebody else has renewed it meanwhile.
      if (login.access !== refused && !this.#isEnding(login)) return login.access;
      return this.#refresh(providerID, login);
    });
  }

  async #refresh(providerID: string, login: OAuth): Promise<string> {
    const { auth, log } = this.#options;
    const known = this.#refused.get(providerID);
    if (known?.refresh === login.refresh) throw known.error;
    const tokens = await this.#request(providerID, login);
    const { issued } = login;
    const renewed: OAuth = {
      ...login,
      access: tokens.access,
      refresh: tokens.refresh ?? login.refresh,
      expires: tokens.expires,
      ...(issued && { issued: { ...issued, at: this.#options.clock.now() } }),
    };
    const isStored = await auth.replace(providerID, login, renewed);
    log.info("the login was renewed", { providerID, isStored });
    return renewed.access;
  }

  async #request(providerID: string, login: OAuth): Promise<IssuedTokens> {
    const { auth, clock, config } = this.#options;
    const { issued } = login;
    if (issued === undefined || login.refresh === "" || !isSafeAddress(issued.tokenURL)) {
      throw loginNeeded(providerID, "its login has ended and cannot be renewed");
    }
    // First: a token that is replaced and not kept would be lost.
    auth.requireWritable();
    const secret = findClientSecret(providerID, issued, (await config.get()).config);
    const form = {
      grant_type: "refresh_token",
      refresh_token: login.refresh,
      client_id: issued.clientID,
      client_secret: secret,
    };
    try {
      return readTokens(await requestOAuth({ url: issued.tokenURL, form }), clock.now());
    } catch (error) {
      throw this.#failure(providerID, login.refresh, error);
    }
  }

  #failure(providerID: string, refresh: string, cause: unknown): AppError {
    const reason = errorMessage(cause);
    if (!(cause instanceof OAuthRefusal) || PASSING.includes(cause.code)) {
      const message = `The login of ${providerID} could not be renewed: ${reason}. Try again later`;
      return authError(providerID, message);
    }
    const error = loginNeeded(providerID, `its login could not be renewed: ${reason}`);
    this.#refused.set(providerID, { refresh, error });
    return error;
  }

  #isEnding({ expires, issued }: OAuth): boolean {
    if (expires === 0) return false;
    const life = issued === undefined ? 0 : Math.max(0, expires - issued.at);
    const before = Math.min(RENEW_BEFORE_MS, life * RENEW_BEFORE_SHARE);
    return this.#options.clock.now() >= expires - before;
  }

  #hasEnded({ expires }: OAuth): boolean {
    return expires !== 0 && this.#options.clock.now() >= expires;
  }
}

/** What a person is told whose login does not work any more. */
export function loginNeeded(providerID: string, reason: string): AppError {
  const hint = `Log in again: opencode auth login ${providerID}`;
  return authError(providerID, `${providerID} cannot be used: ${reason}. ${hint}`);
}

function authError(providerID: string, message: string): AppError {
  return new AppError("unavailable", "ProviderAuthError", message, { providerID });
}
