// One login of a person at one remote server: from the address to open in a browser to the stored
// tokens. Finds the authorization server, registers us there where no client is configured, and
// proves with PKCE that who brings the code is who asked. Opens no browser.
import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import { randomBytes } from "node:crypto";
import type { Clock } from "@/base/clock";
import { AppError, errorCode, errorMessage, invalid, unavailable } from "@/base/error";
import { assert } from "@/base/assert";
import type { McpAuthorization, McpOAuthConfig } from "@/schema/mcp";
import type { ClientRegistration, CredentialStore } from "./credentials";
import { CALLBACK_PATH, CALLBACK_PORT } from "./oauth-callback";
import { checkLoginURL, oauthFetch } from "./oauth-fetch";
import { type Challenge, withExpiry } from "./oauth-tokens";
import { loadOAuth } from "./sdk";

const STATE_BYTES = 32;
const CODE_MAX_LENGTH = 16 * 1024;

export interface LoginOptions {
  /** The name of the server, for people. */
  name: string;
  /** Of the entry in the store. */
  key: string;
  url: string;
  config: McpOAuthConfig;
  /** What the server's refusal said. */
  challenge: Challenge;
  store: CredentialStore;
  clock: Clock;
  signal: AbortSignal;
}

/** The client of the configuration, if it names one. */
export function configuredClient(config: McpOAuthConfig): ClientRegistration | undefined {
  if (config.clientId === undefined) return undefined;
  return {
    client_id: config.clientId,
    ...(config.clientSecret !== undefined && { client_secret: config.clientSecret }),
  };
}

export function callbackPort(config: McpOAuthConfig): number {
  return config.callbackPort ?? CALLBACK_PORT;
}

export class OAuthLogin {
  readonly state = randomBytes(STATE_BYTES).toString("base64url");
  readonly #options: LoginOptions;
  readonly #redirectURL: string;
  #client: ClientRegistration | undefined;
  #verifier = "";
  #isServerFound = false;
  #authorizationURL: URL | undefined;

  private constructor(options: LoginOptions) {
    const { config } = options;
    this.#options = options;
    this.#redirectURL =
      config.redirectUri ?? `http://127.0.0.1:${callbackPort(config)}${CALLBACK_PATH}`;
  }

  /**
   * Asks for the address to log in at. Throws AppError invalid, named McpRegistrationError, when we
   * cannot be registered there and no client is configured; AppError unavailable when the
   * authorization server does not answer as it should.
   */
  static async start(options: LoginOptions): Promise<OAuthLogin> {
    const login = new OAuthLogin(options);
    await login.#start();
    return login;
  }

  get authorization(): McpAuthorization {
    assert(this.#authorizationURL, "a login that has started has its address");
    return { authorizationUrl: this.#authorizationURL.href, oauthState: this.state };
  }

  /** Exchanges the code for tokens and stores them. AppError invalid when it is not accepted. */
  async finish(code: string): Promise<void> {
    if (code === "" || code.length > CODE_MAX_LENGTH) throw invalid("This is no code of a login");
    const { auth } = await loadOAuth();
    try {
      await auth(this.#provider(), { ...this.#request(), authorizationCode: code });
    } catch (error) {
      const reason = errorMessage(error).slice(0, 500);
      throw invalid(`The code was not accepted by ${this.#options.name}: ${reason}`, {}, error);
    }
  }

  async #start(): Promise<void> {
    const { name, config, store, key } = this.#options;
    this.#client = configuredClient(config) ?? this.#usable((await store.find(key))?.client);
    const { auth } = await loadOAuth();
    try {
      await auth(this.#provider(), this.#request());
    } catch (error) {
      const reason = errorMessage(error).slice(0, 500);
      // A failure of the network has a code, a refusal has words.
      const isRefused = this.#isServerFound && !this.#client && errorCode(error) === undefined;
      if (isRefused) throw registrationFailed(name, reason, error);
      throw unavailable(`The login at ${name} cannot begin: ${reason}`, {}, error);
    }
    if (!this.#authorizationURL) throw unavailable(`${name} gave no address to log in at`);
    checkLoginURL(this.#authorizationURL);
  }

  #request() {
    const { url, challenge, config, signal } = this.#options;
    const scope = config.scope ?? challenge.scope;
    const metadataURL = challenge.resourceMetadataURL;
    return {
      serverUrl: url,
      fetchFn: oauthFetch(signal),
      ...(scope !== undefined && { scope }),
      ...(metadataURL !== undefined && { resourceMetadataUrl: new URL(metadataURL) }),
    };
  }

  /** A registration holds for the address that it was made for, and while its secret does. */
  #usable(client: ClientRegistration | undefined): ClientRegistration | undefined {
    if (!client?.redirect_uris?.includes(this.#redirectURL)) return undefined;
    const end = client.client_secret_expires_at ?? 0;
    return end > 0 && end * 1_000 <= this.#options.clock.now() ? undefined : client;
  }

  #provider(): OAuthClientProvider {
    const { config, store, key, clock, challenge } = this.#options;
    const isConfigured = config.clientId !== undefined;
    return {
      redirectUrl: this.#redirectURL,
      clientMetadata: {
        client_name: "opencode",
        redirect_uris: [this.#redirectURL],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
        ...(config.scope !== undefined && { scope: config.scope }),
      },
      state: () => this.state,
      clientInformation: () => this.#client,
      saveClientInformation: async (client) => {
        const registration = { ...client, redirect_uris: [this.#redirectURL] };
        this.#client = isConfigured ? { ...this.#client, ...client } : registration;
        if (!isConfigured) await store.change(key, (now) => ({ ...now, client: registration }));
      },
      // None: a login always begins anew, whatever is stored.
      tokens: () => undefined,
      saveTokens: async (tokens) => {
        const metadataURL = challenge.resourceMetadataURL;
        await store.change(key, ({ client }) => ({
          ...(client && { client }),
          tokens: withExpiry(tokens, clock.now()),
          ...(metadataURL !== undefined && { resource_metadata_url: metadataURL }),
        }));
      },
      redirectToAuthorization: (url) => void (this.#authorizationURL = url),
      saveCodeVerifier: (verifier) => void (this.#verifier = verifier),
      codeVerifier: () => this.#verifier,
      saveDiscoveryState: () => void (this.#isServerFound = true),
      invalidateCredentials: async (scope) => {
        if (isConfigured || (scope !== "all" && scope !== "client")) return;
        this.#client = undefined;
        await store.change(key, ({ client: _, ...rest }) => rest);
      },
    };
  }
}

function registrationFailed(name: string, reason: string, cause: unknown): AppError {
  const message =
    `${name} does not let us register as a client (${reason}): register one there yourself and ` +
    `set mcp.${name}.oauth.clientId`;
  return new AppError("invalid", "McpRegistrationError", message, {}, { cause });
}
