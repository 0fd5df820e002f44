// A remote MCP server on loopback with its authorization server, both by hand: sessions that can be
// forgotten, tokens with a short life on the test's clock, one use for each refresh token, PKCE
// checked. It counts what clients do, and can misbehave.
import { createHash } from "node:crypto";
import type { Clock } from "@/base/clock";

export interface RemoteOptions {
  clock: Clock;
  /** Nobody is let in without a token. */
  needsLogin?: boolean;
  /** Clients may register themselves; default true. */
  registers?: boolean;
  lifetimeSeconds?: number;
  /** Speaks only SSE, as servers did before streamable HTTP. */
  isOld?: boolean;
}

type Fields = Record<string, unknown>;

export class RemoteServer implements AsyncDisposable {
  readonly #options: RemoteOptions;
  readonly #server: Bun.Server<undefined>;
  readonly #access = new Map<string, number>();
  readonly #refresh = new Set<string>();
  readonly #codes = new Map<string, { challenge: string; redirect: string }>();
  readonly #sessions = new Set<string>();
  readonly #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  /** What was asked of it: "POST /token refresh_token", "tools/call", ... */
  readonly seen: string[] = [];
  readonly headers: Headers[] = [];
  /** Answers of the token endpoint to give instead, in order. */
  readonly tokenFaults: Response[] = [];
  /** Answers of the endpoint of the protocol to give instead, in order. */
  readonly faults: Response[] = [];
  #serial = 0;
  #waiters: { isMet: () => boolean; resolve: () => void }[] = [];
  /** Calls that wait for an answer that never comes. */
  openRequests = 0;

  constructor(options: RemoteOptions, port = 0) {
    this.#options = options;
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port,
      idleTimeout: 0,
      fetch: (request) => this.#answer(request, new URL(request.url)),
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  get url(): string {
    return `${this.origin}/mcp`;
  }

  count(what: string): number {
    return this.seen.filter((one) => one === what).length;
  }

  /** Resolves when the condition holds, looked at after each thing that is asked. */
  until(isMet: () => boolean): Promise<void> {
    if (isMet()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ isMet, resolve }));
  }

  forgetSessions(): void {
    this.#sessions.clear();
  }

  /** Access tokens are no longer good, refresh tokens are. */
  endAccess(): void {
    this.#access.clear();
  }

  revoke(): void {
    this.#access.clear();
    this.#refresh.clear();
  }

  /** Tells listening clients that the tools changed. */
  notify(method: string): void {
    for (const stream of this.#streams) stream.enqueue(event({ jsonrpc: "2.0", method }));
  }

  endStreams(): void {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }

  /** What a browser does with the address: consents, and goes where it is sent. */
  async consent(authorizationURL: string): Promise<string> {
    const response = await fetch(authorizationURL, { redirect: "manual" });
    const location = response.headers.get("location");
    if (!location) throw new Error(`not sent back: ${response.status} ${await response.text()}`);
    return location;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  #note(what: string): void {
    this.seen.push(what);
    this.#look();
  }

  #look(): void {
    const met = this.#waiters.filter(({ isMet }) => isMet());
    this.#waiters = this.#waiters.filter((waiter) => !met.includes(waiter));
    for (const { resolve } of met) resolve();
  }

  async #answer(request: Request, url: URL): Promise<Response> {
    if (url.pathname === "/mcp") return this.#mcp(request);
    if (url.pathname === "/messages") return this.#oldMessage(request);
    const body = request.method === "POST" ? await request.text() : "";
    if (url.pathname === "/.well-known/oauth-protected-resource/mcp") {
      const { origin } = this;
      return Response.json({ resource: this.url, authorization_servers: [origin] });
    }
    if (url.pathname === "/.well-known/oauth-authorization-server") return this.#metadata();
    if (url.pathname === "/register" && this.#options.registers !== false) {
      this.#note("register");
      const client = { ...JSON.parse(body), client_id: `client-${++this.#serial}` };
      return Response.json(client, { status: 201 });
    }
    if (url.pathname === "/authorize") return this.#authorize(url.searchParams);
    if (url.pathname === "/token") return this.#token(new URLSearchParams(body));
    return new Response("nothing here", { status: 404 });
  }

  #metadata(): Response {
    const { origin } = this;
    return Response.json({
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
      token_endpoint_auth_methods_supported: ["none", "client_secret_post"],
      ...(this.#options.registers !== false && { registration_endpoint: `${origin}/register` }),
    });
  }

  #authorize(params: URLSearchParams): Response {
    this.#note(`authorize ${params.get("client_id")} ${params.get("scope")}`);
    const code = `code-${++this.#serial}`;
    const redirect = params.get("redirect_uri") ?? "";
    this.#codes.set(code, { challenge: params.get("code_challenge") ?? "", redirect });
    const target = new URL(redirect);
    target.searchParams.set("code", code);
    target.searchParams.set("state", params.get("state") ?? "");
    return new Response(undefined, { status: 302, headers: { location: target.href } });
  }

  #token(params: URLSearchParams): Response {
    const grant = params.get("grant_type") ?? "";
    this.#note(`token ${grant}`);
    const fault = this.tokenFaults.shift();
    if (fault) return fault;
    const isRight = grant === "refresh_token" ? this.#useRefresh(params) : this.#useCode(params);
    if (!isRight) return Response.json({ error: "invalid_grant" }, { status: 400 });
    const { lifetimeSeconds = 3, clock } = this.#options;
    const access = `access-${++this.#serial}`;
    const refresh = `refresh-${++this.#serial}`;
    this.#access.set(access, clock.now() + lifetimeSeconds * 1_000);
    this.#refresh.add(refresh);
    return Response.json({
      access_token: access,
      token_type: "Bearer",
      expires_in: lifetimeSeconds,
      refresh_token: refresh,
    });
  }

  #useRefresh(params: URLSearchParams): boolean {
    return this.#refresh.delete(params.get("refresh_token") ?? "");
  }

  #useCode(params: URLSearchParams): boolean {
    const code = params.get("code") ?? "";
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    const verifier = params.get("code_verifier") ?? "";
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const isRight = found?.challenge === challenge && found.redirect === params.get("redirect_uri");
    return isRight && params.get("resource") === this.url;
  }

  #isLoggedIn(request: Request): boolean {
    if (!this.#options.needsLogin) return true;
    const token = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
    return (this.#access.get(token) ?? 0) > this.#options.clock.now();
  }

  async #mcp(request: Request): Promise<Response> {
    if (!this.#isLoggedIn(request)) {
      this.#note("refused");
      const metadata = `${this.origin}/.well-known/oauth-protected-resource/mcp`;
      const challenge = `Bearer resource_metadata="${metadata}", scope="tools"`;
      return new Response("no", { status: 401, headers: { "www-authenticate": challenge } });
    }
    const fault = this.faults.shift();
    if (fault) return fault;
    if (this.#options.isOld && request.method === "POST") return new Response("", { status: 405 });
    if (request.method === "GET") return this.#stream(request);
    if (request.method === "DELETE") {
      this.#note("goodbye");
      return new Response();
    }
    this.headers.push(request.headers);
    const message = (await request.json()) as Fields;
    const session = request.headers.get("mcp-session-id") ?? "";
    const isFirst = message["method"] === "initialize";
    if (!isFirst && !this.#sessions.has(session)) return new Response("gone", { status: 404 });
    const answer = await this.#reply(message, request.signal);
    if (!answer) return new Response(undefined, { status: 202 });
    const headers: Record<string, string> = {};
    if (isFirst) this.#sessions.add((headers["mcp-session-id"] = `session-${++this.#serial}`));
    return Response.json(answer, { headers });
  }

  #stream(request: Request): Response {
    this.#note("stream");
    let own: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#streams.add(controller);
        if (this.#options.isOld) controller.enqueue(text("event: endpoint\ndata: /messages\n\n"));
        else controller.enqueue(text(": hello\n\n"));
      },
      cancel: () => void this.#streams.delete(own),
    });
    request.signal.addEventListener("abort", () => this.#streams.delete(own));
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  /** The answer goes out on the stream. */
  async #oldMessage(request: Request): Promise<Response> {
    const message = (await request.json()) as Fields;
    const answer = await this.#reply(message, request.signal);
    if (answer) for (const stream of this.#streams) stream.enqueue(event(answer));
    return new Response(undefined, { status: 202 });
  }

  async #reply(message: Fields, signal: AbortSignal): Promise<Fields | undefined> {
    const { id, method, params } = message;
    this.#note(String(method));
    if (id === undefined) return undefined;
    const result = await this.#result(String(method), (params ?? {}) as Fields, signal);
    return { jsonrpc: "2.0", id, result };
  }

  async #result(method: string, params: Fields, signal: AbortSignal): Promise<Fields> {
    if (method === "initialize") {
      return {
        protocolVersion: params["protocolVersion"],
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: "remote", version: "1" },
      };
    }
    if (method === "tools/list") {
      return { tools: ["echo", "hang"].map((name) => ({ name, inputSchema: { type: "object" } })) };
    }
    if (params["name"] === "hang") await this.#hang(signal);
    const words = (params["arguments"] as Fields)["text"];
    return { content: [{ type: "text", text: String(words) }] };
  }

  async #hang(signal: AbortSignal): Promise<void> {
    this.openRequests += 1;
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    this.openRequests -= 1;
    this.#look();
  }
}

function event(message: Fields): Uint8Array {
  return text(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
}

function text(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}
