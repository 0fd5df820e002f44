// Providers whose key is the access token of a login: each as an object that stays the same while
// the token does, because opened models are kept by it. A token is sent only where its login was
// made for: no configuration can lead it elsewhere.
import type { Clock } from "@/base/clock";
import type { Logger } from "@/base/log";
import type { ConfigService } from "@/config/config-service";
import type { KeyRenewals } from "@/llm/key-renewals";
import type { OAuth } from "@/schema/auth";
import type { Model, Provider } from "@/schema/provider";
import type { AuthStore } from "./auth-store";
import { loginNeeded, OAuthTokens } from "./oauth-tokens";

export interface KeyedProvidersOptions {
  auth: AuthStore;
  config: ConfigService;
  clock: Clock;
  log: Logger;
  renewals?: KeyRenewals;
}

interface Keyed {
  /** The provider without its key. */
  base: Provider;
  access: string;
  provider: Provider;
}

export class KeyedProviders {
  readonly #options: KeyedProvidersOptions;
  readonly #tokens: OAuthTokens;
  readonly #kept = new Map<string, Keyed>();

  constructor(options: KeyedProvidersOptions) {
    this.#options = options;
    this.#tokens = new OAuthTokens(options);
  }

  /**
   * The provider with a fresh access token as its key, for a request to `origin`. Throws AppError
   * unavailable, named ProviderAuthError, when the person has to log in again.
   */
  async get(base: Provider, origin: string): Promise<Provider> {
    const login = await this.#options.auth.get(base.id);
    if (login?.type !== "oauth") throw loginNeeded(base.id, "its login was removed");
    requireOrigin(base.id, login, origin);
    return this.#keep(base, await this.#tokens.current(base.id, login));
  }

  #keep(base: Provider, access: string): Provider {
    const kept = this.#kept.get(base.id);
    if (kept?.base === base && kept.access === access) return kept.provider;
    const provider = withToken(base, access);
    this.#kept.set(base.id, { base, access, provider });
    this.#options.renewals?.set(provider, async () => {
      return this.#keep(base, await this.#tokens.renew(base.id, access));
    });
    return provider;
  }
}

/** Where requests for the model go; "" when its package knows the address by itself. */
export function apiOrigin(provider: Provider, model: Model): string {
  const { baseURL } = provider.options;
  const url = typeof baseURL === "string" && baseURL !== "" ? baseURL : model.api.url;
  return URL.canParse(url) ? new URL(url).origin : url;
}

function requireOrigin(providerID: string, { issued }: OAuth, origin: string): void {
  if (issued === undefined || issued.apiOrigins.includes(origin)) return;
  const known = issued.apiOrigins.filter((one) => one !== "").join(", ") || "another address";
  const now = origin === "" ? "the provider's usual address" : origin;
  throw loginNeeded(
    providerID,
    `its login was made for ${known}, and the configuration now leads to ${now}`,
  );
}

/** Most packages send their key as a bearer token, which is how access tokens are sent. */
function withToken(base: Provider, access: string): Provider {
  const { models, options } = base;
  const isAnthropic = Object.values(models).some(({ api }) => api.npm === "@ai-sdk/anthropic");
  return {
    ...base,
    key: access,
    options: isAnthropic ? { ...options, authToken: access } : options,
  };
}
