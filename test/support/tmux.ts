// A program under tmux, as a person runs it: keys go in, and what stands on the screen is asked for
// once it is there. What tmux shows is what its own emulation made of the bytes.

import { join } from "node:path";
import { isRunning, killTree, listDescendants, runProcess } from "@/base/process";
import { tempDirectory, type TempDirectory } from "@test/support/temp";

export interface TmuxOptions {
  columns?: number;
  rows?: number;
  cwd: string;
  env: Readonly<Record<string, string>>;
}

/** Where it runs at all, everything is there within this time, on a busy machine, too. */
const WAIT_MS = 60_000;
const POLL_MS = 40;

export type Expected = string | RegExp | ((screen: string) => boolean);

export const hasTmux = Bun.which("tmux") !== null;

export class Tmux implements AsyncDisposable {
  readonly #temp: TempDirectory;
  readonly #options: TmuxOptions;

  private constructor(temp: TempDirectory, options: TmuxOptions) {
    this.#temp = temp;
    this.#options = options;
  }

  /** Starts the command in a window that stays when it ends. */
  static async start(command: string, options: TmuxOptions): Promise<Tmux> {
    const tmux = new Tmux(await tempDirectory(), options);
    const { columns = 80, rows = 24, cwd } = options;
    const size = ["-x", String(columns), "-y", String(rows)];
    const config = join(tmux.#temp.path, "tmux.conf");
    await Bun.write(config, "set -g remain-on-exit on\nset -g default-terminal tmux-256color\n");
    await tmux.#run(["-f", config, "new-session", "-d", ...size, "-c", cwd, command]);
    return tmux;
  }

  /** Keys by tmux's names: `C-x`, `Enter`, `PageUp`; with `type` as they are. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.#run(["send-keys", key]);
  }

  async type(text: string): Promise<void> {
    await this.#run(["send-keys", "-l", text]);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#run(["resize-window", "-x", String(columns), "-y", String(rows)]);
  }

  /** The rows on the screen. */
  async screen(): Promise<string> {
    return this.#run(["capture-pane", "-p"]);
  }

  /** The colour codes on the screen. */
  async colors(): Promise<string[]> {
    const coloured = await this.#run(["capture-pane", "-p", "-e"]);
    return [...new Set(coloured.match(/(?<=\[)[\d;]+(?=m)/g))];
  }

  /** The rows on the screen and those that were pushed out of it. */
  async history(): Promise<string> {
    return this.#run(["capture-pane", "-p", "-S", "-"]);
  }

  /** The screen as soon as it fits; throws with the screen when it does not in time. */
  async until(isThere: Expected, waitMs = WAIT_MS): Promise<string> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const screen = await this.screen();
      if (fits(screen, isThere)) return screen;
      if (performance.now() > deadline) throw new Error(`${String(isThere)} is not on\n${screen}`);
      await Bun.sleep(POLL_MS);
    }
  }

  /** As soon as both show the same, row by row; throws with the two when they do not in time. */
  async untilSame(other: Tmux): Promise<void> {
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      const [own, others] = await Promise.all([this.screen(), other.screen()]);
      if (own === others) return;
      if (performance.now() > deadline) throw new Error(`not the same:\n${own}\n${others}`);
      await Bun.sleep(POLL_MS);
    }
  }

  /** The program has ended, whether tmux has noticed that or, being busy, not yet. */
  async ended(): Promise<void> {
    const pid = Number(await this.format("#{pane_pid}"));
    for (const deadline = performance.now() + WAIT_MS; await isRunning(pid);) {
      if (performance.now() > deadline) throw new Error(`still runs:\n${await this.screen()}`);
      await Bun.sleep(POLL_MS);
    }
  }

  async format(format: string): Promise<string> {
    return (await this.#run(["display-message", "-p", format])).trim();
  }

  /** Nothing of what ran in it is left: it could write into what is removed next. */
  async [Symbol.asyncDispose](): Promise<void> {
    const pids = await this.#run(["list-panes", "-a", "-F", "#{pane_pid}"]).catch(() => ""); // gone
    const shells = pids.trim().split("\n").filter(Boolean).map(Number);
    const running = [...shells, ...(await listDescendants(...shells))];
    await this.#run(["kill-server"]).catch(() => undefined); // it has ended by itself
    await Promise.all(running.map((pid) => killTree(pid)));
    await this.#temp[Symbol.asyncDispose]();
  }

  async #run(args: readonly string[]): Promise<string> {
    const socket = join(this.#temp.path, "tmux");
    const { cwd, env } = this.#options;
    const result = await runProcess(["tmux", "-S", socket, "-u", ...args], {
      cwd,
      env: { ...env, PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" },
      timeoutMs: WAIT_MS,
    });
    if (result.exitCode === 0) return result.stdout;
    throw new Error(`tmux ${args.join(" ")}: ${result.stderr.trim()}`);
  }
}

function fits(screen: string, isThere: Expected): boolean {
  if (typeof isThere === "string") return screen.includes(isThere);
  return typeof isThere === "function" ? isThere(screen) : isThere.test(screen);
}
