// Writing: puts a patch into one configuration file, as asked and never otherwise. Comments and
// order stay, the file is replaced in one step, and writers take turns, other processes included.
// A file that is malformed is left alone.
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensureDirectory, writeFileAtomic } from "@/base/file";
import { withFileLock } from "@/base/file-lock";
import { systemClock, type Clock } from "@/base/clock";
import { conflict } from "@/base/error";
import { parse } from "@/base/schema";
import type { Config, PermissionConfig } from "@/schema/config";
import { TuiConfig } from "@/schema/tui-config";
import { isRecord, valueAt, type JSONRecord } from "./json";
import { editJSONC, parseJSONC, type Edit } from "./jsonc";
import { checkConfig, readConfigFile } from "./load";
import { isPermissionPath, mergePermission } from "./merge";
import { restoreRedacted } from "./restore-redacted";

export interface WriteTarget {
  /** Files that may be written, the highest first: the first that exists is. */
  existing: string[];
  /** The file that is made when none exists. */
  fresh: string;
}

export interface WriteOptions {
  /** Where lock files are: a directory of the program, not of the project. */
  stateDirectory: string;
  clock?: Clock;
}

/**
 * Merges `patch` into the first existing file of the target and returns the path that was written.
 * Unknown keys of the patch are left out. AppError invalid when the patch or the file is wrong;
 * the file is then as it was.
 */
export async function writePatch(
  target: WriteTarget,
  patch: Config,
  options: WriteOptions,
): Promise<string> {
  const origin = "The configuration to write";
  const checked = await checkConfig({ ...patch }, { origin, text: undefined, warnings: [] });
  const lock = join(options.stateDirectory, "config.lock");
  await ensureDirectory(options.stateDirectory);
  return withFileLock(lock, options.clock ?? systemClock, async () => {
    const { path, text } = await openTarget(target);
    const current = await parseJSONC(text, path);
    const restored = restoreRedacted(checked, current);
    const edited = await editJSONC(text, editsFor(current, restored), path);
    // Whole and valid, or not at all.
    await checkConfig(await parseJSONC(edited, path), { origin: path, text: edited, warnings: [] });
    if (edited === text) return path;
    await ensureDirectory(dirname(path));
    await writeFileAtomic(path, edited, { mode: await modeOf(path) });
    return path;
  });
}

/**
 * Sets one value of the person's own tui.json and returns the path that was written; undefined
 * removes it. AppError invalid when the file is wrong; it is then as it was.
 */
export async function writeTuiSetting(
  target: WriteTarget,
  edit: Edit,
  options: WriteOptions,
): Promise<string> {
  return editTuiFile(target, () => edit, options);
}

/** Names a plugin in the `plugin` list of one file; the kinds of files differ in what they are. */
export interface NamedPlugin {
  /** How a file names it. */
  specIn(file: string): string;
  /** Whether an item of a file's list is the same plugin, in another version say. */
  isSame(item: unknown, file: string): boolean;
  /** An item that is the same is replaced. */
  force?: boolean;
}

/**
 * Puts a plugin into the list of a tui.json and returns the path that was written. AppError
 * conflict when the same plugin is in it already.
 */
export async function writeTuiPlugin(
  target: WriteTarget,
  plugin: NamedPlugin,
  options: WriteOptions,
): Promise<string> {
  const edit = (current: JSONRecord, path: string): Edit => {
    return { path: ["plugin"], value: withPlugin(current["plugin"], plugin, path) };
  };
  return editTuiFile(target, edit, options);
}

/** The same, of a file of the configuration. */
export async function writePlugin(
  target: WriteTarget,
  plugin: NamedPlugin,
  options: WriteOptions,
): Promise<string> {
  const { path, text } = await openTarget(target);
  const { plugin: before } = await parseJSONC(text, path);
  const list = withPlugin(before, plugin, path);
  return writePatch(target, { plugin: list } as Config, options);
}

function withPlugin(list: unknown, plugin: NamedPlugin, path: string): unknown[] {
  const { isSame, force } = plugin;
  const spec = plugin.specIn(path);
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  const same = items.find((item) => isSame(item, path));
  if (same === undefined) return [...items, spec];
  const [name, options] = Array.isArray(same) ? same : [same];
  if (name === spec && force !== true) return [...items];
  if (force !== true) {
    throw conflict(`${path} names ${String(name)} already: --force puts ${spec} in its place`);
  }
  const next = options === undefined ? spec : [spec, options];
  return items.map((item) => (item === same ? next : item));
}

async function editTuiFile(
  target: WriteTarget,
  editOf: (current: JSONRecord, path: string) => Edit,
  options: WriteOptions,
): Promise<string> {
  const lock = join(options.stateDirectory, "config.lock");
  await ensureDirectory(options.stateDirectory);
  return withFileLock(lock, options.clock ?? systemClock, async () => {
    const { path, text } = await openTarget(target);
    const edit = editOf(await parseJSONC(text, path), path);
    const edited = await editJSONC(text, [edit], path);
    parse(TuiConfig, await parseJSONC(edited, path), path);
    if (edited === text) return path;
    await ensureDirectory(dirname(path));
    await writeFileAtomic(path, edited, { mode: await modeOf(path) });
    return path;
  });
}

async function openTarget(target: WriteTarget): Promise<{ path: string; text: string }> {
  for (const path of target.existing) {
    const text = await readConfigFile(path);
    if (text !== undefined) return { path, text };
  }
  return { path: target.fresh, text: "" };
}

/** The edits that make `patch` part of `current`. */
function editsFor(current: JSONRecord, patch: JSONRecord, path: string[] = []): Edit[] {
  return Object.entries(patch).flatMap(([key, value]) => {
    const at = [...path, key];
    if (value === undefined) return [];
    if (isPermissionPath(at)) return permissionEdits(at, current[key], value as PermissionConfig);
    const before = current[key];
    if (isRecord(value) && isRecord(before)) return editsFor(before, value, at);
    return [{ path: at, value }];
  });
}

/** What is said last counts, so a permission that is said again moves to the end. */
function permissionEdits(path: string[], before: unknown, patch: PermissionConfig): Edit[] {
  const merged = mergePermission(before as PermissionConfig | undefined, patch);
  if (typeof patch === "string" || !isRecord(before)) return [{ path, value: merged }];
  return Object.keys(patch).flatMap((key) => {
    const at = [...path, key];
    const removal = key in before ? [{ path: at, value: undefined }] : [];
    return [...removal, { path: at, value: valueAt(merged, [key]) }];
  });
}

/** A file keeps its mode; one that is new is private. */
async function modeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.mode & 0o777,
    () => 0o600,
  );
}
