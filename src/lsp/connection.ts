// A conversation with a language server: requests with a time limit, notifications, and the
// server's own requests. The protocol library pairs answers with questions; reading and writing
// are ours, one message at a time, so that a flood waits in the pipe and not in memory.
import type * as JSONRPC from "vscode-jsonrpc/node";
import type { Clock } from "@/base/clock";
import { AppError, errorMessage, unavailable } from "@/base/error";
import { type Envelope, frameMessage, FrameReader } from "./message-frames";
import type { ServerProcess } from "./server-process";

type Library = typeof JSONRPC;

export interface ConnectionOptions {
  process: ServerProcess;
  clock: Clock;
  /** As people know the server. */
  name: string;
  onNotification(method: string, params: unknown): void;
  /** The answer to a request of the server; undefined for one that is not understood. */
  onRequest(method: string, params: unknown): { result: unknown } | undefined;
  /** Told once, when nothing more can be said or heard; not after close. */
  onFailure(reason: string): void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #library: Library;
  readonly #rpc: JSONRPC.MessageConnection;
  #closed = false;

  static async open(options: ConnectionOptions): Promise<Connection> {
    return new Connection(options, await import("vscode-jsonrpc/node"));
  }

  private constructor(options: ConnectionOptions, library: Library) {
    this.#options = options;
    this.#library = library;
    this.#rpc = library.createMessageConnection(this.#reader(), this.#writer());
    this.#rpc.onNotification((method, params) => options.onNotification(method, params));
    this.#rpc.onRequest((method, params) => {
      const answer = options.onRequest(method, params);
      if (answer) return answer.result;
      const { ResponseError, ErrorCodes } = library;
      return new ResponseError(ErrorCodes.MethodNotFound, `${method} is not supported`);
    });
    this.#rpc.listen();
    // Its output may stay open in the hands of what it has started.
    void options.process.ended().then((reason) => this.#fail(reason));
  }

  /**
   * The answer, of which nothing is known. Throws AppError unavailable after `timeoutMs`, for an
   * error of the server and for one that has ended; the signal's reason on abort, of which the
   * server is told.
   */
  async request(
    method: string,
    params: unknown,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#closed) throw this.#unavailable("it has ended");
    const { promise, reject } = Promise.withResolvers<never>();
    const source = new this.#library.CancellationTokenSource();
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const cancelTimer = this.#options.clock.timer(timeoutMs, () => {
      reject(this.#unavailable(`no answer to ${method} in ${timeoutMs} ms`, { timedOut: true }));
    });
    try {
      const answer = this.#rpc.sendRequest<unknown>(method, params, source.token);
      return await Promise.race([answer, promise]);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw error instanceof AppError ? error : this.#unavailable(errorMessage(error));
    } finally {
      cancelTimer();
      signal?.removeEventListener("abort", onAbort);
      // Nobody waits any more: the server may stop. After an answer this does nothing.
      source.cancel();
    }
  }

  /** Sends without waiting; a server that cannot be told is told of by onFailure. */
  notify(method: string, params?: unknown): void {
    if (this.#closed) return;
    // The failure of the writing has been told already.
    void this.#rpc.sendNotification(method, params).catch(() => {});
  }

  /** Ends all that waits for an answer. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#rpc.dispose();
  }

  #fail(reason: string): void {
    if (this.#closed) return;
    this.close();
    this.#options.onFailure(reason);
  }

  #unavailable(reason: string, data: Record<string, unknown> = {}): Error {
    const { name } = this.#options;
    return unavailable(`Language server ${name}: ${reason}`, { server: name, ...data });
  }

  #reader(): JSONRPC.MessageReader {
    const { Emitter, Disposable } = this.#library;
    const [errors, closes] = [new Emitter<Error>(), new Emitter<void>()];
    return {
      onError: errors.event,
      onClose: closes.event,
      onPartialMessage: new Emitter<never>().event,
      listen: (callback) => {
        // The library tells requests, answers and notifications apart by their keys.
        void this.#read((message) => callback(message as JSONRPC.Message));
        return Disposable.create(() => {});
      },
      dispose: () => {},
    };
  }

  async #read(deliver: (message: Envelope) => void): Promise<void> {
    const frames = new FrameReader();
    try {
      for await (const chunk of this.#options.process.stdout) {
        for (const message of frames.push(chunk)) {
          if (this.#closed) return;
          deliver(message);
          // The library takes one message in each turn of the event loop.
          await new Promise<void>((resolve) => setImmediate(resolve));
        }
      }
    } catch (error) {
      return this.#fail(errorMessage(error));
    }
    this.#fail(await this.#options.process.endedSoon("it closed its output"));
  }

  #writer(): JSONRPC.MessageWriter {
    const { Emitter } = this.#library;
    const [errors, closes] = [new Emitter<never>(), new Emitter<void>()];
    return {
      onError: errors.event,
      onClose: closes.event,
      write: async (message) => {
        try {
          await this.#options.process.write(frameMessage(message));
        } catch (error) {
          // Why it ended says more than that it can be told nothing any more.
          void this.#options.process.endedSoon(errorMessage(error)).then((reason) => {
            this.#fail(reason);
          });
          throw error;
        }
      },
      end: () => {},
      dispose: () => {},
    };
  }
}
