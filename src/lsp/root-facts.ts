// What a server must be told of its root and cannot find by itself: the project's TypeScript, its
// Python, where ESLint's workspace is.
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
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

/** Looked for in `root` and above it, up to `top`. */
export async function findRootFacts(
  { finds, settings = {} }: LanguageServer,
  root: string,
  top: string,
  env: Env,
): Promise<RootFacts> {
  const none = NO_FACTS;
  if (finds === "typescript-library") {
    const paths = upward(root, top).map((path) => join(path, "node_modules/typescript/lib"));
    const tsdk = await findFirst(paths);
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
