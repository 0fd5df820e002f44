// Managed preferences: what an administrator sets for a Mac by a profile of the domain
// `ai.opencode.managed`. It is the highest source of configuration; other systems have none.
import { stat } from "node:fs/promises";
import { platform, userInfo } from "node:os";
import { join } from "node:path";
import { invalid } from "@/base/error";
import { runProcess } from "@/base/process";
import type { RemoteConfig } from "@/config/sources";

export interface ManagedPreferencesOptions {
  /** Where the system keeps them, the whole Mac's and below them each person's. */
  directory: string;
  user: string;
  /** Gives a property list as JSON. Rejects when it cannot. */
  read(path: string): Promise<string>;
}

const FILE_NAME = "ai.opencode.managed.plist";
const TIMEOUT_MS = 5_000;

/** The places and the reader of this system; undefined where there are no such preferences. */
function systemPreferences(): ManagedPreferencesOptions | undefined {
  if (platform() !== "darwin") return undefined;
  const directory = "/Library/Managed Preferences";
  return { directory, user: userInfo().username, read: readPropertyList };
}

/**
 * What is set, as texts of a configuration, the person's own last. Throws AppError invalid for a
 * list that cannot be read: what it restricts must not be lost.
 */
export async function managedPreferences(
  options: ManagedPreferencesOptions | undefined = systemPreferences(),
): Promise<RemoteConfig[]> {
  if (options === undefined) return [];
  const { directory, user, read } = options;
  const paths = [join(directory, FILE_NAME), join(directory, user, FILE_NAME)];
  const found = await Promise.all(
    paths.map(async (path): Promise<RemoteConfig[]> => {
      const isThere = await stat(path).catch(() => undefined); // most Macs have none
      return isThere ? [{ origin: path, text: await readSettings(path, read) }] : [];
    }),
  );
  return found.flat();
}

/** Without what a profile says of itself. */
async function readSettings(
  path: string,
  read: ManagedPreferencesOptions["read"],
): Promise<string> {
  try {
    const settings = Object.entries(Object(JSON.parse(await read(path))));
    return JSON.stringify(Object.fromEntries(settings.filter(([key]) => !isOfProfile(key))));
  } catch (error) {
    throw invalid(`${path} cannot be read: ask whoever manages this Mac`, { path }, error);
  }
}

function isOfProfile(key: string): boolean {
  return key.startsWith("Payload") || key.startsWith("_");
}

async function readPropertyList(path: string): Promise<string> {
  const argv = ["/usr/bin/plutil", "-convert", "json", "-o", "-", path];
  const { exitCode, stdout, stderr } = await runProcess(argv, { cwd: "/", timeoutMs: TIMEOUT_MS });
  if (exitCode !== 0) throw new Error(stderr.trim() || "plutil failed");
  return stdout;
}
