// Logins at remote servers, shared by all directories of the process: the stored credentials, the
// address browsers come back to, and the logins that wait for a person, each for a few minutes.
import { join } from "node:path";
import type { Clock } from "@/base/clock";
import { conflict, invalid, unavailable } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Paths } from "@/base/paths";
import type { McpOAuthConfig, McpRemoteConfig, McpServerConfig } from "@/schema/mcp";
import { credentialKey, CredentialStore } from "./credentials";
import type { LoginSummary } from "./definition";
import { type CallbackAnswer, OAuthCallbacks, readAnswer } from "./oauth-callback";
import { oauthFetch } from "./oauth-fetch";
import { callbackPort, configuredClient, OAuthLogin } from "./oauth-login";
import { type Challenge, OAuthTokens } from "./oauth-tokens";
import { loadOAuth } from "./sdk";

/** How long a person has to log in. */
export const LOGIN_MAX_MS = 5 * 60_000;

export interface McpAuthOptions {
  paths: Pick<Paths, "data">;
  clock: Clock;
  log: Logger;
}

/** A login that waits for a person. */
export interface WaitingLogin {
  readonly authorization: OAuthLogin["authorization"];
  /** Resolves when the tokens are stored; rejects with AppError when that will not happen. */
  readonly done: Promise<void>;
  /** With the code, or the whole address that the browser ended at. */
  finish(pasted: string): Promise<void>;
  cancel(): void;
}

export class McpAuth {
  readonly #options: McpAuthOptions;
  readonly #store: CredentialStore;
  readonly #callbacks: OAuthCallbacks;

  constructor(options: McpAuthOptions) {
    this.#options = options;
    const path = join(options.paths.data, "mcp-auth.json");
    this.#store = new CredentialStore({ path, log: options.log });
    this.#callbacks = new OAuthCallbacks(options.log);
  }

  /** Tokens for one connection; undefined for a server that nobody logs in to. */
  tokens(name: string, config: McpServerConfig): OAuthTokens | undefined {
    if (!usesLogin(config)) return undefined;
    const { clock, log } = this.#options;
    return new OAuthTokens({
      key: credentialKey(name, config.url),
      url: config.url,
      client: configuredClient(oauthOf(config)),
      store: this.#store,
      clock,
      log,
    });
  }

  /** Whether tokens are stored for the server. */
  async hasTokens(name: string, config: McpServerConfig): Promise<boolean> {
    if (!usesLogin(config)) return false;
    return (await this.#store.find(credentialKey(name, config.url)))?.tokens !== undefined;
  }

  /** What a person may know of the login; never the tokens. */
  async describe(name: string, config: McpServerConfig): Promise<LoginSummary> {
    if (!usesLogin(config)) return { kind: "none", reason: whyNoLogin(config), canRenew: false };
    const found = await this.#store.find(credentialKey(name, config.url));
    const client = configuredClient(oauthOf(config)) ?? found?.client;
    const tokens = found?.tokens;
    return {
      kind: tokens ? "stored" : "needed",
      ...(client && { clientID: client.client_id }),
      ...(tokens?.expires_at !== undefined && { expiresAt: tokens.expires_at }),
      canRenew: tokens?.refresh_token !== undefined,
    };
  }

  /** Forgets all that is known of us at the server. */
  async forget(name: string, config: McpServerConfig): Promise<void> {
    if (!usesLogin(config)) return;
    await this.#store.change(credentialKey(name, config.url), () => undefined);
  }

  /** False only where it is certain that a login needs a client which a person must register. */
  async canLogIn(
    name: string,
    config: McpServerConfig,
    challenge: Challenge,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (!usesLogin(config) || configuredClient(oauthOf(config))) return true;
    if ((await this.#store.find(credentialKey(name, config.url)))?.client) return true;
    const { discover } = await loadOAuth();
    const metadataURL = challenge.resourceMetadataURL;
    try {
      const server = await discover(config.url, {
        fetchFn: oauthFetch(signal),
        ...(metadataURL !== undefined && { resourceMetadataUrl: new URL(metadataURL) }),
      });
      const metadata = server.authorizationServerMetadata;
      return metadata === undefined || metadata.registration_endpoint !== undefined;
    } catch {
      return true; // It cannot be asked now: the login itself will tell why.
    }
  }

  /** Begins a login; it ends by the browser, by `finish`, by `signal`, or after five minutes. */
  async start(
    name: string,
    config: McpServerConfig,
    challenge: Challenge,
    signal: AbortSignal,
  ): Promise<WaitingLogin> {
    if (!usesLogin(config)) throw invalid(`MCP server ${name} ${whyNoLogin(config)}`);
    const { clock } = this.#options;
    const oauth = oauthOf(config);
    const login = await OAuthLogin.start({
      name,
      key: credentialKey(name, config.url),
      url: config.url,
      config: oauth,
      challenge,
      store: this.#store,
      clock,
      signal,
    });
    return this.#wait(name, login, callbackPort(oauth), signal);
  }

  #wait(name: string, login: OAuthLogin, port: number, signal: AbortSignal): WaitingLogin {
    const { clock } = this.#options;
    const done = Promise.withResolvers<void>();
    done.promise.catch(() => {}); // not everybody who begins a login waits for its end
    let isOver = false;
    const end = (settle: () => void) => {
      if (isOver) return;
      isOver = true;
      stopExpecting();
      stopTimer();
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    const fail = (reason: string) => {
      end(() => done.reject(unavailable(`The login at ${name} ${reason}`)));
    };
    const onAnswer = async (answer: CallbackAnswer) => {
      if (isOver) throw conflict(`The login at ${name} is over: start it again`);
      if ("error" in answer) {
        fail(`was refused: ${answer.error}`);
        throw invalid(`The login at ${name} was refused: ${answer.error}`);
      }
      await login.finish(answer.code);
      end(done.resolve);
    };
    const onAbort = () => fail("was given up");
    signal.addEventListener("abort", onAbort, { once: true });
    const stopExpecting = this.#callbacks.expect(login.state, port, onAnswer);
    const stopTimer = clock.timer(LOGIN_MAX_MS, () => fail("was not finished in time"));
    return {
      authorization: login.authorization,
      done: done.promise,
      finish: (pasted) => onAnswer(readPasted(pasted, login.state)),
      cancel: () => fail("was given up"),
    };
  }
}

/** Whether a person may log in to it: not where headers or the configuration say otherwise. */
function usesLogin(config: McpServerConfig): config is McpRemoteConfig {
  if (config.type !== "remote" || config.oauth === false) return false;
  return !Object.keys(config.headers ?? {}).some((name) => /^authorization$/i.test(name));
}

function whyNoLogin(config: McpServerConfig): string {
  if (config.type === "local") return "is a local program: there is no login to it";
  if (config.oauth === false) return "has `oauth: false` in its configuration";
  return "gets an Authorization header by its configuration: remove that to log in";
}

function oauthOf(config: McpRemoteConfig): McpOAuthConfig {
  return config.oauth || {};
}

/** People paste the code, or all that the browser shows. */
function readPasted(pasted: string, state: string): CallbackAnswer {
  const text = pasted.trim();
  const url = /^https?:/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return { code: text };
  const found = url.searchParams.get("state");
  if (found === state) return readAnswer(url.searchParams);
  throw invalid("This address belongs to another login: use the one of the login begun last");
}
