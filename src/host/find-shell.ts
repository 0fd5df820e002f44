// Which shell runs commands: the configured one, else the bash that OPENCODE_GIT_BASH_PATH names
// (on Windows, that of Git), else the person's own when it is a Bourne-like one, else bash, else
// sh. Models write for bash; fish and its like read another language. People in a terminal get
// their own shell, whatever it is.
import { constants } from "node:fs";
import { access, realpath } from "node:fs/promises";
import { basename, isAbsolute } from "node:path";
import type { Env } from "@/base/env";
import { readTextIfExists } from "@/base/file";
import type { Shell } from "@/schema/pty";

const BOURNE_LIKE: readonly string[] = ["bash", "zsh", "sh", "dash", "ksh"];
/** Looked for on PATH beside those that the system lists. */
const KNOWN: readonly string[] = [...BOURNE_LIKE, "fish", "nu", "pwsh", "elvish", "xonsh"];
const SHELLS_FILE = "/etc/shells";
const GIT_BASH = "OPENCODE_GIT_BASH_PATH";

/** A path, or a name for PATH to find when nothing better is known. */
export function findShell(env: Env, configured: string | undefined): string {
  const named = configured || env[GIT_BASH];
  if (named) return named;
  const own = env["SHELL"];
  if (own && BOURNE_LIKE.includes(basename(own))) return own;
  const path = env["PATH"] ?? "";
  return Bun.which("bash", { PATH: path }) ?? Bun.which("sh", { PATH: path }) ?? "sh";
}

/** The shell a person works in. */
export function findLoginShell(env: Env, configured: string | undefined): string {
  return configured || env["SHELL"] || findShell(env, undefined);
}

/**
 * The shells that are installed, each once under the first path it is found by; `acceptable` are
 * those that commands written for bash can run in.
 */
export async function listShells(env: Env): Promise<Shell[]> {
  const listed = (await readTextIfExists(SHELLS_FILE)) ?? "";
  const path = env["PATH"] ?? "";
  const own = env["SHELL"];
  const candidates = [
    ...[own, env[GIT_BASH]].flatMap((one) => (one && isAbsolute(one) ? [one] : [])),
    ...listed.split("\n").filter((line) => isAbsolute(line)),
    ...KNOWN.flatMap((name) => Bun.which(name, { PATH: path }) ?? []),
  ];
  const shells = new Map<string, Shell>();
  for (const candidate of candidates) {
    const name = basename(candidate);
    // A directory of links to the same program is no second shell; bash called sh is.
    const target = await findExecutable(candidate);
    const key = `${target}:${name}`;
    if (target === undefined || shells.has(key)) continue;
    shells.set(key, { path: candidate, name, acceptable: BOURNE_LIKE.includes(name) });
  }
  return [...shells.values()];
}

async function findExecutable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return await realpath(path);
  } catch {
    return undefined; // listed, but not installed
  }
}
