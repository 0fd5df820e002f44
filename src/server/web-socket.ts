// WebSockets: what a route hands over with an upgrade, and Bun's handlers, which only pass on to
// it. What a socket carries is its route's.

/** One connection, from the upgrade to its end. */
export interface SocketHandler {
  open(socket: Socket): void;
  message(data: string | Buffer<ArrayBuffer>): void;
  /** What was held back can be sent. */
  drain(): void;
  close(): void;
}

export type Socket = Bun.ServerWebSocket<SocketHandler>;

/** Codes of a close, as RFC 6455 and its registry have them. */
export const CLOSE_NORMAL = 1000;
export const CLOSE_GOING_AWAY = 1001;
export const CLOSE_TRY_AGAIN = 1013;

/** One message: room for a large paste. */
const MESSAGE_MAX_BYTES = 1024 * 1024;
/** A peer that does not even answer pings for so long is gone. */
const IDLE_SECONDS = 120;

export function socketHandlers(): Bun.WebSocketHandler<SocketHandler> {
  return {
    maxPayloadLength: MESSAGE_MAX_BYTES,
    idleTimeout: IDLE_SECONDS,
    open: (socket) => socket.data.open(socket),
    message: (socket, data) => socket.data.message(data),
    drain: (socket) => socket.data.drain(),
    close: (socket) => socket.data.close(),
  };
}
