// What every command gets: where it was called and how it speaks; and the one way in which a
// command opens the App and closes it again, within a bound.
import type { Clock } from "@/base/clock";
import type { Env } from "@/base/env";
import { flag } from "@/base/env";
import { invalid } from "@/base/error";
import type { LogLevel } from "@/base/log";
import type { Paths } from "@/base/paths";
import type { App } from "@/app/app";
import { endChildren, type Interrupts } from "./interrupts";
import type { Output } from "./output";
import type { TypeAhead } from "./type-ahead";

export interface CLIContext {
  env: Env;
  home: string;
  paths: Paths;
  /** Where the person stands; relative paths are meant from there. */
  directory: string;
  clock: Clock;
  output: Output;
  interrupts: Interrupts;
  /** What was typed before anybody listened. */
  typeAhead?: TypeAhead;
  /** The terminal UI, while it has the terminal. */
  face?: Face;
}

interface Face {
  /** Gives the terminal back, at once. */
  restore(): void;
  /** Shows a failure that nothing waited for. */
  hear(error: unknown): void;
}

/** Options that every command takes. */
export interface GlobalOptions {
  /** What the project's own files do is trusted. */
  trust?: boolean;
  printLogs?: boolean;
  logLevel?: LogLevel;
  /** Without plugins and custom tools. */
  pure?: boolean;
}

/** Whatever hangs: the answer is there, and the process must end. */
const CLOSE_TIMEOUT_MS = 3_000;

/** Runs `work` with an App of `directory` and closes it, whatever happens. */
export async function withApp<T>(
  context: CLIContext,
  options: GlobalOptions & { directory?: string; note?: (text: string) => void },
  work: (app: App) => Promise<T>,
): Promise<T> {
  const { env, home, clock } = context;
  const { App } = await import("@/app/app");
  const app = await App.open({
    env: options.pure ? { ...env, OPENCODE_PURE: "1" } : env,
    home,
    clock,
    directory: options.directory ?? context.directory,
    ...(options.trust ? { trust: true } : {}),
    log: logging(env, options),
    serve: async (served) => (await import("@/server/inside")).serveInside(served),
  });
  const { output } = context;
  tellKeptAside(context, app, options.note ?? ((text) => output.note(text)));
  try {
    return await work(app);
  } finally {
    const late = Promise.withResolvers<"late">();
    const cancel = clock.timer(CLOSE_TIMEOUT_MS, () => late.resolve("late"));
    const outcome = await Promise.race([app.close(), late.promise]);
    cancel();
    if (outcome === "late") await endChildren();
  }
}

function tellKeptAside(
  { output, paths }: CLIContext,
  app: App,
  note: (text: string) => void,
): void {
  const { keptAside } = app.services;
  if (keptAside === undefined) return;
  const what = `${paths.database} was damaged: it is kept as ${keptAside}, and a new one begins`;
  note(`${output.style.yellow("Warning:")} ${what}`);
}

const LEVELS: readonly LogLevel[] = ["DEBUG", "INFO", "WARN", "ERROR"];

function logging(env: Env, options: GlobalOptions): { level?: LogLevel; print?: boolean } {
  const print = options.printLogs ?? flag(env, "OPENCODE_PRINT_LOGS");
  const named = env["OPENCODE_LOG_LEVEL"];
  const level = options.logLevel ?? LEVELS.find((one) => one === named?.toUpperCase());
  if (named && !level) {
    throw invalid(`OPENCODE_LOG_LEVEL must be one of ${LEVELS.join(", ")}, not "${named}"`);
  }
  return { print, ...(level ? { level } : {}) };
}
