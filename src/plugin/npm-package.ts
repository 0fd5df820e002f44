// Plugins from npm: each is installed into a directory of its own in the cache, and nothing is
// asked of the network once it is there.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "@/base/env";
import { invalid, unavailable } from "@/base/error";
import type { Logger } from "@/base/log";
import { installFromNpm } from "@/base/npm-install";

/** The program's parts that a package may have an entry point for: `.` and `./tui`. */
export type PackagePart = "server" | "tui";

export interface InstallOptions {
  /** Where packages are kept, each in a directory of its own. */
  directory: string;
  env: Env;
  signal: AbortSignal;
  log: Logger;
}

/** `name`, `@scope/name`, either with `@version` or `@tag`. */
const SPEC = /^((?:@[\w.-]+\/)?[\w][\w.-]*)(?:@([\w^~<>=.+*-]+))?$/;

/**
 * The file that the package is imported by. Throws AppError invalid for what is no package name,
 * unavailable when it cannot be installed.
 */
export async function installPackage(spec: string, options: InstallOptions): Promise<string> {
  await putInPlace(spec, options);
  const found = findEntry(spec, options.directory, "server");
  if (found !== undefined) return found;
  throw unavailable(`the package ${spec} has no entry point`, { package: spec });
}

/** Installs the package unless it is there; gives its own directory. Throws as `installPackage`. */
export async function putInPlace(spec: string, options: InstallOptions): Promise<string> {
  const { name, version, place } = parseSpec(spec, options.directory);
  if (!(await isInstalled(spec, options.directory))) {
    options.log.info("installing a plugin", { package: spec });
    await installFromNpm([`${name}@${version}`], place, options);
  }
  return join(place, "node_modules", name);
}

/** The file of a package in place that a part of the program imports. */
export function findEntry(spec: string, directory: string, part: PackagePart): string | undefined {
  const { name, place } = parseSpec(spec, directory);
  try {
    return Bun.resolveSync(part === "tui" ? `${name}/tui` : name, place);
  } catch {
    return undefined; // it has none for that part
  }
}

/** The package that a spec means, whichever version; the spec itself where it is none. */
export function packageName(spec: string): string {
  return SPEC.exec(spec)?.[1] ?? spec;
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
