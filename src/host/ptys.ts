// Ptys: the terminals of one directory, for the person at a client. A terminal without a command is
// the person's own shell, as a login. One whose program has ended is told and then forgotten. All
// of them end with the instance.
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { Env } from "@/base/env";
import { invalid, limitReached, notFound } from "@/base/error";
import type { IDs } from "@/base/id";
import type { Publish } from "@/schema/event";
import type { Pty, PtyCreateInput, PtyUpdateInput, Shell } from "@/schema/pty";
import { findLoginShell, listShells } from "./find-shell";
import { PtyTerminal } from "./pty-terminal";

const TERMINALS_MAX = 50;
const SIDE_MAX = 1_000;
const TITLE_MAX_LENGTH = 1_000;

export interface PtysOptions {
  directory: string;
  env: Env;
  /** The environment of a program that starts in this directory; `env` unless given. */
  commandEnv?: (cwd: string) => Promise<Env>;
  ids: IDs;
  publish: Publish;
  /** The configured shell. */
  shell: () => Promise<string | undefined>;
}

interface Entry {
  info: Pty;
  terminal: PtyTerminal;
}

export class Ptys {
  readonly #options: PtysOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #ending = new Set<Promise<void>>();
  #isClosed = false;

  constructor(options: PtysOptions) {
    this.#options = options;
  }

  list(): Pty[] {
    return [...this.#entries.values()].map(({ info }) => info);
  }

  /** AppError not-found also for one that has ended. */
  get(id: string): Pty {
    return this.#entry(id).info;
  }

  /** The terminal itself, to be watched and typed into. AppError not-found. */
  terminal(id: string): PtyTerminal {
    return this.#entry(id).terminal;
  }

  /**
   * Starts a program in a new terminal of 24 rows and 80 columns; a relative `cwd` is meant from
   * the directory. AppError invalid for a `cwd` that is not there, unavailable for a program that
   * is not, limit when there are too many terminals.
   */
  async create(input: PtyCreateInput): Promise<Pty> {
    const { directory, env, ids, publish, shell } = this.#options;
    checkTitle(input.title);
    const cwd = resolve(directory, input.cwd ?? ".");
    const found = await stat(cwd).catch(() => undefined); // told below
    if (!found?.isDirectory()) {
      throw invalid(`cwd: there is no directory ${cwd}`, { kind: "Payload", path: "cwd" });
    }
    const command = input.command ?? findLoginShell(env, await shell());
    const ownEnv = (await this.#options.commandEnv?.(cwd)) ?? env;
    const args = input.args ?? (input.command === undefined ? ["-l"] : []);
    // Nothing is awaited from here on, so that the count holds and nothing starts after the close.
    if (this.#isClosed || this.#entries.size >= TERMINALS_MAX) throw tooMany();
    const id = ids.create("pty");
    const argv = [command, ...args];
    const terminal = new PtyTerminal({ id, argv, cwd, env: { ...ownEnv, ...input.env } });
    const title = input.title ?? basename(command);
    const { pid } = terminal;
    const info: Pty = { id, title, command, args, cwd, status: "running", pid };
    this.#entries.set(id, { info, terminal });
    publish("pty.created", { info });
    void terminal.exited.then((exitCode) => this.#exited(id, exitCode));
    return info;
  }

  /** AppError not-found, invalid for a size no terminal has. */
  update(id: string, { title, size }: PtyUpdateInput): Pty {
    const entry = this.#entry(id);
    checkTitle(title);
    for (const side of ["rows", "cols"] as const) {
      if (!size || size[side] <= SIDE_MAX) continue;
      const path = `size.${side}`;
      throw invalid(`${path}: at most ${SIDE_MAX}`, { kind: "Payload", path });
    }
    if (size) entry.terminal.resize(size);
    if (title !== undefined) entry.info = { ...entry.info, title };
    this.#options.publish("pty.updated", { info: entry.info });
    return entry.info;
  }

  /** Ends the terminal's processes and resolves when they are gone. AppError not-found. */
  async remove(id: string): Promise<void> {
    const { terminal } = this.#entry(id);
    this.#entries.delete(id);
    await this.#end(terminal);
    this.#options.publish("pty.deleted", { id });
  }

  /** The shells of this machine; those that the agent's commands can run in are acceptable. */
  shells(): Promise<Shell[]> {
    return listShells(this.#options.env);
  }

  /** Ends all terminals; there will be no others. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#entries.keys()].map((id) => this.remove(id)));
    await Promise.all(this.#ending);
  }

  async #exited(id: string, exitCode: number): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return; // it was removed, which is told elsewhere
    this.#entries.delete(id);
    this.#options.publish("pty.exited", { id, exitCode });
    await this.#end(entry.terminal);
    this.#options.publish("pty.deleted", { id });
  }

  /** Remembered until it is done, so that closing waits for it. */
  async #end(terminal: PtyTerminal): Promise<void> {
    const ending = terminal.end();
    this.#ending.add(ending);
    await ending;
    this.#ending.delete(ending);
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw notFound("Terminal", id);
    return entry;
  }
}

function checkTitle(title: string | undefined): void {
  if (title === undefined || title.length <= TITLE_MAX_LENGTH) return;
  const message = `title: at most ${TITLE_MAX_LENGTH} characters`;
  throw invalid(message, { kind: "Payload", path: "title" });
}

function tooMany() {
  const advice = "remove one of them first";
  return limitReached(`There are ${TERMINALS_MAX} terminals already: ${advice}`);
}
