// What a server must be told of its root and cannot find by itself: the project's TypeScript, its
// Python, where ESLint's workspace is.
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, parse } from "node:path";
import type { Env } from "@/base/env";
import { upward } from "@/base/program";
import type { JSONObject } from "@/schema/primitive";
import { toFileURI } from "./file-uri";
import type { LanguageServer } from "./language-server";

export interface RootFacts {
  initialization: JSONObject;
  settings: JSONObject;
}

export const NO_FACTS: RootFacts = { initialization: {}, settings: {} };

export interface RootPlace {
  root: string;
  /** How far up the project's own things are looked for. */
  top: string;
  env: Env;
  /** How the server is started: what was installed with it is found from there. */
  argv: readonly string[];
}

export async function findRootFacts(
  { finds, settings = {} }: LanguageServer,
  { root, top, env, argv }: RootPlace,
): Promise<RootFacts> {
  const none = NO_FACTS;
  if (finds === "typescript-library") {
    const places = [...upward(root, top), ...(await besideProgram(argv))];
    const tsdk = await findFirst(places.map((path) => join(path, "node_modules/typescript/lib")));
    return tsdk ? { ...none, initialization: { typescript: { tsdk } } } : none;
  }
  if (finds === "python") {
    const pythonPath = await findFirst(pythons(root, env));
    const python = { ...Object(settings["python"]), pythonPath };
    return pythonPath ? { ...none, settings: { python } } : none;
  }
  if (finds === "eslint-workspace") {
    const workspaceFolder = { uri: toFileURI(root), name: basename(root) };
    return { ...none, settings: { "": { ...Object(settings[""]), workspaceFolder } } };
  }
  return none;
}

/** The directories above the program, or above the script that a program runs. */
async function besideProgram(argv: readonly string[]): Promise<string[]> {
  const paths = argv.filter((word) => isAbsolute(word));
  // A word that is no file is a place to look in all the same: nothing is there.
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => path)));
  return real.flatMap((path) => upward(dirname(path), parse(path).root));
}

/** The project's own environment, before the one that is active. */
function pythons(root: string, env: Env): string[] {
  const active = env["VIRTUAL_ENV"];
  return [join(root, ".venv"), join(root, "venv"), ...(active ? [active] : [])].flatMap((home) => [
    join(home, "bin/python"),
    join(home, "Scripts/python.exe"),
  ]);
}

async function findFirst(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined); // not there: the next
    if (found) return path;
  }
  return undefined;
}
