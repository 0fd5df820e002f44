// Programs on this machine: where one is, and how it is started. Scripts for Node run under this
// executable where there is no Node. Nothing is fetched.
import { open } from "node:fs/promises";
import { dirname, extname } from "node:path";
import type { Env } from "./env";

export interface Launch {
  argv: readonly string[];
  /** To be set for the program, beside what its environment is. */
  env: Readonly<Record<string, string>>;
}

const SHEBANG_BYTES = 128;
/** What a project's bunfig.toml or .env says is not for the programs that are run in it. */
const NOT_OURS: readonly string[] = ["--config=/dev/null", "--no-env-file"];
const LEVELS_MAX = 64;

/** The program of that name on the PATH of `env`; absolute. */
export function findOnPath(name: string, env: Env, cwd: string): string | undefined {
  return Bun.which(name, { PATH: env["PATH"] ?? env["Path"] ?? "", cwd }) ?? undefined;
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

/** How the program at `path` is started with these arguments. */
export async function launchOf(path: string, args: readonly string[], env: Env): Promise<Launch> {
  if (!(await isNodeScript(path))) return { argv: [path, ...args], env: {} };
  const node = findOnPath("node", env, dirname(path));
  if (node) return { argv: [node, path, ...args], env: {} };
  return { argv: [process.execPath, ...NOT_OURS, path, ...args], env: { BUN_BE_BUN: "1" } };
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
