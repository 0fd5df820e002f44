// Installs a module of plugins for the person who names it: a package, or code of this machine. It
// is looked at, not run: what it has something for decides which files name it.
import { stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { flag } from "@/base/env";
import { conflict, errorMessage, invalid } from "@/base/error";
import { isInside } from "@/base/file";
import {
  globalFiles,
  ownTuiFiles,
  projectFiles,
  projectTuiFiles,
  type ConfigLocation,
} from "@/config/sources";
import { type NamedPlugin, writePlugin, writeTuiPlugin } from "@/config/write";
import { findEntry, packageName, putInPlace, type InstallOptions } from "./npm-package";
import { exportOf, readManifest } from "./tui-plugin-loader";

export interface PluginInstallOptions extends InstallOptions {
  location: ConfigLocation;
  /** The part of it that is installed; all that it has unless given. */
  only?: "tui";
  /** The person's own configuration instead of the project's. */
  global: boolean;
  /** One that is named already, in another version say, is replaced. */
  force?: boolean;
  /** Has the project's files changed; see `ConfigService.changeProject`. */
  changeProject(work: () => Promise<void>): Promise<unknown>;
}

/** The files that name it now. */
export interface InstalledModule {
  /** Where it lies. */
  directory: string;
  server?: string;
  tui?: string;
}

type Offers = { server: boolean; tui: boolean };

/**
 * Throws AppError invalid for what is no module or offers nothing, unavailable when it cannot be
 * had, conflict when it is named already.
 */
export async function installPlugin(
  module: string,
  options: PluginInstallOptions,
): Promise<InstalledModule> {
  if (!options.global && flag(options.env, "OPENCODE_DISABLE_PROJECT_CONFIG")) {
    throw conflict("OPENCODE_DISABLE_PROJECT_CONFIG is set: install it for all projects instead");
  }
  const path = pathOf(module, options.location.directory, options.location.paths.home);
  const found = path === undefined ? await fetchPackage(module, options) : await lookAt(path);
  const { directory } = found;
  const offers = { ...found.offers, ...(options.only && { server: false }) };
  if (options.only && !offers.tui) {
    throw invalid(`${module} has nothing for the terminal UI: install it where the server runs`);
  }
  if (!offers.server && !offers.tui) {
    throw invalid(
      `${module} offers nothing: it exports no plugin for the server or the terminal UI`,
    );
  }
  const named: NamedPlugin = {
    specIn: (file) => (path === undefined ? module : specOf(path, dirname(file))),
    isSame: (item, file) => isSame(item, path ?? module, dirname(file)),
    force: options.force === true,
  };
  const written: InstalledModule = { directory };
  await write(named, offers, options, written);
  return written;
}

async function write(
  named: NamedPlugin,
  offers: Offers,
  { location, global, changeProject }: PluginInstallOptions,
  written: InstalledModule,
): Promise<void> {
  const { paths } = location;
  const how = { stateDirectory: paths.state };
  const server = global ? globalFiles(paths) : projectFiles(location);
  const tui = global ? ownTuiFiles(paths) : projectTuiFiles(location);
  const work = async () => {
    if (offers.server) written.server = await writePlugin(server, named, how);
    if (offers.tui) written.tui = await writeTuiPlugin(tui, named, how);
  };
  await (global ? work() : changeProject(work));
}

/** The absolute path that a module is named by; undefined for a package. */
function pathOf(module: string, directory: string, home: string): string | undefined {
  if (module.startsWith("~/")) return join(home, module.slice(2));
  if (/^\.{1,2}([\\/]|$)/.test(module) || isAbsolute(module)) return resolve(directory, module);
  if (!module.startsWith("file:")) return undefined;
  try {
    return fileURLToPath(module);
  } catch (error) {
    throw invalid(`"${module}" is no address of a file: ${errorMessage(error)}`);
  }
}

async function fetchPackage(spec: string, options: PluginInstallOptions) {
  const directory = await putInPlace(spec, options);
  const has = (part: "server" | "tui") => findEntry(spec, options.directory, part) !== undefined;
  const manifest = await readManifest(directory);
  const isTheme = manifest["oc-themes"] !== undefined;
  return {
    directory,
    offers: { server: offersServer(manifest) && has("server"), tui: has("tui") || isTheme },
  };
}

/** An entry point of its own, or the one that a package has for all. */
function offersServer(manifest: Readonly<Record<string, unknown>>): boolean {
  const { exports, main } = manifest;
  if (typeof exports === "string" || main !== undefined) return true;
  if (exports === undefined) return manifest["oc-themes"] === undefined;
  return exportOf(manifest, ".") !== undefined || exportOf(manifest, "./server") !== undefined;
}

/** Of code of this machine its words are looked at: to run it is for the start. */
async function lookAt(path: string) {
  const found = await stat(path).catch(() => undefined); // told below
  if (found === undefined) throw invalid(`${path}: there is no such file`);
  if (found.isDirectory()) {
    const manifest = await readManifest(path);
    const tui = exportOf(manifest, "./tui") !== undefined || manifest["oc-themes"] !== undefined;
    return { directory: path, offers: { server: offersServer(manifest), tui } };
  }
  if (!/\.[cm]?[jt]sx?$/.test(path))
    throw invalid(`${basename(path)} is no JavaScript or TypeScript`);
  const tui = exportsTui(await Bun.file(path).text(), path);
  return { directory: resolve(path, ".."), offers: { server: !tui, tui } };
}

/** Whether a module has a `tui` in what it exports. */
function exportsTui(text: string, path: string): boolean {
  const loader = /\.[cm]?ts$/.test(path) ? "ts" : "tsx";
  const code = new Bun.Transpiler({ loader }).transformSync(text);
  return /\btui\b\s*[,:}(]/.test(code);
}

/** What lies beside or below the file that names it goes with it wherever it goes. */
function specOf(path: string, directory: string): string {
  if (!isInside(directory, path)) return pathToFileURL(path).href;
  return `./${relative(directory, path).replaceAll("\\", "/")}`;
}

function isSame(item: unknown, named: string, directory: string): boolean {
  const spec: unknown = Array.isArray(item) ? item[0] : item;
  if (typeof spec !== "string") return false;
  if (!isAbsolute(named)) return packageName(spec) === packageName(named);
  return spec === pathToFileURL(named).href || resolve(directory, spec) === named;
}
