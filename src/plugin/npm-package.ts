// Plugins from npm: installed by this very executable, which is a package client too, into a
// directory of their own in the cache. No script of a package runs, time is bounded, and nothing is
// asked of the network once it is there.
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "@/base/env";
import { invalid, unavailable } from "@/base/error";
import { ensureDirectory } from "@/base/file";
import type { Logger } from "@/base/log";
import { runProcess } from "@/base/process";

interface InstallOptions {
  /** Where packages are kept, each in a directory of its own. */
  directory: string;
  env: Env;
  signal: AbortSignal;
  log: Logger;
}

/** `name`, `@scope/name`, either with `@version` or `@tag`. */
const SPEC = /^((?:@[\w.-]+\/)?[\w][\w.-]*)(?:@([\w^~<>=.+*-]+))?$/;
const INSTALL_LIMIT_MS = 120_000;
const OUTPUT_MAX_BYTES = 64 * 1024;
const REASON_MAX_CHARACTERS = 1_000;

/**
 * The file that the package is imported by. Throws AppError invalid for what is no package name,
 * unavailable when it cannot be installed.
 */
export async function installPackage(spec: string, options: InstallOptions): Promise<string> {
  const { name, version, place } = parseSpec(spec, options.directory);
  if (!(await isInstalled(spec, options.directory))) {
    await install(`${name}@${version}`, place, options);
  }
  try {
    return Bun.resolveSync(name, place);
  } catch {
    throw unavailable(`the package ${spec} has no entry point`, { package: spec });
  }
}

/** Whether nothing need be fetched for it. Throws AppError invalid for what is no package name. */
export async function isInstalled(spec: string, directory: string): Promise<boolean> {
  const { name, place } = parseSpec(spec, directory);
  const path = join(place, "node_modules", name, "package.json");
  return readFile(path).then(
    () => true,
    () => false, // to be installed
  );
}

function parseSpec(spec: string, directory: string) {
  const [, name, version = "latest"] = SPEC.exec(spec) ?? [];
  if (name === undefined) {
    throw invalid(
      `"${spec}" is neither a package, name@version, nor a path with ./ or / before it`,
    );
  }
  const place = join(directory, `${name}@${version}`.replace(/[^\w.@-]/g, "+"));
  return { name, version, place };
}

/** Aside, then in one step: nobody sees half a package, and of two at the same time one counts. */
async function install(spec: string, place: string, options: InstallOptions): Promise<void> {
  const { env, signal, log } = options;
  const aside = `${place}.${process.pid}`;
  log.info("installing a plugin", { package: spec });
  await rm(aside, { recursive: true, force: true });
  await ensureDirectory(aside);
  try {
    await Bun.write(join(aside, "package.json"), "{}\n");
    const argv = ["add", "--ignore-scripts", "--no-progress", "--no-summary", spec];
    const result = await runProcess([process.execPath, ...argv], {
      cwd: aside,
      env: { ...env, BUN_BE_BUN: "1" },
      signal,
      timeoutMs: INSTALL_LIMIT_MS,
      maxBytes: OUTPUT_MAX_BYTES,
    });
    signal.throwIfAborted();
    if (result.timedOut) throw unavailable(`it was not installed in ${INSTALL_LIMIT_MS / 1_000} s`);
    if (result.exitCode !== 0) {
      const reason = (result.stderr || result.stdout).trim().slice(-REASON_MAX_CHARACTERS);
      throw unavailable(`it could not be installed: ${Bun.stripANSI(reason)}`, { package: spec });
    }
    await rm(place, { recursive: true, force: true });
    await rename(aside, place);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
