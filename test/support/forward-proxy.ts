// A forward proxy on loopback, as offices have one: CONNECT for TLS, whole addresses for the rest.
// It knows where the hosts are that it is asked for; nobody else has to. What it was asked is on
// record.

import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, createServer as createSocketServer, type Socket } from "node:net";

export interface ProxyOptions {
  /** `host:port` -> the port on this machine where it really is. */
  routes: Record<string, number>;
  /** Answered to everything, instead of doing it. */
  refusal?: number;
}

export class ForwardProxy implements AsyncDisposable {
  /** `CONNECT host:port`, or the method and the address. */
  readonly asked: string[] = [];
  /** What each brought as `Proxy-Authorization`. */
  readonly credentials: (string | undefined)[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor({ routes, refusal }: ProxyOptions) {
    this.#server = createServer((incoming, response) => {
      const url = new URL(incoming.url ?? "");
      this.#note(`${incoming.method} ${url.origin}`, incoming);
      const port = routes[`${url.hostname}:${url.port || 80}`];
      if (refusal !== undefined || port === undefined) {
        response.writeHead(refusal ?? 502).end("the proxy refuses");
        return;
      }
      const { headers, method } = incoming;
      const path = url.pathname + url.search;
      const outgoing = request({ port, host: "127.0.0.1", path, method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      incoming.pipe(outgoing);
    });
    this.#server.on("connect", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#note(`CONNECT ${incoming.url}`, incoming);
      const port = routes[incoming.url ?? ""];
      if (refusal !== undefined || port === undefined) {
        socket.end(`HTTP/1.1 ${refusal ?? 502} Refused\r\n\r\n`);
        return;
      }
      const target = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        target.write(head);
        target.pipe(socket).pipe(target);
      });
      for (const end of [socket, target]) {
        this.#sockets.add(end);
        end.on("error", () => end.destroy());
      }
    });
    this.#server.listen(0, "127.0.0.1");
  }

  get port(): number {
    return portOf(this.#server);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #note(asked: string, { headers }: IncomingMessage): void {
    this.asked.push(asked);
    this.credentials.push(headers["proxy-authorization"]);
  }
}

/** Another address of this machine for a server that listens on the usual one. */
export function frontAt(host: string, target: string): { port: number } & AsyncDisposable {
  const port = Number(new URL(target).port);
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    const inner = connect(port, "127.0.0.1");
    for (const end of [socket, inner]) {
      sockets.add(end);
      end.on("error", () => end.destroy());
    }
    socket.pipe(inner).pipe(socket);
  });
  server.listen(0, host);
  return {
    port: portOf(server),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** TLS in front of a server of this machine that speaks none. */
export function secureFront(
  target: string,
  identity: { key: string; cert: string },
): { port: number } & AsyncDisposable {
  const { port } = new URL(target);
  const server = createSecureServer(identity, (incoming, response) => {
    const { headers, method, url } = incoming;
    const outgoing = request({ port, host: "127.0.0.1", path: url, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  });
  server.on("tlsClientError", () => {}); // A client that does not trust it: that is its right.
  server.listen(0, "127.0.0.1");
  return {
    port: portOf(server),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function portOf(server: Pick<Server, "address">): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening");
  return address.port;
}
