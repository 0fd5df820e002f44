// `serve` as a child: started, asked until it is healthy, spoken to over HTTP, measured, ended.

import { createServer } from "node:net";
import { readTextIfExists } from "@/base/file";
import { killTree } from "@/base/process";
import type { Subject } from "./bench";
import type { Home } from "./home";
import { MODEL, readLines } from "./model-process";
import { treeUsage, type Usage } from "./usage";

/** What an event of the stream looks like, as far as the bench reads it. */
export interface StreamedEvent {
  type: string;
  properties: { sessionID?: string; delta?: string; status?: { type: string } };
}

/** A message with its parts, as far as the bench reads it. */
interface Answer {
  info: { error?: unknown };
  parts: { type: string; text?: string; state?: { status: string } }[];
}

const PROBE_PAUSE_MS = 3;
const PROBE_LIMIT_MS = 500;

export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly #child: Bun.Subprocess;
  readonly #home: Home;
  readonly #signal: AbortSignal;
  readonly #startedAt = performance.now();

  /** Starts it on a free port; it does not yet answer. */
  static async spawn(subject: Subject, home: Home, signal: AbortSignal): Promise<ServerProcess> {
    const port = await freePort();
    signal.throwIfAborted();
    return new ServerProcess(subject, home, port, signal);
  }

  /** Starts it and waits for its first healthy answer. */
  static async start(subject: Subject, home: Home, signal: AbortSignal): Promise<ServerProcess> {
    const server = await ServerProcess.spawn(subject, home, signal);
    try {
      await server.untilHealthy();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(subject: Subject, home: Home, port: number, signal: AbortSignal) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#home = home;
    this.#signal = signal;
    this.#child = Bun.spawn([...subject.argv, "serve", "--port", String(port)], {
      cwd: home.project,
      env: { ...home.env },
      stdin: "ignore",
      stdout: "ignore",
      stderr: Bun.file(home.errorLog),
      detached: true,
    });
  }

  /** Since the process was started. */
  get wallMs(): number {
    return performance.now() - this.#startedAt;
  }

  usage(): Promise<Usage> {
    return treeUsage(this.#child.pid);
  }

  /** Resolves at the first answer of GET /global/health. Throws when the process ends before it. */
  async untilHealthy(): Promise<void> {
    while (!(await this.#isHealthy())) {
      this.#signal.throwIfAborted();
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`serve ended: ${(await this.#errors()).trim().slice(-500)}`);
      }
      await Bun.sleep(PROBE_PAUSE_MS);
    }
  }

  async createSession(): Promise<string> {
    const session = await this.#request("POST", "/session", {});
    return (session as { id: string }).id;
  }

  /** Sends the prompt and waits for the answer, whose text must be the expected one. */
  async prompt(sessionID: string, text: string, expected: string): Promise<void> {
    const answer = (await this.#request("POST", `/session/${sessionID}/message`, {
      model: MODEL,
      parts: [{ type: "text", text }],
    })) as Answer;
    const texts = answer.parts.filter((part) => part.type === "text").map((part) => part.text);
    if (answer.info.error === undefined && texts.join("") === expected) return;
    const found = JSON.stringify(answer.info.error ?? texts).slice(0, 300);
    throw new Error(`the answer is not the scripted one: ${found}`);
  }

  /** Adds a message that nobody answers. */
  async note(sessionID: string, text: string): Promise<void> {
    const body = { noReply: true, parts: [{ type: "text", text }] };
    await this.#request("POST", `/session/${sessionID}/message`, body);
  }

  /** How many entries the list has that is at the path, and where the page before begins. */
  async read(path: string): Promise<{ length: number; cursor: string | null }> {
    const response = await fetch(this.url + path, { signal: this.#signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${text}`);
    const cursor = response.headers.get("x-next-cursor");
    return { length: (JSON.parse(text) as unknown[]).length, cursor };
  }

  /** Throws unless the session holds this many tool calls, each of them completed. */
  async expectCalls(sessionID: string, count: number): Promise<void> {
    const messages = (await this.#request("GET", `/session/${sessionID}/message`)) as Answer[];
    const calls = messages.flatMap(({ parts }) => parts).filter((part) => part.type === "tool");
    const failed = calls.find((part) => part.state?.status !== "completed");
    if (failed) throw new Error(`a call failed: ${JSON.stringify(failed.state).slice(0, 300)}`);
    if (calls.length !== count) throw new Error(`${calls.length} calls were made, not ${count}`);
  }

  /** The events of /event as they come, once the stream is open; return() closes it. */
  async subscribe(): Promise<AsyncGenerator<StreamedEvent>> {
    const response = await fetch(`${this.url}/event`, { signal: this.#signal, timeout: false });
    if (!response.ok || !response.body) throw new Error(`/event answered ${response.status}`);
    return readEvents(response.body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await killTree(this.#child.pid);
    await this.#child.exited;
  }

  async #isHealthy(): Promise<boolean> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(PROBE_LIMIT_MS)]);
    try {
      const response = await fetch(`${this.url}/global/health`, { signal });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      // Refused or left unanswered: not healthy yet, whatever the reason.
      return false;
    }
  }

  async #request(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { "content-type": "application/json" },
      signal: this.#signal,
      timeout: false,
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
  }

  async #errors(): Promise<string> {
    return (await readTextIfExists(this.#home.errorLog)) ?? "";
  }
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamedEvent> {
  for await (const line of readLines(body)) {
    if (line.startsWith("data:")) yield JSON.parse(line.slice("data:".length)) as StreamedEvent;
  }
}

/** A port that was free a moment ago: the bench must know it before the server says it. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      server.close(() => (port ? resolve(port) : reject(new Error("no port was given"))));
    });
  });
}
