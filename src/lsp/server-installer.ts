// ServerInstaller: language servers that a person lets us fetch, each in a directory of its own in
// the cache. One attempt at a time; what is there already is never fetched again, and nothing is
// fetched that the table does not name.
import { join } from "node:path";
import type { Env } from "@/base/env";
import { unavailable } from "@/base/error";
import { ensureDirectory } from "@/base/file";
import type { Logger } from "@/base/log";
import { installFromNpm } from "@/base/npm-install";
import { runProcess } from "@/base/process";
import { findOnPath } from "@/base/program";
import type { LanguageServer } from "./language-server";
import { installRelease, isForThisMachine } from "./release";

const BUILD_LIMIT_MS = 10 * 60_000;
const OUTPUT_MAX_BYTES = 64 * 1024;
const REASON_MAX_CHARACTERS = 1_000;

export interface ServerInstallerOptions {
  /** Where servers are kept. */
  directory: string;
  env: Env;
  log: Logger;
  signal: AbortSignal;
}

export class ServerInstaller {
  readonly #options: ServerInstallerOptions;
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: ServerInstallerOptions) {
    this.#options = options;
  }

  /** Where the server is, once it is installed. */
  placeOf({ id }: Pick<LanguageServer, "id">): string {
    return join(this.#options.directory, id.replaceAll(/[^\w.-]/g, "-"));
  }

  /** Whether there is a way, on this machine, to have it. */
  canInstall({ install }: LanguageServer): boolean {
    switch (install?.from) {
      case undefined:
        return false;
      case "npm":
        return true;
      case "release":
        return isForThisMachine(install) && (!install.needs || !!this.#find([install.needs]));
      case "program":
        return this.#find(install.argv) !== undefined;
    }
  }

  /**
   * Resolves when it is installed. Throws AppError unavailable that says why it cannot be, or the
   * reason of the instance's end.
   */
  install(server: LanguageServer): Promise<void> {
    const running = this.#running.get(server.id);
    if (running) return running;
    const work = this.#install(server).finally(() => this.#running.delete(server.id));
    this.#running.set(server.id, work);
    return work;
  }

  async #install(server: LanguageServer): Promise<void> {
    const { install, id } = server;
    const { env, log, signal } = this.#options;
    if (!install) throw unavailable(`There is no known way to install ${id}`);
    const place = this.placeOf(server);
    log.info("installing a language server", { server: id, place });
    if (install.from === "npm") await installFromNpm(install.packages, place, { env, signal });
    else if (install.from === "release") await installRelease(install, place, { env, signal });
    else await this.#build(install, place);
    log.info("installed a language server", { server: id, place });
  }

  /** By a program of the language itself, which puts it into `bin`. */
  async #build(
    install: Extract<LanguageServer["install"], { from: "program" }>,
    place: string,
  ): Promise<void> {
    const { env, signal } = this.#options;
    const program = this.#find(install.argv);
    if (!program) throw unavailable(`${install.argv[0]} is not on this machine`);
    await ensureDirectory(join(place, "bin"));
    const [, ...args] = install.argv.map((word) => inPlace(word, place));
    const result = await runProcess([program, ...args], {
      cwd: place,
      env: { ...env, ...envInPlace(install.env, place) },
      signal,
      timeoutMs: BUILD_LIMIT_MS,
      maxBytes: OUTPUT_MAX_BYTES,
    });
    signal.throwIfAborted();
    if (result.timedOut)
      throw unavailable(`it was not installed in ${BUILD_LIMIT_MS / 60_000} min`);
    if (result.exitCode === 0) return;
    const reason = (result.stderr || result.stdout).trim().slice(-REASON_MAX_CHARACTERS);
    throw unavailable(`it could not be installed: ${Bun.stripANSI(reason)}`);
  }

  #find([name = ""]: readonly string[]): string | undefined {
    const { directory, env } = this.#options;
    return findOnPath(name, env, directory);
  }
}

/** `$PLACE` stands for the directory of the server. */
export function envInPlace(env: Readonly<Record<string, string>> = {}, place: string) {
  return Object.fromEntries(
    Object.entries(env).map(([name, text]) => [name, inPlace(text, place)]),
  );
}

function inPlace(text: string, place: string): string {
  return text.replaceAll("$PLACE", () => place);
}
