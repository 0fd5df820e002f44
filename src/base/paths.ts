// Where this program keeps its things, by the XDG base directory specification
// (https://specifications.freedesktop.org/basedir-spec/latest/). Nothing is created here.
import { join, resolve } from "node:path";
import type { Env } from "./env";

export interface Paths {
  readonly home: string;
  readonly data: string;
  readonly config: string;
  readonly cache: string;
  readonly state: string;
  readonly log: string;
  /** The SQLite file. Never `opencode.db`: another program of the same name owns that one. */
  readonly database: string;
  readonly authFile: string;
  /** Whole outputs of tools that were too long for the model. */
  readonly toolOutput: string;
  /** Programs unpacked from the executable. */
  readonly bin: string;
}

const NAME = "opencode";

/** Absolute paths for a person whose home is `home`; relative XDG values are ignored (the spec). */
export function resolvePaths(env: Env, home: string): Paths {
  const base = (name: string, fallback: string) => {
    const value = env[name];
    return join(value?.startsWith("/") ? value : join(home, fallback), NAME);
  };
  const data = base("XDG_DATA_HOME", ".local/share");
  const cache = base("XDG_CACHE_HOME", ".cache");
  return {
    home,
    data,
    config: base("XDG_CONFIG_HOME", ".config"),
    cache,
    state: base("XDG_STATE_HOME", ".local/state"),
    log: join(data, "log"),
    database: databasePath(env, data),
    authFile: join(data, "auth.json"),
    toolOutput: join(data, "tool-output"),
    bin: join(cache, "bin"),
  };
}

function databasePath(env: Env, data: string): string {
  const chosen = env["OPENCODE_DB"];
  if (chosen === ":memory:") return chosen;
  return chosen ? resolve(data, chosen) : join(data, "sessions.sqlite");
}
