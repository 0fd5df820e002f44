// Logger: one JSON object a line, into a private file of the log directory, for people and tools.
// A line is {time, level, service, message, ...data}. Nothing is written before the first line,
// and a log that cannot be written never disturbs the work (it says so once on stderr).
import { format } from "node:util";
import { appendFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "./clock";
import { errorMessage } from "./error";
import { ensureDirectory } from "./file";

export type LogLevel = "DEBUG" | "INFO" | "WARN" | "ERROR";

export interface LogOptions {
  clock: Clock;
  /** Less is not logged. Without one it is INFO, or what is suggested. */
  level?: LogLevel;
  /** Where the files go; undefined writes none. */
  directory?: string;
  /** Lines go to stderr as well. */
  print?: boolean;
}

const ORDER: readonly LogLevel[] = ["DEBUG", "INFO", "WARN", "ERROR"];
const FILES_KEPT = 10;
const PENDING_MAX_BYTES = 1024 * 1024;
/** A file that is longer is followed by another one. */
const FILE_MAX_BYTES = 16 * 1024 * 1024;
const LINE_MAX_CHARACTERS = 16 * 1024;

/** Collects lines and appends them in order, one write at a time; shared by all loggers. */
class LogSink {
  readonly #options: LogOptions;
  #level: LogLevel;
  #pending = "";
  #writing: Promise<void> | undefined;
  #path: string | undefined;
  #fileBytes = 0;
  #files = 0;
  #failed = false;
  /** As it is now: what code of people prints is diverted into a log later. */
  readonly #print = console.error.bind(console);

  constructor(options: LogOptions) {
    this.#options = options;
    this.#level = options.level ?? "INFO";
  }

  suggestLevel(level: LogLevel): void {
    this.#level = this.#options.level ?? level;
  }

  write(level: LogLevel, service: string, message: string, data?: Record<string, unknown>): void {
    if (ORDER.indexOf(level) < ORDER.indexOf(this.#level)) return;
    const time = new Date(this.#options.clock.now()).toISOString();
    const line = formatLine({ time, level, service, message, ...data });
    if (this.#options.print) this.#print(line);
    if (this.#options.directory === undefined || this.#failed) return;
    // A disk slower than the log loses lines, never memory.
    if (this.#pending.length < PENDING_MAX_BYTES) this.#pending += `${line}\n`;
    this.#writing ??= this.#flush(this.#options.directory);
  }

  async drained(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #flush(directory: string): Promise<void> {
    // One turn of the event loop gathers what a burst of work has to say.
    await new Promise<void>((resolve) => setImmediate(resolve));
    try {
      while (this.#pending) {
        this.#path ??= await openLog(directory, this.#options.clock, this.#files++);
        const text = this.#pending;
        this.#pending = "";
        await appendFile(this.#path, text, { mode: 0o600 });
        this.#fileBytes += text.length;
        if (this.#fileBytes < FILE_MAX_BYTES) continue;
        this.#fileBytes = 0;
        this.#path = undefined;
      }
    } catch (error) {
      this.#failed = true;
      this.#pending = "";
      this.#print(`The log cannot be written: ${errorMessage(error)}`);
    } finally {
      this.#writing = undefined;
    }
  }
}

export class Logger {
  readonly #sink: LogSink | undefined;
  readonly #service: string;

  private constructor(sink: LogSink | undefined, service: string) {
    this.#sink = sink;
    this.#service = service;
  }

  static open(options: LogOptions): Logger {
    return new Logger(new LogSink(options), "app");
  }

  /** A logger that says nothing. */
  static silent(): Logger {
    return new Logger(undefined, "silent");
  }

  /** The same log under another service name. */
  child(service: string): Logger {
    return new Logger(this.#sink, service);
  }

  /** From now on the level of the whole log, unless it was opened with one. */
  suggestLevel(level: LogLevel): void {
    this.#sink?.suggestLevel(level);
  }

  debug(message: string, data?: Record<string, unknown>): void {
    this.#sink?.write("DEBUG", this.#service, message, data);
  }

  info(message: string, data?: Record<string, unknown>): void {
    this.#sink?.write("INFO", this.#service, message, data);
  }

  warn(message: string, data?: Record<string, unknown>): void {
    this.#sink?.write("WARN", this.#service, message, data);
  }

  error(message: string, data?: Record<string, unknown>): void {
    this.#sink?.write("ERROR", this.#service, message, data);
  }

  /** Resolves when all lines so far are written. */
  async close(): Promise<void> {
    await this.#sink?.drained();
  }
}

/**
 * Has what is printed on the console go into the log: standard output is the command line's. For
 * the time in which code of people runs in this process; gives what ends it.
 */
export function divertConsole(log: Logger): () => void {
  const { debug, error, info, log: print, trace, warn } = console;
  const to = (level: "debug" | "info" | "warn" | "error") => {
    return (...values: unknown[]) => log[level](format(...values));
  };
  const own = { debug: to("debug"), error: to("error"), info: to("info"), log: to("info") };
  Object.assign(console, { ...own, trace: to("debug"), warn: to("warn") });
  return () => {
    // Somebody else may have put their own in its place meanwhile.
    if (console.log === own.log) Object.assign(console, { debug, error, info, trace, warn });
    if (console.log === own.log) console.log = print;
  };
}

function formatLine(fields: Record<string, unknown>): string {
  let line: string;
  try {
    line = JSON.stringify(fields, (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    );
  } catch (error) {
    line = JSON.stringify({ ...fields, data: `not loggable: ${errorMessage(error)}` }, [
      "time",
      "level",
      "service",
      "message",
      "data",
    ]);
  }
  return line.length <= LINE_MAX_CHARACTERS ? line : `${line.slice(0, LINE_MAX_CHARACTERS)}…`;
}

/** The path of this process's next file; the oldest files beyond the newest few are removed. */
async function openLog(directory: string, clock: Clock, serial: number): Promise<string> {
  await ensureDirectory(directory);
  const stamp = new Date(clock.now()).toISOString().replace(/[:.]/g, "").slice(0, 17);
  const files = (await readdir(directory)).filter((name) => name.endsWith(".log")).sort();
  for (const name of files.slice(0, Math.max(0, files.length - FILES_KEPT + 1))) {
    await rm(join(directory, name), { force: true });
  }
  return join(directory, `${stamp}-${process.pid}${serial === 0 ? "" : `-${serial}`}.log`);
}
