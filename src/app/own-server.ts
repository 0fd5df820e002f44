// OwnServer: this very app's HTTP API for code within it, which speaks to it as any client would,
// without a socket. The server is loaded when it is first asked something.
import { unavailable } from "@/base/error";

export type RequestHandler = (request: Request) => Promise<Response>;

export class OwnServer {
  /** Where clients reach it, while it listens. */
  url: URL | undefined;
  readonly #open: (() => Promise<RequestHandler>) | undefined;
  #handler: Promise<RequestHandler> | undefined;

  /** `open` makes the server; without it there is none. */
  constructor(open: (() => Promise<RequestHandler>) | undefined) {
    this.#open = open;
  }

  /** Rejects with AppError unavailable where there is no server. */
  async fetch(request: Request): Promise<Response> {
    if (!this.#open) throw unavailable("This program has no server");
    this.#handler ??= this.#open();
    return (await this.#handler)(request);
  }
}
