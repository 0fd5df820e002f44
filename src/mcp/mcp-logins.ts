// The logins of people at MCP servers of an instance: begun, ended, forgotten; one at a time for
// each server. What is stored of them, and the questions to servers, are McpAuth's.
import { errorMessage, invalid } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Scope } from "@/base/scope";
import type { Publish } from "@/schema/event";
import type { McpAuthorization, MCPStatus } from "@/schema/mcp";
import type { McpAuth, WaitingLogin } from "./mcp-auth";
import type { McpConnection } from "./mcp-connection";

export interface McpLoginsOptions {
  /** The connection of a server, as it is configured now. AppError not-found. */
  connection(name: string): Promise<McpConnection>;
  auth: McpAuth;
  log: Logger;
  publish: Publish;
  scope: Scope;
}

export class McpLogins {
  readonly #options: McpLoginsOptions;
  readonly #waiting = new Map<string, WaitingLogin>();

  constructor(options: McpLoginsOptions) {
    this.#options = options;
  }

  /**
   * Begins a login of a person; opens no browser. One that waits already is given up. AppError
   * not-found; invalid for a server without logins, or when we cannot be registered.
   */
  async start(name: string): Promise<McpAuthorization> {
    return (await this.#start(name)).authorization;
  }

  /**
   * Ends a login with the code, or the whole address that the browser ended at, and connects.
   * AppError not-found; invalid when no login waits or the code is not accepted.
   */
  async finish(name: string, pasted: string): Promise<MCPStatus> {
    const connection = await this.#options.connection(name);
    const login = this.#waiting.get(name);
    if (!login) throw invalid(`No login waits at MCP server ${name}: start one first`);
    await login.finish(pasted);
    await this.#connectAfter(connection, login);
    return connection.status;
  }

  /**
   * A whole login: begins it, tells clients the address to open, and waits for its end, at most
   * five minutes. AppError as `start`, unavailable when it does not come to an end.
   */
  async authenticate(name: string, signal: AbortSignal): Promise<MCPStatus> {
    const login = await this.#start(name);
    const onAbort = () => login.cancel();
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) login.cancel();
    const url = login.authorization.authorizationUrl;
    // No browser is opened from here: whoever shows this to a person may.
    this.#options.publish("mcp.browser.open.failed", { mcpName: name, url });
    try {
      await login.done;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    const connection = await this.#options.connection(name);
    await this.#connectAfter(connection, login);
    return connection.status;
  }

  /** Forgets the login, and with it the connection. AppError not-found. */
  async remove(name: string): Promise<void> {
    const connection = await this.#options.connection(name);
    this.cancel(name);
    await this.#options.auth.forget(name, connection.config);
    if (connection.config.type === "remote" && connection.status.status !== "disabled") {
      await connection.connect();
    }
  }

  /** Gives up what waits at a server, if anything does. */
  cancel(name: string): void {
    this.#waiting.get(name)?.cancel();
  }

  cancelAll(): void {
    for (const login of this.#waiting.values()) login.cancel();
  }

  async #start(name: string): Promise<WaitingLogin> {
    const { auth, scope, log } = this.#options;
    const connection = await this.#options.connection(name);
    // A first try tells where the server wants people to log in.
    await connection.start();
    const { config, challenge } = connection;
    const login = await auth.start(name, config, challenge, scope.signal);
    this.cancel(name);
    this.#waiting.set(name, login);
    login.done.then(
      () => this.#connectAfter(connection, login),
      (error: unknown) => {
        log.info("a login came to nothing", { server: name, reason: errorMessage(error) });
        if (this.#waiting.get(name) === login) this.#waiting.delete(name);
      },
    );
    return login;
  }

  /** Connects once after a login, however its end is heard of; waits for that. */
  async #connectAfter(connection: McpConnection, login: WaitingLogin): Promise<void> {
    const { name } = connection;
    if (this.#waiting.get(name) !== login) return connection.start();
    this.#waiting.delete(name);
    await connection.connect();
  }
}
