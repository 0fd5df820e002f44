// An app without a server, for tests of sessions and whole scenarios: a temporary home and project,
// a scripted model as its only provider, and every event of the project on record.
//
// `await using t = await sessionApp({ turns: [{ text: "Hello" }] });`

import { join } from "node:path";
import { App } from "@/app/app";
import type { Instance } from "@/app/instance";
import type { Clock } from "@/base/clock";
import type { Config } from "@/schema/config";
import type { BusEvent, EventProperties, EventType } from "@/schema/event";
import type { MessageWithParts, PromptInput } from "@/schema/message";
import type { ToolPart } from "@/schema/part";
import type { Session } from "@/schema/session";
import { serveInside } from "@/server/inside";
import {
  type ScriptedModel,
  type ScriptedModelOptions,
  scriptedModel,
} from "@test/support/scripted-model/scripted-model";
import { gitRepository, tempDirectory, type Tree, writeTree } from "@test/support/temp";
import { until } from "@test/support/test-app";

export interface SessionAppOptions extends ScriptedModelOptions {
  /** In the project. */
  files?: Tree;
  /** In the home directory. */
  home?: Tree;
  /** The project's opencode.json, besides the scripted provider. */
  config?: Config;
  /** Make the project a git repository. */
  git?: boolean;
  clock?: Clock;
  /** Besides PATH and HOME. */
  env?: Record<string, string>;
  /** A file below the home instead of memory: what was stored is there after `reopen`. */
  isStored?: boolean;
  /** Whether the project's own files are trusted; they are, unless this is false. */
  trust?: boolean;
}

export class SessionApp implements AsyncDisposable {
  readonly root: string;
  readonly model: ScriptedModel;
  /** Of the project's instance, in order, since it was opened. */
  readonly events: BusEvent[] = [];
  readonly #options: SessionAppOptions;
  #app: App;
  #instance: Instance;

  private constructor(
    root: string,
    model: ScriptedModel,
    options: SessionAppOptions,
    opened: { app: App; instance: Instance },
  ) {
    this.root = root;
    this.model = model;
    this.#options = options;
    this.#app = opened.app;
    this.#instance = opened.instance;
    this.#record();
  }

  static async open(options: SessionAppOptions): Promise<SessionApp> {
    const { path: root } = await tempDirectory();
    const model = scriptedModel(options);
    // What a project says of a provider would be held back.
    const isTrusted = options.trust !== false;
    const config = JSON.stringify({ ...(isTrusted && model.config()), ...options.config });
    const project = join(root, "project");
    const files = { "opencode.json": config, ...options.files };
    const own = isTrusted ? "{}" : JSON.stringify(model.config());
    await writeTree(root, { "home/.config/opencode/opencode.json": own });
    await writeTree(join(root, "home"), options.home ?? {});
    if (options.git) await gitRepository(project, files);
    else await writeTree(project, files);
    return new SessionApp(root, model, options, await openApp(root, options));
  }

  get app(): App {
    return this.#app;
  }

  get instance(): Instance {
    return this.#instance;
  }

  get directory(): string {
    return join(this.root, "project");
  }

  get home(): string {
    return join(this.root, "home");
  }

  /** Ends the app and opens it again on the same home. */
  async reopen(): Promise<void> {
    await this.#app.close();
    const { app, instance } = await openApp(this.root, this.#options);
    this.#app = app;
    this.#instance = instance;
    this.#record();
  }

  /** A second app on the same home, as another program would be. */
  async second(): Promise<{ app: App; instance: Instance } & AsyncDisposable> {
    const opened = await openApp(this.root, this.#options);
    return { ...opened, [Symbol.asyncDispose]: () => opened.app.close() };
  }

  create(input: Parameters<Instance["sessions"]["create"]>[0] = { title: "Test" }): Session {
    return this.#instance.sessions.create(input);
  }

  /** Prompts the session and gives the answer. */
  prompt(
    session: Session,
    text: string,
    input: Partial<PromptInput> = {},
  ): Promise<MessageWithParts> {
    return this.#instance.prompts.prompt(session.id, {
      parts: [{ type: "text", text }],
      ...input,
    });
  }

  history(session: Session): MessageWithParts[] {
    return this.#instance.sessions.messages(session.id).messages;
  }

  /** The calls of a session, in order. */
  calls(session: Session): ToolPart[] {
    return this.history(session).flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === "tool" ? [part] : [])),
    );
  }

  /** What the events of this type say, in order. */
  told<T extends EventType>(type: T): EventProperties<T>[] {
    return this.events.flatMap((event) =>
      event.type === type ? [event.properties as EventProperties<T>] : [],
    );
  }

  /** The next event of the type from now on that `isWanted`. */
  async next<T extends EventType>(
    type: T,
    isWanted: (properties: EventProperties<T>) => boolean = () => true,
  ): Promise<EventProperties<T>> {
    const event = await until(
      this.#instance.bus,
      (event) => event.type === type && isWanted(event.properties as EventProperties<T>),
    );
    return event.properties as EventProperties<T>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#app.close();
    await this.model.close();
    const { rm } = await import("node:fs/promises");
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  #record(): void {
    this.#instance.bus.subscribe((event) => void this.events.push(event));
  }
}

export function sessionApp(options: SessionAppOptions = {}): Promise<SessionApp> {
  return SessionApp.open(options);
}

async function openApp(root: string, options: SessionAppOptions) {
  const home = join(root, "home");
  const directory = join(root, "project");
  const app = await App.open({
    env: { PATH: process.env["PATH"], HOME: home, ...options.env },
    home,
    directory,
    localServers: [],
    serve: async (served) => serveInside(served),
    trust: options.trust ?? true,
    ...(options.clock && { clock: options.clock }),
    ...(!options.isStored && { database: ":memory:" }),
  });
  return { app, instance: await app.instances.get(directory) };
}

/**
 * The events in short, one line each: `message.part.updated(tool bash running)`. Events that come
 * at no fixed place (titles, session.updated) are left out, and repeated ones are one line.
 */
export function trace(events: readonly BusEvent[]): string[] {
  const lines = events.flatMap((event) => {
    const detail = describe(event);
    return detail === undefined ? [] : [detail === "" ? event.type : `${event.type}(${detail})`];
  });
  return lines.filter((line, index) => line !== lines[index - 1]);
}

function describe({ type, properties }: BusEvent): string | undefined {
  switch (type) {
    case "session.updated":
      return undefined;
    case "session.status":
      return properties.status.type;
    case "session.error":
      return properties.error?.name ?? "";
    case "permission.replied":
      return properties.reply;
    case "message.updated": {
      const { info } = properties;
      if (info.role === "user") return "user";
      const state = [info.finish, info.time.completed && "completed", info.error?.name];
      return ["assistant", ...state.filter((word) => word !== undefined)].join(" ");
    }
    case "message.part.updated": {
      const { part } = properties;
      if (part.type === "tool") return `tool ${part.tool} ${part.state.status}`;
      const isEnded = (part.type === "text" || part.type === "reasoning") && part.time?.end;
      return isEnded ? `${part.type} end` : part.type;
    }
    default:
      return "";
  }
}
