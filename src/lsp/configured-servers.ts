// The table of language servers as the configuration leaves it: `lsp: false` ends them all, a map
// changes built-in ones and adds others.
import { flag, type Env } from "@/base/env";
import type { Config, LSPConfig } from "@/schema/config";
import type { LanguageServer, ServerCommand } from "./language-server";
import { LANGUAGE_SERVERS } from "./languages";

/**
 * The servers that are in force, in the order of the table, then the configuration's own. A server
 * of the configuration without a command or, when it is not built in, without extensions is none.
 * Of `ty` and `pyright` the environment's OPENCODE_EXPERIMENTAL_LSP_TY chooses.
 */
export function configuredServers(lsp: Config["lsp"], env: Env): LanguageServer[] {
  if (lsp === false) return [];
  const changes = typeof lsp === "object" ? lsp : {};
  const wantsTy = flag(env, "OPENCODE_EXPERIMENTAL_LSP_TY");
  const swapped = wantsTy ? "pyright" : "ty";
  const builtin = LANGUAGE_SERVERS.filter(({ id }) => id !== swapped || id in changes);
  const own = Object.entries(changes)
    .filter(([id]) => !LANGUAGE_SERVERS.some((server) => server.id === id))
    .flatMap(([id, change]) => {
      return "command" in change && change.extensions ? [changed(emptyServer(id), change)] : [];
    });
  return [
    ...builtin.map((server) => {
      const change = changes[server.id];
      return change ? changed(server, change) : server;
    }),
    ...own,
  ]
    .filter(({ id }) => changes[id]?.disabled !== true)
    .filter(({ commands, extensions }) => commands.length > 0 && extensions.length > 0);
}

function emptyServer(id: string): LanguageServer {
  const hint = `install the program that lsp.${id}.command names`;
  const root = { markers: [], otherwise: "project" } as const;
  return { id, extensions: [], root, commands: [], hint };
}

function changed(server: LanguageServer, change: LSPConfig): LanguageServer {
  if (!("command" in change)) return server;
  const { extensions = server.extensions, initialization, env } = change;
  // Another command is not had by fetching this one.
  const { install: _, ...base } = server;
  const commands = commandOf(change.command, server);
  return {
    ...base,
    commands,
    extensions: extensions.map((extension) => extension.toLowerCase()),
    // What it is told at first and what it reads later are one and the same to most servers.
    initialization: { ...server.initialization, ...initialization },
    settings: { ...server.settings, ...initialization },
    // Who gives the command has decided that it is used; a project's own is left out until trusted.
    isolatedUnless: [],
    env: { ...server.env, ...env },
  };
}

function commandOf([name, ...args]: readonly string[], server: LanguageServer): ServerCommand[] {
  if (name === undefined || name === "") return [];
  const known = server.commands.find((command) => command.program === name);
  return [{ program: name, args, ...(known?.package ? { package: known.package } : {}) }];
}
