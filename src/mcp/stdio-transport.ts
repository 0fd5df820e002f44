// Stdio transport: JSON-RPC over the streams of a local server, one message a line, as the SDK's
// client wants a transport. In place of the SDK's own, which takes seconds to close, leaves what
// the server has started, and would pass on our whole process's variables.
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { errorMessage, unavailable } from "@/base/error";
import { formatBytes } from "@/base/text";
import { settledWithin } from "@/base/process";
import { LEAVE_MS, LocalProcess, type LocalProcessOptions } from "./local-process";

/** A longer line is no message: the server is ended. */
const LINE_MAX_BYTES = 32 * 1024 * 1024;
/** Lines that are no messages and are told of. */
const STRAY_LINES_LOGGED = 10;
const NEWLINE = 10;

export interface StdioOptions extends LocalProcessOptions {
  /** Throws for what is no message. */
  parseMessage(line: string): JSONRPCMessage;
}

export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  readonly #options: StdioOptions;
  #process: LocalProcess | undefined;
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  #strayLines = 0;
  #failure: string | undefined;
  #isClosed = false;

  constructor(options: StdioOptions) {
    this.#options = options;
  }

  /** Why the server is gone, for a person; undefined while it runs, and when it was closed. */
  get failure(): string | undefined {
    return this.#failure;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async start(): Promise<void> {
    const child = new LocalProcess(this.#options);
    this.#process = child;
    void this.#read(child);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (!this.#process || this.#isClosed) {
      throw unavailable(this.#failure ?? "its program does not run");
    }
    await this.#process.write(`${JSON.stringify(message)}\n`);
  }

  /** Resolves when nothing of the server runs any more. */
  async close(): Promise<void> {
    this.#tellClosed();
    await this.#process?.end();
    if (this.#process?.hasFailed) this.#failure ??= this.#process.describeEnd();
  }

  async #read(child: LocalProcess): Promise<void> {
    const reading = this.#readOutput(child);
    // What it started may hold its output open after it has ended.
    await Promise.race([reading, child.exited.then(() => settledWithin(reading, LEAVE_MS))]);
    // Those that it has started go with it, and its words explain the end.
    await child.end();
    if (this.#isClosed) return;
    this.#failure ??= child.describeEnd();
    this.#tellClosed();
  }

  async #readOutput(child: LocalProcess): Promise<void> {
    try {
      for await (const chunk of child.output) await this.#take(chunk);
    } catch (error) {
      this.#failure ??= errorMessage(error);
    }
  }

  async #take(chunk: Uint8Array): Promise<void> {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...this.#rest, chunk.subarray(from, at)]).toString("utf8");
      this.#rest = [];
      this.#restBytes = 0;
      from = at + 1;
      this.#receive(line);
      // The SDK hears of progress a moment later, and not at all when the answer came before.
      await Promise.resolve();
    }
    const rest = chunk.subarray(from);
    this.#rest.push(rest);
    this.#restBytes += rest.length;
    if (this.#restBytes <= LINE_MAX_BYTES) return;
    throw unavailable(`it sent a line of more than ${formatBytes(LINE_MAX_BYTES)}`);
  }

  #receive(line: string): void {
    if (line.trim() === "" || this.#isClosed) return;
    let message: JSONRPCMessage;
    try {
      message = this.#options.parseMessage(line);
    } catch {
      // Many programs greet on stdout: said in the log, a few times, and passed over.
      if (this.#strayLines++ < STRAY_LINES_LOGGED) {
        this.#options.log.debug("not a message", { line: line.slice(0, 200) });
      }
      return;
    }
    this.onmessage?.(message);
  }

  #tellClosed(): void {
    this.#rest = [];
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onclose?.();
  }
}
