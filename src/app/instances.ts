// Instances: one Instance per directory, made when it is first asked for, kept until disposed. A
// directory is known by its real path, so that links to it lead to the same instance.
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { notFound, unavailable } from "@/base/error";
import { nearestRealpath } from "@/base/file";
import type { AppServices } from "./services";
import { type Instance, openInstance } from "./instance";

export class Instances {
  readonly #services: AppServices;
  readonly #instances = new Map<string, Promise<Instance>>();
  /** What is being closed; until it is, nothing new begins in the same directory. */
  readonly #closing = new Map<string, Promise<boolean>>();
  #closed = false;

  constructor(services: AppServices) {
    this.#services = services;
  }

  /**
   * The instance of a directory; a relative one is meant from the app's own. Throws AppError
   * not-found when there is no such directory, unavailable when the app is being closed.
   */
  async get(directory: string): Promise<Instance> {
    const path = await this.#realpath(directory);
    const found = await stat(path).catch(() => undefined); // told below
    if (!found?.isDirectory()) throw notFound("Directory", path, "Make it, or name another one");
    while (this.#closing.has(path)) await this.#closing.get(path);
    if (this.#closed) throw unavailable("The program is being closed", { directory: path });
    let instance = this.#instances.get(path);
    if (!instance) {
      instance = openInstance(path, this.#services);
      this.#instances.set(path, instance);
      // One that could not be opened is tried again when it is asked for again.
      instance.catch(() => this.#instances.delete(path));
    }
    return instance;
  }

  /** The instance of the session's own directory. Throws AppError not-found. */
  async ofSession(sessionID: string): Promise<Instance> {
    const session = this.#services.sessionStore.findSession(sessionID);
    if (!session) throw notFound("Session", sessionID);
    return this.get(session.directory);
  }

  async list(): Promise<Instance[]> {
    const opened = await Promise.allSettled(this.#instances.values());
    return opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  }

  /** Ends all that belongs to the directory; the next `get` makes it anew. False if not open. */
  async dispose(directory: string): Promise<boolean> {
    return this.#dispose(await this.#realpath(directory));
  }

  async disposeAll(): Promise<void> {
    await Promise.all([...this.#instances.keys()].map((path) => this.#dispose(path)));
  }

  /** Disposes all for good: from now on none is made. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.disposeAll(), ...this.#closing.values()]);
  }

  async #dispose(path: string): Promise<boolean> {
    const opening = this.#instances.get(path);
    if (!opening) return this.#closing.get(path) ?? false;
    this.#instances.delete(path);
    const closing = closeInstance(opening);
    this.#closing.set(path, closing);
    return closing.finally(() => this.#closing.delete(path));
  }

  #realpath(directory: string): Promise<string> {
    return nearestRealpath(resolve(this.#services.directory, directory));
  }
}

async function closeInstance(opening: Promise<Instance>): Promise<boolean> {
  const instance = await opening.catch(() => undefined); // nothing was opened
  await instance?.close();
  return instance !== undefined;
}
