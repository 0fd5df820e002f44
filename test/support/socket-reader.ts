// Reads the WebSocket of a terminal, as a client would: text is output, a binary frame a cursor.

export interface SocketClose {
  code: number;
  reason: string;
}

export class SocketReader implements AsyncDisposable {
  /** All output that was received. */
  text = "";
  /** Where the output began, then where each interruption ended. */
  readonly cursors: number[] = [];
  readonly closed: Promise<SocketClose>;
  readonly #socket: WebSocket;
  #look: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
    });
  }

  /** Rejects when the upgrade is refused. */
  static open(url: URL, headers: Record<string, string> = {}): Promise<SocketReader> {
    const socketURL = new URL(url);
    socketURL.protocol = "ws:";
    const socket = new WebSocket(socketURL, { headers });
    const reader = new SocketReader(socket);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(reader), { once: true });
      socket.addEventListener("error", () => reject(new Error("the upgrade was refused")));
    });
  }

  /** Where a client would go on that has received all this. */
  get cursor(): number {
    return (this.cursors.at(-1) ?? 0) + this.text.length;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  /** Resolves with all that was received once it matches; rejects when the end comes first. */
  until(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#look = () => void (pattern.test(this.text) && resolve(this.text));
      this.#look();
      void this.closed.then(() => reject(new Error(`closed before ${pattern}: ${this.text}`)));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.closed;
  }

  #receive(data: unknown): void {
    if (typeof data === "string") this.text += data;
    else if (data instanceof ArrayBuffer) this.#receiveControl(new Uint8Array(data));
    this.#look();
  }

  #receiveControl(bytes: Uint8Array): void {
    if (bytes[0] !== 0) throw new Error("a binary frame that does not begin with a zero byte");
    const { cursor }: { cursor: number } = JSON.parse(new TextDecoder().decode(bytes.subarray(1)));
    this.cursors.push(cursor);
  }
}
