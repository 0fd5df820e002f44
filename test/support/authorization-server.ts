// A scripted authorization server on loopback: the code flow with PKCE, the device flow, and
// refresh tokens that are replaced at each use. It holds every client to the rules and remembers
// what they broke; a refresh token that comes twice ends the whole login, as real servers do it.
//
// `await using server = new AuthorizationServer({ clock });`

import { createHash } from "node:crypto";
import type { Clock } from "@/base/clock";
import type { ProviderOAuthConfig } from "@/schema/config";

export interface AuthorizationServerOptions {
  clock?: Clock;
  /** Of access tokens. */
  lifeSeconds?: number;
  clientSecret?: string;
  /** A part of every access token, for servers that check it. */
  tokenSuffix?: string;
  /** Of the device flow. */
  intervalSeconds?: number;
  deviceLifeSeconds?: number;
  /** Answers a refresh only when it resolves. */
  refreshGate?: Promise<void>;
}

/** What the next token request is answered with, instead of tokens. */
export interface ScriptedAnswer {
  status: number;
  body: unknown;
}

interface Grant {
  challenge: string;
  redirect: string;
}

export const CLIENT_ID = "client-of-a-test";

export class AuthorizationServer implements AsyncDisposable {
  /** One sentence for each broken rule. */
  readonly problems: string[] = [];
  /** The `grant_type` of every token request. */
  readonly grants: string[] = [];
  /** When the device flow was polled, by the server's clock. */
  readonly polls: number[] = [];
  /** Told before the ordinary answers, first in, first out. */
  readonly scripted: ScriptedAnswer[] = [];
  readonly #options: AuthorizationServerOptions;
  readonly #server: Bun.Server<undefined>;
  readonly #codes = new Map<string, Grant>();
  readonly #refreshTokens = new Set<string>();
  readonly #spent = new Set<string>();
  /** Undefined while the person has not decided. */
  #device: { code: string; decision?: "allow" | "deny" } | undefined;
  #serial = 0;
  #waiters: { index: number; resolve: () => void }[] = [];

  constructor(options: AuthorizationServerOptions = {}) {
    this.#options = options;
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request) => this.#answer(request),
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  /** How often a refresh token was used. */
  get refreshes(): number {
    return this.grants.filter((grant) => grant === "refresh_token").length;
  }

  /** The configuration of a provider that logs in here. */
  config(changes: ProviderOAuthConfig = {}): ProviderOAuthConfig {
    const { clientSecret } = this.#options;
    return {
      authorizationURL: `${this.url}/authorize`,
      tokenURL: `${this.url}/token`,
      deviceAuthorizationURL: `${this.url}/device`,
      clientID: CLIENT_ID,
      scopes: ["models", "profile"],
      ...(clientSecret === undefined ? {} : { clientSecret }),
      ...changes,
    };
  }

  /** Tokens as a login would have brought them. */
  issue(): { access: string; refresh: string } {
    const { access_token: access, refresh_token: refresh } = this.#tokens();
    return { access, refresh };
  }

  /** What the person's browser does: allows the login and follows the redirect. */
  async allow(authorizationURL: string): Promise<Response> {
    return fetch(await this.redirectOf(authorizationURL));
  }

  /** Where the browser would go after the person has allowed the login. */
  async redirectOf(authorizationURL: string): Promise<string> {
    const answer = await fetch(authorizationURL, { redirect: "manual" });
    const target = answer.headers.get("location");
    if (target === null) throw new Error(`no redirect: ${answer.status} ${await answer.text()}`);
    return target;
  }

  /** Resolves when the nth token request, counted from 0, has come. */
  waitForGrant(index: number): Promise<void> {
    if (index < this.grants.length) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ index, resolve }));
  }

  /** What the person decides on the page of the device flow. */
  decide(decision: "allow" | "deny"): void {
    if (this.#device) this.#device.decision = decision;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === "GET" && pathname === "/authorize") return this.#authorize(searchParams);
    if (request.method !== "POST") return new Response("not here", { status: 404 });
    const form = new URLSearchParams(await request.text());
    if (pathname === "/device") return this.#startDevice(form);
    if (pathname === "/token") return this.#token(form);
    return new Response("not here", { status: 404 });
  }

  #authorize(params: URLSearchParams): Response {
    this.#expect(params.get("client_id") === CLIENT_ID, "the client id is another");
    this.#expect(params.get("response_type") === "code", "no code was asked for");
    this.#expect(params.get("code_challenge_method") === "S256", "PKCE is not S256");
    this.#expect((params.get("state")?.length ?? 0) >= 20, "the state can be guessed");
    this.#expect(params.get("scope") === "models profile", "the scopes are others");
    const redirect = params.get("redirect_uri") ?? "";
    this.#expect(/^http:\/\/127\.0\.0\.1:\d+\//.test(redirect), "the redirect is not loopback");
    const code = `code-${++this.#serial}`;
    this.#codes.set(code, { redirect, challenge: params.get("code_challenge") ?? "" });
    const target = new URL(redirect);
    target.searchParams.set("code", code);
    target.searchParams.set("state", params.get("state") ?? "");
    return new Response(null, { status: 302, headers: { location: target.href } });
  }

  async #token(form: URLSearchParams): Promise<Response> {
    const grant = form.get("grant_type") ?? "";
    this.grants.push(grant);
    const arrived = this.#waiters.filter(({ index }) => index < this.grants.length);
    this.#waiters = this.#waiters.filter(({ index }) => index >= this.grants.length);
    for (const { resolve } of arrived) resolve();
    if (grant === "refresh_token") await this.#options.refreshGate;
    const scripted = this.scripted.shift();
    if (scripted) return Response.json(scripted.body, { status: scripted.status });
    if (form.get("client_id") !== CLIENT_ID) return refuse("invalid_client");
    if ((form.get("client_secret") ?? undefined) !== this.#options.clientSecret) {
      return refuse("invalid_client", "the secret is wrong");
    }
    if (grant === "authorization_code") return this.#exchange(form);
    if (grant === "refresh_token") return this.#refresh(form.get("refresh_token") ?? "");
    return this.#poll(form);
  }

  #exchange(form: URLSearchParams): Response {
    const code = form.get("code") ?? "";
    const grant = this.#codes.get(code);
    // What is refused is echoed, as careless servers do.
    if (!grant) return refuse("invalid_grant", `there is no code ${code}`);
    this.#codes.delete(code);
    const verifier = form.get("code_verifier") ?? "";
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    if (!this.#expect(challenge === grant.challenge, "the verifier is not the challenge's")) {
      return refuse("invalid_grant");
    }
    if (!this.#expect(form.get("redirect_uri") === grant.redirect, "another redirect URI")) {
      return refuse("invalid_grant");
    }
    return Response.json(this.#tokens());
  }

  #refresh(token: string): Response {
    if (this.#spent.has(token)) {
      this.problems.push("a refresh token was used twice");
      this.#refreshTokens.clear();
    }
    if (!this.#refreshTokens.delete(token)) return refuse("invalid_grant", `unknown: ${token}`);
    this.#spent.add(token);
    return Response.json(this.#tokens());
  }

  #startDevice(form: URLSearchParams): Response {
    this.#expect(form.get("client_id") === CLIENT_ID, "the client id is another");
    this.#device = { code: `device-${++this.#serial}` };
    const { intervalSeconds: interval, deviceLifeSeconds = 600 } = this.#options;
    return Response.json({
      device_code: this.#device.code,
      user_code: "ABCD-EFGH",
      verification_uri: `${this.url}/confirm`,
      expires_in: deviceLifeSeconds,
      ...(interval === undefined ? {} : { interval }),
    });
  }

  #poll(form: URLSearchParams): Response {
    this.polls.push(this.#options.clock?.now() ?? 0);
    if (form.get("device_code") !== this.#device?.code) return refuse("invalid_grant");
    const decision = this.#device?.decision;
    if (decision === undefined) return refuse("authorization_pending");
    return decision === "allow" ? Response.json(this.#tokens()) : refuse("access_denied");
  }

  #tokens() {
    const serial = ++this.#serial;
    const refresh = `refresh-${serial}`;
    this.#refreshTokens.add(refresh);
    return {
      access_token: `access-${serial}${this.#options.tokenSuffix ?? ""}`,
      token_type: "Bearer",
      expires_in: this.#options.lifeSeconds ?? 3_600,
      refresh_token: refresh,
    };
  }

  #expect(holds: boolean, problem: string): boolean {
    if (!holds) this.problems.push(problem);
    return holds;
  }
}

function refuse(error: string, description?: string): Response {
  return Response.json({ error, error_description: description }, { status: 400 });
}
