// A home whose provider "acme" logs in at a scripted authorization server.
import { ProviderLogins } from "@/provider/provider-logins";
import { KeyRenewals } from "@/llm/key-renewals";
import { Logger } from "@/base/log";
import type { OAuth, ProviderAuthAuthorization } from "@/schema/auth";
import type { Config, ProviderOAuthConfig } from "@/schema/config";
import {
  AuthorizationServer,
  type AuthorizationServerOptions,
  CLIENT_ID,
} from "@test/support/authorization-server";
import { FakeClock } from "@test/support/clock";
import { CATALOG, providerHome, type ProviderHome } from "./support";

export const live = new AbortController().signal;
export const CODE = 0;
export const DEVICE = 1;

export interface LoginHome extends AsyncDisposable {
  home: ProviderHome;
  clock: FakeClock;
  server: AuthorizationServer;
  logins: ProviderLogins;
  renewals: KeyRenewals;
}

export async function loginHome(
  options: AuthorizationServerOptions & { oauth?: ProviderOAuthConfig; config?: Config } = {},
): Promise<LoginHome> {
  const clock = new FakeClock();
  const server = new AuthorizationServer({ clock, ...options });
  const oauth = server.config(options.oauth);
  const config: Config = { provider: { acme: { options: { oauth } } }, ...options.config };
  const renewals = new KeyRenewals();
  const home = await providerHome({ config, clock, renewals });
  const { auth, config: service, providers } = home;
  const log = Logger.silent();
  const logins = new ProviderLogins({
    catalog: CATALOG,
    config: service,
    auth,
    providers,
    clock,
    log,
  });
  return {
    home,
    clock,
    server,
    logins,
    renewals,
    async [Symbol.asyncDispose]() {
      logins.close();
      await server[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

export async function begin(
  home: LoginHome,
  method = CODE,
  inputs: Record<string, string> = {},
): Promise<ProviderAuthAuthorization> {
  const authorization = await home.logins.authorize("acme", { method, inputs });
  if (authorization === null) throw new Error("a page was expected");
  return authorization;
}

/** As a client waits for the login, or brings its code. */
export function callback(home: LoginHome, code?: string, method = CODE): Promise<true> {
  const input = { method, ...(code === undefined ? {} : { code }) };
  return home.logins.callback("acme", input, live);
}

/** A login as it is stored, at the server, ending in `lifeMs` from now. */
export function storedLogin(
  { server, clock }: Pick<LoginHome, "server" | "clock">,
  lifeMs: number,
  changes: Partial<OAuth> = {},
): OAuth {
  const at = clock.now();
  return {
    type: "oauth",
    ...server.issue(),
    expires: at + lifeMs,
    issued: {
      tokenURL: `${server.url}/token`,
      clientID: CLIENT_ID,
      apiOrigins: ["https://acme.example"],
      at,
    },
    ...changes,
  };
}

/** What was thrown, by name and in words. */
export async function thrownBy(promise: Promise<unknown>): Promise<{ name: string; text: string }> {
  try {
    const value = await promise;
    throw new Error(`nothing was thrown but ${JSON.stringify(value)} returned`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { name: error.name, text: error.message };
  }
}
