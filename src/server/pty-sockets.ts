// The WebSockets of terminals. Text that is sent is output, text or bytes that come are typed. A
// binary frame is a zero byte and JSON: `{ "cursor": n }` says where in the output the next text
// begins; the cursor after a text is greater by the text's length in UTF-16 units. A client that
// comes back with its cursor misses nothing that is still kept. One that reads too slowly is closed
// when what it has not read is no longer kept.
import type { Instance } from "@/app/instance";
import {
  CLOSE_GOING_AWAY,
  CLOSE_NORMAL,
  CLOSE_TRY_AGAIN,
  type Socket,
  type SocketHandler,
} from "./web-socket";

type Terminal = ReturnType<Instance["ptys"]["terminal"]>;

/** Sent at once, in characters. */
const CHUNK_LENGTH = 64 * 1024;
/** While this much waits in the connection, the rest waits in the terminal's own store. */
const WAITING_MAX_BYTES = 256 * 1024;

/** All connections of one server. */
export class PtySockets {
  readonly #open = new Set<PtySocket>();

  /**
   * What to upgrade a request with. `cursor` is where the client goes on: without it at the oldest
   * that is kept, with -1 at what comes from now on.
   */
  handler(terminal: Terminal, cursor = 0): SocketHandler {
    const handler = new PtySocket(terminal, cursor, () => void this.#open.delete(handler));
    this.#open.add(handler);
    return handler;
  }

  /** Closes all; their clients may come back to another server of the same address. */
  close(): void {
    for (const socket of this.#open) socket.end(CLOSE_GOING_AWAY, "The server is being stopped");
  }
}

class PtySocket implements SocketHandler {
  readonly #terminal: Terminal;
  readonly #onClose: () => void;
  #cursor: number;
  #socket: Socket | undefined;
  #hasEnded = false;
  #unwatch: () => void = () => {};

  constructor(terminal: Terminal, cursor: number, onClose: () => void) {
    const { start, end } = terminal.output;
    this.#terminal = terminal;
    this.#onClose = onClose;
    this.#cursor = cursor < 0 ? end : Math.min(Math.max(cursor, start), end);
  }

  open(socket: Socket): void {
    this.#socket = socket;
    this.#cursor = Math.max(this.#cursor, this.#terminal.output.start);
    socket.sendBinary(Buffer.from(`\0${JSON.stringify({ cursor: this.#cursor })}`));
    this.#unwatch = this.#terminal.watch({
      onOutput: () => this.drain(),
      onEnd: () => {
        this.#hasEnded = true;
        this.drain();
      },
    });
    this.drain();
  }

  message(data: string | Buffer<ArrayBuffer>): void {
    if (this.#terminal.write(data)) return;
    this.end(CLOSE_TRY_AGAIN, "The program does not read what is typed");
  }

  drain(): void {
    const { output } = this.#terminal;
    const socket = this.#socket;
    if (!socket) return;
    if (this.#cursor < output.start) {
      return this.end(CLOSE_TRY_AGAIN, "The output was not read in time");
    }
    while (this.#cursor < output.end && socket.getBufferedAmount() < WAITING_MAX_BYTES) {
      const text = output.read(this.#cursor, CHUNK_LENGTH);
      socket.sendText(text);
      this.#cursor += text.length;
    }
    if (this.#hasEnded && this.#cursor === output.end) {
      this.end(CLOSE_NORMAL, "The terminal has ended");
    }
  }

  close(): void {
    this.#socket = undefined;
    this.#unwatch();
    this.#onClose();
  }

  end(code: number, reason: string): void {
    const socket = this.#socket;
    this.close();
    socket?.close(code, reason);
  }
}
