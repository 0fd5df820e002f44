// How a server is started on this machine: by the project's own package, by a program on the PATH,
// or by one that was installed for us. Scripts for Node run under this executable where there is no
// Node. Nothing is fetched.
import { isAbsolute, join, resolve } from "node:path";
import type { Env } from "@/base/env";
import { isInside, readTextIfExists } from "@/base/file";
import { type Launch, launchOf, upward } from "@/base/program";
import type { ServerCommand } from "./language-server";

export interface ProgramPlaces {
  root: string;
  /** How far up the project's own packages are looked for. */
  top: string;
  env: Env;
  /** Whether programs of the project count. */
  withOwn: boolean;
  /** Where the server was installed for us, if it was, and what it is told there. */
  installed: { place: string; env: Readonly<Record<string, string>> };
}

/**
 * The first of the commands whose program is there. Packages are looked for in `node_modules` of
 * `root` and of the directories above it; what was installed for us only where there is no other.
 */
export async function findProgram(
  commands: readonly ServerCommand[],
  { root, top, env, withOwn, installed }: ProgramPlaces,
): Promise<Launch | undefined> {
  for (const command of commands) {
    const own = withOwn ? await findPackageProgram(command, upward(root, top)) : undefined;
    const path = own ?? onPath(command.program, root, env);
    if (path && (withOwn || !isInside(top, path))) return launchOf(path, command.args, env);
  }
  const { place } = installed;
  for (const command of commands) {
    const packed = await findPackageProgram(command, [place]);
    const path = packed ?? onPath(command.program, root, { PATH: join(place, "bin") });
    if (!path || !isInside(place, path)) continue;
    const launch = await launchOf(path, command.args, env);
    return { ...launch, env: { ...installed.env, ...launch.env } };
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
  { package: name, program }: ServerCommand,
  directories: readonly string[],
): Promise<string | undefined> {
  if (name === undefined) return undefined;
  for (const directory of directories) {
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
