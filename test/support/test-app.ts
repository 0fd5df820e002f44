// A whole app for tests: a temporary home and git repository, an in-memory database, a scripted
// model as its only provider, and its server on a loopback port. Everything is gone at the end.
//
// `await using t = await testApp({ turns: [{ text: "Hello" }] });`

import { join } from "node:path";
import { App } from "@/app/app";
import type { Instance } from "@/app/instance";
import type { Bus } from "@/base/bus";
import type { Clock } from "@/base/clock";
import type { Config } from "@/schema/config";
import { serveInside } from "@/server/inside";
import { type ListenOptions, type RunningServer, startServer } from "@/server/listen";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { type ScriptedModel, scriptedModel } from "@test/support/scripted-model/scripted-model";
import { gitRepository, tempDirectory, type Tree, writeTree } from "@test/support/temp";

export interface TestAppOptions {
  /** Committed in the project's repository. */
  files?: Tree;
  /** The project's opencode.json, besides the scripted provider. */
  config?: Config;
  /** What the model says, in order. */
  turns?: readonly ScriptedTurn[];
  clock?: Clock;
  /** A file below the home instead of memory, so that `reopen` finds what was stored. */
  isStored?: boolean;
  /**
   * Whether the project's own files are trusted; they are, unless this is false. Then the scripted
   * provider is the person's, and `config` all that the project says.
   */
  trust?: boolean;
  /** Besides PATH. */
  env?: Record<string, string>;
  listen?: ListenOptions;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** JSON as a value, anything else as text, nothing as undefined. */
  body: unknown;
}

export class TestApp implements AsyncDisposable {
  readonly root: string;
  readonly model: ScriptedModel;
  readonly #options: TestAppOptions;
  readonly #dispose: () => Promise<void>;
  app: App;
  server: RunningServer;

  private constructor(
    root: string,
    model: ScriptedModel,
    options: TestAppOptions,
    started: { app: App; server: RunningServer },
    dispose: () => Promise<void>,
  ) {
    this.root = root;
    this.model = model;
    this.#options = options;
    this.app = started.app;
    this.server = started.server;
    this.#dispose = dispose;
  }

  static async open(options: TestAppOptions): Promise<TestApp> {
    const temp = await tempDirectory();
    const model = scriptedModel({ turns: options.turns ?? [] });
    const isTrusted = options.trust !== false;
    const own = { ...(isTrusted && model.config()), ...options.config };
    const config = JSON.stringify(own, undefined, 2);
    const personal = isTrusted ? {} : model.config();
    await writeTree(temp.path, {
      "home/.config/opencode/opencode.json": JSON.stringify(personal),
    });
    await gitRepository(join(temp.path, "project"), { "opencode.json": config, ...options.files });
    const dispose = async () => {
      await model.close();
      await temp[Symbol.asyncDispose]();
    };
    return new TestApp(temp.path, model, options, await start(temp.path, options), dispose);
  }

  get home(): string {
    return join(this.root, "home");
  }

  /** The project: where requests that name no directory belong. */
  get directory(): string {
    return join(this.root, "project");
  }

  instance(directory = this.directory): Promise<Instance> {
    return this.app.instances.get(directory);
  }

  /** A request over the socket; `body` is sent as JSON. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(new URL(path, this.server.url), {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    });
    return { status: response.status, headers: response.headers, body: await readAnswer(response) };
  }

  /** Ends the server and the app, and starts both again on the same home. */
  async reopen(): Promise<void> {
    await this.#close();
    const { app, server } = await start(this.root, this.#options);
    this.app = app;
    this.server = server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    await this.#dispose();
  }

  async #close(): Promise<void> {
    await this.server.stop();
    await this.app.close();
  }
}

async function start(root: string, options: TestAppOptions) {
  const app = await App.open({
    env: { PATH: process.env["PATH"], ...options.env },
    home: join(root, "home"),
    directory: join(root, "project"),
    localServers: [],
    serve: async (served) => serveInside(served),
    trust: options.trust ?? true,
    ...(options.clock && { clock: options.clock }),
    ...(!options.isStored && { database: ":memory:" }),
  });
  return { app, server: await startServer(app, { port: 0, ...options.listen }) };
}

async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return undefined;
  const isJSON = response.headers.get("content-type")?.startsWith("application/json");
  return isJSON ? JSON.parse(text) : text;
}

export function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  return TestApp.open(options);
}

/** The first value on `bus` from now on that `isWanted`. */
export function until<T>(bus: Bus<T>, isWanted: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const unsubscribe = bus.subscribe((value) => {
      if (!isWanted(value)) return;
      unsubscribe();
      resolve(value);
    });
  });
}
