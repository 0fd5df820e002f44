// Provider logins: the ways to log in to each provider, and the logins that have begun and wait
// for a person. Of each provider one waits at a time; it ends by itself, and with its owner. Tokens
// go into the credential store and nowhere else.
import type { Clock } from "@/base/clock";
import { AppError, errorMessage } from "@/base/error";
import type { Logger } from "@/base/log";
import type { ConfigService } from "@/config/config-service";
import type { JSONRecord } from "@/config/json";
import type { LoadedConfig } from "@/config/load";
import type { Catalog } from "@/llm/catalog";
import type { PluginAuth } from "@/plugin/plugin";
import type { Plugins } from "@/plugin/plugins";
import type {
  OAuthAuthorizeInput,
  OAuthCallbackInput,
  ProviderAuthAuthorization,
  ProviderAuthMethod,
} from "@/schema/auth";
import type { AuthStore } from "./auth-store";
import { credentialNames } from "./credentials";
import { suggest } from "./model-ref";
import { CodeLogin } from "./oauth-code";
import { startDeviceLogin } from "./oauth-device";
import type { LoginOptions, StartedLogin } from "./oauth-login";
import {
  getOAuthDefinition,
  listOAuthChoices,
  type OAuthDefinition,
  type OAuthType,
} from "./oauth-providers";
import { type IssuedTokens, OAuthRefusal } from "./oauth-request";
import {
  authorizeKey,
  checkInputs,
  describeMethod,
  methodsFor,
  type PluginCredentials,
  startPluginLogin,
} from "./plugin-login";
import type { Providers } from "./providers";
import { isEnabled } from "./resolve";

export interface ProviderLoginsOptions {
  catalog: Catalog;
  config: ConfigService;
  auth: AuthStore;
  providers: Pick<Providers, "apiOrigins">;
  /** What may bring logins. */
  plugins?: Pick<Plugins, "list">;
  clock: Clock;
  log: Logger;
}

/** A way to log in, and how, where it is not a key. */
interface Method {
  method: ProviderAuthMethod;
  type: OAuthType | undefined;
  /** As a plugin has it, which then does the login. */
  plugin?: JSONRecord;
}

/** A plugin's method, as it is to be used. */
interface PluginMethod {
  index: number;
  inputs: Record<string, string>;
  method: ProviderAuthMethod;
  plugin: JSONRecord;
}

interface Pending {
  /** Its place among the methods of its provider. */
  index: number;
  login: StartedLogin;
  controller: AbortController;
  /** Whether it has an outcome, which is kept until it is asked for. */
  isSettled: boolean;
  cancelTimer: () => void;
}

/** How long a browser is waited for, and how long the outcome of a login is kept. */
const LOGIN_TIMEOUT_MS = 5 * 60_000;
/** The prompt of our own logins: whether the browser is on this machine. */
export const WHERE = "browser";
const HERE = "here";
const ELSEWHERE = "elsewhere";

export class ProviderLogins {
  readonly #options: ProviderLoginsOptions;
  readonly #pending = new Map<string, Pending>();
  #isClosed = false;

  constructor(options: ProviderLoginsOptions) {
    this.#options = options;
  }

  /** The ways to log in, by provider: logins first, then an API key where it takes one. */
  async methods(): Promise<Record<string, ProviderAuthMethod[]>> {
    const loaded = await this.#options.config.get();
    const auths = await this.#pluginAuths();
    const configured = Object.keys(loaded.config.provider ?? {});
    const known = this.#options.catalog.listProviders().map(({ id }) => id);
    const entries = [
      ...new Set([...known, ...configured, ...auths.map(({ provider }) => provider)]),
    ]
      .map((id): [string, Method[]] => [id, this.#methodsOf(id, loaded, auths)])
      .filter(([, methods]) => methods.length > 0)
      .map(([id, methods]) => [id, methods.map(({ method }) => method)]);
    return Object.fromEntries(entries);
  }

  /**
   * Begins the login at this place of the provider's methods, in place of one that waits, and says
   * where to send the person; null for an API key, which is only to be stored. AppError not-found
   * for a provider without a login, invalid for a method or input that is none or is not set up,
   * unavailable when the authorization server does not answer.
   */
  async authorize(
    providerID: string,
    { method: index, inputs = {} }: OAuthAuthorizeInput,
  ): Promise<ProviderAuthAuthorization | null> {
    const loaded = await this.#options.config.get();
    const auths = await this.#pluginAuths();
    const { method, plugin, type } = this.#getMethod(providerID, index, loaded, auths);
    if (plugin) return this.#authorizePlugin(providerID, { index, inputs, method, plugin });
    if (type === undefined) return null;
    this.#options.auth.requireWritable();
    const isElsewhere = readPlace(providerID, type, inputs);
    const definition = getOAuthDefinition(providerID, type, loaded);
    this.#end(providerID, "another login to this provider was begun");
    const pending = await this.#start(definition, index, isElsewhere);
    const { authorization } = pending.login;
    const warning = warnOfHost(definition);
    return { ...authorization, instructions: `${authorization.instructions}${warning}` };
  }

  /**
   * Waits until the login that was begun is done, with the `code` that the person brought or with
   * none, and its tokens are stored. Throws AppError invalid, named ProviderAuthOauthMissing when
   * none waits, ProviderAuthOauthCodeMissing when only a code can go on, and
   * ProviderAuthOauthCallbackFailed when it has failed; rejects with the signal's reason on abort,
   * while the login waits on.
   */
  async callback(
    providerID: string,
    { method, code }: OAuthCallbackInput,
    signal: AbortSignal,
  ): Promise<true> {
    const pending = this.#pending.get(providerID);
    if (pending?.index !== method) {
      const message = `No login to ${providerID} waits: it has ended, or was never begun`;
      throw failure("ProviderAuthOauthMissing", providerID, message);
    }
    const { login, isSettled } = pending;
    if (login.authorization.method === "code" && !code && !isSettled) {
      const message = `The login to ${providerID} needs the code that its page shows`;
      throw failure("ProviderAuthOauthCodeMissing", providerID, message);
    }
    const isPasted = code !== undefined && login.paste !== undefined && !isSettled;
    try {
      await (isPasted ? login.paste?.(code) : until(login.done, signal));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // Who has mistyped a code may try again; any other failure is the outcome, told now.
      if (!isPasted) this.#forget(providerID, pending);
      throw toFailure(providerID, error);
    }
    this.#forget(providerID, pending);
    return true;
  }

  /** Ends all that waits. */
  close(): void {
    this.#isClosed = true;
    for (const id of [...this.#pending.keys()]) this.#end(id, "the server ends");
  }

  async #pluginAuths(): Promise<PluginAuth[]> {
    const plugins = (await this.#options.plugins?.list()) ?? [];
    return plugins.flatMap(({ auth }) => auth);
  }

  async #authorizePlugin(
    providerID: string,
    { index, inputs, method, plugin }: PluginMethod,
  ): Promise<ProviderAuthAuthorization | null> {
    const { auth, clock } = this.#options;
    auth.requireWritable();
    checkInputs(plugin, inputs);
    const store = async ({ providerID: other, auth: given }: PluginCredentials) => {
      await auth.set(other ?? providerID, given);
      this.#options.log.info("a login was stored", { providerID: other ?? providerID });
    };
    const place = { providerID, index, isBounded: true };
    if (method.type === "oauth") {
      const { login } = await this.#wait(place, (signal) =>
        startPluginLogin({ method: plugin, inputs, clock, signal, store }),
      );
      return login.authorization;
    }
    const { signal } = new AbortController();
    const given = await authorizeKey({ method: plugin, inputs, clock, signal }).catch((error) => {
      throw toFailure(providerID, error);
    });
    if (given) await store(given);
    return null;
  }

  #start(definition: OAuthDefinition, index: number, isElsewhere: boolean): Promise<Pending> {
    const { providerID, type } = definition;
    return this.#wait({ providerID, index, isBounded: type === "code" }, (signal) => {
      const store = (tokens: IssuedTokens) => this.#store(definition, tokens);
      const options = { definition, clock: this.#options.clock, signal, store };
      return this.#begin(type, options, isElsewhere);
    });
  }

  /** Begins a login and keeps it until it has an outcome that somebody has asked for. */
  async #wait(
    { providerID, index, isBounded }: { providerID: string; index: number; isBounded: boolean },
    begin: (signal: AbortSignal) => Promise<StartedLogin>,
  ): Promise<Pending> {
    const { clock, log } = this.#options;
    const controller = new AbortController();
    const login = await begin(controller.signal).catch((error: unknown) => {
      throw toFailure(providerID, error);
    });
    const cancelTimer = () => {};
    const pending: Pending = { index, login, controller, isSettled: false, cancelTimer };
    const forgetLater = () => {
      pending.isSettled = true;
      pending.cancelTimer();
      if (this.#pending.get(providerID) !== pending) return;
      pending.cancelTimer = clock.timer(LOGIN_TIMEOUT_MS, () => this.#forget(providerID, pending));
    };
    login.done.then(forgetLater, (error: unknown) => {
      log.info("a login has ended without success", { providerID, reason: errorMessage(error) });
      forgetLater();
    });
    // Another one may have been begun while the authorization server was asked.
    this.#end(providerID, "another login to this provider was begun");
    this.#pending.set(providerID, pending);
    if (this.#isClosed) this.#end(providerID, "the server ends");
    else if (isBounded) {
      const timeout = () => this.#end(providerID, "nobody finished it within 5 minutes");
      pending.cancelTimer = clock.timer(LOGIN_TIMEOUT_MS, timeout);
    }
    return pending;
  }

  async #begin(
    type: OAuthType,
    options: LoginOptions,
    isElsewhere: boolean,
  ): Promise<StartedLogin> {
    return type === "code" ? new CodeLogin(options, isElsewhere) : startDeviceLogin(options);
  }

  async #store(definition: OAuthDefinition, tokens: IssuedTokens): Promise<void> {
    const { providerID, tokenURL, clientID } = definition;
    const { auth, clock, log, providers } = this.#options;
    const apiOrigins = await providers.apiOrigins(providerID);
    await auth.set(providerID, {
      type: "oauth",
      access: tokens.access,
      refresh: tokens.refresh ?? "",
      expires: tokens.expires,
      issued: { tokenURL, clientID, apiOrigins, at: clock.now() },
    });
    log.info("a login was stored", { providerID });
  }

  #end(providerID: string, reason: string): void {
    const pending = this.#pending.get(providerID);
    if (pending === undefined) return;
    this.#forget(providerID, pending);
    pending.controller.abort(
      failure("ProviderAuthOauthCallbackFailed", providerID, `The login has ended: ${reason}`),
    );
  }

  #forget(providerID: string, pending: Pending): void {
    pending.cancelTimer();
    if (this.#pending.get(providerID) === pending) this.#pending.delete(providerID);
  }

  #methodsOf(providerID: string, loaded: LoadedConfig, auths: readonly PluginAuth[]): Method[] {
    const { config } = loaded;
    if (!isEnabled(providerID, config)) return [];
    const brought = methodsFor(providerID, auths).flatMap((plugin): Method[] => {
      const method = describeMethod(plugin);
      return method ? [{ method, type: undefined, plugin }] : [];
    });
    const bringsKey = brought.some(({ method }) => method.type === "api");
    const { provider = {} } = config;
    const own = Object.hasOwn(provider, providerID) ? provider[providerID] : undefined;
    const names = own?.env ?? this.#options.catalog.findProvider(providerID)?.env ?? [];
    const takesKey = credentialNames(names).length > 0;
    return [
      ...brought,
      ...listOAuthChoices(providerID, loaded).map(({ type, label }): Method => {
        const method = { type: "oauth" as const, label };
        return { type, method: type === "code" ? { ...method, prompts: [WHERE_PROMPT] } : method };
      }),
      ...(takesKey && !bringsKey ? [{ type: undefined, method: API_KEY }] : []),
    ];
  }

  #getMethod(
    providerID: string,
    index: number,
    loaded: LoadedConfig,
    auths: readonly PluginAuth[],
  ): Method {
    const methods = this.#methodsOf(providerID, loaded, auths);
    const found = methods[index];
    if (found !== undefined) return found;
    if (methods.length > 0) {
      const message = `method must be one of ${[...methods.keys()].join(", ")} for ${providerID}`;
      throw failure("ProviderAuthValidationFailed", providerID, message, { field: "method" });
    }
    const ids = this.#options.catalog.listProviders().map(({ id }) => id);
    const meant = suggest(providerID, ids);
    const hint = meant.length > 0 ? ` Did you mean ${meant.join(" or ")}?` : "";
    const message = `There is no login to ${providerID}.${hint}`;
    throw new AppError("not-found", "NotFoundError", message, { providerID });
  }
}

const API_KEY: ProviderAuthMethod = { type: "api", label: "API key" };

const WHERE_PROMPT: NonNullable<ProviderAuthMethod["prompts"]>[number] = {
  type: "select",
  key: WHERE,
  message: "Where is your browser?",
  options: [
    { label: "On the machine of this server", value: HERE },
    { label: "On another machine", value: ELSEWHERE, hint: "you paste the code" },
  ],
};

/** Whether the person says that the browser is on another machine. */
function readPlace(providerID: string, type: OAuthType, inputs: Record<string, string>): boolean {
  const place = inputs[WHERE] ?? HERE;
  if (type === "device" || place === HERE) return false;
  if (place === ELSEWHERE) return true;
  const message = `inputs.${WHERE} must be "${HERE}" or "${ELSEWHERE}"`;
  throw failure("ProviderAuthValidationFailed", providerID, message, { field: WHERE });
}

/** Of the page that the person sees, nothing shows where the code goes afterwards. */
function warnOfHost({ origin, startURL, tokenURL }: OAuthDefinition): string {
  const { host } = new URL(tokenURL);
  if (new URL(startURL).host === host || origin === undefined) return "";
  return ` The login is then handed to ${host}, as ${origin} says.`;
}

function toFailure(providerID: string, error: unknown): unknown {
  if (error instanceof AppError) return error;
  if (!(error instanceof OAuthRefusal)) return error;
  const message = `The login to ${providerID} has failed: ${error.message}`;
  return failure("ProviderAuthOauthCallbackFailed", providerID, message);
}

function failure(
  name: string,
  providerID: string,
  message: string,
  data: Record<string, unknown> = {},
): AppError {
  return new AppError("invalid", name, message, { providerID, ...data });
}

/** As `promise`, unless the signal aborts before. */
async function until(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
