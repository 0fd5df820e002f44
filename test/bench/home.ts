// The empty home in which each run starts: temporary directories for everything that a program
// keeps, a project, the configuration that names the scripted model, and an environment that lets
// no request leave the machine. All of it is gone when the run ends.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { GIT_ENV, gitRepository, tempDirectory, type Tree, writeTree } from "@test/support/temp";
import type { ModelProcess } from "./model-process";

export interface Home extends AsyncDisposable {
  /** The directory that the program is started in. */
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where a server's standard error goes. */
  readonly errorLog: string;
}

export interface HomeOptions {
  /** Its provider becomes the configured one; without it nothing is configured. */
  model?: Pick<ModelProcess, "config">;
  files?: Tree;
  /** Makes the project a git repository with one commit of the files. */
  git?: boolean;
}

/** Nobody listens on the discard port: what is sent through this proxy is refused at once. */
const NOWHERE = "http://127.0.0.1:9";

/** `await using home = await openHome({ model });` */
export async function openHome(options: HomeOptions = {}): Promise<Home> {
  const root = await tempDirectory("opencode-bench-");
  const home = join(root.path, "home");
  const project = join(root.path, "project");
  await mkdir(join(root.path, "tmp"));
  await mkdir(project);
  await writeTree(home, { ".config/opencode/opencode.json": configuration(options.model) });
  if (options.git) await gitRepository(project, options.files);
  else await writeTree(project, options.files ?? {});
  return {
    project,
    env: environment(root.path, home),
    errorLog: join(root.path, "stderr.txt"),
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
}

function configuration(model: HomeOptions["model"]): string {
  // With $schema, because a peer rewrites a file that lacks it.
  const own = { $schema: "https://opencode.ai/config.json", autoupdate: false, share: "disabled" };
  return JSON.stringify({ ...own, ...model?.config });
}

function environment(root: string, home: string): Record<string, string> {
  return {
    ...GIT_ENV,
    PATH: searchPath(),
    SHELL: "/bin/sh",
    LANG: "C.UTF-8",
    HOME: home,
    TMPDIR: join(root, "tmp"),
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_DATA_HOME: join(home, ".local/share"),
    XDG_STATE_HOME: join(home, ".local/state"),
    XDG_CACHE_HOME: join(home, ".cache"),
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
    OPENCODE_DISABLE_SHARE: "1",
    HTTP_PROXY: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    NO_PROXY: "127.0.0.1,localhost",
    npm_config_registry: NOWHERE,
  };
}

/**
 * PATH without this repository's own programs, which `bun run` puts there: the language servers
 * among them would be found and started.
 */
function searchPath(): string {
  const directories = (process.env["PATH"] ?? "/usr/bin:/bin").split(":");
  return directories.filter((directory) => !directory.includes("node_modules")).join(":");
}

/** Text files of some forty lines, and the reads of them, no two alike. */
export function readableFiles(count: number): { files: Tree; paths: string[] } {
  const paths = Array.from({ length: count }, (_, index) => `src/part-${index + 1}.ts`);
  const line = (path: string, at: number) => `export const value${at} = "${path} line ${at}";`;
  const text = (path: string) => Array.from({ length: 40 }, (_, at) => line(path, at)).join("\n");
  const files = Object.fromEntries(paths.map((path) => [path, `${text(path)}\n`]));
  return { files: { "README.md": "# Project\n", ...files }, paths };
}
