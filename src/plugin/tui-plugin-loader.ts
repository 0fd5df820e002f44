// Loads plugins of the terminal UI: finds the file behind what tui.json names, a package is
// installed first, and reads what its module exports. Runs nothing but the module itself.
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Env } from "@/base/env";
import { errorMessage, invalid } from "@/base/error";
import type { Logger } from "@/base/log";
import { isRecord, type JSONRecord } from "@/config/json";
import { findEntry, packageName, putInPlace } from "./npm-package";
import type { PluginModules } from "./plugin-modules";

export interface TuiPluginLoaderOptions {
  modules: PluginModules;
  /** Where packages are kept. */
  packages: string;
  env: Env;
  log: Logger;
  signal: AbortSignal;
}

/** A plugin that can be started. */
export interface TuiPluginModule {
  id: string;
  source: "file" | "npm";
  spec: string;
  /** The file that was imported, or the package's directory where it has themes alone. */
  target: string;
  /** Of a package. */
  version?: string;
  /** Of a file: milliseconds. */
  modified?: number;
  /** Absolute paths of the themes that a package brings. */
  themes: readonly string[];
  start?: (api: unknown, options: unknown, meta: unknown) => unknown;
}

/** What a directory of code may call the file that the terminal UI loads. */
const ENTRY_NAMES = ["tui.ts", "tui.tsx", "tui.js", "index.ts", "index.tsx", "index.js"] as const;
const THEMES_MAX = 50;

export class TuiPluginLoader {
  readonly #options: TuiPluginLoaderOptions;

  constructor(options: TuiPluginLoaderOptions) {
    this.#options = options;
  }

  /** Throws AppError invalid or unavailable that says what is wrong with it. */
  async load(spec: string): Promise<TuiPluginModule> {
    return spec.startsWith("file:") ? this.#loadFile(spec) : this.#loadPackage(spec);
  }

  async #loadFile(spec: string): Promise<TuiPluginModule> {
    const path = pathOf(spec);
    const target = await entryFile(path);
    const { mtimeMs: modified } = await stat(target);
    const { id, start } = await this.#read(target);
    const name = basename(path, extname(path));
    return { id: id ?? name, source: "file", spec, target, modified, themes: [], start };
  }

  async #loadPackage(spec: string): Promise<TuiPluginModule> {
    const { packages: directory, env, signal, log } = this.#options;
    const root = await putInPlace(spec, { directory, env, signal, log });
    const manifest = await readManifest(root);
    const version = typeof manifest["version"] === "string" ? manifest["version"] : "";
    const themes = themesOf(manifest, root);
    const target = findEntry(spec, directory, "tui");
    const known = { source: "npm", spec, version, themes } as const;
    if (target === undefined) {
      if (themes.length > 0) return { ...known, id: packageName(spec), target: root };
      throw invalid(`${spec} has nothing for the terminal UI: no "./tui" in its "exports"`);
    }
    const { id = packageName(spec), start } = await this.#read(target);
    return { ...known, id, target, start };
  }

  async #read(target: string) {
    const exports = await this.#options.modules.load(target);
    const found = Object.values(exports).filter(isRecord);
    const whole = found.find(({ tui }) => typeof tui === "function");
    if (whole) {
      const id = typeof whole["id"] === "string" && whole["id"] !== "" ? whole["id"] : undefined;
      return { id, start: whole["tui"] as NonNullable<TuiPluginModule["start"]> };
    }
    const isOfServer = found.some(({ server }) => typeof server === "function");
    const hint = isOfServer ? '; it is one of the server: name it in opencode.json, "plugin"' : "";
    throw invalid(`${target} exports no { id, tui }${hint}`);
  }
}

function pathOf(spec: string): string {
  try {
    return fileURLToPath(spec);
  } catch (error) {
    throw invalid(`"${spec}" is no address of a file: ${errorMessage(error)}`);
  }
}

/** The file itself; in a directory the one that its package.json names for the terminal UI. */
async function entryFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined); // told below
  if (found === undefined) throw invalid(`${path}: there is no such file`);
  if (!found.isDirectory()) return path;
  const named = exportOf(await readManifest(path), "./tui");
  if (named !== undefined) return join(path, named);
  const names = await readdir(path);
  const entry = ENTRY_NAMES.find((name) => names.includes(name));
  if (entry !== undefined) return join(path, entry);
  throw invalid(`${path} has no "./tui" in its package.json's "exports", and no ${ENTRY_NAMES[0]}`);
}

/** What a package.json says; nothing where there is none that can be read. */
export async function readManifest(directory: string): Promise<JSONRecord> {
  try {
    const value: unknown = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
    return isRecord(value) ? value : {};
  } catch {
    return {}; // a directory need not be a package
  }
}

/** The file, relative, that `exports` of a package.json names for one entry point. */
export function exportOf({ exports }: JSONRecord, entry: string): string | undefined {
  let found = isRecord(exports) ? exports[entry] : undefined;
  // Conditions stand in each other at most a few deep.
  for (let depth = 0; depth < 4 && isRecord(found); depth++) {
    found = found["bun"] ?? found["import"] ?? found["default"];
  }
  return typeof found === "string" ? found : undefined;
}

function themesOf(manifest: JSONRecord, root: string): string[] {
  const named = manifest["oc-themes"];
  const paths = Array.isArray(named) ? named.filter((path) => typeof path === "string") : [];
  return paths.slice(0, THEMES_MAX).map((path) => join(root, path));
}
