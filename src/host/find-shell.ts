// Which shell runs commands: the configured one, else the person's own when it is a Bourne-like
// one, else bash, else sh. Models write for bash; fish and its like read another language.
import { basename } from "node:path";
import type { Env } from "@/base/env";

const BOURNE_LIKE: readonly string[] = ["bash", "zsh", "sh", "dash", "ksh"];

/** A path, or a name for PATH to find when nothing better is known. */
export function findShell(env: Env, configured: string | undefined): string {
  if (configured) return configured;
  const own = env["SHELL"];
  if (own && BOURNE_LIKE.includes(basename(own))) return own;
  const path = env["PATH"] ?? "";
  return Bun.which("bash", { PATH: path }) ?? Bun.which("sh", { PATH: path }) ?? "sh";
}
