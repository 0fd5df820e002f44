// How a server is started on this machine: by the project's own package, or by a program on the
// PATH. Scripts for Node run under this executable where there is no Node. Nothing is fetched.
import { open } from "node:fs/promises";
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import type { Env } from "@/base/env";
import { readTextIfExists } from "@/base/file";
import type { ServerCommand } from "./language-server";

export interface Launch {
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
}

const SHEBANG_BYTES = 128;
const LEVELS_MAX = 64;

/**
 * The first of the commands whose program is there. Packages are looked for in `node_modules` of
 * `root` and of the directories above it, up to `top`.
 */
export async function findProgram(
  commands: readonly ServerCommand[],
  root: string,
  top: string,
  env: Env,
): Promise<Launch | undefined> {
  for (const command of commands) {
    const path =
      (command.package && (await findPackageProgram(command, root, top))) ??
      onPath(command.program, root, env);
    if (path) return launchOf(path, command.args, env);
  }
  return undefined;
}

function onPath(program: string, root: string, env: Env): string | undefined {
  // A path, not a name: as the configuration gives it, from the root.
  const isPath = isAbsolute(program) || program.startsWith(".");
  const name = isPath ? resolve(root, program) : program;
  return Bun.which(name, { PATH: env["PATH"] ?? env["Path"] ?? "", cwd: root }) ?? undefined;
}

async function findPackageProgram(
  { package: name = "", program }: ServerCommand,
  root: string,
  top: string,
): Promise<string | undefined> {
  for (const directory of upward(root, top)) {
    const home = join(directory, "node_modules", name);
    // A package that cannot be read cannot be run: the next place is tried.
    const text = await readTextIfExists(join(home, "package.json")).catch(() => undefined);
    const bin = text === undefined ? undefined : binOf(text, program);
    if (bin !== undefined) return join(home, bin);
  }
  return undefined;
}

/** The file of a program as the package names it: one text, or a text for each name. */
function binOf(packageText: string, program: string): string | undefined {
  try {
    const { bin }: { bin?: unknown } = JSON.parse(packageText);
    if (typeof bin === "string") return bin;
    const named: unknown = Object(bin)[program];
    return typeof named === "string" ? named : undefined;
  } catch {
    return undefined; // not a package anybody could run
  }
}

/** The directory and those above it, `top` last; the directory alone when it is not below `top`. */
export function upward(directory: string, top: string): string[] {
  const found: string[] = [];
  for (let path = directory; found.length < LEVELS_MAX; path = dirname(path)) {
    found.push(path);
    if (path === top) return found;
    if (path === dirname(path)) break;
  }
  return [directory];
}

async function launchOf(path: string, args: readonly string[], env: Env): Promise<Launch> {
  if (!(await isNodeScript(path))) return { argv: [path, ...args], env: {} };
  const node = Bun.which("node", { PATH: env["PATH"] ?? env["Path"] ?? "" });
  if (node) return { argv: [node, path, ...args], env: {} };
  return { argv: [process.execPath, path, ...args], env: { BUN_BE_BUN: "1" } };
}

async function isNodeScript(path: string): Promise<boolean> {
  if ([".js", ".mjs", ".cjs"].includes(extname(path))) return true;
  const file = await open(path).catch(() => undefined); // not to be read, perhaps to be run
  if (!file) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SHEBANG_BYTES), 0, SHEBANG_BYTES, 0);
    const [first = ""] = buffer.toString("latin1", 0, bytesRead).split("\n");
    return /^#!.*\bnode\b/.test(first);
  } finally {
    await file.close();
  }
}
