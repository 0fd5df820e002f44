// How a server is started on this machine: by the project's own package, or by a program on the
// PATH. Scripts for Node run under this executable where there is no Node. Nothing is fetched.
import { isAbsolute, join, resolve } from "node:path";
import type { Env } from "@/base/env";
import { isInside, readTextIfExists } from "@/base/file";
import { type Launch, launchOf, upward } from "@/base/program";
import type { ServerCommand } from "./language-server";

/**
 * The first of the commands whose program is there. Packages are looked for in `node_modules` of
 * `root` and of the directories above it, up to `top`; programs of the project only `withOwn`.
 */
export async function findProgram(
  commands: readonly ServerCommand[],
  { root, top, env, withOwn }: { root: string; top: string; env: Env; withOwn: boolean },
): Promise<Launch | undefined> {
  for (const command of commands) {
    const own =
      withOwn && command.package ? await findPackageProgram(command, root, top) : undefined;
    const path = own ?? onPath(command.program, root, env);
    if (path && (withOwn || !isInside(top, path))) return launchOf(path, command.args, env);
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
