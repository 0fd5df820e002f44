// A relay on loopback between a client and a server, which can lose the network: what runs through
// it then is stuck for good, and whoever connects hears nothing. No end and no error is told to
// either side, as when a cable is pulled or a laptop has slept.

import { connect, createServer, type Server, type Socket } from "node:net";

export class TCPRelay implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #network: { isThere: boolean };

  private constructor(
    server: Server,
    port: number,
    sockets: Set<Socket>,
    network: { isThere: boolean },
  ) {
    this.#server = server;
    this.port = port;
    this.#sockets = sockets;
    this.#network = network;
  }

  static async open(target: number): Promise<TCPRelay> {
    const sockets = new Set<Socket>();
    const network = { isThere: true };
    const server = createServer((near) => {
      const keep = (socket: Socket) => {
        sockets.add(socket);
        socket.on("error", () => socket.destroy());
      };
      keep(near);
      if (!network.isThere) return void near.pause();
      const far = connect(target, "127.0.0.1");
      keep(far);
      near.pipe(far).pipe(near);
    });
    const { promise: isListening, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await isListening;
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    return new TCPRelay(server, port, sockets, network);
  }

  /** Nothing goes through any more, and what was connected never will again. */
  cut(): void {
    this.#network.isThere = false;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** Who connects from now on gets through. */
  mend(): void {
    this.#network.isThere = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }
}
