// What a language server is to this program: which files it serves, where its root is, how it is
// started and what it is told. The table and the configuration make such values; nothing here runs.
import type { JSONObject } from "@/schema/primitive";

/** A way to start a server; of several the first whose program is on this machine is taken. */
export interface ServerCommand {
  /** A program on the PATH, or an absolute path. */
  program: string;
  args: readonly string[];
  /** The npm package that holds the program: looked for in the project before the PATH. */
  package?: string;
}

/** Where a server's root is, seen from a file. */
export interface RootRule {
  /**
   * Names of files, nearest directory first; `*.ext` matches by the end. Of several lists an
   * earlier one beats a later one, however far away.
   */
  markers: readonly (readonly string[])[];
  /** Without a marker the project's directory is the root; or the server is not for it. */
  otherwise: "project" | "none";
  /** The server is not for a file below a directory with one of these. */
  unless?: readonly string[];
  /** A directory whose marker has this in its text beats a nearer one whose marker has not. */
  workspaceText?: RegExp;
}

/** How a server is fetched; `$PLACE` is the directory that it gets. */
export type ServerInstall =
  | { from: "npm"; packages: readonly string[]; env?: never }
  /** The newest release of a repository on GitHub: names of assets, with `*`, by platform. */
  | {
      from: "release";
      /** Without it the assets are addresses. */
      repository?: string;
      program: string;
      assets: Readonly<Partial<Record<string, string>>>;
      /** A program without which it is of no use. */
      needs?: string;
      env?: never;
    }
  /** By a program that comes with the language and puts it into `$PLACE/bin`. */
  | { from: "program"; argv: readonly string[]; env?: Readonly<Record<string, string>> };

export interface LanguageServer {
  id: string;
  /** With the dot, lower case; a name without one is a whole file name. */
  extensions: readonly string[];
  root: RootRule;
  commands: readonly ServerCommand[];
  /** How a person gets it. */
  hint: string;
  /** How we get it, where a person lets us. */
  install?: ServerInstall;
  /** Added to the environment. */
  env?: Readonly<Record<string, string>>;
  /** Sent with `initialize`. */
  initialization?: JSONObject;
  /** What the server reads as its configuration, by section. */
  settings?: JSONObject;
  /** Facts of the root that the server must be told. */
  finds?: "typescript-library" | "python" | "eslint-workspace";
  /**
   * It runs nothing of the project and reaches nowhere for it, so that it may serve one that is not
   * trusted; unless one of these is at the root or above it.
   */
  isolatedUnless?: readonly string[];
  /** Asked for diagnostics in its own way: it does not tell them anew when they stay the same. */
  diagnostics?: "tsserver";
}
