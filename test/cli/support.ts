// The command line as a person meets it: the program as a process of its own, in an empty home and
// an empty project, with a scripted model as its only provider.
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  ScriptedModel,
  type ScriptedModelOptions,
} from "@test/support/scripted-model/scripted-model";
import { type TempDirectory, tempDirectory } from "@test/support/temp";

/** What the program begins with. */
export const MAIN = resolve(import.meta.dir, "../../src/main.ts");

/** For setDefaultTimeout: such a test starts the program several times. */
export const CLI_TIMEOUT_MS = 180_000;

export interface CLIResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface CLIOptions {
  /** "never" is a pipe that nobody writes to or closes. A text is piped in. Default: /dev/null. */
  stdin?: "never" | { text: string } | { file: string };
  env?: Record<string, string>;
  cwd?: string;
}

/** One empty home with one empty project in it. */
export class CLIHome implements AsyncDisposable {
  readonly #temp: TempDirectory;
  readonly home: string;
  readonly project: string;

  private constructor(temp: TempDirectory) {
    this.#temp = temp;
    this.home = join(temp.path, "home");
    this.project = join(temp.path, "project");
  }

  /** `config` becomes the user's opencode.json; without one no model is connected. */
  static async open(config: Record<string, unknown> = NO_MODEL): Promise<CLIHome> {
    const opened = new CLIHome(await tempDirectory());
    await mkdir(opened.project, { recursive: true });
    await mkdir(opened.configDirectory, { recursive: true });
    await writeFile(join(opened.configDirectory, "opencode.json"), JSON.stringify(config));
    return opened;
  }

  get configDirectory(): string {
    return join(this.home, ".config", "opencode");
  }

  get dataDirectory(): string {
    return join(this.home, ".local", "share", "opencode");
  }

  /** Starts the program, or a shell that gets it as "$0" and "$1"; whoever calls ends it. */
  start(args: readonly string[], options: CLIOptions = {}, through: readonly string[] = []) {
    const { stdin } = options;
    return Bun.spawn([...through, process.execPath, MAIN, ...args], {
      cwd: options.cwd ?? this.project,
      env: { ...baseEnv(), HOME: this.home, ...options.env },
      stdin: inputOf(stdin),
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  /** Runs the program to its end. */
  async run(args: readonly string[], options: CLIOptions = {}): Promise<CLIResult> {
    const child = this.start(args, options);
    const [stdout, stderr, exitCode] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    return { exitCode, stdout, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#temp[Symbol.asyncDispose]();
  }
}

/** A home whose only model is scripted. */
export class ScriptedHome implements AsyncDisposable {
  readonly model: ScriptedModel;
  readonly cli: CLIHome;

  private constructor(model: ScriptedModel, cli: CLIHome) {
    this.model = model;
    this.cli = cli;
  }

  static async open(
    options: ScriptedModelOptions,
    config: Record<string, unknown> = {},
  ): Promise<ScriptedHome> {
    const model = new ScriptedModel(options);
    return new ScriptedHome(model, await CLIHome.open({ ...model.config(), ...config }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model.close();
    await this.cli[Symbol.asyncDispose]();
  }
}

/** The lines of a JSON output, each parsed. */
export function parseLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A stream's text up to and with the first line that contains `words`. */
export async function readUntil(
  stream: ReadableStream<Uint8Array>,
  words: string,
): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: true });
    const at = text.indexOf(words);
    if (done || (at >= 0 && text.includes("\n", at))) break;
  }
  reader.releaseLock();
  return text;
}

/** Local model servers of whoever runs the tests must not answer for us. */
const NO_MODEL = { enabled_providers: ["none"] };

/** Of the environment only what programs need: no keys, no settings of this program. */
function baseEnv(): Record<string, string | undefined> {
  const { PATH, TMPDIR, OPENCODE_TEST_RUN } = process.env;
  return { PATH, TMPDIR, OPENCODE_TEST_RUN, GIT_CONFIG_NOSYSTEM: "1" };
}

function inputOf(stdin: CLIOptions["stdin"]) {
  if (stdin === undefined) return "ignore";
  if (stdin === "never") return "pipe";
  return "text" in stdin ? new Blob([stdin.text]) : Bun.file(stdin.file);
}
